import { TIERS } from "#core/models/models";
import { suggestCode } from "./suggest-code.ts";
import { outlineOf, type Outline } from "./outline.ts";
import { placeAt, type Place } from "./cursor.ts";
import { isExpressionPath, schemaAt } from "./schema.ts";

/** What the editor knows beside the document. */
export interface Knowledge {
  readonly models: readonly { readonly id: string; readonly name: string; readonly tier: string | null }[];
  /** Of the seeds chosen beside the editor; empty while none are. */
  readonly collections: readonly KnownCollection[];
}

export interface KnownCollection {
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly types: readonly string[] }[];
}

export interface Suggestion {
  readonly label: string;
  /** Stands behind the label, in short: a type, a signature. */
  readonly detail?: string;
  /** A sentence on it. */
  readonly about?: string;
  /** What is written; the label when absent. */
  readonly apply?: string;
  readonly kind: "key" | "value" | "variable" | "field" | "function" | "word";
}

export interface Suggestions {
  /** Where what is written of it begins. */
  readonly from: number;
  readonly options: readonly Suggestion[];
}

/** What may stand at a position of a template's document; null when nothing is known. */
export function suggest(text: string, position: number, knowledge: Knowledge): Suggestions | null {
  const place = placeAt(text, position);
  const outline = outlineOf(withoutHalfKey(text, position, place));
  const code = codeBefore(text, position, place);
  if (code !== null)
    return suggestCode({ code, isPrompt: !isExpressionPath(place.path), position, place, outline, knowledge });
  if (place.kind === "key") return suggestKeys(place, position, outline);
  return place.kind === "value" ? suggestValues(place, position, { outline, knowledge }) : null;
}

/** Half a key makes the lines around it unreadable: the document is read as if it were not there yet. */
function withoutHalfKey(text: string, position: number, { kind, written, isFlow }: Place): string {
  if (kind !== "key" || isFlow) return text;
  return text.slice(0, position - written.length) + " ".repeat(written.length) + text.slice(position);
}

/** The code that is being written: of an open tag, or of an expression; null outside of both. */
function codeBefore(text: string, position: number, place: Place): string | null {
  if (place.kind === "key") return null;
  if (isExpressionPath(place.path)) return place.kind === "text" ? place.written : place.written.replace(/^["']/, "");
  const open = text.lastIndexOf("<%", position - 1);
  if (open < 0 || open + 2 > position || text.lastIndexOf("%>", position - 1) > open) return null;
  return text.slice(open + 2, position);
}

function suggestKeys(place: Place, position: number, outline: Outline): Suggestions | null {
  const schema = schemaAt(place.path);
  const properties = Object.entries(schema?.properties ?? {});
  const prefix = /[A-Za-z]*$/.exec(place.written)?.[0] ?? "";
  if (properties.length === 0 || prefix.length < place.written.replace(/^["']/, "").length) return null;
  const present = Object.keys(valueAt(outline.document, place.path)).filter((key) => key !== prefix);
  const options = properties
    .filter(([name]) => !present.includes(name))
    .map(([name, { description, type, enum: values }]) => ({
      label: name,
      kind: "key" as const,
      detail: values?.join(" | ") ?? (type === "object" || type === "array" ? "" : type),
      about: description,
      apply: `${name}:${behindKey(name, type, place)}`,
    }));
  return { from: position - prefix.length, options };
}

const LONG_TEXTS = ["prompt", "system"];

function behindKey(name: string, type: string | undefined, { isFlow, column }: Place): string {
  if (isFlow) return " ";
  if (LONG_TEXTS.includes(name)) return ` |\n${" ".repeat(column + 2)}`;
  if (name === "steps") return `\n${" ".repeat(column + 2)}- id: `;
  return type === "object" ? `\n${" ".repeat(column + 2)}` : " ";
}

interface Known {
  readonly outline: Outline;
  readonly knowledge: Knowledge;
}

function suggestValues(place: Place, position: number, known: Known): Suggestions | null {
  const values = [...valuesByMeaning(place.path, known), ...valuesBySchema(place.path)];
  if (values.length === 0) return null;
  const prefix = /[\w.:/-]*$/.exec(place.written)?.[0] ?? "";
  return { from: position - prefix.length, options: values };
}

function valuesBySchema(path: Place["path"]): Suggestion[] {
  const schema = schemaAt(path);
  return (schema?.enum ?? []).map((value) => ({
    label: value,
    kind: "value" as const,
    detail: value === schema?.default ? "default" : undefined,
  }));
}

/** Names that stand elsewhere: models, collections, fields, columns. */
function valuesByMeaning(path: Place["path"], { outline, knowledge }: Known): Suggestion[] {
  const [room, name, ...rest] = path;
  const last = rest.filter((part) => typeof part === "string").join(".");
  if (room === "steps" && last === "model") return models(knowledge);
  if (room === "steps" && (last === "fallbacks" || last === "escalate.to")) return [...tiers(), ...models(knowledge)];
  if (room === "categories" || room === "training")
    return outline.columns.map((column) => ({ label: column, kind: "value" }));
  if (room !== "pick" || typeof name !== "string") return [];
  if (last === "" || last === "from") return collections(knowledge);
  return last === "weight" ? numericFields(outline.picks[name]?.from, knowledge) : [];
}

function tiers(): Suggestion[] {
  return TIERS.map((tier) => ({ label: tier, kind: "value", detail: "tier" }));
}

function models({ models }: Knowledge): Suggestion[] {
  return models.map(({ id, name }) => ({ label: id, kind: "value", detail: name }));
}

function collections({ collections }: Knowledge): Suggestion[] {
  return collections.map(({ name }) => ({ label: name, kind: "value", detail: "collection" }));
}

function numericFields(collection: string | undefined, { collections }: Knowledge): Suggestion[] {
  const fields = collections.find(({ name }) => name === collection)?.fields ?? [];
  return fields
    .filter(
      ({ name, types }) => !/[.[]/.test(name) && types.length > 0 && types.every((type) => NUMBERS.includes(type)),
    )
    .map(({ name, types }) => ({ label: name, kind: "value", detail: types.join(" | ") }));
}

const NUMBERS = ["integer", "number"];

function valueAt(document: unknown, path: Place["path"]): object {
  let value = document;
  for (const part of path) value = (value as Record<string | number, unknown> | null | undefined)?.[part];
  return typeof value === "object" && value !== null ? value : {};
}
