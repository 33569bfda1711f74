/** From a template's source to everything stored with a version, or its problems. */
import type { TemplateAnalysisRow } from "../../core/template/template-rows.ts";
import { qualifiedOf } from "../../core/template/prompts/includes.ts";
import { readTemplate } from "../../core/template/parse.ts";
import { requestProblems } from "../../core/template/document/check-requests.ts";
import { TemplateSource, type TemplateProblem } from "../../core/template/document/source.ts";
import type { Partials, Template } from "../../core/template/template.ts";
import { availableTiers, tiersAreStandIns } from "./account.ts";
import { includeProblems, includedBy } from "./includes.ts";
import { analyzeTemplate } from "./templateAnalysis.ts";

/** Publishing reads the heads of all included templates in one batch. */
const MAX_NESTED_TEMPLATES = 100;

export interface SourceToRead {
  readonly source: string;
  /** Whose access decides what can be included. */
  readonly owner: string;
  /** Included texts that an earlier version contains: they stay, whatever became of their origin. */
  readonly existing?: Partials;
}

export interface ReadSource {
  readonly template: Template;
  readonly partials: Partials;
  readonly analysis: TemplateAnalysisRow;
}

/** All problems, in the order of the source, or the parsed template. */
export async function readSource({ source, owner, existing }: SourceToRead): Promise<TemplateProblem[] | ReadSource> {
  const { template, problems } = readTemplate(source, availableTiers());
  if (!template) return [...problems];
  const partials = await includedBy(template, owner, existing);
  const found = [
    ...requestProblems(source, template, { tiersAreStandIns: tiersAreStandIns() }),
    ...includeProblems(source, template, partials),
    ...includeCountProblems(source, partials),
  ];
  return found.length > 0
    ? found.sort((a, b) => a.from - b.from)
    : { template, partials, analysis: analyzeTemplate(template, partials) };
}

/** @throws PlotPaletteError BadInput with the first problem: its message, line, column and the line with a caret */
export async function readValidSource(toRead: SourceToRead): Promise<ReadSource> {
  const read = await readSource(toRead);
  if (!Array.isArray(read)) return read;
  const document = new TemplateSource(toRead.source);
  document.problems.splice(0, Infinity, ...read);
  document.throwFirstProblem();
  throw new Error("A template without problems was rejected.");
}

function includeCountProblems(source: string, partials: Partials): TemplateProblem[] {
  const ids = new Set(Object.keys(partials).map((name) => qualifiedOf(name)?.id));
  if (ids.size <= MAX_NESTED_TEMPLATES) return [];
  const document = new TemplateSource(source);
  document.addProblem(
    [],
    `The template includes texts of ${ids.size} others, directly or indirectly, but at most ${MAX_NESTED_TEMPLATES} are allowed; remove some.`,
  );
  return document.problems;
}
