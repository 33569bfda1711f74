/** From a template document, YAML or JSON, to a validated template; or to its problems and their locations. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { tiersOf, type Tiers } from "../models/models.ts";
import { checkSnippets } from "./document/check-snippets.ts";
import type { TemplateDocument } from "./document/document.ts";
import { messageFor } from "./document/messages.ts";
import { DocumentReader } from "./document/reader.ts";
import { TEMPLATE_SCHEMA } from "./document/schema.ts";
import { MAX_PROBLEMS, TemplateSource, type TemplateProblem } from "./document/source.ts";
import type { Template } from "./template.ts";

/** The tiers of a region that has them all, for questions about a template rather than an account. */
export const DEFAULT_TIERS: Tiers = tiersOf({ region: "us-east-1" });

export interface ParseResult {
  /** Absent when there are problems. */
  readonly template?: Template;
  /** In the order of the document. */
  readonly problems: readonly TemplateProblem[];
}

/** @throws PlotPaletteError BadInput with the first problem: a sentence, line, column and the line with a caret */
export function parseTemplate(text: string, tiers: Tiers = DEFAULT_TIERS): Template {
  const source = new TemplateSource(text);
  const template = read(source, tiers);
  source.throwFirstProblem();
  return template as Template;
}

/** The template, or all its problems, for an editor. */
export function readTemplate(text: string, tiers: Tiers = DEFAULT_TIERS): ParseResult {
  const source = new TemplateSource(text);
  const template = read(source, tiers);
  const problems = [...source.problems].sort((a, b) => a.from - b.from);
  return problems.length > 0 ? { problems } : { template, problems };
}

let validator: ValidateFunction | undefined;

function read(source: TemplateSource, tiers: Tiers): Template | undefined {
  if (source.problems.length > 0) return undefined;
  validator ??= new Ajv2020({ strict: false, allErrors: true, verbose: true }).compile(TEMPLATE_SCHEMA);
  if (!validator(source.value)) {
    for (const error of withoutEchoes(validator.errors ?? []).slice(0, MAX_PROBLEMS)) report(source, error);
    return undefined;
  }
  const template = new DocumentReader(source, tiers).template(source.value as TemplateDocument);
  // Checking the prompts of an invalid template would only repeat its problems.
  if (source.problems.length === 0) checkSnippets(template, source);
  return template;
}

/** Where one key is unknown and another is missing, the first is most likely the second, misspelled. */
function withoutEchoes(errors: readonly ErrorObject[]): ErrorObject[] {
  const misspelled = errors.filter(({ keyword }) => keyword === "additionalProperties");
  const places = new Set(misspelled.map(({ instancePath }) => instancePath));
  return errors.filter(({ keyword, instancePath }) => keyword !== "required" || !places.has(instancePath));
}

function report(source: TemplateSource, error: ErrorObject): void {
  const wrong = messageFor(error, source.value);
  if (!wrong) return;
  if (wrong.key === undefined) source.addProblem(wrong.path, wrong.message);
  else source.addKeyProblem(wrong.path, wrong.key, wrong.message);
}
