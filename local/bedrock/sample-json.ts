/** Generates plausible values that match a JSON Schema. */
import type { JsonSchema } from "./converse.ts";
import type { Writer } from "./prose.ts";
import type { Random } from "./random.ts";
import { fits, isSame, resolveRef } from "./schema-check.ts";
import { inventNumber, inventText } from "./sample-values.ts";

export interface Inventor {
  readonly random: Random;
  readonly writer: Writer;
}

interface Place extends Inventor {
  readonly root: JsonSchema;
  /** The property this value is for, which suggests what it should look like. */
  readonly name: string;
  readonly depth: number;
  /** Shared by the whole value. */
  readonly attempts: { left: number };
}

/** From this depth on, only required members are generated, so that recursive schemas terminate. */
const COMFORTABLE_DEPTH = 4;
/** A schema that requires itself cannot be satisfied; give up at this depth. */
const GREATEST_DEPTH = 24;
const ATTEMPTS = 24;
/** Keeps an unsatisfiable part from making every part around it retry. */
const ATTEMPTS_IN_ALL = 600;
const OPTIONAL_SHARE = 0.85;
const NULL_SHARE = 0.1;

/** A value for a schema; `name` describes the whole, such as the tool's name. */
export function inventJson(schema: JsonSchema, name: string, inventor: Inventor): unknown {
  return invent(schema, { ...inventor, root: schema, name, depth: 0, attempts: { left: ATTEMPTS_IN_ALL } });
}

/** A value changed so that it violates the schema; `undefined` when any value matches. */
export function invalidateJson(schema: JsonSchema, value: unknown, random: Random): unknown {
  const candidates: unknown[] = [null, "not what was asked for", []];
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    for (const key of Object.keys(value)) {
      const { [key]: _removed, ...rest } = value as Record<string, unknown>;
      candidates.unshift(rest, { ...value, [key]: { unexpected: true } });
    }
  }
  const invalidated = candidates.filter((candidate) => !fits(schema, candidate, schema));
  return invalidated.length > 0 ? random.pick(invalidated.slice(0, Math.max(1, invalidated.length - 3))) : undefined;
}

function invent(schema: JsonSchema, place: Place): unknown {
  let candidate: unknown = null;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    candidate = inventOnce(flatten(schema, place, 0), place);
    if (fits(schema, candidate, place.root)) return candidate;
    if (place.depth > GREATEST_DEPTH || place.attempts.left-- <= 0) return candidate;
  }
  return candidate;
}

/** A schema without references and branches: one way to satisfy the original, chosen at random. */
function flatten(schema: JsonSchema, place: Place, turns: number): { [key: string]: any } {
  if (typeof schema === "boolean" || turns > GREATEST_DEPTH) return {};
  const { $ref, allOf, anyOf, oneOf, ...own } = schema;
  const parts: JsonSchema[] = [...(allOf ?? [])];
  if ($ref !== undefined) parts.push(resolveRef($ref, place.root));
  for (const branches of [anyOf, oneOf]) if (branches?.length > 0) parts.push(chooseBranch(branches, place));
  return parts.map((part) => flatten(part, place, turns + 1)).reduce(merge, own);
}

/** At depth, the branch whose schema text is shortest, since it ends soonest. */
function chooseBranch(branches: readonly JsonSchema[], place: Place): JsonSchema {
  if (place.depth <= COMFORTABLE_DEPTH) return place.random.pick(branches);
  const weigh = (branch: JsonSchema) =>
    (/"\$ref"/.test(JSON.stringify(branch)) ? 1e6 : 0) + JSON.stringify(branch).length;
  return [...branches].sort((left, right) => weigh(left) - weigh(right))[0] as JsonSchema;
}

/** The intersection of both. */
function merge(left: { [key: string]: any }, right: { [key: string]: any }): { [key: string]: any } {
  const merged: { [key: string]: any } = { ...left, ...right };
  const both = (key: string) => left[key] !== undefined && right[key] !== undefined;
  for (const key of ["minimum", "exclusiveMinimum", "minLength", "minItems"])
    if (both(key)) merged[key] = Math.max(left[key], right[key]);
  for (const key of ["maximum", "exclusiveMaximum", "maxLength", "maxItems"])
    if (both(key)) merged[key] = Math.min(left[key], right[key]);
  if (both("type")) merged.type = commonTypes(left.type, right.type);
  if (both("enum"))
    merged.enum = left.enum.filter((one: unknown) => right.enum.some((other: unknown) => isSame(one, other)));
  if (both("required")) merged.required = [...new Set([...left.required, ...right.required])];
  if (both("properties")) merged.properties = mergeProperties(left.properties, right.properties);
  for (const key of ["items", "additionalProperties"]) if (both(key)) merged[key] = { allOf: [left[key], right[key]] };
  if (left.nullable !== right.nullable && (left.type ?? right.type)) delete merged.nullable;
  return merged;
}

function commonTypes(left: string | string[], right: string | string[]): string[] {
  const wide = (type: string | string[]) =>
    [type].flat().flatMap((name) => (name === "number" ? ["number", "integer"] : [name]));
  const common = wide(left).filter((name) => wide(right).includes(name));
  return common.includes("number") ? common.filter((name) => name !== "integer") : common;
}

function mergeProperties(
  left: Record<string, JsonSchema>,
  right: Record<string, JsonSchema>,
): Record<string, JsonSchema> {
  const merged = { ...left };
  for (const [name, schema] of Object.entries(right)) {
    const other = Object.hasOwn(left, name) ? left[name] : undefined;
    merged[name] = other === undefined ? schema : { allOf: [other, schema] };
  }
  return merged;
}

function inventOnce(schema: { [key: string]: any }, place: Place): unknown {
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return inventFromEnum(schema, place);
  const type = chooseType(schema, place);
  if (type === "object") return inventObject(schema, place);
  if (type === "array") return inventList(schema, place);
  if (type === "boolean") return place.random.next() < 0.5;
  if (type === "null") return null;
  if (type === "integer" || type === "number") return inventNumber(schema, type, place.name, place.random);
  return inventText(schema, place.name, place);
}

function inventFromEnum(schema: { [key: string]: any }, place: Place): unknown {
  const fitting = schema.enum.filter((value: unknown) => fits(schema, value, place.root));
  return place.random.pick(fitting.length > 0 ? fitting : schema.enum);
}

function chooseType(schema: { [key: string]: any }, { random, depth }: Place): string {
  const named = [schema.type ?? inferType(schema)].flat() as string[];
  if (schema.nullable === true && random.next() < NULL_SHARE) return "null";
  if (depth > COMFORTABLE_DEPTH && named.includes("null")) return "null";
  const others = named.filter((name) => name !== "null");
  if (others.length === 0 || (others.length < named.length && random.next() < NULL_SHARE)) return "null";
  return random.pick(others);
}

function inferType(schema: { [key: string]: any }): string {
  if (schema.properties || schema.required) return "object";
  if (schema.items || schema.prefixItems || schema.minItems) return "array";
  const isNumber = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"].some(
    (key) => schema[key] !== undefined,
  );
  return isNumber ? "number" : "string";
}

function inventObject(schema: { [key: string]: any }, place: Place): Record<string, unknown> {
  const properties: Readonly<Record<string, JsonSchema>> = schema.properties ?? {};
  const required: readonly string[] = schema.required ?? [];
  const mayBeMore = place.depth < COMFORTABLE_DEPTH;
  const names = Object.keys(properties).filter(
    (name) => required.includes(name) || (mayBeMore && place.random.next() < OPTIONAL_SHARE),
  );
  const unnamed = required.filter((name) => !Object.hasOwn(properties, name));
  const entries = [...names, ...unnamed].map((name) => {
    const rule = Object.hasOwn(properties, name) ? properties[name] : (schema.additionalProperties ?? true);
    return [name, invent(rule ?? true, { ...place, name, depth: place.depth + 1 })];
  });
  return Object.fromEntries(entries);
}

function inventList(schema: { [key: string]: any }, place: Place): unknown[] {
  const first: readonly JsonSchema[] = schema.prefixItems ?? [];
  const least = Math.max(schema.minItems ?? 0, Math.min(first.length, schema.maxItems ?? first.length));
  const usual = place.depth > COMFORTABLE_DEPTH ? least : Math.max(least, 1 + place.random.below(3));
  const length = Math.max(schema.minItems ?? 0, Math.min(usual, schema.maxItems ?? usual));
  const list: unknown[] = [];
  for (let tries = 0; list.length < length && tries < length + ATTEMPTS; tries++) {
    const item = invent(first[list.length] ?? schema.items ?? true, {
      ...place,
      name: singular(place.name),
      depth: place.depth + 1,
    });
    const isRepeated = schema.uniqueItems === true && list.some((other) => isSame(other, item));
    if (!isRepeated) list.push(item);
  }
  return list;
}

/** `categories` → `category`, `tags` → `tag`: what one item of a list is. */
function singular(name: string): string {
  return name.replace(/ies$/, "y").replace(/(?<!s)s$/, "");
}
