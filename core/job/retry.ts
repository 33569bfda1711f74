/** What a person's second try does to a job's shards. Safe for APPSYNC_JS: the resolver and the tests decide by it alike. */
import type { ShardRow } from "../shard/shard-row.ts";

/** What is read of a shard to decide it. */
export type RetriedShard = Pick<
  ShardRow,
  "shardNo" | "state" | "pass" | "fromSlot" | "generation" | "delivered" | "failed" | "attempts" | "consecutiveCrashes"
>;

/**
 * What becomes of a shard when the failed records are tried again: one that has some is opened in a new pass, which begins at
 * its first slot and leaves out what is made; one that is open begins as if neither its attempts had come to nothing nor its
 * workers had died. Null: it stays as it is. The next generation fences whoever may still believe to hold it, and makes what
 * was last reported of it old.
 */
export function resetForRetry(shard: RetriedShard): Partial<ShardRow> | null {
  const lost = shard.attempts - shard.delivered;
  const afresh = {
    priorUnsuccessfulAttempts: lost,
    causes: [],
    consecutiveCrashes: 0,
    generation: shard.generation + 1,
  };
  if (shard.failed > 0)
    return { ...afresh, state: "OPEN", pass: shard.pass + 1, lowWaterSlot: shard.fromSlot, failed: 0 };
  return shard.state !== "DONE" && (lost > 0 || shard.consecutiveCrashes > 0) ? afresh : null;
}

/** How many shards are open after that. */
export function openShardsAfterRetry(shards: readonly RetriedShard[]): number {
  return shards.filter(({ state, failed }) => state !== "DONE" || failed > 0).length;
}
