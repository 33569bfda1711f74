import type { TemplateAnalysisFieldsFragment } from "../generated/documents.ts";

/** The columns a template's dataset can be partitioned by: its categories first, which are meant for that. */
export function columnsToPartitionBy(
  analysis: Pick<TemplateAnalysisFieldsFragment, "columns" | "categories"> | undefined,
): string[] {
  if (!analysis) return [];
  return [...new Set([...analysis.categories, ...analysis.columns.map(({ name }) => name)])];
}
