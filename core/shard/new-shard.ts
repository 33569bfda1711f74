/** A shard that has never been leased. Safe for APPSYNC_JS: createJob and extendJob create the records' shards, workers the export's. */
import type { ShardRow } from "./shard-row.ts";

type NewShard = Pick<ShardRow, "jobId" | "owner" | "shardNo" | "kind" | "fromSlot" | "toSlot">;

/** The attributes of its row besides the key. */
export function newShard({ jobId, owner, shardNo, kind, fromSlot, toSlot }: NewShard): Omit<ShardRow, "pk" | "sk"> {
  return {
    jobId,
    owner,
    shardNo,
    kind,
    state: "OPEN",
    pass: 0,
    fromSlot,
    toSlot,
    generation: 0,
    leaseUntilMs: 0,
    checkpointNo: 0,
    lowWaterSlot: fromSlot,
    partRanges: [],
    delivered: 0,
    failed: 0,
    rejected: 0,
    mended: 0,
    attempts: 0,
    causes: [],
    inputTokens: 0,
    outputTokens: 0,
    spentNanos: 0,
    spending: [],
    workerMs: 0,
    grantNanos: 0,
    writtenOffNanos: 0,
    consecutiveCrashes: 0,
    columns: {},
  };
}
