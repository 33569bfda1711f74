/** `include("NAME")` in prompts: what a template needs from others, and whether all of it exists. */
import type { Node } from "acorn";
import { PlotPaletteError } from "../../errors.ts";
import { treeOfPrompt } from "./syntax.ts";
import type { Partials, Step, Template } from "../template.ts";

/** A call of `include`, its literal name and its position in the prompt. */
export interface Include {
  /** Absent when it is not a literal. */
  readonly name?: string;
  readonly at: number;
}

/** The most bytes of everything a template includes together. */
export const MAX_INCLUDED_BYTES = 100_000;

/** The deepest nesting of includes; rendering goes no deeper. */
export const MAX_INCLUDE_DEPTH = 10;

const QUALIFIED = /^(?<id>[A-Za-z0-9-]{1,60})@(?<version>[1-9]\d{0,6})\/(?<name>[A-Za-z][A-Za-z0-9_]*)$/;

/** Parses the name of another template's partial, `ID@VERSION/NAME`; `undefined` for one of the template's own. */
export function qualifiedOf(name: string): { id: string; version: number; name: string } | undefined {
  const { id, version, name: partial } = QUALIFIED.exec(name)?.groups ?? {};
  return id && version && partial ? { id, version: Number(version), name: partial } : undefined;
}

export function isQualified(name: string): boolean {
  return qualifiedOf(name) !== undefined;
}

/** The calls of `include` in a prompt's tree. */
export function includesOfTree(tree: Node): Include[] {
  const found: Include[] = [];
  visit(tree, found);
  return found;
}

/** The names that a prompt includes. @throws TemplateSyntaxError */
export function includesOfPrompt(prompt: string): string[] {
  return includesOfTree(treeOfPrompt(prompt)).flatMap(({ name }) => (name === undefined ? [] : [name]));
}

/** What a template includes from others, without duplicates: `ID@VERSION/NAME`. */
export function includesOf(template: Template): string[] {
  const prompts = [...template.steps.flatMap(promptsOf), ...Object.values(template.partials)];
  return [...new Set(prompts.flatMap(includesOfPrompt).filter(isQualified))];
}

/** The text that a template provides under a name: a partial, or a step's prompt. */
export function partialOf(template: Template, name: string): string | undefined {
  return template.partials[name] ?? template.steps.find(({ id }) => id === name)?.prompt;
}

/**
 * The full name of what a text includes: an unqualified name in another template's text refers to that template.
 * @param within the full name of the text that includes; absent in the template itself
 */
export function resolvedName(name: string, within: string | undefined): string {
  if (within === undefined || isQualified(name)) return name;
  return `${within.slice(0, within.indexOf("/"))}/${name}`;
}

/** @throws PlotPaletteError BadInput when an include is missing, circular, nested too deep, or when all of them are too long */
export function checkIncludes(template: Template, partials: Partials): void {
  const depths = new Map<string, number>();
  for (const prompt of [...template.steps.flatMap(promptsOf), ...Object.values(template.partials)])
    for (const name of includesOfPrompt(prompt)) depthOf(template, partials, { name, trail: [], depths });
  const bytes = Object.values(partials).reduce((sum, text) => sum + new TextEncoder().encode(text).length, 0);
  if (bytes > MAX_INCLUDED_BYTES)
    throwBadInput(
      `What the template "${template.name}" includes has ${bytes} bytes in total; it may have at most ${MAX_INCLUDED_BYTES}.`,
    );
}

interface Walk {
  readonly name: string;
  readonly trail: readonly string[];
  /** The depths of names already followed: each is visited once, however often it is included. */
  readonly depths: Map<string, number>;
}

/** The nesting depth from this text inwards. */
function depthOf(template: Template, partials: Partials, { name, trail, depths }: Walk): number {
  const known = depths.get(name);
  if (known !== undefined && !trail.includes(name)) return checkedDepth(template, known, trail);
  if (trail.includes(name))
    throwBadInput(`The template "${template.name}" has a circular include: ${[...trail, name].join(" → ")}.`);
  const text = isQualified(name) ? partials[name] : partialOf(template, name);
  if (text === undefined)
    throwBadInput(
      `The template "${template.name}" includes "${name}", which does not exist in your templates or any public one.`,
    );
  const within = isQualified(name) ? name : undefined;
  const below = includesOfPrompt(text).map((next) =>
    depthOf(template, partials, { name: resolvedName(next, within), trail: [...trail, name], depths }),
  );
  const depth = 1 + Math.max(0, ...below);
  depths.set(name, depth);
  return checkedDepth(template, depth, trail);
}

function checkedDepth({ name }: Template, depth: number, trail: readonly string[]): number {
  if (trail.length + depth <= MAX_INCLUDE_DEPTH) return depth;
  throwBadInput(
    `The template "${name}" nests includes ${trail.length + depth} deep; the limit is ${MAX_INCLUDE_DEPTH}.`,
  );
}

function promptsOf({ system, prompt, examples }: Step): string[] {
  return [
    ...(system === undefined ? [] : [system]),
    prompt,
    ...examples.flatMap(({ user, assistant }) => [user, assistant]),
  ];
}

// The shapes of ESTree's nodes differ by type; a walk over all of them reads their members by name.
type AnyNode = Node & Record<string, any>;

function visit(node: AnyNode, found: Include[]): void {
  if (node.type === "CallExpression" && node.callee.type === "Identifier" && node.callee.name === "include") {
    const [name] = node.arguments as AnyNode[];
    const literal = name?.type === "Literal" && typeof name.value === "string" ? (name.value as string) : undefined;
    found.push({ name: literal, at: node.start });
  }
  for (const child of Object.values(node))
    for (const item of Array.isArray(child) ? child : [child])
      if (typeof item?.type === "string") visit(item as AnyNode, found);
}

function throwBadInput(message: string): never {
  throw new PlotPaletteError("BadInput", message);
}
