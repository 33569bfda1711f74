/** Shrinks the description of a seed set's collections until it fits in one row. */
import { PlotPaletteError } from "../errors.ts";
import type { SeedCollectionSummary } from "./blocks.ts";
import type { SeedField } from "./fields.ts";

/** A row holds 400 KB, including other attributes; the JSON is about as large as the row. */
const MAX_SUMMARY_BYTES = 250_000;

/** The collections with less and less detail about their fields, until they fit. @throws PlotPaletteError BadInput */
export function fitRow(collections: readonly SeedCollectionSummary[]): SeedCollectionSummary[] {
  for (const shorten of [unchanged, withoutExamples, withoutInnerFields]) {
    const shorter = collections.map((collection) => ({ ...collection, fields: shorten(collection.fields) }));
    if (new TextEncoder().encode(JSON.stringify(shorter)).length <= MAX_SUMMARY_BYTES) return shorter;
  }
  throw new PlotPaletteError(
    "BadInput",
    "The seed set has too many fields, or their names are too long; keep only those that templates need.",
  );
}

function unchanged(fields: SeedField[]): SeedField[] {
  return fields;
}

function withoutExamples(fields: SeedField[]): SeedField[] {
  return fields.map((field) => ({ ...field, examples: [] }));
}

/** Keeps top-level fields only, marked as having more below them. */
function withoutInnerFields(fields: SeedField[]): SeedField[] {
  const topLevel = withoutExamples(fields).filter(({ name }) => isTopLevel(name));
  return topLevel.map((field) => (holdsMore(field) ? { ...field, more: true } : field));
}

function isTopLevel(name: string): boolean {
  return name.startsWith('["') ? name.indexOf('"]') === name.length - 2 : !/[.[]/.test(name);
}

function holdsMore({ types }: SeedField): boolean {
  return types.includes("object") || types.includes("array");
}
