/** From a template document, YAML or JSON, to something every room can trust; or to what is wrong with it, and where. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { tiersOf, type Tiers } from "../models/models.ts";
import { checkSnippets } from "./document/check-snippets.ts";
import type { TemplateDocument } from "./document/document.ts";
import { messageFor } from "./document/messages.ts";
import { DocumentReader } from "./document/reader.ts";
import { TEMPLATE_SCHEMA } from "./document/schema.ts";
import { TemplateSource, type TemplateProblem } from "./document/source.ts";
import type { Template } from "./template.ts";

/** A job copies its template into a row of its own, and a row holds 400 KB. */
export const MAX_TEMPLATE_BYTES = 100_000;

/** The tiers of the region that has them all, for those who ask about templates and not about an account. */
export const DEFAULT_TIERS: Tiers = tiersOf({ region: "us-east-1" });

export interface ParseResult {
  /** Absent when something is wrong. */
  readonly template?: Template;
  /** In the order of the document. */
  readonly problems: readonly TemplateProblem[];
}

/** @throws PlotPaletteError BadInput with the first fault: a sentence, line, column and the line with a caret */
export function parseTemplate(text: string, tiers: Tiers = DEFAULT_TIERS): Template {
  const source = new TemplateSource(text);
  const template = read(source, text, tiers);
  source.throwFirstProblem();
  return template as Template;
}

/** Everything that is wrong with a template, for an editor. */
export function readTemplate(text: string, tiers: Tiers = DEFAULT_TIERS): ParseResult {
  const source = new TemplateSource(text);
  const template = read(source, text, tiers);
  const faults = [...source.problems].sort((a, b) => a.from - b.from);
  return faults.length > 0 ? { problems: faults } : { template, problems: faults };
}

let validator: ValidateFunction | undefined;

function read(source: TemplateSource, text: string, tiers: Tiers): Template | undefined {
  if (new TextEncoder().encode(text).length > MAX_TEMPLATE_BYTES)
    source.addProblem([], `A template may have ${MAX_TEMPLATE_BYTES / 1000} KB at most; split it into smaller ones.`);
  if (source.problems.length > 0) return undefined;
  validator ??= new Ajv2020({ strict: false, allErrors: true, verbose: true }).compile(TEMPLATE_SCHEMA);
  if (!validator(source.value)) {
    for (const error of withoutEchoes(validator.errors ?? [])) report(source, error);
    return undefined;
  }
  const template = new DocumentReader(source, tiers).template(source.value as TemplateDocument);
  // Prompts of steps that are wrong themselves would only repeat it.
  if (source.problems.length === 0) checkSnippets(template, source);
  return template;
}

/** Where a name is not known and another is missing, the first is most likely the second, misspelt. */
function withoutEchoes(errors: readonly ErrorObject[]): ErrorObject[] {
  const misspelt = errors.filter(({ keyword }) => keyword === "additionalProperties");
  return errors.filter(
    ({ keyword, instancePath }) =>
      keyword !== "required" || !misspelt.some((unknown) => unknown.instancePath === instancePath),
  );
}

function report(source: TemplateSource, error: ErrorObject): void {
  const wrong = messageFor(error, source.value);
  if (!wrong) return;
  if (wrong.key === undefined) source.addProblem(wrong.path, wrong.message);
  else source.addKeyProblem(wrong.path, wrong.key, wrong.message);
}
