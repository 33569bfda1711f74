/** Reports a template's problems, or its analysis; nothing is stored. */
import type { TemplateAnalysisRow } from "../../core/template/template-rows.ts";
import type { TemplateProblem } from "../../core/template/document/source.ts";
import { lambdaHandler } from "./lambdaHandler.ts";
import { readSource } from "./readTemplateSource.ts";
import { includedTextsOf } from "./templateRows.ts";

export interface TemplateToCheck {
  owner: string;
  source: string;
  /** The template that this is a version of; texts of others that it already contains may still be included. */
  id?: string | null;
}

export interface CheckedTemplate {
  problems: TemplateProblem[];
  analysis?: TemplateAnalysisRow;
  /** The names of everything that it includes. */
  includes: string[];
}

export const handler = lambdaHandler(async ({ owner, source, id }: TemplateToCheck): Promise<CheckedTemplate> => {
  const read = await readSource({ source, owner, existing: await includedTextsOf(owner, id) });
  if (Array.isArray(read)) return { problems: read, includes: [] };
  return { problems: [], analysis: read.analysis, includes: Object.keys(read.partials) };
});
