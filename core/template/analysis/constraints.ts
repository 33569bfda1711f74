/**
 * What a template requires of a seed, as an algebra small enough to become JSON Schema.
 *
 * A constraint is about the value at a path in an item: it is present (`defined`), it is of certain kinds, its fields and list
 * items have constraints of their own. Constraints only accumulate: without each of them rendering would certainly print an
 * undefined value or a null, or throw, so a seed that violates one is rightly rejected; when in doubt, none is added.
 *
 *     it.movie.title.trim()           movie: {title: defined, of a kind with `trim`}
 *     for (t of it.movie.tags) t.name tags: defined, text or list; each item of it: {name: defined}
 *     for (t of it.movie.tags) it.movie.year
 *                                     a rule at movie: no item in tags, or {year: defined}
 *
 * A value that is not an object can lack a field if its prototype has the name ("abc".length), so constraints on fields decide
 * which kinds remain: `canHold` checks each JSON type.
 */
import { JSON_TYPES, KINDS, prototypeMemberKind, type Kind } from "./prototypes.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Each of a list's first items. Every loop has its own: two loops over one list are at different items. */
export interface ItemsSegment {
  /** How many; EACH for all. */
  readonly count: number;
}

/** One level down: a field by its name ("0" is also a list's first item), or a list's items. */
export type PathSegment = string | ItemsSegment;
export const EACH = Infinity;

/** Unless the list at one of the paths is empty (so that a loop never runs), the constraints hold. */
interface Rule {
  readonly loops: readonly (readonly PathSegment[])[];
  readonly then: Constraints;
}

export class Constraints {
  defined = false;
  /** A loop runs over it. Not a requirement, since texts can be iterated too; but a made-up value should be a list. */
  isIterated = false;
  readonly kinds = new Set<Kind>(KINDS);
  readonly fields = new Map<string, Constraints>();
  /** By the number of a list's first items they apply to; for a text, its characters. */
  readonly items = new Map<number, Constraints>();
  readonly rules = new Map<string, Rule>();

  child(segment: PathSegment): Constraints {
    return typeof segment === "string" ? childOf(this.fields, segment) : childOf(this.items, segment.count);
  }

  /** The constraints on this value that apply whenever the loops over the lists at these paths run. */
  whenNonEmpty(loops: readonly (readonly PathSegment[])[]): Constraints {
    if (loops.length === 0) return this;
    const key = JSON.stringify(loops.map((segments) => JSON.stringify(segments)).sort());
    const rule = this.rules.get(key) ?? { loops, then: new Constraints() };
    this.rules.set(key, rule);
    return rule.then;
  }

  /** Requires the value to be present and of one of these kinds. */
  require(kinds: readonly Kind[] = KINDS): void {
    this.defined = true;
    for (const kind of this.kinds) if (!kinds.includes(kind)) this.kinds.delete(kind);
  }

  /** The constraints at a path below, if any. */
  find(segments: readonly PathSegment[]): Constraints | undefined {
    const [segment, ...rest] = segments;
    if (segment === undefined) return this;
    const below = typeof segment === "string" ? this.fields.get(segment) : this.items.get(segment.count);
    return below?.find(rest);
  }
}

/** Whether something would be undefined without it or one of its fields. */
export function isRequired(constraints: Constraints): boolean {
  return constraints.defined || [...constraints.fields.values()].some(isRequired);
}

/**
 * The schema of the values that violate no constraint; absence is up to the parent.
 * @param levels how deep it describes them; whatever is deeper is accepted
 */
export function jsonSchemaOf(constraints: Constraints, levels = Infinity): JsonSchema {
  if (levels <= 0) return {};
  const types = JSON_TYPES.filter((type) => canHold(constraints, type));
  if (types.length === 0) return { not: {} };
  const rules = [...constraints.rules.values()].flatMap((rule) => schemaOfRule(rule, levels - 1) ?? []);
  const all = [...rules];
  const schema: Record<string, unknown> = {};
  if (types.length < JSON_TYPES.length) schema.type = types.length === 1 ? types[0] : types;
  if (types.includes("object")) Object.assign(schema, schemaOfFields(constraints, levels - 1));
  if (types.includes("string")) Object.assign(schema, schemaOfText(constraints));
  if (types.includes("array")) {
    const { items, ...lengths } = schemaOfList(constraints, levels - 1);
    Object.assign(schema, lengths);
    // `items` next to `prefixItems` would apply only to the remaining items.
    if (items && "prefixItems" in lengths) all.push({ items });
    else if (items) schema.items = items;
    else if (constraints.isIterated) schema.items = {};
  }
  if (all.length > 0) schema.allOf = all;
  return schema;
}

/** Whether a value of the kind can satisfy the constraints on fields. */
function canHold(constraints: Constraints, kind: Kind): boolean {
  if (!constraints.kinds.has(kind)) return false;
  if (kind === "object") return true;
  return [...constraints.fields].every(([name, field]) => {
    if (isIndex(name) && kind === "array") return true;
    if (isIndex(name) && kind === "string") return !isRequired(field) || holdsFor(field, "string");
    return holdsFor(field, prototypeMemberKind(kind, name));
  });
}

/** Whether the constraints hold for a prototype's member, or for a character of a text. */
function holdsFor(constraints: Constraints, memberKind: Kind | undefined): boolean {
  if (memberKind === undefined) return !isRequired(constraints);
  if (!canHold(constraints, memberKind)) return false;
  return memberKind !== "string" || [...constraints.items.values()].every((items) => holdsFor(items, "string"));
}

function schemaOfFields(constraints: Constraints, levels: number): Record<string, unknown> {
  if (constraints.fields.size === 0) return {};
  const fields = [...constraints.fields];
  const required = fields.filter(([, field]) => isRequired(field)).map(([name]) => name);
  return {
    properties: Object.fromEntries(fields.map(([name, field]) => [name, jsonSchemaOf(field, levels)])),
    ...(required.length > 0 && { required }),
  };
}

function schemaOfText(constraints: Constraints): Record<string, unknown> {
  const indexes = requiredIndexes(constraints);
  const allowsText = [...constraints.items.values()].every((items) => holdsFor(items, "string"));
  return {
    // JSON Schema counts a character outside the basic plane once, JavaScript twice: at least half the length is needed.
    ...(indexes.length > 0 && { minLength: Math.ceil((Math.max(...indexes) + 1) / 2) }),
    ...(!allowsText && { maxLength: 0 }),
  };
}

function schemaOfList(constraints: Constraints, levels: number): Record<string, unknown> {
  const indexed = [...constraints.fields].filter(([name]) => isIndex(name));
  const limited = [...constraints.items].filter(([most]) => most !== EACH);
  const length = Math.max(0, ...indexed.map(([name]) => Number(name) + 1), ...limited.map(([most]) => most));
  const prefixItems = Array.from({ length }, (_, n) =>
    allOf([
      ...limited.filter(([most]) => n < most).map(([, items]) => jsonSchemaOf(items, levels)),
      ...indexed.filter(([name]) => Number(name) === n).map(([, item]) => jsonSchemaOf(item, levels)),
    ]),
  );
  const each = constraints.items.get(EACH);
  const items = each && jsonSchemaOf(each, levels);
  const indexes = requiredIndexes(constraints);
  return {
    ...(prefixItems.some((schema) => !isEmpty(schema)) && { prefixItems }),
    ...(indexes.length > 0 && { minItems: Math.max(...indexes) + 1 }),
    ...(items && !isEmpty(items) && { items }),
  };
}

function schemaOfRule({ loops, then }: Rule, levels: number): JsonSchema | undefined {
  const schema = jsonSchemaOf(then, levels);
  return isEmpty(schema) ? undefined : { anyOf: [...loops.map(withoutItems), schema] };
}

/** The values in which no list at the path has an item. */
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

function requiredIndexes(constraints: Constraints): number[] {
  return [...constraints.fields]
    .filter(([name, field]) => isIndex(name) && isRequired(field))
    .map(([name]) => Number(name));
}

/** Whether a name is also a list index; larger ones would need absurdly long lists. */
export function isIndex(name: string): boolean {
  return /^(0|[1-9]\d{0,2})$/.test(name);
}

function allOf(schemas: readonly JsonSchema[]): JsonSchema {
  const nonEmpty = schemas.filter((schema) => !isEmpty(schema));
  return nonEmpty.length > 1 ? { allOf: nonEmpty } : (nonEmpty[0] ?? {});
}

function isEmpty(schema: JsonSchema): boolean {
  return Object.keys(schema).length === 0;
}

function childOf<K>(map: Map<K, Constraints>, key: K): Constraints {
  const constraints = map.get(key) ?? new Constraints();
  map.set(key, constraints);
  return constraints;
}
