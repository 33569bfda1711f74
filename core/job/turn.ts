/** What a worker does next for its job: decided from the rows alone, so any worker can take a turn, at any time, even twice. */
import { exceedsFailureTolerance, allFailedMessage, tooManyFailuresMessage } from "./failure-tolerance.ts";
import { isAtRest, type Outcome } from "./job.ts";
import { formatUsdApart, type Nanos } from "../money/money.ts";
import type { JobRow } from "./job-row.ts";
import type { ShardRow } from "../shard/shard-row.ts";
import { crashesAtTakeover, FAIL_AFTER_CRASHES, isLeased, isParked } from "../shard/lease.ts";
import type { Condition } from "../change.ts";

export type Turn =
  | { readonly do: "leave" }
  | { readonly do: "start" }
  | { readonly do: "lease"; readonly shard: ShardRow }
  | { readonly do: "end"; readonly outcome: Outcome; readonly reason?: string; readonly when: Condition["equals"] }
  | { readonly do: "export" };

const LEAVE: Turn = { do: "leave" };

/**
 * `ownShards` are the shards this worker is running. A parked shard is leased again once the budget covers one record's worst
 * case, for instance because another shard returned what it did not use. That cannot loop forever: a shard that is granted that
 * money makes at least one attempt, and attempts are finite; one that comes too late parks again.
 */
export function nextTurn(
  job: JobRow | undefined,
  shards: readonly ShardRow[],
  remainingNanos: Nanos,
  nowMs: number,
  ownShards: ReadonlySet<number> = new Set(),
): Turn {
  if (!job || isAtRest(job.status)) return LEAVE;
  if (job.status === "QUEUED") return { do: "start" };
  if (job.status === "EXPORTING") return ownShards.size > 0 ? LEAVE : { do: "export" };
  const open = shards.filter(({ state }) => state !== "DONE");
  if (open.length === 0) return completed(job, shards);
  const free = open.filter((shard) => !isLeased(shard, nowMs) && !ownShards.has(shard.shardNo));
  const crashing = free.find((shard) => crashesAtTakeover(shard) >= FAIL_AFTER_CRASHES);
  if (crashing) return failed(job, crashing);
  const isAffordable = (shard: ShardRow) => remainingNanos >= needOf(shard, job).nanos;
  const next = free.find((shard) => !isParked(shard, job)) ?? free.find(isAffordable);
  if (next) return { do: "lease", shard: next };
  return open.every((shard) => isParked(shard, job)) && !open.some(isAffordable)
    ? budgetExceeded(job, open, remainingNanos)
    : LEAVE;
}

// Every ending names the controlNo it was decided under: whatever the owner has done since (more money, more records, a
// retry) may have invalidated it, even if the counters are the same again.

/** Every record is delivered or failed. A job with too many failures has failed, whatever it delivers. */
function completed({ controlNo, recordCount, maxFailedPercent }: JobRow, shards: readonly ShardRow[]): Turn {
  const when = { openShards: 0, controlNo };
  const failed = shards.reduce((sum, shard) => sum + shard.failed, 0);
  const causes = shards.map((shard) => shard.causes ?? []);
  const end = (reason: string) => ({ do: "end", outcome: "FAILED", reason, when }) as const;
  if (shards.every(({ delivered }) => delivered === 0)) return end(allFailedMessage(causes));
  if (exceedsFailureTolerance(failed, recordCount, maxFailedPercent))
    return end(tooManyFailuresMessage(failed, recordCount, causes, maxFailedPercent));
  return { do: "end", outcome: "COMPLETED", when };
}

function failed({ controlNo }: JobRow, shard: ShardRow): Turn {
  const reason =
    `The worker stopped ${FAIL_AFTER_CRASHES} times in a row on records ${shard.lowWaterSlot + 1} to ${shard.toSlot} ` +
    "without making progress; check its log, and try smaller prompts or seeds.";
  return { do: "end", outcome: "FAILED", reason, when: { controlNo } };
}

/** What a parked shard's next record may cost. */
function needOf({ parkedNeed }: ShardRow, { maxAttemptCostNanos }: JobRow): { nanos: Nanos; because?: string } {
  return parkedNeed && parkedNeed.nanos > maxAttemptCostNanos ? parkedNeed : { nanos: maxAttemptCostNanos };
}

function budgetExceeded(job: JobRow, open: readonly ShardRow[], remainingNanos: Nanos): Turn {
  const { controlNo, parkedShards } = job;
  const [least] = open.map((shard) => needOf(shard, job)).sort((one, other) => one.nanos - other.nanos);
  const { nanos, because } = least ?? { nanos: job.maxAttemptCostNanos };
  const [needed, left] = formatUsdApart(nanos, remainingNanos);
  const reason =
    `The next record could cost up to ${needed}, but only ${left} of the budget is left; ` +
    `resume with a larger budget.${because ? ` ${because}` : ""}`;
  // The counters change with every shard that finishes, parks or is leased again: the decision holds only while they do not.
  return { do: "end", outcome: "BUDGET_EXCEEDED", reason, when: { openShards: open.length, parkedShards, controlNo } };
}
