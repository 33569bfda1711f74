import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { CREATE_JOB, change, givenJob, givenSeedSet, givenTemplate, inputFor, JOB, TEMPLATE } from "./given.ts";
import { mayUse, MODELS } from "../../core/models.ts";
import { startWorld, type World } from "./world.ts";

const MADE_UP = "01JZZZZZZZZZZZZZZZZZZZZZZZ";
const GET = `query ($id: ID!) { getJob(id: $id) { ${JOB} } }`;
const LIST = `query ($status: JobStatus, $limit: Int, $nextToken: String) {
  listJobs(status: $status, limit: $limit, nextToken: $nextToken) { items { id status name } nextToken } }`;
const act = (name: string) => `mutation ($id: ID!) { ${name}(id: $id) { ${JOB} } }`;
const RESUME = `mutation ($id: ID!, $budget: Float) { resumeJob(id: $id, budgetNanos: $budget) { ${JOB} } }`;
const PUBLISH = "mutation ($id: ID!) { publishTemplate(id: $id) { id } }";
const WITHDRAW = "mutation ($id: ID!) { withdrawTemplate(id: $id) { id } }";
const REPORT = `mutation ($input: ReportProgressInput!) { reportProgress(input: $input) {
  jobId owner status controlNo shard { id delivered reportNo recordCount latest } } }`;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.fleet.mood = "starts";
});

const row = (jobId: string) => world.row("Jobs", { pk: `JOB#${jobId}`, sk: "JOB" });
const budgetRow = (jobId: string) => world.row("Jobs", { pk: `BUDGET#${jobId}`, sk: "BUDGET" });

describe("createJob", () => {
  test("writes job, template copy, budget, shards and token, and answers the queued job with its shards", async () => {
    const job = await givenJob(world, "ann");
    expect(job).toMatchObject({
      name: "My films",
      status: "QUEUED",
      controlNo: 0,
      templateVersion: 1,
      templateName: "Film questions",
    });
    expect(job.progress.map((shard: any) => [shard.id, shard.recordCount])).toEqual(
      [0, 1, 2].map((n) => [`${job.id}#${n}`, 400]),
    );
    expect(await budgetRow(job.id)).toMatchObject({ remainingNanos: 1_000_000_000, owner: "ann" });
    expect(await world.row("Jobs", { pk: `JOB#${job.id}`, sk: "TEMPLATE" })).toMatchObject({
      source: expect.stringContaining("Film questions"),
    });
    expect(await row(job.id)).toMatchObject({
      ownerStatus: "ann#QUEUED",
      openKey: "OPEN",
      openShards: 3,
      seedSetOwner: "ann",
    });
  });

  test("carries $5,000 and a million records through every field", async () => {
    const job = await givenJob(world, "ann", { recordCount: 1_000_000, budgetNanos: 5_000_000_000_000 });
    expect(job.budgetNanos).toBe(5_000_000_000_000);
    expect(job.progress).toHaveLength(80);
    expect(job.progress.reduce((sum: number, shard: any) => sum + shard.recordCount, 0)).toBe(1_000_000);
  });

  test("answers the earlier job for the same token with the same input, and makes no second one", async () => {
    const input = await inputFor(world, "ann");
    const first = (await world.ask("ann", CREATE_JOB, { input })).createJob;
    const rows = (await world.all("Jobs")).length;
    expect((await world.ask("ann", CREATE_JOB, { input })).createJob.id).toBe(first.id);
    expect(await world.all("Jobs")).toHaveLength(rows);
  });

  test("answers the earlier job even when template and seeds are gone", async () => {
    const input = await inputFor(world, "ann", { seedSetId: await givenSeedSet(world, "ann", "gone-later") });
    const first = (await world.ask("ann", CREATE_JOB, { input })).createJob;
    await change(world, first.id, { status: "COMPLETED" });
    await world.ask("ann", `mutation { deleteSeedSet(id: "gone-later") { id } }`);
    expect((await world.ask("ann", CREATE_JOB, { input })).createJob.id).toBe(first.id);
  });

  test("refuses the same token with another input", async () => {
    const input = await inputFor(world, "ann");
    await world.ask("ann", CREATE_JOB, { input });
    expect(await world.refusal("ann", CREATE_JOB, { input: { ...input, recordCount: 7 } })).toMatch(
      /^Conflict: This client token has started/,
    );
  });

  test("answers the earlier job when its twin is written while it is being checked, and refuses one with another input", async () => {
    const input = await inputFor(world, "ann");
    let twin: any;
    world.after("checkJob", async () => {
      twin = (await world.ask("ann", CREATE_JOB, { input })).createJob;
    });
    expect((await world.ask("ann", CREATE_JOB, { input })).createJob.id).toBe(twin.id);
    const other = await inputFor(world, "ann");
    world.after("checkJob", () => world.ask("ann", CREATE_JOB, { input: { ...other, name: "Twin" } }));
    expect(await world.refusal("ann", CREATE_JOB, { input: other })).toMatch(/^Conflict: This client token/);
  });

  test("writes nothing when the seed set goes away while the job is being checked", async () => {
    const seedSetId = await givenSeedSet(world, "ann", "goes-away");
    const input = await inputFor(world, "ann", { seedSetId });
    const rows = (await world.all("Jobs")).length;
    world.after("checkJob", async () =>
      world.put("SeedSets", { ...(await world.row("SeedSets", { pk: "SEEDS#goes-away", sk: "SEEDS" })), owner: "bob" }),
    );
    expect(await world.refusal("ann", CREATE_JOB, { input })).toBe("NotFound: There is no seed set with that id.");
    expect(await world.all("Jobs")).toHaveLength(rows);
  });

  test("makes one job of ten requests with one token at the same moment", async () => {
    const input = await inputFor(world, "ann");
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => world.ask("ann", CREATE_JOB, { input })));
    const ids = new Set(
      answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value.createJob.id] : [])),
    );
    expect(ids.size).toBe(1);
    expect(
      (await world.all("Jobs")).filter((each) => each.sk === "JOB" && each.clientToken === input.clientToken),
    ).toHaveLength(1);
  });

  test("takes a format for fine-tuning where the template maps it, and says where it does not", async () => {
    const mapped = `${TEMPLATE}training: { alpaca: { instruction: question, output: question } }\n`;
    const templateId = await givenTemplate(world, "ann", mapped);
    const input = await inputFor(world, "ann", { templateId, formats: ["ALPACA", "JSONL_GZ"] });
    const { createJob } = await world.ask("ann", CREATE_JOB, { input });
    expect(createJob.formats).toEqual(["ALPACA", "JSONL_GZ"]);
    const { getTemplate } = await world.ask(
      "ann",
      "query ($id: ID!) { getTemplate(id: $id) { facts { trainingFormats } } }",
      { id: templateId },
    );
    expect(getTemplate.facts.trainingFormats).toEqual(["ALPACA"]);
    const other = await inputFor(world, "ann", { templateId, formats: ["MESSAGES"] });
    expect(await world.refusal("ann", CREATE_JOB, { input: other })).toMatch(
      /^BadInput: The format "messages" is made from columns that "training.messages" of a template names/,
    );
  });

  test.each([
    [undefined, 20],
    [null, 20],
    [0, 0],
    [100, 100],
  ])("asked to let %s percent of the records fail, lets %i", async (maxFailedPercent, allowed) => {
    const { createJob } = await world.ask(
      "ann",
      "mutation ($input: CreateJobInput!) { createJob(input: $input) { id maxFailedPercent } }",
      { input: await inputFor(world, "ann", { maxFailedPercent }) },
    );
    expect(createJob.maxFailedPercent).toBe(allowed);
    expect(await world.row("Jobs", { pk: `JOB#${createJob.id}`, sk: "JOB" })).toMatchObject({
      maxFailedPercent: allowed,
    });
  });

  test("keeps how the dataset is to be divided", async () => {
    const split = { train: 80, validation: 10, test: 10 };
    const input = await inputFor(world, "ann", { split });
    const { createJob } = await world.ask("ann", CREATE_JOB, { input });
    expect(createJob.split).toEqual(split);
    const other = { ...input, split: { ...split, train: 70, test: 20 } };
    expect(await world.refusal("ann", CREATE_JOB, { input: other })).toMatch(/^Conflict/);
    const whole = await world.ask("ann", CREATE_JOB, { input: await inputFor(world, "ann") });
    expect(whole.createJob.split).toBeNull();
  });

  test.each<[object, string]>([
    [
      { split: { train: 80, validation: 10, test: 20 } },
      "BadInput: The split must be three whole numbers of percent, for train, validation and test, that make 100 together, not 80, 10, 20.",
    ],
    [
      { maxFailedPercent: 101 },
      "BadInput: The share of records that may fail must be a whole number of percent from 0 to 100, not 101.",
    ],
    [{ recordCount: 0 }, "BadInput: The number of records must be a whole number from 1 to 1,000,000, not 0."],
    [{ budgetNanos: 0 }, "BadInput: The budget must be more than $0 and at most $5,000.00, not $0."],
    [
      { budgetNanos: 1 },
      "BadInput: The budget of $0.000000001 is less than one record can cost, $0.000070; raise it, or lower maxTokens or maxPromptBytes in the template.",
    ],
    [{ name: " " }, "BadInput: The job's name must have 1 to 100 characters, this one has 0."],
    [
      { formats: [] },
      "BadInput: At least one format is needed; choose among jsonl, jsonl_gz, csv, parquet, messages, sharegpt and alpaca.",
    ],
    [{ clientToken: "short" }, "BadInput: The client token must have 8 to 64 characters, this one has 5."],
    [{ templateVersion: 9 }, 'NotFound: The template "Film questions" has no version 9; it has 1 to 1.'],
    [{ templateId: MADE_UP }, "NotFound: There is no template with that id."],
    [{ seedSetId: MADE_UP }, "NotFound: There is no seed set with that id."],
    [{ seedSetId: "x".repeat(5_000) }, "NotFound: There is no seed set with that id."],
  ])("writes nothing when a wish cannot be granted, case %#", async (changes, sentence) => {
    const input = await inputFor(world, "ann", changes);
    const rows = (await world.all("Jobs")).length;
    expect(await world.refusal("ann", CREATE_JOB, { input })).toBe(sentence);
    expect(await world.all("Jobs")).toHaveLength(rows);
  });

  test("refuses seeds without a field that the template reads, naming both", async () => {
    const seedSetId = await givenSeedSet(world, "ann", "no-title", ["Name", "Year"]);
    const sentence = await world.refusal("ann", CREATE_JOB, { input: await inputFor(world, "ann", { seedSetId }) });
    expect(sentence).toBe(
      'BadInput: Template "Film questions" step "question" reads movie.Title; the collection "movies" has no "Title" (it has Name, Year).',
    );
  });

  test("refuses another person's template and seed set like made-up ones", async () => {
    const templateId = await givenTemplate(world, "bob");
    const seedSetId = await givenSeedSet(world, "bob", "bobs");
    expect(await world.refusal("ann", CREATE_JOB, { input: await inputFor(world, "ann", { templateId }) })).toBe(
      "NotFound: There is no template with that id.",
    );
    expect(await world.refusal("ann", CREATE_JOB, { input: await inputFor(world, "ann", { seedSetId }) })).toBe(
      "NotFound: There is no seed set with that id.",
    );
  });

  test("pins all that the template was: its source, what it includes, the models of its tiers, its parameters", async () => {
    const library = await givenTemplate(world, "bob", "name: Styles\npartials: { calm: Write calmly. }\n");
    await world.ask("bob", PUBLISH, { id: library });
    const source = `parameters: { audience: { values: [general, expert], default: general }, n: { default: 1 } }
${TEMPLATE.replace("Ask one", `<%~ include("${library}@1/calm") %> <%= it.audience %> Ask one`)}`;
    const templateId = await givenTemplate(world, "ann", source);
    const job = await givenJob(world, "ann", { templateId, parameters: '{"audience":"expert"}' });
    await world.ask("bob", "mutation ($id: ID!) { deleteTemplate(id: $id) { id } }", { id: library });
    await world.ask("ann", "mutation ($id: ID!) { deleteTemplate(id: $id) { id } }", { id: templateId });
    expect(await world.row("Jobs", { pk: `JOB#${job.id}`, sk: "TEMPLATE" })).toMatchObject({
      source,
      partials: { [`${library}@1/calm`]: "Write calmly." },
      tiers: { economy: "amazon.nova-micro-v1:0" },
      parameters: { audience: "expert", n: 1 },
    });
    const { getJob } = await world.ask("ann", GET, { id: job.id });
    expect(JSON.parse(getJob.parameters)).toEqual({ audience: "expert", n: 1 });
  });

  test.each<[string, string]>([
    ['{"mood":"calm"}', 'The template "Film questions" has no parameter "mood" (it has audience, n, note).'],
    ['{"audience":"child"}', 'The parameter "audience" may be "general", "expert", not "child".'],
    ['{"n":"many"}', 'The parameter "n" is a number like its default 1, not "many".'],
    ["[1]", "The parameters must be a JSON object of values by name, not [1]."],
    [
      JSON.stringify({ note: "x".repeat(10_000) }),
      "The parameters have 10038 bytes together as JSON; they may have 10000 at most.",
    ],
  ])("refuses parameters that the template does not offer, case %#", async (parameters, sentence) => {
    const source = `parameters: { audience: { values: [general, expert], default: general }, n: { default: 1 }, note: { default: none } }\n${TEMPLATE}`;
    const input = await inputFor(world, "ann", { templateId: await givenTemplate(world, "ann", source), parameters });
    expect(await world.refusal("ann", CREATE_JOB, { input })).toBe(`BadInput: ${sentence}`);
  });

  test("takes other parameters under the same token for another input", async () => {
    const source = `parameters: { n: { default: 1 } }\n${TEMPLATE}`;
    const templateId = await givenTemplate(world, "ann", source);
    const input = await inputFor(world, "ann", { templateId, parameters: '{"n":2}' });
    const { id } = (await world.ask("ann", CREATE_JOB, { input })).createJob;
    expect((await world.ask("ann", CREATE_JOB, { input })).createJob.id).toBe(id);
    expect(await world.refusal("ann", CREATE_JOB, { input: { ...input, parameters: '{"n":3}' } })).toMatch(
      /^Conflict: This client token/,
    );
  });

  test.each([
    ["model: eu.anthropic.claude-haiku-4-5-20251001-v1:0", "eu.anthropic.claude-haiku-4-5-20251001-v1:0"],
    [
      "tier: economy\n    fallbacks: [eu.anthropic.claude-opus-4-5-20251101-v1:0]",
      "eu.anthropic.claude-opus-4-5-20251101-v1:0",
    ],
  ])("refuses a model that cannot be called from here: %s", async (model, id) => {
    const templateId = await givenTemplate(world, "ann", TEMPLATE.replace("tier: economy", model));
    expect(await world.refusal("ann", CREATE_JOB, { input: await inputFor(world, "ann", { templateId }) })).toBe(
      `BadInput: Template "Film questions" step "question" calls the model "${id}", which cannot be called from here (us-east-1); name a tier, or a model that can.`,
    );
  });

  test("refuses a library, which has nothing to run", async () => {
    const templateId = await givenTemplate(world, "ann", "name: Styles\npartials: { calm: Write calmly. }\n");
    expect(await world.refusal("ann", CREATE_JOB, { input: await inputFor(world, "ann", { templateId }) })).toBe(
      'BadInput: The template "Styles" is a library of partials and has no step to run; choose one that has, and include the library there.',
    );
  });

  test("takes a published version of somebody else's, no other, and none once it is withdrawn", async () => {
    const templateId = await givenTemplate(world, "bob");
    await world.ask("bob", PUBLISH, { id: templateId });
    await world.ask("bob", "mutation ($input: SaveTemplateInput!) { saveTemplate(input: $input) { id } }", {
      input: { id: templateId, source: TEMPLATE },
    });
    expect(await givenJob(world, "ann", { templateId })).toMatchObject({ templateId, templateVersion: 1 });
    expect(
      await world.refusal("ann", CREATE_JOB, {
        input: await inputFor(world, "ann", { templateId, templateVersion: 2 }),
      }),
    ).toBe("NotFound: The template has no version 2; published are 1.");
    const input = await inputFor(world, "ann", { templateId });
    const jobs = (await world.all("Jobs")).length;
    // Withdrawn after the check and before the write.
    world.after("checkJob", () => world.ask("bob", WITHDRAW, { id: templateId }));
    const sentence = "NotFound: There is no template with that id.";
    expect(await world.refusal("ann", CREATE_JOB, { input })).toBe(sentence);
    expect(await world.refusal("ann", CREATE_JOB, { input })).toBe(sentence);
    expect(await world.all("Jobs")).toHaveLength(jobs);
  });

  test("takes a sample's seeds, and remembers whose they are", async () => {
    const job = await givenJob(world, "ann", { seedSetId: await givenSeedSet(world, "samples", "sample-films") });
    expect(await row(job.id)).toMatchObject({ seedSetOwner: "samples" });
  });

  test("stands even when the dispatcher cannot start anything", async () => {
    world.fleet.mood = "denies";
    expect((await givenJob(world, "ann")).status).toBe("QUEUED");
  });
});

describe("what is not mine", () => {
  const cases: [string, (id: string) => Promise<string>][] = [
    ["getJob", (id) => world.refusal("eve", GET, { id })],
    ["pauseJob", (id) => world.refusal("eve", act("pauseJob"), { id })],
    ["cancelJob", (id) => world.refusal("eve", act("cancelJob"), { id })],
    ["deleteJob", (id) => world.refusal("eve", act("deleteJob"), { id })],
    ["resumeJob", (id) => world.refusal("eve", RESUME, { id })],
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

  test.each(cases)("%s answers another person's job like a made-up id, and leaves it as it is", async (_, refusal) => {
    const job = await givenJob(world, "ann");
    await change(world, job.id, {
      datasetPrefix: "datasets/x/1/",
      datasets: [{ name: "dataset.jsonl", format: "JSONL", bytes: 1, rows: 1 }],
    });
    const before = await row(job.id);
    const sentence = await refusal(job.id);
    expect(sentence).toMatch(/^NotFound: There is no /);
    expect(await refusal(MADE_UP)).toBe(sentence);
    expect(await refusal("not an id")).toBe(sentence);
    expect(await refusal("y".repeat(3_000))).toBe(sentence);
    expect(await row(job.id)).toEqual(before);
  });

  test("the fields of the worker are closed to people", async () => {
    const job = await givenJob(world, "ann");
    expect(await world.refusal("ann", REPORT, { input: { jobId: job.id } })).toMatch(/Unauthorized/);
  });
});

describe("listJobs", () => {
  test("pages through my jobs alone, newest first, full pages also by status", async () => {
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
    // AppSync itself refuses what is none of its tokens.
    [{ nextToken: "nonsense" }, /^BadRequestException: Invalid pagination token given/],
  ])("refuses %j", async (variables, sentence) => {
    expect(await world.refusal("ann", LIST, variables)).toMatch(sentence);
  });

  test("a page's token does not open another person's list", async () => {
    const page = (await world.ask("lea", LIST, { limit: 1 })).listJobs;
    expect(await world.refusal("bob", LIST, { limit: 1, nextToken: page.nextToken })).toMatch(/^BadInput/);
  });
});

describe("moves", () => {
  test("pause rests a job and raises controlNo; the open list forgets it", async () => {
    const job = await givenJob(world, "ann");
    expect((await world.ask("ann", act("pauseJob"), { id: job.id })).pauseJob).toMatchObject({
      status: "PAUSED",
      controlNo: 1,
    });
    const stored = await row(job.id);
    expect(stored).toMatchObject({ status: "PAUSED", ownerStatus: "ann#PAUSED" });
    expect(stored).not.toHaveProperty("openKey");
  });

  describe.each([
    ["pauseJob", "QUEUED"],
    ["cancelJob", "QUEUED"],
    ["takeSnapshot", "QUEUED"],
    ["deleteJob", "COMPLETED"],
  ])("%s of a job that a transaction has in hand", (name, status) => {
    test("is sent again", async () => {
      const { id } = await givenJob(world, "ann");
      await change(world, id, { status });
      world.hold(2);
      await world.ask("ann", act(name), { id });
      await world.settled();
      expect({ ...(await row(id)) }).not.toMatchObject({ status, controlNo: 0, snapshot: undefined });
    });

    test("is given up when it still has it the third time, and changes nothing", async () => {
      const { id } = await givenJob(world, "ann");
      await change(world, id, { status });
      world.hold(3);
      expect(await world.refusal("ann", act(name), { id })).toBe(
        "Conflict: The job was changed at the same moment; look at it again, then decide.",
      );
      expect(await row(id)).toMatchObject({ status, controlNo: 0 });
    });
  });

  test("cancel lets the job export with outcome CANCELLED", async () => {
    const job = await givenJob(world, "ann");
    await world.ask("ann", act("pauseJob"), { id: job.id });
    const { cancelJob } = await world.ask("ann", act("cancelJob"), { id: job.id });
    expect(cancelJob).toMatchObject({ status: "EXPORTING", outcome: "CANCELLED", controlNo: 2 });
    expect(await row(job.id)).toMatchObject({ openKey: "OPEN", ownerStatus: "ann#EXPORTING" });
  });

  test("resume opens a paused job again and forgets how it stood", async () => {
    const job = await givenJob(world, "ann");
    await change(world, job.id, {
      status: "PAUSED",
      parkedShards: 2,
      statusReason: "why",
      finishedAt: "2026-01-01T00:00:00Z",
    });
    const { resumeJob } = await world.ask("ann", RESUME, { id: job.id });
    expect(resumeJob).toMatchObject({
      status: "QUEUED",
      controlNo: 1,
      outcome: null,
      statusReason: null,
      finishedAt: null,
      budgetNanos: 1_000_000_000,
    });
    const stored = await row(job.id);
    expect(stored).toMatchObject({ openKey: "OPEN", parkedShards: 0, ownerStatus: "ann#QUEUED" });
    expect(stored).not.toHaveProperty("statusReason");
  });

  test("resume with a larger budget adds the difference to what remains", async () => {
    const job = await givenJob(world, "ann");
    await change(world, job.id, { status: "BUDGET_EXCEEDED", outcome: "BUDGET_EXCEEDED" });
    await world.put("Jobs", { ...(await budgetRow(job.id)), remainingNanos: 10 });
    const { resumeJob } = await world.ask("ann", RESUME, { id: job.id, budget: 3_000_000_000 });
    expect(resumeJob).toMatchObject({ status: "QUEUED", budgetNanos: 3_000_000_000, outcome: null });
    expect(await budgetRow(job.id)).toMatchObject({ budgetNanos: 3_000_000_000, remainingNanos: 2_000_000_010 });
  });

  test("resume of a job at its budget needs enough for one more record", async () => {
    const job = await givenJob(world, "ann");
    await change(world, job.id, { status: "BUDGET_EXCEEDED", outcome: "BUDGET_EXCEEDED" });
    await world.put("Jobs", { ...(await budgetRow(job.id)), remainingNanos: job.recordBoundNanos - 5 });
    expect(await world.refusal("ann", RESUME, { id: job.id })).toBe(
      "BadInput: One record can cost $0.00007, and less than that is left; raise the budget to $1.000000005 or more.",
    );
    expect((await world.ask("ann", RESUME, { id: job.id, budget: 1_000_000_005 })).resumeJob.status).toBe("QUEUED");
  });

  test.each([999_999_999, 5_000_000_000_001, 1_000_000_000.5])("resume refuses the budget %d", async (budget) => {
    const job = await givenJob(world, "ann");
    await change(world, job.id, { status: "PAUSED" });
    expect(await world.refusal("ann", RESUME, { id: job.id, budget })).toBe(
      "BadInput: The new budget must be at least the old one, $1.00, and at most $5000.00.",
    );
  });

  test.each([
    ["pauseJob", "COMPLETED", "Conflict: This job is COMPLETED; only a job that is queued or running can be paused."],
    [
      "cancelJob",
      "BUDGET_EXCEEDED",
      "Conflict: This job is BUDGET_EXCEEDED; only a job that is queued, running or paused can be cancelled.",
    ],
    [
      "resumeJob",
      "CANCELLED",
      "Conflict: This job is CANCELLED; only a job that is paused or at its budget can be resumed.",
    ],
    [
      "deleteJob",
      "RUNNING",
      "Conflict: This job is RUNNING; only a job that is completed, cancelled, failed or at its budget can be deleted; cancel it first.",
    ],
  ])("%s of a job that is %s is refused and changes nothing", async (name, status, sentence) => {
    const job = await givenJob(world, "ann");
    await change(world, job.id, { status });
    expect(await world.refusal("ann", act(name), { id: job.id })).toBe(sentence);
    expect(await row(job.id)).toMatchObject({ status, controlNo: 0 });
  });

  test("a deleted job leaves no row and no object behind", async () => {
    const job = await givenJob(world, "del");
    await change(world, job.id, { status: "COMPLETED" });
    for (const task of await world.all("Fleet")) if (task.jobId === job.id) await world.run("dispatch", stopped(task));
    expect((await world.ask("del", act("deleteJob"), { id: job.id })).deleteJob.status).toBe("DELETING");
    await world.settled();
    expect(JSON.stringify(await world.all("Jobs"))).not.toContain(job.id);
  });
});

describe("progress", () => {
  const shard = {
    shardNo: 1,
    generation: 1,
    failed: 0,
    refused: 2,
    causes: [{ cause: "It did not hold", attempts: 2, records: 0 }],
    writtenOffNanos: 0,
    inputTokens: 5,
    outputTokens: 6,
    recordsPerSecond: 2.5,
    latest: ['{"a":1}'],
  };
  const report = (jobId: string, changes: object) =>
    world.report(REPORT, {
      input: { jobId, shard: { ...shard, delivered: 1, spentNanos: 9, reportNo: 1, ...changes } },
    });
  async function leasedJob() {
    const job = await givenJob(world, "ann");
    const key = { pk: `SHARD#${job.id}#1`, sk: "SHARD" };
    await world.put("Jobs", {
      ...(await world.row("Jobs", key)),
      generation: 1,
      leaseUntilMs: Date.now() + 60_000,
      leaseTask: "t",
      delivered: 3,
    });
    return job;
  }

  test("takes a newer report, and quietly keeps the newest when an older one comes late", async () => {
    const job = await leasedJob();
    expect((await report(job.id, { reportNo: 2, delivered: 8 })).reportProgress.shard).toMatchObject({
      delivered: 8,
      reportNo: 2,
      recordCount: 400,
    });
    expect((await report(job.id, { reportNo: 1, delivered: 4 })).reportProgress.shard).toMatchObject({
      delivered: 8,
      reportNo: 2,
    });
    const { getJob } = await world.ask("ann", GET, { id: job.id });
    expect(getJob.progress[1]).toMatchObject({
      delivered: 8,
      recordsPerSecond: 2.5,
      latest: ['{"a":1}'],
      reportedAt: expect.any(String),
    });
  });

  test("tells what was refused and why, as far as it was reported, and all of it from the checkpoints", async () => {
    const job = await leasedJob();
    const told = await world.report(
      "mutation ($input: ReportProgressInput!) { reportProgress(input: $input) { shard { refused causes { cause attempts records } } } }",
      { input: { jobId: job.id, shard: { ...shard, delivered: 1, spentNanos: 9, reportNo: 1 } } },
    );
    expect(told.reportProgress.shard).toEqual({
      refused: 2,
      causes: [{ cause: "It did not hold", attempts: 2, records: 0 }],
    });
    for (const shardNo of [0, 1]) {
      const key = { pk: `SHARD#${job.id}#${shardNo}`, sk: "SHARD" };
      const causes = [
        { cause: "It did not hold", attempts: 4 + shardNo, records: 1 },
        ...(shardNo === 1 ? [{ cause: "It broke", attempts: 1, records: 1 }] : []),
      ];
      await world.put("Jobs", { ...(await world.row("Jobs", key)), refused: 5, causes });
    }
    const { getJob } = await world.ask(
      "ann",
      "query ($id: ID!) { getJob(id: $id) { failureCauses { cause attempts records } progress { refused } } }",
      { id: job.id },
    );
    expect(getJob.failureCauses).toEqual([
      { cause: "It did not hold", attempts: 4, records: 1 },
      { cause: "It did not hold", attempts: 5, records: 1 },
      { cause: "It broke", attempts: 1, records: 1 },
    ]);
    expect(getJob.progress.map(({ refused }: { refused: number }) => refused)).toEqual([5, 5, 0]);
  });

  test("of a job whose shards were made before anything could be refused says nothing of it", async () => {
    const job = await leasedJob();
    const key = { pk: `SHARD#${job.id}#1`, sk: "SHARD" };
    const { refused: _refused, causes: _causes, ...old } = (await world.row("Jobs", key)) as Record<string, unknown>;
    await world.put("Jobs", old);
    const { getJob } = await world.ask(
      "ann",
      "query ($id: ID!) { getJob(id: $id) { failureCauses { cause } progress { refused causes { cause } } } }",
      { id: job.id },
    );
    expect(getJob.failureCauses).toEqual([]);
    expect(getJob.progress[1]).toEqual({ refused: 0, causes: [] });
  });

  test("does not hear a worker whose lease was taken over", async () => {
    const job = await leasedJob();
    expect((await report(job.id, { generation: 0, reportNo: 9, delivered: 77 })).reportProgress.shard).toMatchObject({
      delivered: 3,
      reportNo: 0,
    });
  });

  test("answers what the checkpoint says where the report is behind, and no speed at rest", async () => {
    const job = await leasedJob();
    await report(job.id, { delivered: 1 });
    const key = { pk: `SHARD#${job.id}#1`, sk: "SHARD" };
    await world.put("Jobs", { ...(await world.row("Jobs", key)), delivered: 30, leaseUntilMs: 0 });
    const { getJob } = await world.ask("ann", GET, { id: job.id });
    expect(getJob.progress[1]).toMatchObject({ delivered: 30, recordsPerSecond: 0 });
  });

  test("asks for the report again while a transaction has the shard in hand", async () => {
    const job = await leasedJob();
    const touch = (n: number) =>
      world.rows.send(
        new TransactWriteCommand({
          TransactItems: [1, 0].map((shardNo) => ({
            Update: {
              TableName: "Jobs",
              Key: { pk: `SHARD#${job.id}#${shardNo}`, sk: "SHARD" },
              UpdateExpression: "SET attempts = :n",
              ExpressionAttributeValues: { ":n": n },
            },
          })),
        }),
      );
    const said = new Set<string>();
    for (let n = 1; n <= 200 && !said.has("Conflict"); n += 1) {
      const told = Promise.allSettled([1, 2, 3].map((part) => report(job.id, { reportNo: n * 3 + part })));
      await Promise.allSettled([touch(n), touch(n), touch(n), touch(n)]);
      for (const answer of await told)
        if (answer.status === "rejected") said.add(String((answer.reason as Error).message).split(":")[0] ?? "");
    }
    expect([...said]).toEqual(["Conflict"]);
    await expect(report(job.id, { reportNo: 1_000 })).resolves.toMatchObject({
      reportProgress: { shard: { reportNo: 1_000 } },
    });
  });

  test("refuses a job that does not exist", async () => {
    await expect(world.report(REPORT, { input: { jobId: MADE_UP } })).rejects.toThrow(
      "NotFound: There is no job with that id.",
    );
  });

  test("is pushed to its owner alone, all of it or one job", async () => {
    const [job, other] = [await leasedJob(), await leasedJob()];
    const query = "subscription ($id: ID) { onJobChanged(jobId: $id) { jobId owner status shard { delivered } } }";
    const all = await world.watch("ann", query);
    const one = await world.watch("ann", query, { id: other.id });
    const spy = await world.watch("eve", query);
    await report(job.id, { reportNo: 5, delivered: 12 });
    expect((await all.next()).onJobChanged).toEqual({
      jobId: job.id,
      owner: "ann",
      status: "QUEUED",
      shard: { delivered: 12 },
    });
    await report(other.id, { reportNo: 5, delivered: 13 });
    expect((await one.next()).onJobChanged).toMatchObject({ jobId: other.id });
    expect((await all.next()).onJobChanged).toMatchObject({ jobId: other.id });
    await world.report(REPORT, { input: { jobId: (await givenJob(world, "eve")).id } });
    expect((await spy.next()).onJobChanged).toMatchObject({ owner: "eve" });
    expect([one.heard, spy.heard.filter(({ onJobChanged }) => onJobChanged.owner !== "eve")]).toEqual([[], []]);
    for (const watch of [all, one, spy]) watch.close();
  });

  test("pausing is told to those who watch, without a shard", async () => {
    const job = await givenJob(world, "ann");
    const watch = await world.watch(
      "ann",
      "subscription ($id: ID) { onJobChanged(jobId: $id) { status controlNo shard { id } } }",
      { id: job.id },
    );
    await world.ask("ann", act("pauseJob"), { id: job.id });
    expect((await watch.next()).onJobChanged).toEqual({ status: "PAUSED", controlNo: 1, shard: null });
    watch.close();
  });
});

test("a dataset's file can be downloaded under the job's name", async () => {
  const job = await givenJob(world, "ann", { name: "Filme für Zoë/2026" });
  await change(world, job.id, {
    datasetPrefix: `datasets/${job.id}/1/`,
    datasets: [{ name: "dataset.csv", format: "CSV", bytes: 1, rows: 1 }],
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

test("a file that the job's row does not list can be downloaded if it lies in a folder of the dataset", async () => {
  const job = await givenJob(world, "ann");
  const datasetPrefix = `datasets/${job.id}/1/`;
  await change(world, job.id, { datasetPrefix, datasets: [], datasetFileCount: 900 });
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

describe("partitions", () => {
  test("are kept with the job, and part of what a client token stands for", async () => {
    const partitionBy = [{ column: "question", by: "VALUE" }];
    const input = await inputFor(world, "ann", { partitionBy });
    const { createJob } = await world.ask("ann", CREATE_JOB, { input });
    expect(createJob.partitionBy).toEqual(partitionBy);
    const other = { ...input, partitionBy: [{ column: "question", by: "YEAR" }] };
    expect(await world.refusal("ann", CREATE_JOB, { input: other })).toMatch(/^Conflict/);
  });

  test.each([
    [[], "1 to 3 columns, not 0"],
    [[{ column: "id", by: "VALUE" }], 'Every record has an "id" of its own'],
    [[{ column: "genre", by: "VALUE" }], 'no column "genre" to be partitioned by; choose among question.'],
    [[1, 2].map(() => ({ column: "question", by: "DAY" })), "by a column once only"],
  ])("by %j are refused", async (partitionBy, words) => {
    const input = await inputFor(world, "ann", { partitionBy });
    expect(await world.refusal("ann", CREATE_JOB, { input })).toContain(words);
  });
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

  test("come with their prices and abilities, and whether they can be called from here", async () => {
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
      MODELS.map((model) => [model.id, mayUse(here, model)]),
    );
    expect(all.filter(({ isUsable }) => !isUsable).map(({ id }) => id)).toContain(
      "eu.anthropic.claude-haiku-4-5-20251001-v1:0",
    );
  });
});

function stopped(task: any) {
  return {
    source: "aws.ecs",
    "detail-type": "ECS Task State Change",
    detail: { taskArn: task.taskArn, lastStatus: "STOPPED", startedBy: task.taskSlot, containers: [{ exitCode: 0 }] },
  };
}
