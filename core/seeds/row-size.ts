/** Makes what is known of a seed set's collections fit the one row that keeps it. */
import { PlotPaletteError } from "../errors.ts";
import type { SeedCollectionSummary } from "./blocks.ts";
import type { SeedField } from "./fields.ts";

/** A row holds 400 KB, other things too; JSON is about as long as the row. */
const MAX_SUMMARY_BYTES = 250_000;

/** The collections with less and less said of their fields, until they fit. @throws PlotPaletteError BadInput */
export function fitRow(collections: readonly SeedCollectionSummary[]): SeedCollectionSummary[] {
  for (const shorten of [asItIs, withoutExamples, withoutInnerFields]) {
    const shorter = collections.map((collection) => ({ ...collection, fields: shorten(collection.fields) }));
    if (new TextEncoder().encode(JSON.stringify(shorter)).length <= MAX_SUMMARY_BYTES) return shorter;
  }
  throw new PlotPaletteError(
    "BadInput",
    "The fields of the seed set are too many or their names too long; keep those that templates need.",
  );
}

function asItIs(fields: SeedField[]): SeedField[] {
  return fields;
}

function withoutExamples(fields: SeedField[]): SeedField[] {
  return fields.map((field) => ({ ...field, examples: [] }));
}

/** Fields of the items themselves remain, and say that there is more below them. */
function withoutInnerFields(fields: SeedField[]): SeedField[] {
  const outer = withoutExamples(fields).filter(({ name }) => isOuter(name));
  return outer.map((field) => (holdsMore(field) ? { ...field, more: true } : field));
}

function isOuter(name: string): boolean {
  return name.startsWith('["') ? name.indexOf('"]') === name.length - 2 : !/[.[]/.test(name);
}

function holdsMore({ types }: SeedField): boolean {
  return types.includes("object") || types.includes("array");
}
