/** What a template asks of its seeds, in words; and whether seeds can give it, judged by what is known of a seed set's fields. */
import { pathBelow } from "./constraint-collector.ts";
import { JSON_TYPES, type JsonType } from "./prototypes.ts";
import type { JsonSchema } from "./constraints.ts";
import type { SeedRequirements } from "./seed-requirements.ts";

/** A field as the summary of a seed set has it. */
export interface FieldProfile {
  /** `title`, `body.text`, `tags[]`, `tags[].name`. */
  readonly name: string;
  /** JSON types seen, but null. */
  readonly types: readonly string[];
  /** Places where it could be and is absent, null or an empty text. */
  readonly missing: number;
  /** How many of the missing are empty texts. */
  readonly empty?: number;
  /** How many of the missing are null. */
  readonly nulls?: number;
  /** There is more below it than is listed. */
  readonly more?: boolean;
}

export interface CollectionSummary {
  readonly name: string;
  readonly itemCount: number;
  readonly fields: readonly FieldProfile[];
}

/**
 * The first reason why items of the seed set are sure to fail, as a sentence; `undefined` when none is known. The summary
 * does not know everything (which item lacks what, or what lies deeper than it looked): in doubt seeds are not refused.
 */
export function fitProblem(
  needs: SeedRequirements,
  collections: readonly CollectionSummary[],
  templateName: string,
): string | undefined {
  for (const [name, schema] of Object.entries(needs.collections)) {
    const facts = collections.find((collection) => collection.name === name);
    const reader = new ReadDescriber(needs, name, templateName);
    if (!facts)
      return `${reader.at("")} draws from the collection "${name}", but the seed set has none (it has ${listed(collections)}).`;
    const fault = problemBelow({ schema, path: "", positions: facts.itemCount, summary: facts, reader });
    if (fault) return fault;
  }
  return undefined;
}

/** What is asked of a collection's items: `title (text), tags[].name, year (number, optional)`. */
export function describeSchema(schema: JsonSchema): string {
  return leavesOf(schema, "", true).join(", ") || "items of any fields";
}

// The parts of the schemas that are read here; what they say under conditions is left to whoever validates items.
interface Known {
  readonly type?: JsonType | readonly JsonType[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly maxLength?: number;
}

interface FieldCheck {
  readonly schema: JsonSchema;
  readonly path: string;
  /** How many values are there. */
  readonly positions: number;
  readonly summary: CollectionSummary;
  readonly reader: ReadDescriber;
}

/** Says who reads: the place in the template, and the path as its author wrote it. */
class ReadDescriber {
  readonly #needs: SeedRequirements;
  readonly #collection: string;
  readonly #template: string;

  constructor(needs: SeedRequirements, collection: string, template: string) {
    this.#needs = needs;
    this.#collection = collection;
    this.#template = template;
  }

  at(path: string): string {
    return `Template "${this.#template}" ${this.#read(path)?.location ?? "pick"}`;
  }

  reads(path: string): string {
    const pick = this.#read(path)?.pick ?? this.#collection;
    return `${this.at(path)} reads ${path.startsWith("[") ? pick + path : `${pick}.${path}`}`;
  }

  #read(path: string) {
    const of = this.#needs.reads.filter(({ collection }) => collection === this.#collection);
    const begins = (read: string) => read === path || (read.startsWith(path) && /^[.[]/.test(read.slice(path.length)));
    return of.find((read) => read.required && begins(read.path)) ?? of.find((read) => begins(read.path)) ?? of[0];
  }
}

function problemBelow(spot: FieldCheck): string | undefined {
  const { properties = {}, required = [], items } = spot.schema as Known;
  for (const [name, schema] of Object.entries(properties)) {
    // A length is also what texts and lists have of themselves; and a place in a list is no field.
    if (/^(length|\d+)$/.test(name)) continue;
    const below = { ...spot, schema, path: pathBelow(spot.path, name) };
    const fault = problemOfField(below, name, required.includes(name));
    if (fault) return fault;
  }
  return items && problemOfValue({ ...spot, schema: items, path: `${spot.path}[]` }, false);
}

function problemOfField(spot: FieldCheck, name: string, isRequired: boolean): string | undefined {
  if (fieldAt(spot)) return problemOfValue(spot, isRequired);
  const parent = spot.summary.fields.find((field) => pathBelow(field.name, name) === spot.path);
  const isTopLevel = spot.path === pathBelow("", name);
  const isKnownAbsent = isTopLevel ? spot.summary.itemCount > 0 : parent?.types.includes("object") && !parent.more;
  if (!isRequired || !isKnownAbsent) return undefined;
  const siblings = spot.summary.fields.filter((field) =>
    parent ? isFieldOf(parent.name, field.name) : isFieldOf("", field.name),
  );
  const where = parent
    ? `"${parent.name}" in the collection "${spot.summary.name}"`
    : `the collection "${spot.summary.name}"`;
  return `${spot.reader.reads(spot.path)}; ${where} has no "${name}" (it has ${listed(siblings, parent?.name)}).`;
}

function problemOfValue(spot: FieldCheck, isRequired: boolean): string | undefined {
  const field = fieldAt(spot);
  if (!field) return undefined;
  const { summary, reader, path } = spot;
  const allowed = typesOf(spot.schema);
  const seen = field.types.map((type) => (type === "integer" ? "number" : type) as JsonType);
  // A text that must be empty is one that is looped over as if it were a list; the empty ones are counted apart.
  const bearable = (spot.schema as Known).maxLength === 0 ? allowed.filter((type) => type !== "string") : allowed;
  const wrong = seen.filter((type) => !bearable.includes(type));
  if ((field.empty ?? 0) > 0 && !allowed.includes("string") && !wrong.includes("string")) wrong.push("string");
  if (wrong.length > 0) {
    const some = wrong.length < new Set(seen).size ? "some of it is" : "it is";
    return `${reader.reads(path)} as ${orOf(bearable)}; in "${summary.name}" ${some} ${orOf(wrong)}.`;
  }
  const gone = field.missing - (field.empty ?? 0);
  // A null can be printed; where only presence is asked for, those that are known to be null are there.
  const lacking = allowed.includes("null") ? gone - (field.nulls ?? 0) : gone;
  const isAsked = isRequired || path.endsWith("[]");
  if (isAsked && lacking > 0)
    return `${reader.reads(path)}, which is missing in ${lacking} of ${positionsOf(spot, field)}; write it with a fallback (?? "") or clean the seeds.`;
  return problemBelow(spot);
}

/** Of what the missing ones are a part: all items, or all places inside them. */
function positionsOf({ summary, path }: FieldCheck, field: FieldProfile): string {
  const isTopLevel = !/[.[]/.test(path);
  return isTopLevel
    ? `${summary.itemCount} items of "${summary.name}"`
    : `the places for it in "${summary.name}" (${field.name})`;
}

function fieldAt({ summary, path }: FieldCheck): FieldProfile | undefined {
  return summary.fields.find(({ name }) => name === path);
}

function isFieldOf(parent: string, name: string): boolean {
  const rest = name.startsWith(parent) ? name.slice(parent.length) : "";
  return /^\.?[^.[]+$/.test(rest) || /^\["[^"]*"\]$/.test(rest);
}

function typesOf(schema: JsonSchema): readonly JsonType[] {
  if ("not" in schema) return [];
  const { type } = schema as Known;
  return type === undefined ? JSON_TYPES : typeof type === "string" ? [type] : type;
}

const TYPE_NAMES: Readonly<Record<JsonType, string>> = {
  null: "null",
  boolean: "true or false",
  number: "a number",
  string: "text",
  array: "a list",
  object: "an object",
};

function orOf(types: readonly JsonType[]): string {
  return types.length === 0 ? "something no seeds can be" : types.map((type) => TYPE_NAMES[type]).join(" or ");
}

function listed(named: readonly { readonly name: string }[], below = ""): string {
  const names = named.slice(0, 12).map(({ name }) => name.slice(below.length).replace(/^\./, ""));
  const more = named.length - names.length;
  return names.length === 0 ? "nothing" : names.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function leavesOf(schema: JsonSchema, path: string, isRequired: boolean): string[] {
  const { properties = {}, required = [], items } = schema as Known;
  const below = [
    ...Object.entries(properties)
      .filter(([name]) => !/^(length|\d+)$/.test(name))
      .flatMap(([name, field]) => leavesOf(field, pathBelow(path, name), isRequired && required.includes(name))),
    ...(items ? leavesOf(items, `${path}[]`, isRequired) : []),
  ];
  if (below.length > 0 || path === "") return below;
  const types = typesOf(schema);
  const kinds = types.filter((type) => type !== "null");
  const words = [
    ...(kinds.length < JSON_TYPES.length - 1
      ? [kinds.map((type) => TYPE_NAMES[type].replace(/^an? /, "")).join(" or ")]
      : []),
    ...(isRequired ? [] : ["optional"]),
  ];
  return [words.length > 0 ? `${path} (${words.join(", ")})` : path];
}
