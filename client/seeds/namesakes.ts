import type { SeedSetFieldsFragment } from "../generated/documents.ts";
import { tellApart } from "../tellApart.ts";
import { showDateTime } from "../ui/format.ts";

type Listed = Pick<SeedSetFieldsFragment, "id" | "name" | "isSample" | "createdAt">;

/** What tells seed sets of one name apart, by id: a sample, or when it was added. */
export function seedSetNamesakes(seedSets: readonly Listed[]): ReadonlyMap<string, string> {
  return tellApart(seedSets, ({ isSample, createdAt }) => (isSample ? "sample" : `added ${showDateTime(createdAt)}`));
}
