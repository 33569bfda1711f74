import type { TemplateAnalysisFieldsFragment } from "../generated/documents.ts";

/** The columns of a template's records that a dataset can be cut by: its categories first, which are meant for that. */
export function columnsToPartitionBy(
  facts: Pick<TemplateAnalysisFieldsFragment, "columns" | "categories"> | undefined,
): string[] {
  if (!facts) return [];
  return [...new Set([...facts.categories, ...facts.columns.map(({ name }) => name)])];
}
