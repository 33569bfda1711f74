import { createHash } from "node:crypto";
import { RESTORE_REQUEST_TIMEOUT_SECONDS } from "../../core/dataset/archive.ts";
import type { CloudEvent } from "../../local/service.ts";
import { until } from "../local/until.ts";
import { change, givenJob, jobRow } from "./given.ts";
import { startWorld, type World } from "./world.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ARCHIVE = "jobId state archiveClass requestedAt restoredUntil observedAt";
const LOOK = `query ($id: ID!) { getDatasetArchive(jobId: $id) { ${ARCHIVE} } }`;
const RESTORE = `mutation ($id: ID!) { restoreDataset(jobId: $id) { ${ARCHIVE} } }`;
const DOWNLOAD = `query ($id: ID!) { getDownload(jobId: $id, file: "dataset.csv") { url } }`;
const WATCH = `subscription ($id: ID) { onJobChanged(jobId: $id) { jobId archive { ${ARCHIVE} } } }`;

/** How far the bucket's clock is ahead. */
let aheadMs = 0;
let events: CloudEvent[] = [];
let world: World;
beforeAll(async () => {
  const clock = { now: () => Date.now() + aheadMs };
  world = await startWorld({ restoreMs: 4 * HOUR_MS, clock, publish: (event) => void events.push(event) });
});
afterAll(() => world.stop());
beforeEach(() => {
  aheadMs = 0;
  events = [];
});

const look = async (id: string, person = "ann") => (await world.ask(person, LOOK, { id })).getDatasetArchive;
const restore = async (id: string) => (await world.ask("ann", RESTORE, { id })).restoreDataset;
const remembered = async (id: string) => (await jobRow(world, id)).archive;
const heard = (type: string) => events.filter((event) => event["detail-type"] === `Object Restore ${type}`);
/** As EventBridge delivers them to the function: concurrently, and some of them twice. */
const hand = (delivered: readonly CloudEvent[]) =>
  Promise.all(delivered.map((event) => world.run("restoreDataset", event)));

const TEXT = "id,question\n1,Why?\n";

/** A job that ended five days ago, whose files are in a storage class. */
async function givenArchived(storageClass: "GLACIER" | "GLACIER_IR" | "DEEP_ARCHIVE" | "STANDARD", daysAgo = 5) {
  const { id } = await givenJob(world, "ann");
  const prefix = `datasets/${id}/1/`;
  await change(world, id, {
    status: "COMPLETED",
    datasetPrefix: prefix,
    datasetFiles: [{ name: "dataset.csv", format: "CSV", bytes: TEXT.length, rows: 1 }],
    finishedAt: new Date(Date.now() - daysAgo * DAY_MS).toISOString(),
  });
  await world.putObject(`${prefix}dataset.csv`, TEXT, storageClass);
  await world.putObject(`${prefix}records/0.jsonl`, "{}", storageClass);
  // Leftovers of an earlier export do not matter.
  await world.putObject(`datasets/${id}/0/dataset.csv`, "old", storageClass);
  return id as string;
}

describe("the archive status of a dataset", () => {
  test("is not requested from S3 before it can be archived", async () => {
    const id = await givenArchived("GLACIER", 1);
    expect(await look(id)).toMatchObject({ jobId: id, state: "AVAILABLE", archiveClass: null, requestedAt: null });
  });

  test.each([
    ["STANDARD", { state: "AVAILABLE", archiveClass: null }],
    ["GLACIER_IR", { state: "AVAILABLE", archiveClass: "INSTANT" }],
    ["GLACIER", { state: "ARCHIVED", archiveClass: "FLEXIBLE" }],
    ["DEEP_ARCHIVE", { state: "ARCHIVED", archiveClass: "DEEP" }],
  ] as const)("is told by the class of its files: %s", async (storageClass, told) => {
    const id = await givenArchived(storageClass);
    expect(await look(id)).toEqual({
      jobId: id,
      requestedAt: null,
      restoredUntil: null,
      observedAt: expect.any(String),
      ...told,
    });
  });

  test("is rejected for a job without a dataset", async () => {
    const { id } = await givenJob(world, "ann");
    expect(await world.refusal("ann", LOOK, { id })).toBe(
      "Conflict: This job has no dataset yet; try again once it has ended.",
    );
  });
});

test("downloading an archived file fails with a message instead of an address that fails, unless its class is instant", async () => {
  expect(await world.refusal("ann", DOWNLOAD, { id: await givenArchived("GLACIER") })).toBe(
    'Conflict: "dataset.csv" is archived; restore the dataset first, which takes 3 to 5 hours.',
  );
  const { getDownload } = await world.ask("ann", DOWNLOAD, { id: await givenArchived("GLACIER_IR") });
  expect(await (await fetch(getDownload.url)).text()).toBe(TEXT);
});

describe("restoring", () => {
  test("requests every object of the dataset, notifies watchers at the start and once all are restored, and restores the same bytes", async () => {
    const id = await givenArchived("GLACIER");
    const watch = await world.watch("ann", WATCH, { id });
    expect(await restore(id)).toMatchObject({ state: "RESTORING", archiveClass: "FLEXIBLE", restoredUntil: null });
    expect((await watch.next()).onJobChanged.archive).toMatchObject({ state: "RESTORING", jobId: id });
    await world.settled();
    expect(heard("Initiated").map(({ detail }) => detail.object.key)).toEqual([
      `datasets/${id}/1/dataset.csv`,
      `datasets/${id}/1/records/0.jsonl`,
    ]);
    expect(await world.refusal("ann", DOWNLOAD, { id })).toMatch(/^Conflict: "dataset.csv" is being restored/);
    await world.ask("ann", RESTORE, { id });

    aheadMs = 4 * HOUR_MS;
    await until(() => heard("Completed").length === 2);
    // Even if every event is lost, the page gets the state from S3.
    expect(await look(id)).toMatchObject({ state: "RESTORED", requestedAt: expect.any(String) });
    expect(await remembered(id)).toMatchObject({ state: "RESTORING" });
    await hand([...heard("Completed"), ...heard("Completed")]);
    const { archive } = (await watch.next()).onJobChanged;
    expect(archive).toEqual(await look(id).then(({ observedAt: _, ...rest }) => expect.objectContaining(rest)));
    expect(archive).toMatchObject({ state: "RESTORED", requestedAt: expect.any(String) });
    expect(Date.parse(archive.restoredUntil) - Date.now()).toBeGreaterThan(7 * DAY_MS);
    expect(watch.heard).toEqual([]);
    watch.close();
    const { getDownload } = await world.ask("ann", DOWNLOAD, { id });
    const bytes = Buffer.from(await (await fetch(getDownload.url)).arrayBuffer());
    const digest = (data: Buffer | string) => createHash("sha256").update(data).digest("hex");
    expect(digest(bytes)).toBe(digest(TEXT));

    aheadMs += 9 * DAY_MS;
    await until(() => heard("Expired").length === 2);
    await hand(heard("Expired"));
    expect(await remembered(id)).toMatchObject({ state: "ARCHIVED" });
    expect(await look(id)).toMatchObject({ state: "ARCHIVED", requestedAt: null });
  });

  test("is not finished while one object is still being restored", async () => {
    const id = await givenArchived("GLACIER");
    await restore(id);
    await world.settled();
    aheadMs = 4 * HOUR_MS;
    await until(() => heard("Completed").length === 2);
    // One more object, archived late by the lifecycle rule, then requested by the event itself.
    await world.putObject(`datasets/${id}/1/late.csv`, "late", "GLACIER");
    await hand(heard("Completed").slice(0, 1));
    expect(await remembered(id)).toMatchObject({ state: "RESTORING" });
    expect(heard("Initiated")).toHaveLength(3);
    expect(await look(id)).toMatchObject({ state: "RESTORING" });
    aheadMs += 4 * HOUR_MS;
    await until(() => heard("Completed").length === 3);
    await hand(heard("Completed").slice(2));
    expect(await remembered(id)).toMatchObject({ state: "RESTORED" });
  });

  test("counts from the request, but not forever if nothing came of it", async () => {
    const id = await givenArchived("GLACIER");
    const { datasetPrefix: prefix } = await jobRow(world, id);
    const askedAt = (secondsAgo: number) => {
      const at = new Date(Date.now() - secondsAgo * 1000).toISOString();
      const archive = { prefix, state: "RESTORING", archiveClass: "FLEXIBLE", requestedAt: at, observedAt: at };
      return change(world, id, { archive });
    };
    await askedAt(10);
    expect(await look(id)).toMatchObject({ state: "RESTORING" });
    await askedAt(RESTORE_REQUEST_TIMEOUT_SECONDS + 1);
    expect(await look(id)).toMatchObject({ state: "ARCHIVED" });
    await restore(id);
    await world.settled();
    expect(heard("Initiated")).toHaveLength(2);
  });

  test("started by several functions at once happens once", async () => {
    const id = await givenArchived("GLACIER");
    const { datasetPrefix: prefix } = await jobRow(world, id);
    const at = new Date().toISOString();
    const archive = { prefix, state: "RESTORING", archiveClass: "FLEXIBLE", requestedAt: at, observedAt: at };
    await change(world, id, { archive });
    await Promise.all([1, 2, 3, 4].map(() => world.run("restoreDataset", { jobId: id })));
    expect(heard("Initiated")).toHaveLength(2);
  });

  test("of an available dataset changes nothing, and the state of an earlier dataset does not affect a new one", async () => {
    const id = await givenArchived("GLACIER_IR");
    expect(await restore(id)).toMatchObject({ state: "AVAILABLE", archiveClass: "INSTANT" });
    await world.settled();
    expect([await remembered(id), events]).toEqual([undefined, []]);

    const at = new Date().toISOString();
    const old = {
      prefix: `datasets/${id}/0/`,
      state: "RESTORING",
      archiveClass: "FLEXIBLE",
      requestedAt: at,
      observedAt: at,
    };
    await change(world, id, { archive: old });
    expect(await look(id)).toMatchObject({ state: "AVAILABLE", requestedAt: null });
    const { reportProgress } = await world.report(
      `mutation ($input: ReportProgressInput!) { reportProgress(input: $input) { archive { state } } }`,
      { input: { jobId: id } },
    );
    expect(reportProgress.archive).toBeNull();
    await world.run("restoreDataset", { jobId: id });
    expect(await remembered(id)).toEqual(old);
  });

  test("is rejected for a job that is being deleted", async () => {
    const id = await givenArchived("GLACIER");
    await change(world, id, { status: "DELETING" });
    expect(await world.refusal("ann", RESTORE, { id })).toMatch(/^Conflict: This job is DELETING; /);
    await world.settled();
    expect(events).toEqual([]);
  });

  test("is retried while a transaction holds the job", async () => {
    const id = await givenArchived("GLACIER");
    world.hold(2);
    expect(await restore(id)).toMatchObject({ state: "RESTORING", archiveClass: "FLEXIBLE" });
    await world.settled();
    expect(await remembered(id)).toMatchObject({ state: "RESTORING" });
  });
});

const GO_ON = {
  extendJob: "mutation ($id: ID!) { extendJob(id: $id, recordCount: 5000) { id } }",
  retryFailed: "mutation ($id: ID!) { retryFailed(id: $id) { id } }",
  resumeJob: "mutation ($id: ID!) { resumeJob(id: $id) { id } }",
};

describe.each(Object.entries(GO_ON))("%s of a job whose records are compacted into its dataset", (name, mutation) => {
  const status = name === "resumeJob" ? "BUDGET_EXCEEDED" : name === "retryFailed" ? "FAILED" : "COMPLETED";

  test("requires restoring it first while it is archived", async () => {
    const id = await givenArchived("GLACIER");
    await change(world, id, { status, isCompacted: true });
    expect(await world.refusal("ann", mutation, { id })).toBe(
      "Conflict: This job's records are archived with its dataset; restore the dataset first, then resume the job.",
    );
    await restore(id);
    await world.run("restoreDataset", { jobId: id });
    expect(await world.refusal("ann", mutation, { id })).toBe(
      "Conflict: This job's records are being restored from the archive; resume the job once they are available.",
    );
  });

  test.each([
    ["it is read at once", "GLACIER_IR", true],
    ["it is too young for the archive", "STANDARD", true],
    ["its parts stayed where they were", "GLACIER", false],
  ] as const)("goes on where %s", async (_, storageClass, isCompacted) => {
    const id = await givenArchived(storageClass);
    await change(world, id, { status, isCompacted });
    expect(await world.ask("ann", mutation, { id })).toEqual({ [name]: { id } });
  });
});
