/** Describes what a template requires of its seeds, and checks a seed set's field profiles against it. */
import { pathBelow } from "./constraint-collector.ts";
import { JSON_TYPES, type JsonType } from "./prototypes.ts";
import type { JsonSchema } from "./constraints.ts";
import type { SeedRequirements } from "./seed-requirements.ts";

/** A field as a seed set's summary describes it. */
export interface FieldProfile {
  /** `title`, `body.text`, `tags[]`, `tags[].name`. */
  readonly name: string;
  /** JSON types seen, except null. */
  readonly types: readonly string[];
  /** How many times it could be present but is absent, null or an empty text. */
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
 * The first reason why items of the seed set are certain to fail, as a sentence; `undefined` when none is known. The summary
 * is incomplete (which item lacks what, or what is nested deeper): when in doubt, seeds are not rejected.
 */
export function fitProblem(
  requirements: SeedRequirements,
  collections: readonly CollectionSummary[],
  templateName: string,
): string | undefined {
  for (const [name, schema] of Object.entries(requirements.collections)) {
    const summary = collections.find((collection) => collection.name === name);
    const reader = new ReadDescriber(requirements, name, templateName);
    if (!summary)
      return `${reader.at("")} draws from the collection "${name}", which the seed set does not have (it has ${listed(collections)}).`;
    const problem = problemBelow({ schema, path: "", positions: summary.itemCount, summary, reader });
    if (problem) return problem;
  }
  return undefined;
}

/** What is required of a collection's items: `title (text), tags[].name, year (number, optional)`. */
export function describeSchema(schema: JsonSchema): string {
  return leavesOf(schema, "", true).join(", ") || "items of any fields";
}

// The parts of the schemas that are checked here; conditional parts are left to the validation of items.
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
  /** How many values there could be. */
  readonly positions: number;
  readonly summary: CollectionSummary;
  readonly reader: ReadDescriber;
}

/** Describes a read: its location in the template, and the path as its author wrote it. */
class ReadDescriber {
  readonly #needs: SeedRequirements;
  readonly #collection: string;
  readonly #template: string;

  constructor(requirements: SeedRequirements, collection: string, template: string) {
    this.#needs = requirements;
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

function problemBelow(check: FieldCheck): string | undefined {
  const { properties = {}, required = [], items } = check.schema as Known;
  for (const [name, schema] of Object.entries(properties)) {
    // Texts and lists have a length anyway, and a list index is not a field.
    if (/^(length|\d+)$/.test(name)) continue;
    const below = { ...check, schema, path: pathBelow(check.path, name) };
    const problem = problemOfField(below, name, required.includes(name));
    if (problem) return problem;
  }
  return items && problemOfValue({ ...check, schema: items, path: `${check.path}[]` }, false);
}

function problemOfField(check: FieldCheck, name: string, isRequired: boolean): string | undefined {
  if (fieldAt(check)) return problemOfValue(check, isRequired);
  const parent = check.summary.fields.find((field) => pathBelow(field.name, name) === check.path);
  const isTopLevel = check.path === pathBelow("", name);
  const isKnownAbsent = isTopLevel ? check.summary.itemCount > 0 : parent?.types.includes("object") && !parent.more;
  if (!isRequired || !isKnownAbsent) return undefined;
  const siblings = check.summary.fields.filter((field) =>
    parent ? isFieldOf(parent.name, field.name) : isFieldOf("", field.name),
  );
  const where = parent
    ? `"${parent.name}" in the collection "${check.summary.name}"`
    : `the collection "${check.summary.name}"`;
  return `${check.reader.reads(check.path)}; ${where} has no "${name}" (it has ${listed(siblings, parent?.name)}).`;
}

function problemOfValue(check: FieldCheck, isRequired: boolean): string | undefined {
  const field = fieldAt(check);
  if (!field) return undefined;
  const { summary, reader, path } = check;
  const allowed = typesOf(check.schema);
  const seen = field.types.map((type) => (type === "integer" ? "number" : type) as JsonType);
  // A text that must be empty is one that is looped over like a list; empty texts are counted separately.
  const accepted = (check.schema as Known).maxLength === 0 ? allowed.filter((type) => type !== "string") : allowed;
  const wrong = seen.filter((type) => !accepted.includes(type));
  if ((field.empty ?? 0) > 0 && !allowed.includes("string") && !wrong.includes("string")) wrong.push("string");
  if (wrong.length > 0) {
    const some = wrong.length < new Set(seen).size ? "some of it is" : "it is";
    return `${reader.reads(path)} as ${anyTypeOf(accepted)}; in "${summary.name}" ${some} ${anyTypeOf(wrong)}.`;
  }
  const absent = field.missing - (field.empty ?? 0);
  // Where only presence is required, as in a column or in JSON, known nulls count as present.
  const missing = allowed.includes("null") ? absent - (field.nulls ?? 0) : absent;
  const isAsked = isRequired || path.endsWith("[]");
  if (isAsked && missing > 0)
    return `${reader.reads(path)}, which is ${allowed.includes("null") ? "absent" : "absent or null"} in ${missing} of ${positionsOf(check, field)}; add a fallback (?? ""), read it only under a condition, or leave those items out.`;
  return problemBelow(check);
}

/** What the missing ones are a part of: all items, or all occurrences inside them. */
function positionsOf({ summary, path }: FieldCheck, field: FieldProfile): string {
  const isTopLevel = !/[.[]/.test(path);
  return isTopLevel
    ? `${summary.itemCount} items of "${summary.name}"`
    : `its occurrences in "${summary.name}" (${field.name})`;
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

/** `text or a list`, for people. */
export function anyTypeOf(types: readonly JsonType[]): string {
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
  const notes = [
    ...(kinds.length < JSON_TYPES.length - 1
      ? [kinds.map((type) => TYPE_NAMES[type].replace(/^an? /, "")).join(" or ")]
      : []),
    ...(isRequired ? [] : ["optional"]),
  ];
  return [notes.length > 0 ? `${path} (${notes.join(", ")})` : path];
}
