/** From a template's source to all that is stored of a version, or to what is wrong with it. */
import type { TemplateAnalysisRow } from "../../core/template/template-rows.ts";
import { qualifiedOf } from "../../core/template/prompts/includes.ts";
import { readTemplate } from "../../core/template/parse.ts";
import { TemplateSource, type TemplateProblem } from "../../core/template/document/source.ts";
import type { Partials, Template } from "../../core/template/template.ts";
import { tiersHere } from "./account.ts";
import { faultsOfIncludes, includedBy } from "./includes.ts";
import { factsOf } from "./templateAnalysis.ts";

/** Those who publish ask for the heads of all included templates in one batch. */
const MAX_TEMPLATES_WITHIN = 100;

export interface SourceToRead {
  readonly source: string;
  /** Who may read what is included. */
  readonly owner: string;
  /** Included texts that an earlier version holds: they stay, whatever became of where they came from. */
  readonly kept?: Partials;
}

export interface ReadSource {
  readonly template: Template;
  readonly partials: Partials;
  readonly analysis: TemplateAnalysisRow;
}

/** Everything that is wrong, in the order of the source, or what the template is. */
export async function readSource({ source, owner, kept }: SourceToRead): Promise<TemplateProblem[] | ReadSource> {
  const { template, problems } = readTemplate(source, tiersHere());
  if (!template) return [...problems];
  const partials = await includedBy(template, owner, kept);
  const wrong = [...faultsOfIncludes(source, template, partials), ...faultsOfNumber(source, partials)];
  return wrong.length > 0 ? wrong : { template, partials, analysis: factsOf(template, partials) };
}

/** @throws PlotPaletteError BadInput with the first fault: a sentence, line, column and the line with a caret */
export async function readSoundSource(toRead: SourceToRead): Promise<ReadSource> {
  const read = await readSource(toRead);
  if (!Array.isArray(read)) return read;
  const document = new TemplateSource(toRead.source);
  document.problems.splice(0, Infinity, ...read);
  document.throwFirstProblem();
  throw new Error("A template without a fault was refused.");
}

function faultsOfNumber(source: string, partials: Partials): TemplateProblem[] {
  const ids = new Set(Object.keys(partials).map((name) => qualifiedOf(name)?.id));
  if (ids.size <= MAX_TEMPLATES_WITHIN) return [];
  const document = new TemplateSource(source);
  document.addProblem(
    [],
    `The template includes from ${ids.size} others, those within included texts among them; it may include from ${MAX_TEMPLATES_WITHIN} at most.`,
  );
  return document.problems;
}
