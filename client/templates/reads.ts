import type { TemplateAnalysisFieldsFragment } from "../generated/documents.ts";
import { readName } from "./labels.ts";

export type Read = TemplateAnalysisFieldsFragment["reads"][number];

/** Something a template reads, with all the places that read it. */
export interface DistinctRead extends Omit<Read, "place" | "__typename"> {
  readonly places: readonly string[];
}

/** Each thing once, required if it is so anywhere. */
export function distinctReads(reads: readonly Read[]): DistinctRead[] {
  const found = new Map<string, DistinctRead>();
  for (const { collection, path, required, place } of reads) {
    const name = readName({ collection, path });
    const known = found.get(name);
    const places = [...new Set([...(known?.places ?? []), place])];
    found.set(name, { collection, path, required: required || known?.required === true, places });
  }
  return [...found.values()];
}
