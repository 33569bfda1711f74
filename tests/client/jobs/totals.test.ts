import { causesOf, latestRecords, guaranteedRecords, totalsOf } from "../../../client/jobs/totals.ts";
import { sampleJob, sampleShard } from "./sample-job.ts";

const NOW = Date.parse("2026-11-23T12:10:00.000Z");
const JUST_NOW = "2026-11-23T12:09:58.000Z";

describe("a job's totals", () => {
  const progress = [
    sampleShard({
      delivered: 30,
      failed: 2,
      rejected: 4,
      causes: [
        { cause: "A", attempts: 3, records: 1 },
        { cause: "B", attempts: 9, records: 1 },
      ],
      spentNanos: 60_000_000,
      inputTokens: 900,
      outputTokens: 90,
      recordsPerSecond: 3,
      reportedAt: JUST_NOW,
    }),
    sampleShard({
      delivered: 20,
      rejected: 1,
      causes: [{ cause: "A", attempts: 2, records: 1 }],
      spentNanos: 40_000_000,
      writtenOffNanos: 5_000_000,
      inputTokens: 600,
      outputTokens: 60,
      recordsPerSecond: 1,
      reportedAt: JUST_NOW,
    }),
  ];
  const totals = totalsOf(sampleJob({ progress }), NOW);

  test("say what a model's server says only while the job runs", () => {
    const silent = [sampleShard(), sampleShard({ modelProblem: "The server is down." })];
    expect(totalsOf(sampleJob({ progress: silent, status: "RUNNING" }), NOW).modelProblem).toBe("The server is down.");
    expect(totalsOf(sampleJob({ progress: silent, status: "PAUSED" }), NOW).modelProblem).toBeNull();
  });

  test("sum up the reports of its shards", () => {
    expect(totals).toMatchObject({ delivered: 50, failed: 2, spentNanos: 100_000_000, writtenOffNanos: 5_000_000 });
    expect(totals).toMatchObject({ rejected: 5, inputTokens: 1500, outputTokens: 150 });
  });

  test("group causes of failure, those that cost most records first", () => {
    expect(causesOf(progress)).toEqual([
      { cause: "A", attempts: 5, records: 2 },
      { cause: "B", attempts: 9, records: 1 },
    ]);
  });

  test("count a failed record as neither open nor delivered", () => {
    expect(totals).toMatchObject({ open: 48, share: 0.5 });
  });

  test("have nothing to show of a job in which everything failed", () => {
    const failed = sampleJob({ progress: [sampleShard({ failed: 100 })] });
    expect(totalsOf(failed, NOW)).toMatchObject({ open: 0, share: 0 });
  });

  test("count a rejected candidate as regenerated unless it was the last of a failed record", () => {
    const causes = [
      { cause: "Rejected by `short`", attempts: 9, records: 2 },
      { cause: "The answer is cut off", attempts: 3, records: 1 },
    ];
    const rejecting = sampleJob({ progress: [sampleShard({ failed: 3, rejected: 9, causes })] });
    expect(totalsOf(rejecting, NOW)).toMatchObject({ rejected: 9, regenerated: 7, failed: 3 });
  });

  test("count write-offs against the budget but not toward the cost per record", () => {
    expect(totals).toMatchObject({ budgetShare: 0.105, nanosPerRecord: 2_000_000 });
  });

  test("derive the time left from the throughput of all shards", () => {
    expect(totals).toMatchObject({ recordsPerSecond: 4, secondsLeft: 12 });
  });

  test("exclude the throughput of a silent shard", () => {
    const silent = progress.with(0, { ...progress[0]!, reportedAt: "2026-11-23T12:05:00.000Z" });
    expect(totalsOf(sampleJob({ progress: silent }), NOW)).toMatchObject({ recordsPerSecond: 1, secondsLeft: 48 });
  });

  test("have no throughput and no time left unless the job is running", () => {
    expect(totalsOf(sampleJob({ progress, status: "PAUSED" }), NOW)).toMatchObject({
      recordsPerSecond: 0,
      secondsLeft: null,
    });
  });

  test("are all zero before the first report", () => {
    expect(totalsOf(sampleJob(), NOW)).toMatchObject({
      delivered: 0,
      share: 0,
      budgetShare: 0,
      nanosPerRecord: null,
      secondsLeft: null,
    });
  });

  test("stay exact with the largest budget", () => {
    const expensive = Array.from({ length: 80 }, () => sampleShard({ spentNanos: 62_499_999_999 }));
    expect(totalsOf(sampleJob({ progress: expensive, budgetNanos: 5_000_000_000_000 }), NOW).spentNanos).toBe(
      4_999_999_999_920,
    );
  });
});

describe("the number of records a budget is guaranteed to cover", () => {
  test.each([
    ["every record, if the maximum cost allows", 400_000_000, 4_000_000, 100, 100],
    ["not more than requested", 900_000_000, 4_000_000, 100, 100],
    ["whole records only", 399_999_999, 4_000_000, 100, 99],
    ["none, if one can cost more than the budget", 3_999_999, 4_000_000, 100, 0],
    ["every record of a template that calls no model", 1, 0, 100, 100],
  ])("is %s", (_, budget, maxCost, count, expected) => {
    expect(guaranteedRecords(budget, maxCost, count)).toBe(expected);
  });
});

describe("the latest records", () => {
  const early = sampleShard({ shardNo: 0, latest: ['{"a":"old"}'], reportedAt: "2026-11-23T12:00:01.000Z" });
  const late = sampleShard({
    shardNo: 1,
    latest: ['{"a":"new","n":3,"list":[1,2],"nothing":null}'],
    reportedAt: JUST_NOW,
  });

  test("start with the shard that reported last", () => {
    expect(latestRecords([early, late], 6).map(({ columns }) => columns[0])).toEqual([
      ["a", "new"],
      ["a", "old"],
    ]);
  });

  test("show values other than strings as JSON", () => {
    expect(latestRecords([late], 6)[0]?.columns.slice(1)).toEqual([
      ["n", "3"],
      ["list", "[1,2]"],
      ["nothing", "null"],
    ]);
  });

  test("skip anything that is not a record", () => {
    const broken = sampleShard({ latest: ["[1]", "{", "null", '{"a":"good"}'], reportedAt: JUST_NOW });
    expect(latestRecords([broken], 6)).toHaveLength(1);
  });

  test("have unique keys even when equal, within and across shards", () => {
    const equal = ['{"a":"same"}', '{"a":"same"}', '{"a":"same"}'];
    const shards = [0, 1].map((shardNo) => sampleShard({ shardNo, latest: equal, reportedAt: JUST_NOW }));
    const records = latestRecords(shards, 6);
    expect(records).toHaveLength(6);
    expect(new Set(records.map(({ key }) => key)).size).toBe(6);
  });

  test("stop at the limit", () => {
    expect(latestRecords([early, late], 1)).toHaveLength(1);
  });
});
