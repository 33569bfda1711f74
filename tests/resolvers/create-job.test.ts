import { templateVersionKey } from "../../core/keys.ts";
import {
  CREATE_JOB,
  GET_JOB,
  MADE_UP,
  TEMPLATE,
  budgetRow,
  change,
  givenJob,
  givenSeedSet,
  givenTemplate,
  inputFor,
  jobRow,
} from "./given.ts";
import { startWorld, type World } from "./world.ts";

const PUBLISH = "mutation ($id: ID!) { publishTemplate(id: $id) { id } }";
const WITHDRAW = "mutation ($id: ID!) { unpublishTemplate(id: $id) { id } }";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.fleet.mood = "starts";
});

describe("createJob", () => {
  test("writes job, template copy, budget, shards and token, and returns the queued job with its shards", async () => {
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
    expect(await budgetRow(world, job.id)).toMatchObject({ remainingNanos: 1_000_000_000, owner: "ann" });
    expect(await world.row("Jobs", { pk: `JOB#${job.id}`, sk: "TEMPLATE" })).toMatchObject({
      source: expect.stringContaining("Film questions"),
    });
    expect(await jobRow(world, job.id)).toMatchObject({
      ownerStatus: "ann#QUEUED",
      queueKey: "OWNER#ann",
      queueOrder: `1#${job.id}`,
      openShards: 3,
      seedSetOwner: "ann",
    });
  });

  test("preserves $5,000.00 and a million records in every field", async () => {
    const job = await givenJob(world, "ann", { recordCount: 1_000_000, budgetNanos: 5_000_000_000_000 });
    expect(job.budgetNanos).toBe(5_000_000_000_000);
    expect(job.progress).toHaveLength(80);
    expect(job.progress.reduce((sum: number, shard: any) => sum + shard.recordCount, 0)).toBe(1_000_000);
  });

  test("returns the earlier job for the same token and input, and creates no second one", async () => {
    const input = await inputFor(world, "ann");
    const first = (await world.ask("ann", CREATE_JOB, { input })).createJob;
    const rows = (await world.all("Jobs")).length;
    expect((await world.ask("ann", CREATE_JOB, { input })).createJob.id).toBe(first.id);
    expect(await world.all("Jobs")).toHaveLength(rows);
  });

  test("returns the earlier job even when template and seeds are gone", async () => {
    const input = await inputFor(world, "ann", { seedSetId: await givenSeedSet(world, "ann", "gone-later") });
    const first = (await world.ask("ann", CREATE_JOB, { input })).createJob;
    await change(world, first.id, { status: "COMPLETED" });
    await world.ask("ann", `mutation { deleteSeedSet(id: "gone-later") { id } }`);
    expect((await world.ask("ann", CREATE_JOB, { input })).createJob.id).toBe(first.id);
  });

  test("rejects the same token with different input", async () => {
    const input = await inputFor(world, "ann");
    await world.ask("ann", CREATE_JOB, { input });
    expect(await world.refusal("ann", CREATE_JOB, { input: { ...input, recordCount: 7 } })).toMatch(
      /^Conflict: This client token started a job/,
    );
  });

  test("returns the earlier job when a duplicate is written during the check, and rejects one with different input", async () => {
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

  test("writes nothing when the seed set is deleted while the job is being checked", async () => {
    const seedSetId = await givenSeedSet(world, "ann", "goes-away");
    const input = await inputFor(world, "ann", { seedSetId });
    const rows = (await world.all("Jobs")).length;
    world.after("checkJob", async () =>
      world.put("SeedSets", { ...(await world.row("SeedSets", { pk: "SEEDS#goes-away", sk: "SEEDS" })), owner: "bob" }),
    );
    expect(await world.refusal("ann", CREATE_JOB, { input })).toBe("NotFound: There is no seed set with that id.");
    expect(await world.all("Jobs")).toHaveLength(rows);
  });

  test("creates one job for ten concurrent requests with one token", async () => {
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

  test("accepts a fine-tuning format if the template maps it, and rejects it otherwise", async () => {
    const mapped = `${TEMPLATE}training: { alpaca: { instruction: question, output: question } }\n`;
    const templateId = await givenTemplate(world, "ann", mapped);
    const input = await inputFor(world, "ann", { templateId, formats: ["ALPACA", "JSONL_GZ"] });
    const { createJob } = await world.ask("ann", CREATE_JOB, { input });
    expect(createJob.formats).toEqual(["ALPACA", "JSONL_GZ"]);
    const { getTemplate } = await world.ask(
      "ann",
      "query ($id: ID!) { getTemplate(id: $id) { analysis { trainingFormats } } }",
      { id: templateId },
    );
    expect(getTemplate.analysis.trainingFormats).toEqual(["ALPACA"]);
    const other = await inputFor(world, "ann", { templateId, formats: ["MESSAGES"] });
    expect(await world.refusal("ann", CREATE_JOB, { input: other })).toMatch(
      /^BadInput: The format "messages" needs "training.messages", which the template/,
    );
  });

  test.each([
    [undefined, 20],
    [null, 20],
    [0, 0],
    [100, 100],
  ])("with maxFailedPercent %s tolerates %i% failed records", async (maxFailedPercent, allowed) => {
    const { createJob } = await world.ask(
      "ann",
      "mutation ($input: CreateJobInput!) { createJob(input: $input) { id maxFailedPercent } }",
      { input: await inputFor(world, "ann", { maxFailedPercent }) },
    );
    expect(createJob.maxFailedPercent).toBe(allowed);
    expect(await jobRow(world, createJob.id)).toMatchObject({
      maxFailedPercent: allowed,
    });
  });

  test("stores the split of the dataset", async () => {
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
      "BadInput: The split must be three whole percentages, for train, validation and test, that add up to 100, not 80, 10, 20.",
    ],
    [{ maxFailedPercent: 101 }, "BadInput: The failure tolerance must be a whole percentage from 0 to 100, not 101."],
    [{ recordCount: 0 }, "BadInput: The number of records must be a whole number from 1 to 1,000,000, not 0."],
    [{ budgetNanos: 0 }, "BadInput: The budget must be more than $0 and at most $5,000.00, not $0.00."],
    [
      { budgetNanos: 1 },
      "BadInput: The budget of $0.000000001 is less than one record can cost ($0.00007); raise it, or lower maxTokens or maxPromptBytes in the template.",
    ],
    [{ name: " " }, "BadInput: The job's name must have 1 to 100 characters; this one has 0."],
    [
      { formats: [] },
      "BadInput: At least one format is required; choose from jsonl, jsonl_gz, csv, csv_excel, parquet, messages, sharegpt, alpaca, preference, prompt_completion and bedrock.",
    ],
    [{ clientToken: "short" }, "BadInput: The client token must have 8 to 64 characters, but it has 5."],
    [{ templateVersion: 9 }, 'NotFound: The template "Film questions" has no version 9; it has versions 1 to 1.'],
    [{ templateId: MADE_UP }, "NotFound: There is no template with that id."],
    [{ seedSetId: MADE_UP }, "NotFound: There is no seed set with that id."],
    [{ seedSetId: "x".repeat(5_000) }, "NotFound: There is no seed set with that id."],
  ])("writes nothing when the input is invalid, case %#", async (changes, sentence) => {
    const input = await inputFor(world, "ann", changes);
    const rows = (await world.all("Jobs")).length;
    expect(await world.refusal("ann", CREATE_JOB, { input })).toBe(sentence);
    expect(await world.all("Jobs")).toHaveLength(rows);
  });

  test("rejects what a model refuses in a template that was saved before that was checked", async () => {
    const input = await inputFor(world, "ann");
    const version = await world.row("Templates", templateVersionKey(String(input.templateId), 1));
    const model = "model: us.anthropic.claude-haiku-4-5-20251001-v1:0\n    temperature: 1\n    topP: 1";
    await world.put("Templates", { ...version, source: version.source.replace("tier: economy", model) });
    const rows = (await world.all("Jobs")).length;
    expect(await world.refusal("ann", CREATE_JOB, { input })).toMatch(
      /^BadInput: Step "question" sets both temperature and topP, but Claude Haiku 4\.5 \(US\) .+ \(line 7, column 11\)/,
    );
    expect(await world.all("Jobs")).toHaveLength(rows);
  });

  test("rejects seeds without a field that the template reads, naming both", async () => {
    const seedSetId = await givenSeedSet(world, "ann", "no-title", ["Name", "Year"]);
    const sentence = await world.refusal("ann", CREATE_JOB, { input: await inputFor(world, "ann", { seedSetId }) });
    expect(sentence).toBe(
      'BadInput: Template "Film questions" step "question" reads movie.Title; the collection "movies" has no "Title" (it has Name, Year).',
    );
  });

  test("responds to another person's template and seed set as if they did not exist", async () => {
    const templateId = await givenTemplate(world, "bob");
    const seedSetId = await givenSeedSet(world, "bob", "bobs");
    expect(await world.refusal("ann", CREATE_JOB, { input: await inputFor(world, "ann", { templateId }) })).toBe(
      "NotFound: There is no template with that id.",
    );
    expect(await world.refusal("ann", CREATE_JOB, { input: await inputFor(world, "ann", { seedSetId }) })).toBe(
      "NotFound: There is no seed set with that id.",
    );
  });

  test("pins everything about the template: its source, includes, tier models and parameters", async () => {
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
    const { getJob } = await world.ask("ann", GET_JOB, { id: job.id });
    expect(JSON.parse(getJob.parameters)).toEqual({ audience: "expert", n: 1 });
  });

  test.each<[string, string]>([
    ['{"mood":"calm"}', 'The template "Film questions" has no parameter "mood" (it has audience, n, note).'],
    ['{"audience":"child"}', 'The parameter "audience" must be one of "general", "expert", not "child".'],
    ['{"n":"many"}', 'The parameter "n" must be a number like its default 1, not "many".'],
    ["[1]", "The parameters must be a JSON object of values by name, not [1]."],
    [
      JSON.stringify({ note: "x".repeat(10_000) }),
      "The parameters have 10038 bytes as JSON, but at most 10000 are allowed; shorten them.",
    ],
  ])("rejects parameters that the template does not allow, case %#", async (parameters, sentence) => {
    const source = `parameters: { audience: { values: [general, expert], default: general }, n: { default: 1 }, note: { default: none } }\n${TEMPLATE}`;
    const input = await inputFor(world, "ann", { templateId: await givenTemplate(world, "ann", source), parameters });
    expect(await world.refusal("ann", CREATE_JOB, { input })).toBe(`BadInput: ${sentence}`);
  });

  test("treats other parameters under the same token as different input", async () => {
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
  ])("rejects a model that is not available in the region: %s", async (model, id) => {
    const templateId = await givenTemplate(world, "ann", TEMPLATE.replace("tier: economy", model));
    expect(await world.refusal("ann", CREATE_JOB, { input: await inputFor(world, "ann", { templateId }) })).toBe(
      `BadInput: Template "Film questions" step "question" uses the model "${id}", which is not available in us-east-1; use a tier or an available model.`,
    );
  });

  test("rejects a library, which has nothing to run", async () => {
    const templateId = await givenTemplate(world, "ann", "name: Styles\npartials: { calm: Write calmly. }\n");
    expect(await world.refusal("ann", CREATE_JOB, { input: await inputFor(world, "ann", { templateId }) })).toBe(
      'BadInput: The template "Styles" is a library of partials without steps to run; choose a template with steps and include the library there.',
    );
  });

  test("accepts only published versions of someone else's template, and none once it is unpublished", async () => {
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
    ).toBe("NotFound: The template has no published version 2; published versions: 1.");
    const input = await inputFor(world, "ann", { templateId });
    const jobs = (await world.all("Jobs")).length;
    // Unpublished between the check and the write.
    world.after("checkJob", () => world.ask("bob", WITHDRAW, { id: templateId }));
    const sentence = "NotFound: There is no template with that id.";
    expect(await world.refusal("ann", CREATE_JOB, { input })).toBe(sentence);
    expect(await world.refusal("ann", CREATE_JOB, { input })).toBe(sentence);
    expect(await world.all("Jobs")).toHaveLength(jobs);
  });

  test("accepts a sample's seeds, and stores their owner", async () => {
    const job = await givenJob(world, "ann", { seedSetId: await givenSeedSet(world, "samples", "sample-films") });
    expect(await jobRow(world, job.id)).toMatchObject({ seedSetOwner: "samples" });
  });

  test("succeeds even when the dispatcher cannot start anything", async () => {
    world.fleet.mood = "denies";
    expect((await givenJob(world, "ann")).status).toBe("QUEUED");
  });
});

describe("partitions", () => {
  test("are stored with the job and are part of the input behind a client token", async () => {
    const partitionBy = [{ column: "question", transform: "IDENTITY" }];
    const input = await inputFor(world, "ann", { partitionBy });
    const { createJob } = await world.ask("ann", CREATE_JOB, { input });
    expect(createJob.partitionBy).toEqual(partitionBy);
    const other = { ...input, partitionBy: [{ column: "question", transform: "YEAR" }] };
    expect(await world.refusal("ann", CREATE_JOB, { input: other })).toMatch(/^Conflict/);
  });

  test.each([
    [[], "1 to 3 columns, not 0"],
    [[{ column: "id", transform: "IDENTITY" }], "which is unique to each record"],
    [[{ column: "genre", transform: "IDENTITY" }], 'no column "genre" to partition by; choose from question.'],
    [[1, 2].map(() => ({ column: "question", transform: "DAY" })), "by a column only once"],
  ])("by %j are refused", async (partitionBy, words) => {
    const input = await inputFor(world, "ann", { partitionBy });
    expect(await world.refusal("ann", CREATE_JOB, { input })).toContain(words);
  });
});
