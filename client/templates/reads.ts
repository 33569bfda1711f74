import type { TemplateAnalysisFieldsFragment } from "../generated/documents.ts";
import { readName } from "./labels.ts";

export type Read = TemplateAnalysisFieldsFragment["reads"][number];

/** A field or collection a template reads, with all the locations that read it. */
export interface DistinctRead extends Omit<Read, "location" | "__typename"> {
  readonly locations: readonly string[];
}

/** Each once, required if it is required anywhere. */
export function distinctReads(reads: readonly Read[]): DistinctRead[] {
  const found = new Map<string, DistinctRead>();
  for (const { collection, path, required, location } of reads) {
    const name = readName({ collection, path });
    const known = found.get(name);
    const locations = [...new Set([...(known?.locations ?? []), location])];
    found.set(name, { collection, path, required: required || known?.required === true, locations });
  }
  return [...found.values()];
}
