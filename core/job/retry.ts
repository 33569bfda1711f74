/** What retrying the failed records does to a job's shards. Safe for APPSYNC_JS: shared by the resolver and the tests. */
import type { ShardRow } from "../shard/shard-row.ts";

/** The attributes of a shard that decide it. */
export type RetriedShard = Pick<
  ShardRow,
  "shardNo" | "state" | "pass" | "fromSlot" | "generation" | "delivered" | "failed" | "attempts" | "consecutiveCrashes"
>;

/**
 * What changes in a shard when the failed records are retried. A shard with failed records is opened in a new pass, which
 * starts at its first slot and skips delivered ones; an open shard forgets its unsuccessful attempts and its workers' crashes.
 * Null: nothing changes. The next generation fences any stale holder, and outdates the last report.
 */
export function resetForRetry(shard: RetriedShard): Partial<ShardRow> | null {
  const unsuccessful = shard.attempts - shard.delivered;
  const reset = {
    priorUnsuccessfulAttempts: unsuccessful,
    causes: [],
    consecutiveCrashes: 0,
    generation: shard.generation + 1,
  };
  if (shard.failed > 0)
    return { ...reset, state: "OPEN", pass: shard.pass + 1, lowWaterSlot: shard.fromSlot, failed: 0 };
  return shard.state !== "DONE" && (unsuccessful > 0 || shard.consecutiveCrashes > 0) ? reset : null;
}

/** How many shards are open after that. */
export function openShardsAfterRetry(shards: readonly RetriedShard[]): number {
  return shards.filter(({ state, failed }) => state !== "DONE" || failed > 0).length;
}
