import { CREATE_JOB, givenJob, givenSeedSet, givenTemplate, inputFor, TEMPLATE } from "./given.ts";
import { givenSeeds } from "./given-seeds.ts";
import { SampleModels } from "./sample-models.ts";
import { startWorld, type World } from "./world.ts";

const ESTIMATE = "estimate { lowNanos likelyNanos highNanos recordCount basis basisRecords }";
const ASK = `query ($input: EstimateJobInput!) { estimateJob(input: $input) { ${ESTIMATE} maxAttemptCostNanos advice } }`;
const TRY = "mutation ($input: StartTestRunInput!) { startTestRun(input: $input) { id } }";
const GET_TRY = "query ($id: ID!) { getTestRun(id: $id) { status spentNanos records { costNanos } } }";
const GET_JOB = `query ($id: ID!) { getJob(id: $id) { ${ESTIMATE} } }`;

const models = new SampleModels();
let world: World;
beforeAll(async () => {
  world = await startWorld();
  await models.start();
  await givenSeeds(world, "ann", "films");
  await givenSeeds(world, "bob", "films-of-bob");
});
afterAll(async () => {
  await world.stop();
  await models.stop();
});

let titles = 0;
/** A unique source, so that other tests' test runs are no samples of it. */
const aTemplate = (more = "") => TEMPLATE.replace("Film questions", `Film questions ${(titles += 1)}`) + more;

async function estimated(source: string, changes: object = {}, person = "ann"): Promise<any> {
  const templateId = await givenTemplate(world, person, source);
  const input = { templateId, seedSetId: person === "ann" ? "films" : "films-of-bob", recordCount: 1_000, ...changes };
  return (await world.ask(person, ASK, { input })).estimateJob;
}

let tokens = 0;
async function tried(source: string, recordCount: number, person = "ann"): Promise<any> {
  const seedSetId = person === "ann" ? "films" : "films-of-bob";
  const clientToken = `test-run-to-estimate-${(tokens += 1)}`;
  const input = { source, seedSetId, recordCount, budgetNanos: 100_000_000, clientToken };
  const { id } = (await world.ask(person, TRY, { input })).startTestRun;
  await world.settled();
  const { getTestRun } = await world.ask(person, GET_TRY, { id });
  expect(getTestRun.status).toBe("COMPLETED");
  return getTestRun;
}

const refusal = async (changes: object) =>
  world.refusal("ann", ASK, {
    input: { templateId: await givenTemplate(world, "ann"), seedSetId: "films", recordCount: 10, ...changes },
  });

describe("without any test run", () => {
  test("the prompts of five records give the range, which stays below the maximum cost", async () => {
    const { estimate, maxAttemptCostNanos, advice } = await estimated(aTemplate());
    expect(estimate).toMatchObject({ recordCount: 1_000, basis: "PROMPTS", basisRecords: 5 });
    // About 37 bytes are 9 tokens at 35 nano-dollars; two fifths of 100 output tokens at 140 nano-dollars are expected.
    expect(estimate.likelyNanos / 1_000).toBeGreaterThan(9 * 35 + 40 * 140 - 70);
    expect(estimate.likelyNanos / 1_000).toBeLessThan(9 * 35 + 40 * 140 + 70);
    expect(estimate.lowNanos).toBeLessThan(estimate.likelyNanos / 2);
    expect(estimate.highNanos).toBeGreaterThan(estimate.likelyNanos * 2);
    expect(estimate.highNanos).toBeLessThan(1_000 * maxAttemptCostNanos);
    expect(advice).toBeNull();
  });

  test("longer seeds cost more, and a job of two records is estimated from two", async () => {
    await givenSeeds(world, "ann", "long-films", { movies: [{ Title: "Long ".repeat(100) }, { Title: "Longer" }] });
    const source = aTemplate();
    const short = await estimated(source);
    const long = await estimated(source, { seedSetId: "long-films", recordCount: 2 });
    expect(long.estimate).toMatchObject({ basisRecords: 2, recordCount: 2 });
    expect(long.estimate.likelyNanos / 2).toBeGreaterThan(short.estimate.likelyNanos / 1_000 + 60 * 35);
  });

  test("parameters count as rendered in the prompts", async () => {
    const source = aTemplate("parameters: { tone: { default: calm } }\n").replace("Ask one", "<%= it.tone %> Ask one");
    const calm = await estimated(source);
    const wordy = await estimated(source, { parameters: JSON.stringify({ tone: "very ".repeat(80) }) });
    expect(wordy.estimate.likelyNanos - calm.estimate.likelyNanos).toBeGreaterThan(1_000 * 90 * 35);
  });

  test("a step whose condition depends on an answer counts, although placeholders do not meet it", async () => {
    const source = (when: string) =>
      aTemplate(
        `  - { id: more, tier: economy, when: '${when}', prompt: '${"Say more. ".repeat(80)}', maxTokens: 100, maxPromptBytes: 1000 }\n`,
      );
    const never = await estimated(source("it.movie.Title.length > 99"));
    const maybe = await estimated(source("it.steps.question.output.length > 9999"));
    expect(maybe.estimate.lowNanos).toBe(never.estimate.lowNanos);
    // 800 bytes are 200 tokens, and two fifths of 100 output tokens are expected, in half of the records.
    const more = (1_000 * (200 * 35 + 40 * 140)) / 2;
    expect((maybe.estimate.likelyNanos - never.estimate.likelyNanos) / more).toBeCloseTo(1, 1);
  });

  test("a prompt that needs a real answer cannot be rendered, and there is no estimate", async () => {
    const source = aTemplate(
      "  - { id: more, tier: economy, prompt: '<%= JSON.parse(it.steps.question.output).x %>', maxTokens: 9, maxPromptBytes: 900 }\n",
    );
    expect(await estimated(source, { budgetNanos: 5 })).toMatchObject({ estimate: null, advice: null });
  });

  test.each([
    [
      10_000_000_000,
      /^The budget of \$10.00 covers even the high estimate, unless many records take several attempts\.$/,
    ],
    [100, /^The budget of \$0.0000001 is less than one record can cost \(\$0.00007\): the job cannot start\.$/],
  ])("says whether a budget of %d suffices, even if it does not cover one record", async (budgetNanos, words) => {
    expect((await estimated(aTemplate(), { budgetNanos })).advice).toMatch(words);
  });
});

describe("after a test run", () => {
  test("its records give the range: their mean, narrowed by each further test run", async () => {
    const source = aTemplate();
    const first = await tried(source, 2);
    const one = (await estimated(source)).estimate;
    expect(one).toMatchObject({ basis: "TEST_RUNS", basisRecords: 2, likelyNanos: Math.round(first.spentNanos * 500) });
    const second = await tried(source, 8);
    const both = (await estimated(source)).estimate;
    const likelyNanos = Math.round((first.spentNanos + second.spentNanos) * 100);
    expect(both).toMatchObject({ basis: "TEST_RUNS", basisRecords: 10, likelyNanos });
    const width = (estimate: any) => (estimate.highNanos - estimate.lowNanos) / estimate.likelyNanos;
    expect(width(both)).toBeLessThan(width(one));
  });

  test("another source, or another person's estimate of the same one, is based on prompts", async () => {
    const source = aTemplate();
    await tried(source, 1);
    expect((await estimated(source)).estimate.basis).toBe("TEST_RUNS");
    expect((await estimated(aTemplate())).estimate.basis).toBe("PROMPTS");
    expect((await estimated(source, {}, "bob")).estimate.basis).toBe("PROMPTS");
  });

  test("failed records count with what they cost", async () => {
    models.set({ refusalRate: 1 });
    const source = aTemplate();
    const { spentNanos } = await tried(source, 2).finally(() => models.set({}));
    expect((await estimated(source)).estimate).toMatchObject({ basis: "TEST_RUNS", likelyNanos: spentNanos * 500 });
  });

  test("answers that a job would retry count as often as it would retry them", async () => {
    models.set({ badJsonRate: 1 });
    const schema = "{ type: object, properties: { a: { type: string } }, required: [a], additionalProperties: false }";
    const source = aTemplate(`    repairs: 0\n    output: { type: json, schema: ${schema} }\n`);
    const { spentNanos } = await tried(source, 2).finally(() => models.set({}));
    expect(spentNanos).toBeGreaterThan(0);
    expect((await estimated(source)).estimate).toMatchObject({ basis: "TEST_RUNS", likelyNanos: 3 * spentNanos * 500 });
  });

  test("records that accept rejects count as often as a job would regenerate them, ten times at most", async () => {
    const source = `${aTemplate()}\naccept: it.movie === 0\n`;
    const { spentNanos } = await tried(source, 2);
    expect((await estimated(source)).estimate).toMatchObject({
      basis: "TEST_RUNS",
      likelyNanos: 10 * spentNanos * 500,
    });
  });

  test("its cost sample expires 90 days after the last test run", async () => {
    const source = aTemplate();
    await tried(source, 1);
    const samples = (await world.all("Jobs")).filter(({ sk }) => sk === "SAMPLE");
    const days = samples.map(({ expiresAt }) => (expiresAt - Date.now() / 1000) / 86_400);
    expect(samples.length).toBeGreaterThan(0);
    for (const left of days) expect(left).toBeCloseTo(90, 1);
  });
});

describe("a job", () => {
  test("keeps the estimate from its creation", async () => {
    const source = aTemplate();
    const templateId = await givenTemplate(world, "ann", source);
    const input = await inputFor(world, "ann", { templateId, seedSetId: "films", recordCount: 40 });
    const { id } = (await world.ask("ann", CREATE_JOB, { input })).createJob;
    const before = await estimated(source, { recordCount: 40 });
    await tried(source, 1);
    const { getJob } = await world.ask("ann", GET_JOB, { id });
    expect(getJob.estimate).toEqual(before.estimate);
    expect(getJob.estimate.basis).toBe("PROMPTS");
  });

  test("is created without one when its cost cannot be estimated: here the seeds' blocks are gone", async () => {
    const seedSetId = await givenSeedSet(world, "ann", "films-without-blocks");
    const { id } = await givenJob(world, "ann", { seedSetId });
    expect((await world.ask("ann", GET_JOB, { id })).getJob.estimate).toBeNull();
  });
});

describe("rejects, with the messages of createJob,", () => {
  test.each<[string, object, string | RegExp]>([
    ["no records", { recordCount: 0 }, /^BadInput: The number of records must be a whole number from 1 to 1,000,000/],
    [
      "parameters it has not",
      { parameters: '{"x":1}' },
      /^BadInput: The template "Film questions" has no parameter "x"/,
    ],
    ["a version that is not there", { templateVersion: 9 }, /^NotFound: /],
    ["seeds that are not there", { seedSetId: "none" }, "NotFound: There is no seed set with that id."],
  ])("%s", async (_, changes, words) => {
    const said = await refusal(changes);
    if (typeof words === "string") expect(said).toBe(words);
    else expect(said).toMatch(words);
  });

  test("seeds that do not fit", async () => {
    await givenSeeds(world, "ann", "people", { movies: [{ Name: "Ann" }] });
    expect(await refusal({ seedSetId: "people" })).toMatch(/^BadInput: .*Title/);
  });
});
