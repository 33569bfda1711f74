/** Snapshots of a job's records while it is still running. */
import { encodeLine, encodePart, NOTHING_OPEN } from "../../core/shard/part.ts";
import { newOpenSlot } from "../../core/shard/record.ts";
import { documentClient } from "../../resolvers/lambda/clients.ts";
import { change, givenJob, JOB, jobRow } from "./given.ts";
import { interfere, type Interference } from "./interfere.ts";
import { startWorld, type World } from "./world.ts";

let world: World;
let interference: Interference;
beforeAll(async () => {
  world = await startWorld();
  interference = interfere(documentClient());
});
beforeEach(() => world.empty());
afterAll(() => world.stop());

const TAKE = `mutation ($id: ID!) { takeSnapshot(id: $id) { ${JOB} } }`;
const GET = `query ($id: ID!) { getJob(id: $id) { ${JOB} } }`;
const DOWNLOAD = `query ($id: ID!) { getDownload(jobId: $id, file: "snapshot.jsonl") { url } }`;

const META = { models: {}, tokens: { input: 1, output: 1 }, costNanos: 5, seeds: {}, attempts: 1 };
const made = (slot: number) => ({ slot, columns: { question: `Why ${slot}?` }, meta: META });
const part = (slots: number[], failed: number[] = []) =>
  encodePart({ ...NOTHING_OPEN, open: [newOpenSlot(99)] }, [
    ...slots.map((slot) => encodeLine({ delivered: made(slot) })),
    ...failed.map((slot) => encodeLine({ failed: { slot, reason: "No.", cause: "No.", meta: META } })),
  ]);

/** A running job with a part that has more records than its checkpoint. */
async function runningJob() {
  const job = await givenJob(world, "ann", { recordCount: 1_000 });
  await change(world, job.id, { status: "RUNNING" });
  await nameParts(job.id, 0, [{ generation: 2, fromSeq: 0, toSeq: 1 }]);
  await nameParts(job.id, 1, [{ generation: 1, fromSeq: 0, toSeq: 0 }]);
  await world.putObject(`parts/${job.id}/0/2-0`, part([1, 2], [3]));
  await world.putObject(`parts/${job.id}/0/2-1`, part([0]));
  await world.putObject(`parts/${job.id}/0/2-2`, part([4]));
  await world.putObject(`parts/${job.id}/1/1-0`, part([500]));
  return job;
}

async function nameParts(jobId: string, shardNo: number, runs: object[]): Promise<void> {
  const key = { pk: `SHARD#${jobId}#${shardNo}`, sk: "SHARD" };
  await world.put("Jobs", { ...(await world.row("Jobs", key)), generation: 2, partRanges: runs });
}

test("is ready although a transaction held the job at that time", async () => {
  const job = await runningJob();
  const conflict = () => Object.assign(new Error("held"), { name: "TransactionConflictException" });
  interference.refuse("UpdateItem", 2, conflict);
  await world.ask("ann", TAKE, { id: job.id });
  await world.settled();
  expect(await jobRow(world, job.id)).toMatchObject({ snapshot: { state: "READY", rows: 4 } });
});

test("has the checkpointed records, in order, as the dataset will have them, and watchers are notified", async () => {
  const job = await runningJob();
  const watch = await world.watch("ann", "subscription { onJobChanged { jobId snapshot { state rows bytes } } }");
  const { takeSnapshot } = await world.ask("ann", TAKE, { id: job.id });
  expect(takeSnapshot).toMatchObject({ status: "RUNNING", snapshot: { state: "CREATING", rows: null } });
  await world.settled();
  const { snapshot } = (await watch.next()).onJobChanged;
  expect(snapshot).toMatchObject({ state: "READY", rows: 4 });
  watch.close();
  const { getDownload } = await world.ask("ann", DOWNLOAD, { id: job.id });
  const text = await (await fetch(getDownload.url)).text();
  expect(text).toHaveLength(snapshot.bytes);
  const rows = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(rows.map(({ question }) => question)).toEqual(["Why 0?", "Why 1?", "Why 2?", "Why 500?"]);
  expect(rows[0]).toMatchObject({ id: expect.stringMatching(/^[0-9A-Z]{26}$/), _meta: { costNanos: 5 } });
});

test("has the rows of records that have several", async () => {
  const job = await runningJob();
  const several = { ...made(0), moreRows: [{ question: "How 0?" }] };
  await world.putObject(`parts/${job.id}/0/2-1`, encodePart(NOTHING_OPEN, [encodeLine({ delivered: several })]));
  await world.ask("ann", TAKE, { id: job.id });
  await world.settled();
  expect(await jobRow(world, job.id)).toMatchObject({ snapshot: { state: "READY", rows: 5 } });
  const { getDownload } = await world.ask("ann", DOWNLOAD, { id: job.id });
  const [one, two, three] = (await (await fetch(getDownload.url)).text())
    .split("\n")
    .map((line) => JSON.parse(line || "0"));
  expect([one.question, two.question, three.question]).toEqual(["Why 0?", "How 0?", "Why 1?"]);
  expect(one.id).toMatch(/^[0-9A-Z]{26}-1$/);
  expect(two.id).toBe(one.id.replace(/1$/, "2"));
});

test("is created one at a time, only for its owner, and while there is no dataset", async () => {
  const job = await runningJob();
  await change(world, job.id, { snapshot: makingUntil(Date.now() + 60_000) });
  expect(await world.refusal("ann", TAKE, { id: job.id })).toMatch(
    /^Conflict: A snapshot of this job is already being created/,
  );
  expect(await world.refusal("eve", TAKE, { id: job.id })).toBe("NotFound: There is no job with that id.");
  await change(world, job.id, { status: "COMPLETED", snapshot: undefined });
  expect(await world.refusal("ann", TAKE, { id: job.id })).toMatch(/^Conflict: This job is COMPLETED/);
});

test("whose function crashed is shown as failed, and may be requested again", async () => {
  const job = await runningJob();
  await change(world, job.id, { snapshot: makingUntil(Date.now() - 1) });
  expect((await world.ask("ann", GET, { id: job.id })).getJob.snapshot).toMatchObject({ state: "FAILED" });
  await world.ask("ann", TAKE, { id: job.id });
  await world.settled();
  expect((await world.ask("ann", GET, { id: job.id })).getJob.snapshot).toMatchObject({ state: "READY", rows: 4 });
});

test("expires after a day", async () => {
  const job = await runningJob();
  const snapshot = { ...makingUntil(0), state: "READY", rows: 1, bytes: 1 };
  await change(world, job.id, { snapshot: { ...snapshot, takenAt: new Date(Date.now() - 90_000_000).toISOString() } });
  expect((await world.ask("ann", GET, { id: job.id })).getJob.snapshot).toBeNull();
  expect(await world.refusal("ann", DOWNLOAD, { id: job.id })).toMatch(/^NotFound/);
});

test.each([
  ["there are no records yet", async (jobId: string) => nameNothing(jobId), "There are no records yet"],
  [
    "the job's parts were compacted in the meantime",
    async (jobId: string) => nameParts(jobId, 0, [{ generation: 9, fromSeq: 0, toSeq: 0 }]),
    "The job ended in the meantime",
  ],
])("says why when %s", async (_, spoil, words) => {
  const job = await runningJob();
  await spoil(job.id);
  await world.ask("ann", TAKE, { id: job.id });
  await world.settled();
  const { snapshot } = (await world.ask("ann", GET, { id: job.id })).getJob;
  expect(snapshot).toMatchObject({ state: "FAILED", statusReason: expect.stringContaining(words), rows: null });
  expect(await world.refusal("ann", DOWNLOAD, { id: job.id })).toMatch(/^NotFound/);
  expect((await world.objects()).filter((name) => name.startsWith("snapshots/") && name.includes(job.id))).toEqual([]);
});

test("that takes too long fails with a message", async () => {
  const job = await runningJob();
  const snapshot = makingUntil(Date.now() + 60_000);
  await change(world, job.id, { snapshot });
  const { handler } = await import("../../resolvers/lambda/makeSnapshot.lambda.ts");
  await handler({ jobId: job.id, snapshotId: snapshot.snapshotId }, { getRemainingTimeInMillis: () => 20_001 });
  expect((await jobRow(world, job.id)).snapshot).toMatchObject({
    state: "FAILED",
    statusReason: expect.stringContaining("more records than can be exported in 15 minutes"),
  });
});

test("is deleted with its job", async () => {
  const job = await runningJob();
  await world.putObject(`snapshots/${job.id}/x.jsonl`, "x");
  await world.put("Fleet", { pk: "none", sk: "none" });
  for (const task of await world.all("Fleet"))
    if (task.taskArn) await world.run("dispatch", { detail: { startedBy: task.taskSlot, lastStatus: "STOPPED" } });
  await change(world, job.id, { status: "DELETING" });
  await world.run("dispatch", { kind: "sweep" });
  expect((await world.objects()).filter((name) => name.includes(job.id))).toEqual([]);
});

function makingUntil(deadlineMs: number) {
  return { snapshotId: "S1", state: "CREATING", takenAt: new Date().toISOString(), deadlineMs };
}

async function nameNothing(jobId: string): Promise<void> {
  await nameParts(jobId, 0, []);
  await nameParts(jobId, 1, []);
}
