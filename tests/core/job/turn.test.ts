import { isAtRest, JOB_STATUSES } from "#core/job/job";
import type { JobRow } from "#core/job/job-row";
import type { ShardRow } from "#core/shard/shard-row";
import { nextTurn } from "#core/job/turn";

const NOW = 1_000_000;

function job(set: Partial<JobRow> = {}): JobRow {
  return {
    jobId: "J",
    status: "RUNNING",
    maxAttemptCostNanos: 100,
    openShards: 2,
    parkedShards: 0,
    controlNo: 7,
    ...set,
  } as JobRow;
}

function shard(set: Partial<ShardRow> = {}): ShardRow {
  return {
    shardNo: 0,
    state: "OPEN",
    leaseUntilMs: 0,
    consecutiveCrashes: 0,
    generation: 1,
    partRanges: [],
    parkedAtControlNo: 7,
    delivered: 1,
    ...set,
  } as ShardRow;
}

describe("a job all of whose shards are done", () => {
  const ends = (failed: number, set: Partial<JobRow> = {}, delivered = 100 - failed) =>
    nextTurn(
      job({ recordCount: 100, ...set }),
      [
        shard({ state: "DONE", delivered, failed, causes: [{ cause: "A", attempts: failed, records: failed }] }),
        shard({ shardNo: 1, state: "DONE", delivered: 0, failed: 0 }),
      ],
      0,
      NOW,
    );

  test.each([
    [0, {}, "COMPLETED"],
    [20, {}, "COMPLETED"],
    [21, {}, "FAILED"],
    [21, { maxFailedPercent: 21 }, "COMPLETED"],
    [1, { maxFailedPercent: 0 }, "FAILED"],
    [100, { maxFailedPercent: 100 }, "FAILED"],
  ])("with %i of 100 records failed and %j is %s", (failed, set, outcome) => {
    expect(ends(failed, set)).toMatchObject({ do: "end", outcome, when: { openShards: 0 } });
  });

  test("says the causes when it has failed", () => {
    expect(ends(30)).toMatchObject({
      reason: expect.stringContaining("30 of 100 records failed, more than the 20% this job allows: 30 × A. Fix"),
    });
    expect(ends(100)).toMatchObject({ reason: expect.stringContaining("Every record failed: 100 × A. Fix") });
  });
});

const HELD = { leaseUntilMs: NOW + 1, leaseTask: "other" };
const EXPIRED = { leaseUntilMs: NOW, leaseTask: "gone" };

test.each(JOB_STATUSES.filter(isAtRest))("leaves a job that is %s alone", (status) => {
  expect(nextTurn(job({ status }), [shard()], 1_000, NOW)).toEqual({ do: "leave" });
});

test.each([
  ["starts a queued job", job({ status: "QUEUED" }), [], 0, { do: "start" }],
  ["exports an ending job", job({ status: "EXPORTING" }), [], 0, { do: "export" }],
  ["leases a free shard", job(), [shard(HELD), shard({ shardNo: 1 })], 0, { do: "lease", shard: { shardNo: 1 } }],
  ["leases a shard whose lease has run out", job(), [shard(EXPIRED)], 0, { do: "lease", shard: { shardNo: 0 } }],
  ["leaves when all are held", job(), [shard(HELD)], 1_000, { do: "leave" }],
  [
    "leases a parked shard once it can be paid",
    job(),
    [shard({ state: "PARKED" })],
    100,
    { do: "lease", shard: { state: "PARKED" } },
  ],
  [
    "prefers an open shard",
    job(),
    [shard({ state: "PARKED" }), shard({ shardNo: 1 })],
    100,
    { do: "lease", shard: { shardNo: 1 } },
  ],
  [
    "ends a job that cannot be paid",
    job(),
    [shard({ state: "PARKED" })],
    99,
    { do: "end", outcome: "BUDGET_EXCEEDED" },
  ],
  ["does not while another works", job(), [shard({ state: "PARKED" }), shard(HELD)], 99, { do: "leave" }],
  [
    "completes a job",
    job(),
    [shard({ state: "DONE" })],
    0,
    { do: "end", outcome: "COMPLETED", when: { openShards: 0 } },
  ],
  [
    "fails a job without a record",
    job(),
    [shard({ state: "DONE", delivered: 0 })],
    0,
    { do: "end", outcome: "FAILED" },
  ],
  [
    "fails after five deaths",
    job(),
    [shard({ ...EXPIRED, consecutiveCrashes: 4 })],
    0,
    { do: "end", outcome: "FAILED" },
  ],
  ["but not after four", job(), [shard({ ...EXPIRED, consecutiveCrashes: 3 })], 0, { do: "lease" }],
  [
    "nor when the last generation got on",
    job(),
    [shard({ ...EXPIRED, consecutiveCrashes: 4, partRanges: [{ generation: 1, fromSeq: 0, toSeq: 0 }] })],
    0,
    { do: "lease" },
  ],
] as const)("%s", (_, row, shards, remaining, turn) =>
  expect(nextTurn(row, shards, remaining, NOW)).toMatchObject(turn),
);

test.each([
  ["completed", [shard({ state: "DONE" })], { openShards: 0, controlNo: 7 }],
  ["hopeless", [shard({ ...EXPIRED, consecutiveCrashes: 4 })], { controlNo: 7 }],
  [
    "at its budget",
    [shard({ state: "PARKED", parkedAtControlNo: 7 })],
    { openShards: 1, parkedShards: 0, controlNo: 7 },
  ],
] as const)("a job that is %s ends so only as long as its owner has done nothing since", (_, shards, when) => {
  expect(nextTurn(job(), shards, 0, NOW)).toMatchObject({ do: "end", when });
});

test("a shard parked before the budget was raised is leased again", () => {
  const parked = [shard({ state: "PARKED", parkedAtControlNo: 7 })];
  expect(nextTurn(job({ controlNo: 8 }), parked, 0, NOW)).toMatchObject({ do: "lease" });
});

test("does not lease its own shards again, and waits for them before an export", () => {
  expect(nextTurn(job(), [shard()], 0, NOW, new Set([0]))).toEqual({ do: "leave" });
  expect(nextTurn(job({ status: "EXPORTING" }), [], 0, NOW, new Set([0]))).toEqual({ do: "leave" });
});

test("says in words that the budget is used up", () => {
  const turn = nextTurn(job({ maxAttemptCostNanos: 20_000_000 }), [shard({ state: "PARKED" })], 1_000_000, NOW);
  expect(turn).toMatchObject({
    reason:
      "The next record could cost up to $0.02, but only $0.001 of the budget is left; resume with a larger budget.",
  });
});

test("tells two amounts apart that differ by little", () => {
  const turn = nextTurn(job({ maxAttemptCostNanos: 1_914_000 }), [shard({ state: "PARKED" })], 1_913_900, NOW);
  expect(turn).toMatchObject({
    reason:
      "The next record could cost up to $0.001914, but only $0.0019139 of the budget is left; resume with a larger budget.",
  });
});
