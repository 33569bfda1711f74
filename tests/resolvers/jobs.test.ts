import { canUse, MODELS } from "../../core/models/models.ts";
import { GET_JOB, RESUME_JOB, REPORT_PROGRESS, MADE_UP, act, change, givenJob, jobRow } from "./given.ts";
import { startWorld, type World } from "./world.ts";

const LIST = `query ($status: JobStatus, $limit: Int, $nextToken: String) {
  listJobs(status: $status, limit: $limit, nextToken: $nextToken) { items { id status name } nextToken } }`;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

describe("another person's jobs", () => {
  const cases: [string, (id: string) => Promise<string>][] = [
    ["getJob", (id) => world.refusal("eve", GET_JOB, { id })],
    ["pauseJob", (id) => world.refusal("eve", act("pauseJob"), { id })],
    ["cancelJob", (id) => world.refusal("eve", act("cancelJob"), { id })],
    ["deleteJob", (id) => world.refusal("eve", act("deleteJob"), { id })],
    ["resumeJob", (id) => world.refusal("eve", RESUME_JOB, { id })],
    [
      "getDownload",
      (id) =>
        world.refusal("eve", `query ($id: ID!) { getDownload(jobId: $id, file: "dataset.jsonl") { url } }`, { id }),
    ],
    [
      "onJobChanged",
      async (id) => {
        const watch = await world.watch("eve", "subscription ($id: ID) { onJobChanged(jobId: $id) { jobId } }", { id });
        watch.close();
        return watch.error ?? "no error";
      },
    ],
  ];

  test.each(cases)(
    "%s responds to another person's job as to a nonexistent id, and leaves it unchanged",
    async (_, refusal) => {
      const job = await givenJob(world, "ann");
      await change(world, job.id, {
        datasetPrefix: "datasets/x/1/",
        datasetFiles: [{ name: "dataset.jsonl", format: "JSONL", bytes: 1, rows: 1 }],
      });
      const before = await jobRow(world, job.id);
      const sentence = await refusal(job.id);
      expect(sentence).toMatch(/^NotFound: There is no /);
      expect(await refusal(MADE_UP)).toBe(sentence);
      expect(await refusal("not an id")).toBe(sentence);
      expect(await refusal("y".repeat(3_000))).toBe(sentence);
      expect(await jobRow(world, job.id)).toEqual(before);
    },
  );

  test("the worker's fields are not accessible to people", async () => {
    const job = await givenJob(world, "ann");
    expect(await world.refusal("ann", REPORT_PROGRESS, { input: { jobId: job.id } })).toMatch(/Unauthorized/);
  });
});

describe("listJobs", () => {
  test("pages through my own jobs, newest first, with full pages also by status", async () => {
    const made: string[] = [];
    for (let n = 0; n < 5; n += 1) made.push((await givenJob(world, "lea", { name: `Job ${n}` })).id);
    await givenJob(world, "bob");
    await change(world, made[1] as string, { status: "COMPLETED" });
    await change(world, made[3] as string, { status: "COMPLETED" });
    const first = (await world.ask("lea", LIST, { limit: 2 })).listJobs;
    expect(first.items.map(({ name }: any) => name)).toEqual(["Job 4", "Job 3"]);
    const rest = (await world.ask("lea", LIST, { limit: 100, nextToken: first.nextToken })).listJobs;
    expect(rest.items.map(({ name }: any) => name)).toEqual(["Job 2", "Job 1", "Job 0"]);
    expect(rest.nextToken).toBeNull();
    const completed = (await world.ask("lea", LIST, { status: "COMPLETED", limit: 2 })).listJobs;
    expect(completed.items.map(({ name }: any) => name)).toEqual(["Job 3", "Job 1"]);
  });

  test.each([
    [{ limit: 0 }, /^BadInput: A page may have 1 to 100 items, not 0/],
    [{ limit: 101 }, /^BadInput: A page may have 1 to 100 items, not 101/],
    // AppSync itself rejects what is not one of its tokens.
    [{ nextToken: "nonsense" }, /^BadRequestException: Invalid pagination token given/],
  ])("refuses %j", async (variables, sentence) => {
    expect(await world.refusal("ann", LIST, variables)).toMatch(sentence);
  });

  test("a page token does not give access to another person's list", async () => {
    const page = (await world.ask("lea", LIST, { limit: 1 })).listJobs;
    expect(await world.refusal("bob", LIST, { limit: 1, nextToken: page.nextToken })).toMatch(/^BadInput/);
  });
});

test("a dataset's file is downloaded under the job's name", async () => {
  const job = await givenJob(world, "ann", { name: "Filme für Zoë/2026" });
  await change(world, job.id, {
    datasetPrefix: `datasets/${job.id}/1/`,
    datasetFiles: [{ name: "dataset.csv", format: "CSV", bytes: 1, rows: 1 }],
  });
  await world.putObject(`datasets/${job.id}/1/dataset.csv`, "id");
  const { getDownload } = await world.ask(
    "ann",
    `query ($id: ID!) { getDownload(jobId: $id, file: "dataset.csv") { url expiresAt } }`,
    { id: job.id },
  );
  const url = new URL(getDownload.url);
  expect(url.pathname).toBe(`/objects/datasets/${job.id}/1/dataset.csv`);
  expect(url.searchParams.get("response-content-disposition")).toBe(
    `attachment; filename="Filme f_r Zo_2026 dataset.csv"; filename*=UTF-8''Filme%20f%C3%BCr%20Zo%C3%AB_2026%20dataset.csv`,
  );
  expect(
    await world.refusal("ann", `query ($id: ID!) { getDownload(jobId: $id, file: "other.csv") { url } }`, {
      id: job.id,
    }),
  ).toMatch(/^NotFound/);
});

test("a file that the job's row does not list can be downloaded if it is in a partition of the dataset", async () => {
  const job = await givenJob(world, "ann");
  const datasetPrefix = `datasets/${job.id}/1/`;
  await change(world, job.id, { datasetPrefix, datasetFiles: [], datasetFileCount: 900 });
  const [there, folded] = ["genre=50%25/year=1979/dataset.train.jsonl", "records/0-0"];
  for (const name of [there, folded, "a=b/../records/dataset.jsonl"]) await world.putObject(datasetPrefix + name, "x");
  const download = "query ($id: ID!, $file: String!) { getDownload(jobId: $id, file: $file) { url } }";
  const { getDownload } = await world.ask("ann", download, { id: job.id, file: there });
  expect(await (await fetch(getDownload.url)).text()).toBe("x");
  for (const file of [
    ...[
      "genre=none/dataset.jsonl",
      folded,
      `../${folded}`,
      "a=b/../records/dataset.jsonl",
      "../../x/1/a=b/dataset.csv",
    ],
    ...["a=b/c=d/e=f/g=h/dataset.csv", "genre=50%25/year=1979/other.jsonl", "dataset.jsonl"],
  ])
    expect(await world.refusal("ann", download, { id: job.id, file })).toMatch(/^NotFound/);
  expect(await world.refusal("eve", download, { id: job.id, file: there })).toMatch(/^NotFound/);
  await change(world, job.id, { datasetFileCount: 0 });
  expect(await world.refusal("ann", download, { id: job.id, file: there })).toMatch(/^NotFound/);
});

test("a job tells the rows of its dataset where its records have several", async () => {
  const job = await givenJob(world, "ann");
  const rows = async () =>
    (await world.ask("ann", "query ($id: ID!) { getJob(id: $id) { datasetRows } }", { id: job.id })).getJob.datasetRows;
  expect(await rows()).toBeNull();
  await change(world, job.id, { datasetRows: 1_732 });
  expect(await rows()).toBe(1_732);
});

describe("models", () => {
  const models = async () =>
    (
      await world.ask(
        "ann",
        `{ listModels { id tier contextTokens structuredOutput isUsable inputNanosPerThousand outputNanosPerThousand
           source pricedOn } }`,
      )
    ).listModels as any[];

  test("come with their prices and capabilities, and whether they are available here", async () => {
    const all = await models();
    expect(all[0]).toEqual({
      id: "amazon.nova-micro-v1:0",
      tier: "economy",
      contextTokens: 128_000,
      structuredOutput: "tool",
      isUsable: true,
      inputNanosPerThousand: 35_000,
      outputNanosPerThousand: 140_000,
      source: "pydantic/genai-prices aws.yml",
      pricedOn: "2026-08-21",
    });
    const here = { region: "us-east-1" };
    expect(all.map(({ id, isUsable }) => [id, isUsable])).toEqual(
      MODELS.map((model) => [model.id, canUse(here, model)]),
    );
    expect(all.filter(({ isUsable }) => !isUsable).map(({ id }) => id)).toContain(
      "eu.anthropic.claude-haiku-4-5-20251001-v1:0",
    );
  });
});
