import { InMemoryCache } from "@apollo/client";
import {
  JobDocument,
  JobsDocument,
  type JobFieldsFragment,
  type JobStatus,
} from "../../../../client/generated/documents.ts";
import { applyJobChange } from "../../../../client/jobs/live/applyJobChange.ts";
import { updateJobLists } from "../../../../client/mutations/jobLists.ts";
import { isStaleJobState, isStaleShardReport } from "../../../../client/jobs/live/freshness.ts";
import { newest } from "../../../../client/session/keepNewest.ts";
import { typePolicies } from "../../../../client/session/cache.ts";
import { sampleChange, sampleJob, sampleShard } from "../sample-job.ts";

const version = (status: JobStatus, controlNo = 1) => ({ status, controlNo });

describe("an update of a job", () => {
  test.each([
    ["an earlier action", version("PAUSED", 2), version("RUNNING", 1)],
    ["running, when it is being exported", version("EXPORTING"), version("RUNNING")],
    ["being exported, when it has ended", version("COMPLETED"), version("EXPORTING")],
    ["anything else, when it is being deleted", version("DELETING"), version("COMPLETED", 2)],
  ])("is stale when it reports %s", (_, known, incoming) => {
    expect(isStaleJobState(known, incoming)).toBe(true);
  });

  test.each([
    ["a later action", version("BUDGET_EXCEEDED", 1), version("QUEUED", 2)],
    ["the queue again, after its worker crashed", version("RUNNING"), version("QUEUED")],
    ["the same status again", version("RUNNING"), version("RUNNING")],
    ["the end", version("EXPORTING"), version("FAILED")],
  ])("is not stale when it reports %s", (_, known, incoming) => {
    expect(isStaleJobState(known, incoming)).toBe(false);
  });

  test("of a shard is stale when an earlier lease sent it, however far that had got", () => {
    expect(
      isStaleShardReport({ generation: 2, parts: 3, reportNo: 1 }, { generation: 1, parts: 3, reportNo: 99 }),
    ).toBe(true);
    expect(isStaleShardReport({ generation: 2, parts: 3, reportNo: 5 }, { generation: 2, parts: 3, reportNo: 4 })).toBe(
      true,
    );
    expect(isStaleShardReport({ generation: 2, parts: 3, reportNo: 5 }, { generation: 2, parts: 2, reportNo: 9 })).toBe(
      true,
    );
    // A query after a gap: its checkpoint is ahead of the last message, the report that was kept is not.
    expect(isStaleShardReport({ generation: 2, parts: 3, reportNo: 5 }, { generation: 2, parts: 9, reportNo: 1 })).toBe(
      false,
    );
    expect(isStaleShardReport({ generation: 2, parts: 3, reportNo: 5 }, { generation: 3, parts: 3, reportNo: 0 })).toBe(
      false,
    );
  });
});

describe("the cache", () => {
  const job = sampleJob();

  test("applies a shard's report and leaves the other shard alone", () => {
    const cache = cacheWith([job]);
    const shard = sampleShard({ id: `${job.id}#1`, shardNo: 1, reportNo: 2, delivered: 7 });
    expect(applyJobChange(cache, sampleChange(job, { shard }))).toBe(true);
    expect(readJob(cache, job.id).progress.map(({ delivered }) => delivered)).toEqual([0, 7]);
  });

  test("ignores a report that arrives after a later one", () => {
    const cache = cacheWith([job]);
    const report = (reportNo: number, delivered: number) =>
      applyJobChange(cache, sampleChange(job, { shard: sampleShard({ id: `${job.id}#0`, reportNo, delivered }) }));
    report(3, 9);
    report(2, 5);
    expect(readJob(cache, job.id).progress[0]?.delivered).toBe(9);
  });

  test("keeps a shard's latest records on screen when a query, which has those of one shard only, is ahead", () => {
    const cache = cacheWith([job]);
    const shard = sampleShard({ id: `${job.id}#0`, reportNo: 2, parts: 1, latest: ['{"a":1}'] });
    applyJobChange(cache, sampleChange(job, { shard }));
    const fetched = sampleShard({ id: `${job.id}#0`, reportNo: 1, parts: 4, delivered: 20, latest: [] });
    writeList(cache, null, [{ ...job, progress: [fetched, ...job.progress.slice(1)] }]);
    expect(readJob(cache, job.id).progress[0]).toMatchObject({ delivered: 20, latest: ['{"a":1}'] });
  });

  test("applies a shard's report even when the job's state in it is stale", () => {
    const cache = cacheWith([sampleJob({ status: "PAUSED", controlNo: 2 })]);
    const shard = sampleShard({ id: `${job.id}#0`, reportNo: 8, delivered: 11 });
    applyJobChange(cache, sampleChange(job, { shard }));
    expect(readJob(cache, job.id)).toMatchObject({ status: "PAUSED", controlNo: 2, progress: [{ delivered: 11 }, {}] });
  });

  test("reports a job that it does not have", () => {
    expect(applyJobChange(cacheWith([]), sampleChange(job))).toBe(false);
  });

  test("requests a job that was extended elsewhere and has new shards", () => {
    const cache = cacheWith([job]);
    const extended = sampleChange(job, { recordCount: 200, controlNo: 2 });
    expect(applyJobChange(cache, extended)).toBe(false);
    expect(readJob(cache, job.id).recordCount).toBe(200);
    expect(applyJobChange(cache, extended)).toBe(true);
    expect(applyJobChange(cache, sampleChange(job, { recordCount: 300, controlNo: 1 }))).toBe(true);
  });

  test("moves a job from the list of its old status to that of its new one", () => {
    const cache = cacheWith([job]);
    writeList(cache, "RUNNING", [job]);
    writeList(cache, "COMPLETED", []);
    applyJobChange(cache, sampleChange(job, { status: "COMPLETED", outcome: "COMPLETED" }));
    expect(readList(cache, "RUNNING")).toEqual([]);
    expect(readList(cache, "COMPLETED")).toEqual([job.id]);
    expect(readList(cache, null)).toEqual([job.id]);
  });

  test("inserts a new job by its age", () => {
    const [older, newer] = [sampleJob({ id: "01A", progress: [] }), sampleJob({ id: "01C", progress: [] })];
    const cache = cacheWith([newer, older]);
    updateJobLists(cache, sampleJob({ id: "01B", progress: [] }));
    updateJobLists(cache, sampleJob({ id: "01D", progress: [] }));
    expect(readList(cache, null)).toEqual(["01D", "01C", "01B", "01A"]);
  });

  test("leaves a job to the page that it will load with", () => {
    const cache = new InMemoryCache({ typePolicies });
    writeList(cache, null, [sampleJob({ id: "01C", progress: [] })], "more");
    updateJobLists(cache, sampleJob({ id: "01A", progress: [] }));
    expect(readList(cache, null)).toEqual(["01C"]);
  });

  test("removes a job that is being deleted from its lists", () => {
    const cache = cacheWith([job]);
    applyJobChange(cache, sampleChange(job, { status: "DELETING" }));
    expect(readList(cache, null)).toEqual([]);
  });

  test("appends later pages without duplicates", () => {
    const cache = cacheWith([sampleJob({ id: "01C", progress: [] }), sampleJob({ id: "01B", progress: [] })]);
    const items = [sampleJob({ id: "01B", progress: [] }), sampleJob({ id: "01A", progress: [] })];
    const data = { listJobs: { __typename: "JobPage" as const, items, nextToken: null } };
    cache.writeQuery({ query: JobsDocument, variables: { status: null, nextToken: "2" }, data });
    expect(readList(cache, null)).toEqual(["01C", "01B", "01A"]);
  });
});

describe("a response overtaken by an update", () => {
  test("does not revive an ended job", () => {
    const ended = sampleJob({ status: "COMPLETED", outcome: "COMPLETED", finishedAt: "2026-11-23T12:09:00.000Z" });
    const answer = newest({ getJob: sampleJob() }, cacheWith([ended]));
    expect(answer.getJob).toMatchObject({ status: "COMPLETED", outcome: "COMPLETED", name: "Film questions" });
  });

  test("does not reset a shard's count", () => {
    const known = sampleJob({ progress: [sampleShard({ reportNo: 5, delivered: 40 })] });
    const answer = newest(
      { listJobs: { items: [sampleJob({ progress: [sampleShard({ reportNo: 4, delivered: 30 })] })] } },
      cacheWith([known]),
    );
    expect(answer.listJobs.items[0]?.progress[0]?.delivered).toBe(40);
  });

  test("is unchanged when it is newer", () => {
    const paused = sampleJob({ status: "PAUSED", controlNo: 2 });
    expect(newest({ getJob: paused }, cacheWith([sampleJob()])).getJob).toEqual(paused);
  });
});

function cacheWith(jobs: JobFieldsFragment[]): InMemoryCache {
  const cache = new InMemoryCache({ typePolicies });
  writeList(cache, null, jobs);
  return cache;
}

function writeList(
  cache: InMemoryCache,
  status: JobStatus | null,
  items: JobFieldsFragment[],
  nextToken: string | null = null,
): void {
  const data = { listJobs: { __typename: "JobPage" as const, items, nextToken } };
  cache.writeQuery({ query: JobsDocument, variables: { status }, data });
}

function readList(cache: InMemoryCache, status: JobStatus | null): string[] | undefined {
  return cache.readQuery({ query: JobsDocument, variables: { status } })?.listJobs.items.map(({ id }) => id);
}

function readJob(cache: InMemoryCache, id: string): JobFieldsFragment {
  const job = cache.readQuery({ query: JobDocument, variables: { id } })?.getJob;
  if (!job) throw new Error(`The cache has no job ${id}.`);
  return job;
}
