/** Removes a deleted seed set's objects. */
import { seedSetPrefix, uploadsPrefix } from "../../core/bucket.ts";
import { purge } from "./purge.ts";

export async function handler({ owner, seedSetId }: { owner: string; seedSetId: string }): Promise<void> {
  await purge(uploadsPrefix(owner, seedSetId));
  await purge(seedSetPrefix(owner, seedSetId));
}
