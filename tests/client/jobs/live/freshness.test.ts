import { InMemoryCache } from "@apollo/client";
import {
  JobDocument,
  JobsDocument,
  type JobFieldsFragment,
  type JobStatus,
} from "../../../../client/generated/documents.ts";
import { applyNews } from "../../../../client/jobs/live/applyJobChange.ts";
import { placeInLists } from "../../../../client/jobs/live/lists.ts";
import { isStaleJobState, isStaleShardReport } from "../../../../client/jobs/live/freshness.ts";
import { newest } from "../../../../client/session/keepNewest.ts";
import { typePolicies } from "../../../../client/session/cache.ts";
import { sampleChange, sampleJob, sampleShard } from "../sample-job.ts";

const mark = (status: JobStatus, controlNo = 1) => ({ status, controlNo });

describe("news of a job", () => {
  test.each([
    ["an earlier control", mark("PAUSED", 2), mark("RUNNING", 1)],
    ["running, when it is being exported", mark("EXPORTING"), mark("RUNNING")],
    ["being exported, when it has ended", mark("COMPLETED"), mark("EXPORTING")],
    ["anything else, when it is being deleted", mark("DELETING"), mark("COMPLETED", 2)],
  ])("is old when it tells of %s", (_, known, news) => {
    expect(isStaleJobState(known, news)).toBe(true);
  });

  test.each([
    ["a later control", mark("BUDGET_EXCEEDED", 1), mark("QUEUED", 2)],
    ["waiting again after its worker died", mark("RUNNING"), mark("QUEUED")],
    ["the same state once more", mark("RUNNING"), mark("RUNNING")],
    ["its end", mark("EXPORTING"), mark("FAILED")],
  ])("is not old when it tells of %s", (_, known, news) => {
    expect(isStaleJobState(known, news)).toBe(false);
  });

  test("of a shard is old when an earlier lease sent it, however far that had come", () => {
    expect(isStaleShardReport({ generation: 2, reportNo: 1 }, { generation: 1, reportNo: 99 })).toBe(true);
    expect(isStaleShardReport({ generation: 2, reportNo: 5 }, { generation: 2, reportNo: 4 })).toBe(true);
    expect(isStaleShardReport({ generation: 2, reportNo: 5 }, { generation: 3, reportNo: 0 })).toBe(false);
  });
});

describe("the cache", () => {
  const job = sampleJob();

  test("takes a shard's report and leaves the other shard alone", () => {
    const cache = cacheWith([job]);
    const shard = sampleShard({ id: `${job.id}#1`, shardNo: 1, reportNo: 2, delivered: 7 });
    expect(applyNews(cache, sampleChange(job, { shard }))).toBe(true);
    expect(readJob(cache, job.id).progress.map(({ delivered }) => delivered)).toEqual([0, 7]);
  });

  test("ignores a report that arrives after a later one", () => {
    const cache = cacheWith([job]);
    const report = (reportNo: number, delivered: number) =>
      applyNews(cache, sampleChange(job, { shard: sampleShard({ id: `${job.id}#0`, reportNo, delivered }) }));
    report(3, 9);
    report(2, 5);
    expect(readJob(cache, job.id).progress[0]?.delivered).toBe(9);
  });

  test("takes a shard's report even when the job's state in it is old", () => {
    const cache = cacheWith([sampleJob({ status: "PAUSED", controlNo: 2 })]);
    const shard = sampleShard({ id: `${job.id}#0`, reportNo: 8, delivered: 11 });
    applyNews(cache, sampleChange(job, { shard }));
    expect(readJob(cache, job.id)).toMatchObject({ status: "PAUSED", controlNo: 2, progress: [{ delivered: 11 }, {}] });
  });

  test("says so when it does not know the job", () => {
    expect(applyNews(cacheWith([]), sampleChange(job))).toBe(false);
  });

  test("asks for a job that was extended elsewhere: it has shards that are not known here", () => {
    const cache = cacheWith([job]);
    const extended = sampleChange(job, { recordCount: 200, controlNo: 2 });
    expect(applyNews(cache, extended)).toBe(false);
    expect(readJob(cache, job.id).recordCount).toBe(200);
    expect(applyNews(cache, extended)).toBe(true);
    expect(applyNews(cache, sampleChange(job, { recordCount: 300, controlNo: 1 }))).toBe(true);
  });

  test("moves a job from the list of its old status to that of its new one", () => {
    const cache = cacheWith([job]);
    writeList(cache, "RUNNING", [job]);
    writeList(cache, "COMPLETED", []);
    applyNews(cache, sampleChange(job, { status: "COMPLETED", outcome: "COMPLETED" }));
    expect(readList(cache, "RUNNING")).toEqual([]);
    expect(readList(cache, "COMPLETED")).toEqual([job.id]);
    expect(readList(cache, null)).toEqual([job.id]);
  });

  test("puts a new job where its age belongs", () => {
    const [older, newer] = [sampleJob({ id: "01A", progress: [] }), sampleJob({ id: "01C", progress: [] })];
    const cache = cacheWith([newer, older]);
    placeInLists(cache, sampleJob({ id: "01B", progress: [] }));
    placeInLists(cache, sampleJob({ id: "01D", progress: [] }));
    expect(readList(cache, null)).toEqual(["01D", "01C", "01B", "01A"]);
  });

  test("leaves a job for the page it will come with", () => {
    const cache = new InMemoryCache({ typePolicies });
    writeList(cache, null, [sampleJob({ id: "01C", progress: [] })], "more");
    placeInLists(cache, sampleJob({ id: "01A", progress: [] }));
    expect(readList(cache, null)).toEqual(["01C"]);
  });

  test("takes a job that is being deleted out of its lists", () => {
    const cache = cacheWith([job]);
    applyNews(cache, sampleChange(job, { status: "DELETING" }));
    expect(readList(cache, null)).toEqual([]);
  });

  test("adds later pages behind the first, without repeating what moved", () => {
    const cache = cacheWith([sampleJob({ id: "01C", progress: [] }), sampleJob({ id: "01B", progress: [] })]);
    const items = [sampleJob({ id: "01B", progress: [] }), sampleJob({ id: "01A", progress: [] })];
    const data = { listJobs: { __typename: "JobPage" as const, items, nextToken: null } };
    cache.writeQuery({ query: JobsDocument, variables: { status: null, nextToken: "2" }, data });
    expect(readList(cache, null)).toEqual(["01C", "01B", "01A"]);
  });
});

describe("an answer that news has overtaken", () => {
  test("does not bring an ended job back to life", () => {
    const ended = sampleJob({ status: "COMPLETED", outcome: "COMPLETED", finishedAt: "2026-11-23T12:09:00.000Z" });
    const answer = newest({ getJob: sampleJob() }, cacheWith([ended]));
    expect(answer.getJob).toMatchObject({ status: "COMPLETED", outcome: "COMPLETED", name: "Film questions" });
  });

  test("does not turn a shard's count back", () => {
    const known = sampleJob({ progress: [sampleShard({ reportNo: 5, delivered: 40 })] });
    const answer = newest(
      { listJobs: { items: [sampleJob({ progress: [sampleShard({ reportNo: 4, delivered: 30 })] })] } },
      cacheWith([known]),
    );
    expect(answer.listJobs.items[0]?.progress[0]?.delivered).toBe(40);
  });

  test("is left as it is when it is newer", () => {
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
