/** Says what is wrong with a template, or what it would be; nothing is stored. */
import type { TemplateAnalysisRow } from "../../core/template/template-rows.ts";
import type { TemplateProblem } from "../../core/template/document/source.ts";
import { answering } from "./lambdaHandler.ts";
import { readSource } from "./readTemplateSource.ts";
import { textsHeldBy } from "./templateRows.ts";

export interface TemplateToCheck {
  owner: string;
  source: string;
  /** The template it is to be a version of; what that holds of others may still be included. */
  id?: string | null;
}

export interface CheckedTemplate {
  problems: TemplateProblem[];
  analysis?: TemplateAnalysisRow;
  /** The names of all that it includes. */
  includes: string[];
}

export const handler = answering(async ({ owner, source, id }: TemplateToCheck): Promise<CheckedTemplate> => {
  const read = await readSource({ source, owner, kept: await textsHeldBy(owner, id) });
  if (Array.isArray(read)) return { problems: read, includes: [] };
  return { problems: [], analysis: read.analysis, includes: Object.keys(read.partials) };
});
