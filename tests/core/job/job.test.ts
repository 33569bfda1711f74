import fc from "fast-check";
import {
  checkJobOptions,
  isAtRest,
  JOB_STATUSES,
  MAX_RECORDS,
  MAX_SHARDS,
  MAX_SHARDS_EXTENDED,
  TRANSITIONS,
  planMoreShards,
  planShards,
  statesBefore,
  type JobStatus,
} from "../../../core/job/job.ts";
import {
  CANCELLABLE,
  DELETABLE,
  EXTENDABLE,
  PAUSABLE,
  RAISABLE,
  RESUMABLE,
  RETRIABLE,
} from "../../../resolvers/shared/transitions.ts";

describe("planShards", () => {
  test("covers every slot once, in order, with shards as even as can be and no more than a transaction takes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: MAX_RECORDS }), (count) => {
        const shards = planShards(count);
        expect(shards.length).toBeLessThanOrEqual(MAX_SHARDS);
        expect(shards[0]?.from).toBe(0);
        expect(shards.at(-1)?.to).toBe(count);
        shards.forEach((shard, n) => n > 0 && expect(shard.from).toBe(shards[n - 1]?.to));
        const sizes = shards.map(({ from, to }) => to - from);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        expect(Math.min(...sizes)).toBeGreaterThan(0);
      }),
    );
  });

  test.each([
    [1, 1],
    [500, 1],
    [501, 2],
    [40_000, 80],
    [1_000_000, 80],
  ])("%d records make %d shards", (count, shards) => {
    expect(planShards(count)).toHaveLength(shards);
  });

  test.each([
    [1_000, 4, 4],
    [100, 4, 4],
    [3, 4, 3],
    [5_000, 4, 10],
  ])("%d records for %d tasks have %d", (count, tasks, shards) => {
    expect(planShards(count, tasks)).toHaveLength(shards);
  });
});

describe("planMoreShards", () => {
  const anyExtension = fc
    .tuple(fc.integer({ min: 1, max: MAX_RECORDS - 1 }), fc.integer({ min: 1, max: MAX_SHARDS_EXTENDED - 1 }))
    .chain(([recordCount, shardCount]) =>
      fc.record({
        recordCount: fc.constant(recordCount),
        shardCount: fc.constant(shardCount),
        wanted: fc.integer({ min: recordCount + 1, max: MAX_RECORDS }),
      }),
    );

  test("goes on where the job ends, covers every new slot once, and leaves shards for the next time while it can", () => {
    fc.assert(
      fc.property(anyExtension, ({ recordCount, shardCount, wanted }) => {
        const shards = planMoreShards({ recordCount, shardCount }, wanted);
        expect(shards[0]?.from).toBe(recordCount);
        expect(shards.at(-1)?.to).toBe(wanted);
        shards.forEach((shard, n) => n > 0 && expect(shard.from).toBe(shards[n - 1]?.to));
        for (const { from, to } of shards) expect(to).toBeGreaterThan(from);
        const left = MAX_SHARDS_EXTENDED - shardCount - shards.length;
        expect(left).toBeGreaterThanOrEqual(Math.floor((MAX_SHARDS_EXTENDED - shardCount) / 2));
      }),
    );
  });

  test.each([
    [{ recordCount: 500, shardCount: 1 }, 501, 1],
    [{ recordCount: 500, shardCount: 1 }, 1_001, 2],
    [{ recordCount: 40_000, shardCount: 80 }, 1_000_000, 9],
    [{ recordCount: 40_000, shardCount: 97 }, 1_000_000, 1],
    [{ recordCount: 40_000, shardCount: 98 }, 40_001, 0],
  ])("%j extended to %d gets %d more", (job, wanted, shards) => {
    expect(planMoreShards(job, wanted)).toHaveLength(shards);
  });

  test("what a second try touches at most is what a transaction holds", () => {
    const jobAndBudget = 2;
    expect(MAX_SHARDS_EXTENDED + jobAndBudget).toBeLessThanOrEqual(100);
  });
});

describe("moves", () => {
  test("every ending passes through EXPORTING", () => {
    for (const end of ["COMPLETED", "BUDGET_EXCEEDED", "CANCELLED", "FAILED"] as const)
      expect(statesBefore(end)).toEqual(["EXPORTING"]);
  });

  test("what rests moves only when a person asks: to be resumed, ended or deleted", () => {
    for (const status of JOB_STATUSES.filter(isAtRest)) {
      const moves = TRANSITIONS[status];
      expect(moves.filter((to) => !["QUEUED", "EXPORTING", "DELETING"].includes(to))).toEqual([]);
    }
  });

  test("the conditions of the resolvers are the moves of the table", () => {
    expect([...PAUSABLE].sort()).toEqual(statesBefore("PAUSED").sort());
    expect([...CANCELLABLE].sort()).toEqual(statesBefore("EXPORTING").sort());
    expect([...DELETABLE].sort()).toEqual(statesBefore("DELETING").sort());
    // A running job falls back to QUEUED without its owner's doing; a person resumes only what rests.
    const goOn = new Set([...RESUMABLE, ...EXTENDABLE, ...RETRIABLE]);
    expect([...goOn].filter((status) => isAtRest(status as JobStatus)).sort()).toEqual(
      statesBefore("QUEUED").filter(isAtRest).sort(),
    );
    // Canceled is final, and a job that is being exported or deleted accepts no changes.
    for (const status of [...goOn, ...RAISABLE]) expect(["CANCELLED", "EXPORTING", "DELETING"]).not.toContain(status);
  });
});

describe("checkWishes", () => {
  const good = {
    name: "A job",
    recordCount: 500,
    budgetNanos: 1_000_000_000,
    formats: ["JSONL", "CSV"],
    clientToken: "12345678",
  };

  test.each([
    {},
    { recordCount: 1 },
    { recordCount: 1_000_000 },
    { budgetNanos: 1 },
    { budgetNanos: 5_000_000_000_000 },
    { name: "x".repeat(100) },
    { clientToken: "x".repeat(64) },
  ])("grants %j", (wish) => {
    expect(() => checkJobOptions({ ...good, ...wish })).not.toThrow();
  });

  test.each<[object, RegExp]>([
    [{ name: "  " }, /^The job's name must have 1 to 100 characters/],
    [{ name: "x".repeat(101) }, /^The job's name must have 1 to 100 characters/],
    [{ recordCount: 0 }, /^The number of records must be a whole number from 1 to 1,000,000, not 0\.$/],
    [{ recordCount: 1_000_001 }, /^The number of records/],
    [{ recordCount: 1.5 }, /^The number of records/],
    [{ budgetNanos: 0 }, /^The budget must be more than \$0 and at most \$5,000\.00, not \$0\.00\.$/],
    [{ budgetNanos: -1 }, /^The budget must be/],
    [{ budgetNanos: 5_000_000_000_001 }, /^The budget must be/],
    [{ budgetNanos: 0.5 }, /^The budget must be/],
    [{ budgetNanos: Number.NaN }, /^The budget must be/],
    [{ formats: [] }, /^At least one format is required/],
    [{ formats: ["XML"] }, /^The format "XML" is unknown/],
    [{ formats: ["CSV", "CSV"] }, /^Each format can be requested only once/],
    [{ clientToken: "short" }, /^The client token must have 8 to 64 characters; this one has 5\.$/],
  ])("refuses %j", (wish, sentence) => {
    expect(() => checkJobOptions({ ...good, ...wish })).toThrow(sentence);
  });
});
