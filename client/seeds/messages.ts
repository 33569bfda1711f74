import type { SeedSetFieldsFragment } from "../generated/documents.ts";
import { showBytes, showCounted } from "../ui/format.ts";

/** What a seed set holds, in a line: `3,201 items in movies, 1.4 MB`; the files' names until it is checked. */
export function describeCollections({ status, collections }: SeedSetFieldsFragment): string {
  if (status === "GENERATING") return "Being written by a model";
  if (status !== "READY") return collections.map((collection) => collection.fileName).join(", ");
  const bytes = collections.reduce((sum, collection) => sum + collection.bytes, 0);
  const counts = collections.map(({ name, itemCount }) => `${showCounted(itemCount, "item")} in ${name}`);
  return `${counts.join(", ")} · ${showBytes(bytes)}`;
}
