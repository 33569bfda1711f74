/** Larger budgets, more records and retries, on the deployed stacks, while tasks run and after they have ended. */
import { randomUUID } from "node:crypto";
import { openApi, type Api } from "../../cli/api.ts";
import { followJob, type JobSummary } from "../../cli/job-watch.ts";
import { saveTemplate } from "../../cli/api-calls.ts";
import { priceOf } from "../../core/money/money.ts";
import { findModel } from "../../core/models/models.ts";
import { modelCalls, startProduct, until, type Product } from "./product.ts";

const SEEDS = "natural-wonders";
const PRAISE = `name: Praise
steps:
  - id: say
    tier: economy
    maxTokens: 60
    maxPromptBytes: 500
    prompt: Praise <%= it.seed.name %> in one sentence.
`;
/** Half of the responses are not JSON, none is repaired, and no record is attempted twice. */
const BRITTLE = `maxAttempts: 1
${PRAISE.replace("Praise", "Brittle")}    repairs: 0
    output: { type: json, schema: { type: object, properties: { praise: { type: string } }, required: [praise] } }
record: { praise: it.steps.say.output.praise }
`;

let product: Product;
let api: Api;
beforeAll(async () => {
  product = await startProduct({ model: { latencyMs: 60, badJsonRate: 0.5 } });
  api = await openApi(product.outputs, product.outputs.demoUser);
}, 60_000);
afterAll(async () => {
  api?.close();
  await product?.end();
});

test("a running job takes a larger budget and more records, and more records again once it has completed", async () => {
  const templateId = await saveTemplate(api, { name: "Praise", source: PRAISE });
  // Covers only part of the first thousand.
  const id = await createJob(templateId, { recordCount: 1_000, budgetNanos: 4_000_000, taskSize: "MEDIUM" });
  const seen = new Set<string>();
  await until("some records", async () => (await modelCalls(product.data)).length > 30);
  expect(product.cloud.tasks.list()).toEqual(
    expect.arrayContaining([expect.objectContaining({ lastStatus: "RUNNING" })]),
  );
  await act("raiseBudget", "$budget: Float!", "budgetNanos: $budget", { id, budget: 1_000_000_000 });
  await act("extendJob", "$count: Int!", "recordCount: $count", { id, count: 1_400 });
  const first = await follow(id, ({ status }) => seen.add(status));
  expect([...seen]).not.toContain("BUDGET_EXCEEDED");
  expect(first).toMatchObject({ status: "COMPLETED", delivered: 1_400, failed: 0, requested: 1_400 });
  const firstIds = await idsOf(id);

  await act("extendJob", "$count: Int!", "recordCount: $count", { id, count: 1_600 });
  const last = await follow(id);
  expect(last).toMatchObject({ status: "COMPLETED", delivered: 1_600, failed: 0, requested: 1_600 });
  const ids = await idsOf(id);
  expect(new Set(ids).size).toBe(1_600);
  expect(ids.slice(0, 1_400)).toEqual(firstIds);
  const calls = await modelCalls(product.data);
  expect(calls).toHaveLength(1_600);
  expect(last.spentNanos).toBe(costOf(calls));
  expect(last.writtenOffNanos).toBe(0);
}, 120_000);

test("failed records are retried until delivered, and nothing else is regenerated", async () => {
  const templateId = await saveTemplate(api, { name: "Brittle", source: BRITTLE });
  const before = (await modelCalls(product.data)).length;
  const id = await createJob(templateId, { recordCount: 60, maxFailedPercent: 100 });
  let job = await follow(id);
  expect(job.status).toBe("COMPLETED");
  expect(job.failed).toBeGreaterThan(0);
  const made = await idsOf(id);
  expect(made).toHaveLength(60 - job.failed);
  for (let tries = 0; job.failed > 0 && tries < 12; tries += 1) {
    const { length } = await modelCalls(product.data);
    const { failed } = job;
    await act("retryFailed", "", "", { id });
    job = await follow(id);
    // One attempt per failed record, and no call for any other.
    expect((await modelCalls(product.data)).length - length).toBe(failed);
  }
  expect(job).toMatchObject({ status: "COMPLETED", delivered: 60, failed: 0 });
  const ids = await idsOf(id);
  expect(new Set(ids).size).toBe(60);
  for (const one of made) expect(ids).toContain(one);
  expect(job.spentNanos).toBe(costOf((await modelCalls(product.data)).slice(before)));
}, 120_000);

async function createJob(templateId: string, wishes: object): Promise<string> {
  const input = {
    ...{ name: "Going on", templateId, seedSetId: SEEDS, budgetNanos: 1_000_000_000 },
    ...{ formats: ["JSONL"], clientToken: randomUUID(), ...wishes },
  };
  const answer = await api.call<{ createJob: { id: string } }>(
    "mutation($input: CreateJobInput!) { createJob(input: $input) { id } }",
    { input },
  );
  return answer.createJob.id;
}

async function act(name: string, variable: string, argument: string, variables: object): Promise<void> {
  await api.call(`mutation($id: ID! ${variable}) { ${name}(id: $id ${argument}) { id } }`, { ...variables });
}

function follow(id: string, onFacts: (facts: JobSummary) => void = () => undefined): Promise<JobSummary> {
  return followJob(api, id, AbortSignal.timeout(100_000), onFacts);
}

async function idsOf(id: string): Promise<string[]> {
  const { getDownload } = await api.call<{ getDownload: { url: string } }>(
    'query($id: ID!) { getDownload(jobId: $id, file: "dataset.jsonl") { url } }',
    { id },
  );
  const text = await (await fetch(getDownload.url)).text();
  const lines = text.split("\n").filter(Boolean);
  return lines.map((line) => (JSON.parse(line) as { id: string }).id);
}

function costOf(calls: Awaited<ReturnType<typeof modelCalls>>): number {
  return calls.reduce((sum, { modelId, inputTokens, outputTokens }) => {
    const model = findModel(modelId);
    if (!model) throw new Error(`No price is known for ${modelId}.`);
    return sum + priceOf(model, inputTokens, outputTokens);
  }, 0);
}
