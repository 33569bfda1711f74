import { TIERS } from "#core/models/models";
import { suggestCode } from "./suggest-code.ts";
import { outlineOf, type Outline } from "./outline.ts";
import { cursorContextAt, type CursorContext } from "./cursor.ts";
import { isExpressionPath, schemaAt } from "./schema.ts";
import type { CompletionData, Suggestion, Suggestions } from "./suggestions.ts";

/** The suggestions at a position of a template document; null when there are none. */
export function suggest(text: string, position: number, completionData: CompletionData): Suggestions | null {
  const cursor = cursorContextAt(text, position);
  const outline = outlineOf(withoutHalfKey(text, position, cursor));
  const code = codeBefore(text, position, cursor);
  if (code !== null)
    return suggestCode({ code, isPrompt: !isExpressionPath(cursor.path), position, cursor, outline, completionData });
  if (cursor.kind === "key") return suggestKeys(cursor, position, outline);
  return cursor.kind === "value" ? suggestValues(cursor, position, { outline, completionData }) : null;
}

/** A half-typed key makes the lines around it unparsable: the document is read as if it were not there yet. */
function withoutHalfKey(text: string, position: number, { kind, typed, isFlow }: CursorContext): string {
  if (kind !== "key" || isFlow) return text;
  return text.slice(0, position - typed.length) + " ".repeat(typed.length) + text.slice(position);
}

/** The code being typed, in an open tag or an expression; null outside both. */
function codeBefore(text: string, position: number, cursor: CursorContext): string | null {
  if (cursor.kind === "key") return null;
  if (isExpressionPath(cursor.path)) return cursor.kind === "text" ? cursor.typed : cursor.typed.replace(/^["']/, "");
  const open = text.lastIndexOf("<%", position - 1);
  if (open < 0 || open + 2 > position || text.lastIndexOf("%>", position - 1) > open) return null;
  return text.slice(open + 2, position);
}

function suggestKeys(cursor: CursorContext, position: number, outline: Outline): Suggestions | null {
  const schema = schemaAt(cursor.path);
  const properties = Object.entries(schema?.properties ?? {});
  const prefix = /[A-Za-z]*$/.exec(cursor.typed)?.[0] ?? "";
  if (properties.length === 0 || prefix.length < cursor.typed.replace(/^["']/, "").length) return null;
  const present = Object.keys(valueAt(outline.document, cursor.path)).filter((key) => key !== prefix);
  const options = properties
    .filter(([name]) => !present.includes(name))
    .map(([name, { description, type, enum: values }]) => ({
      label: name,
      kind: "key" as const,
      detail: values?.join(" | ") ?? (type === "object" || type === "array" ? "" : type),
      description,
      apply: `${name}:${afterKey(name, type, cursor)}`,
    }));
  return { from: position - prefix.length, options };
}

const LONG_TEXTS = ["prompt", "system"];

function afterKey(name: string, type: string | undefined, { isFlow, column }: CursorContext): string {
  if (isFlow) return " ";
  if (LONG_TEXTS.includes(name)) return ` |\n${" ".repeat(column + 2)}`;
  if (name === "steps") return `\n${" ".repeat(column + 2)}- id: `;
  return type === "object" ? `\n${" ".repeat(column + 2)}` : " ";
}

interface Known {
  readonly outline: Outline;
  readonly completionData: CompletionData;
}

function suggestValues(cursor: CursorContext, position: number, known: Known): Suggestions | null {
  const values = [...valuesByMeaning(cursor.path, known), ...valuesBySchema(cursor.path)];
  if (values.length === 0) return null;
  const prefix = /[\w.:/-]*$/.exec(cursor.typed)?.[0] ?? "";
  return { from: position - prefix.length, options: values };
}

function valuesBySchema(path: CursorContext["path"]): Suggestion[] {
  const schema = schemaAt(path);
  return (schema?.enum ?? []).map((value) => ({
    label: value,
    kind: "value" as const,
    detail: value === schema?.default ? "default" : undefined,
  }));
}

/** Names defined elsewhere: models, collections, fields, columns. */
function valuesByMeaning(path: CursorContext["path"], { outline, completionData }: Known): Suggestion[] {
  const [section, name, ...rest] = path;
  const last = rest.filter((part) => typeof part === "string").join(".");
  if (section === "steps" && last === "model") return models(completionData);
  if (section === "steps" && (last === "fallbacks" || last === "escalate.to"))
    return [...tiers(), ...models(completionData)];
  if (section === "categories" || section === "training")
    return outline.columns.map((column) => ({ label: column, kind: "value" }));
  if (section !== "pick" || typeof name !== "string") return [];
  if (last === "" || last === "from") return collections(completionData);
  return last === "weight" ? numericFields(outline.picks[name]?.from, completionData) : [];
}

function tiers(): Suggestion[] {
  return TIERS.map((tier) => ({ label: tier, kind: "value", detail: "tier" }));
}

function models({ models }: CompletionData): Suggestion[] {
  return models.map(({ id, name }) => ({ label: id, kind: "value", detail: name }));
}

function collections({ collections }: CompletionData): Suggestion[] {
  return collections.map(({ name }) => ({ label: name, kind: "value", detail: "collection" }));
}

function numericFields(collection: string | undefined, { collections }: CompletionData): Suggestion[] {
  const fields = collections.find(({ name }) => name === collection)?.fields ?? [];
  return fields
    .filter(
      ({ name, types }) => !/[.[]/.test(name) && types.length > 0 && types.every((type) => NUMBERS.includes(type)),
    )
    .map(({ name, types }) => ({ label: name, kind: "value", detail: types.join(" | ") }));
}

const NUMBERS = ["integer", "number"];

function valueAt(document: unknown, path: CursorContext["path"]): object {
  let value = document;
  for (const part of path) value = (value as Record<string | number, unknown> | null | undefined)?.[part];
  return typeof value === "object" && value !== null ? value : {};
}
