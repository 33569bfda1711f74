/**
 * What a template demands of a seed, as an algebra small enough to become JSON Schema.
 *
 * A demand is a fact about the value at a place in an item: it is there (`defined`), it is of certain kinds, its fields and
 * list items have facts of their own. Facts only add up: each is something without which rendering would surely print an
 * undefined value or throw, so a seed that breaks one is rightly refused, and a demand in doubt is simply not made.
 *
 *     it.movie.title.trim()           movie: {title: defined, of a kind with `trim`}
 *     for (t of it.movie.tags) t.name tags: defined, text or list; each item of it: {name: defined}
 *     for (t of it.movie.tags) it.movie.year
 *                                     a rule at movie: no item in tags, or {year: defined}
 *
 * A value that is no object can do without a field when its prototype offers the name ("abc".length), so facts about fields
 * decide which kinds remain: `kindsOf` asks of each JSON type whether it could hold.
 */
import { JSON_TYPES, KINDS, prototypeMemberKind, type Kind } from "./prototypes.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Each of a list's first items. A loop makes its own: two loops over one list are at different items. */
export interface ItemsSegment {
  /** How many of them; EACH for all. */
  readonly count: number;
}

/** A segment down: a field by its name ("0" is also a list's first item), or a list's items. */
export type PathSegment = string | ItemsSegment;
export const EACH = Infinity;

/** Unless the list at one of the segments is empty (so that a loop never runs), the facts hold. */
interface Rule {
  readonly loops: readonly (readonly PathSegment[])[];
  readonly then: Constraints;
}

export class Constraints {
  defined = false;
  /** A loop goes over it. No demand, since texts can be looped over too; but whoever makes up a value should make a list. */
  isIterated = false;
  readonly kinds = new Set<Kind>(KINDS);
  readonly fields = new Map<string, Constraints>();
  /** By how many of a list's first items they hold for; of a text, its characters. */
  readonly items = new Map<number, Constraints>();
  readonly rules = new Map<string, Rule>();

  child(segment: PathSegment): Constraints {
    return typeof segment === "string" ? grown(this.fields, segment) : grown(this.items, segment.count);
  }

  /** The facts about this same value that hold whenever the loops over the lists at these segments run. */
  whenNonEmpty(loops: readonly (readonly PathSegment[])[]): Constraints {
    if (loops.length === 0) return this;
    const key = JSON.stringify(loops.map((segments) => JSON.stringify(segments)).sort());
    const rule = this.rules.get(key) ?? { loops, then: new Constraints() };
    this.rules.set(key, rule);
    return rule.then;
  }

  /** There, and of one of these kinds. */
  require(kinds: readonly Kind[] = KINDS): void {
    this.defined = true;
    for (const kind of this.kinds) if (!kinds.includes(kind)) this.kinds.delete(kind);
  }

  /** The facts at a place below, if any are known. */
  find(segments: readonly PathSegment[]): Constraints | undefined {
    const [segment, ...rest] = segments;
    if (segment === undefined) return this;
    const below = typeof segment === "string" ? this.fields.get(segment) : this.items.get(segment.count);
    return below?.find(rest);
  }
}

/** Without it, or one of its fields, something is undefined. */
export function isRequired(facts: Constraints): boolean {
  return facts.defined || [...facts.fields.values()].some(isRequired);
}

/** The schema of the values that break no fact; absence is the parent's matter. */
export function jsonSchemaOf(facts: Constraints): JsonSchema {
  const types = JSON_TYPES.filter((type) => canHold(facts, type));
  if (types.length === 0) return { not: {} };
  const rules = [...facts.rules.values()].map(schemaOfRule).filter((rule) => rule !== undefined);
  const all = [...rules];
  const schema: Record<string, unknown> = {};
  if (types.length < JSON_TYPES.length) schema.type = types.length === 1 ? types[0] : types;
  if (types.includes("object")) Object.assign(schema, schemaOfFields(facts));
  if (types.includes("string")) Object.assign(schema, schemaOfText(facts));
  if (types.includes("array")) {
    const { items, ...lengths } = schemaOfList(facts);
    Object.assign(schema, lengths);
    // `items` beside `prefixItems` would be about the others only.
    if (items && "prefixItems" in lengths) all.push({ items });
    else if (items) schema.items = items;
    else if (facts.isIterated) schema.items = {};
  }
  if (all.length > 0) schema.allOf = all;
  return schema;
}

/** Whether a value of the kind can satisfy what is said about fields. */
function canHold(facts: Constraints, kind: Kind): boolean {
  if (!facts.kinds.has(kind)) return false;
  if (kind === "object") return true;
  return [...facts.fields].every(([name, field]) => {
    if (isIndex(name) && kind === "array") return true;
    if (isIndex(name) && kind === "string") return !isRequired(field) || holdsFor(field, "string");
    return holdsFor(field, prototypeMemberKind(kind, name));
  });
}

/** Whether the facts hold for what a prototype offers, or for a character of a text. */
function holdsFor(facts: Constraints, offer: Kind | undefined): boolean {
  if (offer === undefined) return !isRequired(facts);
  if (!canHold(facts, offer)) return false;
  return offer !== "string" || [...facts.items.values()].every((items) => holdsFor(items, "string"));
}

function schemaOfFields(facts: Constraints): Record<string, unknown> {
  if (facts.fields.size === 0) return {};
  const fields = [...facts.fields];
  const required = fields.filter(([, field]) => isRequired(field)).map(([name]) => name);
  return {
    properties: Object.fromEntries(fields.map(([name, field]) => [name, jsonSchemaOf(field)])),
    ...(required.length > 0 && { required }),
  };
}

function schemaOfText(facts: Constraints): Record<string, unknown> {
  const indexes = requiredIndexes(facts);
  const bearable = [...facts.items.values()].every((items) => holdsFor(items, "string"));
  return {
    // JSON Schema counts a character outside the basic plane once, JavaScript twice: half the length is sure to be needed.
    ...(indexes.length > 0 && { minLength: Math.ceil((Math.max(...indexes) + 1) / 2) }),
    ...(!bearable && { maxLength: 0 }),
  };
}

function schemaOfList(facts: Constraints): Record<string, unknown> {
  const indexed = [...facts.fields].filter(([name]) => isIndex(name));
  const limited = [...facts.items].filter(([most]) => most !== EACH);
  const length = Math.max(0, ...indexed.map(([name]) => Number(name) + 1), ...limited.map(([most]) => most));
  const prefixItems = Array.from({ length }, (_, n) =>
    allOf([
      ...limited.filter(([most]) => n < most).map(([, items]) => jsonSchemaOf(items)),
      ...indexed.filter(([name]) => Number(name) === n).map(([, item]) => jsonSchemaOf(item)),
    ]),
  );
  const each = facts.items.get(EACH);
  const items = each && jsonSchemaOf(each);
  const indexes = requiredIndexes(facts);
  return {
    ...(prefixItems.some((schema) => !isEmpty(schema)) && { prefixItems }),
    ...(indexes.length > 0 && { minItems: Math.max(...indexes) + 1 }),
    ...(items && !isEmpty(items) && { items }),
  };
}

function schemaOfRule({ loops, then }: Rule): JsonSchema | undefined {
  const schema = jsonSchemaOf(then);
  return isEmpty(schema) ? undefined : { anyOf: [...loops.map(withoutItems), schema] };
}

/** The values in which no list at the segments has an item. */
function withoutItems(segments: readonly PathSegment[]): JsonSchema {
  const [segment, ...rest] = segments;
  if (segment === undefined) return { maxItems: 0, maxLength: 0 };
  const below = withoutItems(rest);
  if (typeof segment === "object")
    return segment.count === EACH
      ? { items: below }
      : { prefixItems: Array.from({ length: segment.count }, () => below) };
  if (!isIndex(segment)) return { properties: { [segment]: below } };
  return {
    properties: { [segment]: below },
    prefixItems: [...Array.from({ length: Number(segment) }, () => ({})), below],
  };
}

function requiredIndexes(facts: Constraints): number[] {
  return [...facts.fields].filter(([name, field]) => isIndex(name) && isRequired(field)).map(([name]) => Number(name));
}

/** A name that is also a place in a list; beyond these a list would have to be absurdly long. */
export function isIndex(name: string): boolean {
  return /^(0|[1-9]\d{0,2})$/.test(name);
}

function allOf(schemas: readonly JsonSchema[]): JsonSchema {
  const telling = schemas.filter((schema) => !isEmpty(schema));
  return telling.length > 1 ? { allOf: telling } : (telling[0] ?? {});
}

function isEmpty(schema: JsonSchema): boolean {
  return Object.keys(schema).length === 0;
}

function grown<K>(map: Map<K, Constraints>, key: K): Constraints {
  const facts = map.get(key) ?? new Constraints();
  map.set(key, facts);
  return facts;
}
