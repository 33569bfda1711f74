/** What a person's second try does to a job's shards. Safe for APPSYNC_JS: the resolver and the tests decide by it alike. */
import type { ShardRow } from "./rows.ts";

/** What is read of a shard to decide it. */
export type TriedShard = Pick<
  ShardRow,
  "shardNo" | "state" | "pass" | "fromSlot" | "generation" | "failed" | "attempts" | "causes" | "deathsInRow"
>;

/**
 * What becomes of a shard when the failed records are tried again: one that has some, or was at it when the job was given up, is
 * opened in a new pass, which begins at its first slot, leaves out what is made and has causes and attempts of its own; one that killed its workers may be leased again. Null: it stays as it is. The
 * next generation fences whoever may still believe to hold it, and makes what was last reported of it old.
 */
export function triedAgain(shard: TriedShard): Partial<ShardRow> | null {
  const wasAtIt = shard.state !== "DONE" && (shard.causes ?? []).length > 0;
  if (shard.failed > 0 || wasAtIt)
    return {
      state: "OPEN",
      pass: shard.pass + 1,
      attemptsBefore: shard.attempts,
      lowWaterSlot: shard.fromSlot,
      failed: 0,
      causes: [],
      deathsInRow: 0,
      generation: shard.generation + 1,
    };
  if (shard.state !== "DONE" && shard.deathsInRow > 0) return { deathsInRow: 0, generation: shard.generation + 1 };
  return null;
}

/** How many shards are open after that. */
export function openAfterRetry(shards: readonly TriedShard[]): number {
  return shards.filter(({ state, failed }) => state !== "DONE" || failed > 0).length;
}
