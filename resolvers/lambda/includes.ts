/** The texts that a template includes from others, as far as a person may read them, and the problems of its includes. */
import { PlotPaletteError } from "../../core/errors.ts";
import {
  checkIncludes,
  includesOf,
  includesOfPrompt,
  includesOfTree,
  isQualified,
  partialOf,
  qualifiedOf,
  resolvedName,
} from "../../core/template/prompts/includes.ts";
import { readTemplate } from "../../core/template/parse.ts";
import { snippetsOf } from "../../core/template/prompts/snippets.ts";
import { TemplateSource, type TemplateProblem } from "../../core/template/document/source.ts";
import { treeOfPrompt } from "../../core/template/prompts/syntax.ts";
import type { Partials, Template } from "../../core/template/template.ts";
import { mayReadVersion } from "../shared/templateAccess.ts";
import { readHead, readVersion } from "./templateRows.ts";

/** Each is two reads of the table. */
const MAX_TEMPLATES_INCLUDED = 50;

/** A version of another template, and the texts it includes in turn, copied when it was saved. */
interface Origin {
  readonly template: Template;
  readonly partials: Partials;
}

/**
 * The texts by their full names, including those included indirectly. A name missing from the result does not exist, or not
 * for this person.
 * @param existing texts that an earlier version of the template has copied: they stay, whatever became of their origin
 */
export async function includedBy(template: Template, owner: string, existing: Partials = {}): Promise<Partials> {
  const names = includesOf(template);
  const origins = await readOrigins(
    names.filter((name) => !Object.hasOwn(existing, name)),
    owner,
  );
  const found: Record<string, string> = {};
  const take = (name: string, within: Partials): void => {
    if (Object.hasOwn(found, name)) return;
    const text = textOf(name, origins) ?? within[name];
    if (text === undefined) return;
    found[name] = text;
    const inner = origins.get(originOf(name))?.partials ?? within;
    for (const next of includesOfPrompt(text)) take(resolvedName(next, name), inner);
  };
  for (const name of names) take(name, existing);
  return found;
}

/** The problems of a template's includes, each with its location; empty when there are none. */
export function includeProblems(text: string, template: Template, partials: Partials): TemplateProblem[] {
  const source = new TemplateSource(text);
  for (const { kind, path, text: prompt } of snippetsOf(template)) {
    if (kind !== "prompt") continue;
    for (const { name, at } of includesOfTree(treeOfPrompt(prompt))) {
      if (name === undefined || !isQualified(name) || Object.hasOwn(partials, name)) continue;
      const before = prompt.slice(0, at).split("\n");
      const message = `The template "${template.name}" includes "${name}", which does not exist in your templates or any public one.`;
      source.addProblemWithin(path, before.length, (before.at(-1)?.length ?? 0) + 1, message);
    }
  }
  if (source.problems.length > 0) return source.problems;
  try {
    checkIncludes(template, partials);
  } catch (error) {
    if (!(error instanceof PlotPaletteError)) throw error;
    source.addProblem([], error.message);
  }
  return source.problems;
}

function textOf(name: string, origins: ReadonlyMap<string, Origin>): string | undefined {
  const origin = origins.get(originOf(name));
  return origin && partialOf(origin.template, qualifiedOf(name)?.name ?? "");
}

/** `ID@VERSION` of a full name. */
function originOf(name: string): string {
  return name.slice(0, name.indexOf("/"));
}

async function readOrigins(names: readonly string[], owner: string): Promise<Map<string, Origin>> {
  const wanted = new Map(names.map((name) => [originOf(name), qualifiedOf(name)]));
  if (wanted.size > MAX_TEMPLATES_INCLUDED)
    throw new PlotPaletteError(
      "BadInput",
      `The template includes ${wanted.size} other templates, but at most ${MAX_TEMPLATES_INCLUDED} are allowed; remove some.`,
    );
  const read = await Promise.all(
    [...wanted].map(
      async ([origin, name]) => [origin, name && (await readOrigin(name.id, name.version, owner))] as const,
    ),
  );
  return new Map(read.flatMap(([origin, found]) => (found ? [[origin, found]] : [])));
}

async function readOrigin(id: string, version: number, owner: string): Promise<Origin | undefined> {
  const [head, row] = await Promise.all([readHead(id), readVersion(id, version)]);
  if (!head || !row || !mayReadVersion(head, owner, version)) return undefined;
  const { template } = readTemplate(row.source);
  return template && { template, partials: row.partials };
}
