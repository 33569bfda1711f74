/** A tour of everything a user can do through the API: IAM must allow exactly what the tour needs. */
import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openApi, type Api } from "../../cli/api.ts";
import { followJob, type JobSummary } from "../../cli/job-watch.ts";
import {
  keepFittingSeeds,
  pauseJob,
  resumeJob,
  saveTemplate,
  uploadSeeds,
  type SeedFile,
} from "../../cli/api-calls.ts";
import { modelCalls, until, type Product } from "./product.ts";

const SWEEP_MS = 60_000;
const TASK_AGE_MS = 61_000;
const SAMPLE = { templateId: "questions-and-answers", seedSetId: "natural-wonders" };

/** S3 archives after three days, at the following midnight. */
const UNTIL_ARCHIVED_MS = 4 * 86_400_000;

/** @param product one whose datasets must be restored from the archive */
export async function tour(product: Product): Promise<void> {
  const api = await openApi(product.outputs, product.outputs.demoUser);
  let done: string;
  try {
    await readEverything(api);
    const own = await bringOwn(api, product);
    await writeAndShare(api);
    await estimated(api, "PROMPTS");
    await testRunAndGenerate(api);
    done = await jobToCompletion(api);
    await snapshotAndPartitions(api, product);
    await budgetReachedAndRaised(api);
    await raisedExtendedPrioritized(api, product);
    await pausedInterruptedResumed(api, product, own);
    await canceledAndDeleted(api, product);
  } finally {
    api.close();
  }
  await archivedAndRestored(product, done);
}

async function readEverything(api: Api): Promise<void> {
  await api.call(`{ listModels { id } listJobs { items { id } } listJobsQueued: listJobs(status: QUEUED) { items { id } }
    listTemplates { items { id } } listSampleTemplates { items { id } } listSeedSets { items { id } } listSampleSeedSets { items { id } } }`);
  await api.call(`{ getTemplate(id: "poems") { source } getSeedSet(id: "places") { name } }`);
}

const TOWNS = `name: Tour of towns
tags: [tour]
category: praise
partials: { praise: "Praise <%= it.name %> in one sentence." }
steps: [{ id: say, tier: economy, maxTokens: 60, maxPromptBytes: 500, prompt: '<%~ include("praise", { name: it.seed.name }) %>' }]
`;

/** The life of a template: checked, rendered, saved, restored, published, found, copied, unpublished, deleted. */
async function writeAndShare(api: Api): Promise<void> {
  const { checkTemplate } = await api.call<{ checkTemplate: { problems: { line: number }[] } }>(
    "query($source: String!) { checkTemplate(source: $source) { problems { message line } analysis { maxAttemptCost { calls } } } }",
    { source: TOWNS.replace("it.seed.name", "it.town.name") },
  );
  if (checkTemplate.problems[0]?.line !== 5) throw new Error(`Problem not found: ${JSON.stringify(checkTemplate)}`);
  await renderFirst(api, null);
  await renderFirst(api, SAMPLE.seedSetId);
  const id = await save(api, { source: TOWNS });
  await save(api, { id, source: `${TOWNS}description: Second.\n`, basedOnVersion: 1 });
  const late = await save(api, { id, source: TOWNS, basedOnVersion: 1 }).catch((error: Error) => error);
  if (!(late instanceof Error)) throw new Error("A save over a newer version was not rejected.");
  await api.call("mutation($id: ID!) { restoreTemplate(id: $id, version: 1) { version } }", { id });
  await api.call("mutation($id: ID!) { publishTemplate(id: $id) { publishedAt } }", { id });
  await api.call(`query($id: ID!) { listTemplateVersions(id: $id) { items { version isPublished } } }`, { id });
  await api.call(`{ text: searchTemplates(text: "tour tow") { items { id } } all: searchTemplates { items { id } }
    tag: searchTemplates(tag: "tour") { items { id } } category: searchTemplates(category: "praise") { items { id } } }`);
  const { forkTemplate } = await api.call<{ forkTemplate: { id: string } }>(
    "mutation($id: ID!) { forkTemplate(id: $id) { id forkedFrom { id version name } } }",
    { id },
  );
  const including = TOWNS.replace(/partials: .*\n/, "").replace('"praise"', `"${id}@3/praise"`);
  const other = await save(api, { source: including.replace("Tour of towns", "Includes another") });
  await api.call("query($id: ID!) { getTemplate(id: $id) { analysis { includes } forkedFrom { name } } }", {
    id: other,
  });
  await withBundledTexts(api, including, other);
  await api.call("mutation($id: ID!) { unpublishTemplate(id: $id) { publishedAt } }", { id });
  for (const own of [id, forkTemplate.id, other])
    await api.call("mutation($id: ID!) { deleteTemplate(id: $id) { id } }", { id: own });
}

/** The texts a template's versions include from others are available wherever a draft of it is checked. */
async function withBundledTexts(api: Api, source: string, templateId: string): Promise<void> {
  await api.call(
    "query($source: String!, $id: ID) { checkTemplate(source: $source, id: $id) { problems { message } } }",
    {
      source,
      id: templateId,
    },
  );
  const input = {
    name: "Towns bundled",
    source,
    templateId,
    itemCount: 1,
    budgetNanos: 50_000_000,
    clientToken: randomUUID(),
  };
  await api.call("mutation($input: GenerateSeedsInput!) { generateSeeds(input: $input) { id } }", { input });
}

async function renderFirst(api: Api, seedSetId: string | null): Promise<void> {
  const { renderTemplate } = await api.call<{ renderTemplate: { problems: object[]; steps: object[] } }>(
    "query($input: RenderTemplateInput!) { renderTemplate(input: $input) { problems { message } steps { turns { text } } } }",
    { input: { source: TOWNS, seedSetId, recordNo: 3 } },
  );
  if (renderTemplate.steps.length !== 1) throw new Error(`Nothing was rendered: ${JSON.stringify(renderTemplate)}`);
}

async function save(api: Api, input: { id?: string; source: string; basedOnVersion?: number }): Promise<string> {
  const { saveTemplate: saved } = await api.call<{ saveTemplate: { id: string } }>(
    "mutation($input: SaveTemplateInput!) { saveTemplate(input: $input) { id version } }",
    { input },
  );
  return saved.id;
}

/** The estimate of a job, before and after the template's test run. */
async function estimated(api: Api, basis: "TEST_RUNS" | "PROMPTS"): Promise<void> {
  const templateId = await save(api, { source: TOWNS });
  const { estimateJob } = await api.call<{ estimateJob: { estimate: { basis: string } | null; advice: string } }>(
    `query($input: EstimateJobInput!) { estimateJob(input: $input) {
      estimate { lowNanos likelyNanos highNanos basis basisRecords } maxAttemptCostNanos advice } }`,
    { input: { templateId, seedSetId: SAMPLE.seedSetId, recordCount: 100, budgetNanos: 1_000_000 } },
  );
  if (estimateJob.estimate?.basis !== basis || !estimateJob.advice)
    throw new Error(`Expected an estimate from ${basis}, got ${JSON.stringify(estimateJob)}`);
  await api.call("mutation($id: ID!) { deleteTemplate(id: $id) { id } }", { id: templateId });
}

/** Ad hoc spending: a test run and generated seeds, both within their budgets and metered. */
async function testRunAndGenerate(api: Api): Promise<void> {
  const request = { source: TOWNS, budgetNanos: 50_000_000, clientToken: randomUUID() };
  const { startTestRun } = await api.call<{ startTestRun: { id: string } }>(
    "mutation($input: StartTestRunInput!) { startTestRun(input: $input) { id } }",
    { input: { ...request, seedSetId: SAMPLE.seedSetId, recordCount: 2 } },
  );
  await until("the test run to complete", async () => {
    const { getTestRun } = await api.call<{ getTestRun: { status: string; statusReason: string | null } }>(
      "query($id: ID!) { getTestRun(id: $id) { status statusReason records { calls { answer } } } }",
      startTestRun,
    );
    if (getTestRun.status === "FAILED") throw new Error(`The test run failed: ${getTestRun.statusReason}`);
    return getTestRun.status === "COMPLETED";
  });
  await estimated(api, "TEST_RUNS");
  const { generateSeeds } = await api.call<{ generateSeeds: { id: string } }>(
    "mutation($input: GenerateSeedsInput!) { generateSeeds(input: $input) { id } }",
    { input: { ...request, name: "Generated towns", itemCount: 5, clientToken: randomUUID() } },
  );
  await until("the seeds to be generated", async () => {
    const { getSeedSet } = await api.call<{ getSeedSet: { status: string; statusReason: string | null } }>(
      "query($id: ID!) { getSeedSet(id: $id) { status statusReason } }",
      generateSeeds,
    );
    if (getSeedSet.status === "REFUSED") throw new Error(`No seeds were generated: ${getSeedSet.statusReason}`);
    return getSeedSet.status === "READY";
  });
  await api.call(
    `query($id: ID!) { all: listSeedItems(seedSetId: $id, collection: "seeds") { items { json } }
      some: listSeedItems(seedSetId: $id, collection: "seeds", text: "e") { items { position } } }`,
    generateSeeds,
  );
  const { listAdHocSpending } = await api.call<{
    listAdHocSpending: { items: { testRunsNanos: number; generatedSeedsNanos: number }[] };
  }>("{ listAdHocSpending { items { day testRunsNanos generatedSeedsNanos } } }");
  const [today] = listAdHocSpending.items;
  if (!today?.testRunsNanos || !today.generatedSeedsNanos)
    throw new Error(`Not metered: ${JSON.stringify(listAdHocSpending)}`);
}

/** A template saved twice, and uploaded seeds. */
async function bringOwn(api: Api, { data }: Product): Promise<{ templateId: string; seedSetId: string }> {
  const folder = await mkdtemp(join(data, "tour-"));
  const seeds = join(folder, "towns.csv");
  await writeFile(seeds, "name,people\nBern,134000\nGraz,290000\nLecce,95000\n");
  const source =
    "name: Towns\nsteps: [{ id: say, tier: economy, maxTokens: 60, maxPromptBytes: 500, prompt: 'Praise <%= it.seed.name %> in one sentence.' }]\n";
  await saveTemplate(api, { name: "Towns", source });
  const templateId = await saveTemplate(api, { name: "Towns", source: `${source}category: praise\n` });
  const file = { collection: "seeds", path: seeds, bytes: (await readFile(seeds)).length };
  const seedSetId = await uploadSeeds(api, [file], new AbortController().signal);
  const spare = await uploadSeeds(api, [file], new AbortController().signal);
  await api.call("mutation($id: ID!) { deleteSeedSet(id: $id) { id } }", { id: spare });
  await keepFitting(api, { file, templateId });
  await confirmWithoutUpload(api);
  await uploadHalfBroken(api, folder);
  return { templateId, seedSetId };
}

/** Seeds that all fit are the same afterwards. */
async function keepFitting(api: Api, { file, templateId }: { file: SeedFile; templateId: string }): Promise<void> {
  const signal = new AbortController().signal;
  const seedSetId = await uploadSeeds(api, [file], signal);
  const id = await keepFittingSeeds(api, { seedSetId, templateId }, signal);
  await api.call("mutation($id: ID!) { deleteSeedSet(id: $id) { id } }", { id });
}

/** A file that never arrived is rejected; the check must distinguish it from one it may not read. */
async function confirmWithoutUpload(api: Api): Promise<void> {
  const input = { name: "Nothing", files: [{ fileName: "nothing.csv", bytes: 9 }] };
  const { createSeedSet } = await api.call<{ createSeedSet: { seedSet: { id: string } } }>(
    "mutation($input: CreateSeedSetInput!) { createSeedSet(input: $input) { seedSet { id } } }",
    { input },
  );
  const { id } = createSeedSet.seedSet;
  await api.call("mutation($id: ID!) { confirmSeedSet(id: $id) { id } }", { id });
  await until("the rejection", async () => {
    const { getSeedSet } = await api.call<{ getSeedSet: { status: string } }>(
      "query($id: ID!) { getSeedSet(id: $id) { status } }",
      { id },
    );
    return getSeedSet.status === "REFUSED";
  });
}

/** Long enough for a block to be stored before the invalid row; the block is removed again. */
async function uploadHalfBroken(api: Api, folder: string): Promise<void> {
  const path = join(folder, "broken.jsonl");
  const text = `${`{"name":"${"Bern ".repeat(100)}"}\n`.repeat(3_000)}42\n`;
  await writeFile(path, text);
  const broken = { collection: "seeds", path, bytes: text.length };
  const rejected = await uploadSeeds(api, [broken], new AbortController().signal).catch((error: Error) => error);
  if (!(rejected instanceof Error)) throw new Error("The broken file was accepted.");
}

async function jobToCompletion(api: Api): Promise<string> {
  const clientToken = randomUUID();
  const id = await createJob(api, { recordCount: 20, clientToken });
  if ((await createJob(api, { recordCount: 20, clientToken })) !== id)
    throw new Error("The same token created a second job.");
  const job = await follow(api, id);
  if (job.status !== "COMPLETED") throw new Error(`The job ended ${job.status}: ${job.statusReason}`);
  await accounted(api, job);
  const { getDownload } = await api.call<{ getDownload: { url: string } }>(
    'query($id: ID!) { getDownload(jobId: $id, file: "dataset.jsonl") { url } }',
    { id },
  );
  const rows = await (await fetch(getDownload.url)).text();
  if (rows.trim().split("\n").length !== 20) throw new Error(`The download has not 20 rows: ${rows.slice(0, 200)}`);
  return id;
}

/** Spending is reported to the nano-dollar by step and model, next to the estimate. */
async function accounted(api: Api, { id, spentNanos }: JobSummary): Promise<void> {
  const { getJob } = await api.call<{
    getJob: {
      estimate: object | null;
      progress: { spending: { costNanos: number }[]; workerMs: number; parts: number }[];
    };
  }>(
    `query($id: ID!) { getJob(id: $id) { estimate { likelyNanos }
      progress { workerMs parts spending { stepId modelId day calls inputTokens outputTokens costNanos } } } }`,
    { id },
  );
  const { progress } = getJob;
  const reported = progress.flatMap(({ spending }) => spending).reduce((sum, { costNanos }) => sum + costNanos, 0);
  const wasUsed = progress.some(({ workerMs, parts }) => workerMs > 0 && parts > 0);
  if (!getJob.estimate || reported !== spentNanos || !wasUsed)
    throw new Error(`Spent ${spentNanos}, but reported ${JSON.stringify(getJob)}`);
}

const NUMBERED = `${TOWNS}record: { say: it.steps.say.output, n: Math.floor(Math.random() * 1000) }\n`;

/** A snapshot of a paused job, and then its dataset in more partitions than the job's row lists. */
async function snapshotAndPartitions(api: Api, product: Product): Promise<void> {
  const templateId = await save(api, { source: NUMBERED });
  const partitionBy = [{ column: "n", transform: "IDENTITY" }];
  const id = await createJob(api, { templateId, recordCount: 1_500, partitionBy });
  await runningTask(product);
  await moreCalls(product);
  await pausedAtRest(api, product, id);
  await api.call("mutation($id: ID!) { takeSnapshot(id: $id) { snapshot { state } } }", { id });
  await until("the snapshot", async () => {
    const { getJob } = await api.call<{ getJob: { snapshot: { state: string; statusReason: string | null } } }>(
      "query($id: ID!) { getJob(id: $id) { snapshot { state statusReason } } }",
      { id },
    );
    if (getJob.snapshot.state === "FAILED") throw new Error(`No snapshot: ${getJob.snapshot.statusReason}`);
    return getJob.snapshot.state === "READY";
  });
  const taken = await download(api, id, "snapshot.jsonl");
  await resumeJob(api, id, undefined);
  const job = await follow(api, id);
  if (job.datasetFileCount < 100) throw new Error(`The dataset has ${job.datasetFileCount} files.`);
  const manifest = await download(api, id, "meta/files.jsonl");
  const unlisted = manifest.find(
    ({ name, format }) => format === "JSONL" && !job.datasetFiles.some((file) => file.name === name),
  );
  const rows = await download(api, id, unlisted?.name);
  if (taken.length === 0 || rows.length !== unlisted?.rows)
    throw new Error(`${unlisted?.name} does not have its rows.`);
  await swept(product, id);
}

async function download(api: Api, jobId: string, file: string): Promise<any[]> {
  const { getDownload } = await api.call<{ getDownload: { url: string } }>(
    "query($jobId: ID!, $file: String!) { getDownload(jobId: $jobId, file: $file) { url } }",
    { jobId, file },
  );
  const text = await (await fetch(getDownload.url)).text();
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** The parts that were merged into a dataset are removed when the task that wrote it has stopped. */
async function swept({ data }: Product, id: string): Promise<void> {
  await until("the parts to be removed", async () => {
    const calls = (await readFile(join(data, "iam-calls.jsonl"), "utf8")).split("\n");
    return calls.some((line) => line.includes("s3:DeleteObject") && line.includes(`parts/${id}/`));
  });
}

async function budgetReachedAndRaised(api: Api): Promise<void> {
  const id = await createJob(api, { recordCount: 40, budgetNanos: 5_000_000 });
  if ((await follow(api, id)).status !== "BUDGET_EXCEEDED") throw new Error("The budget did not stop the job.");
  await resumeJob(api, id, 100_000_000);
  if ((await follow(api, id)).status !== "COMPLETED") throw new Error("The raised job did not complete.");
}

/** Raised, extended and prioritized while it runs, extended again when it has completed; there is nothing to retry. */
async function raisedExtendedPrioritized(api: Api, product: Product): Promise<void> {
  const id = await createJob(api, { recordCount: 600, priority: "LOW", taskSize: "MEDIUM", capacity: "ON_DEMAND" });
  await runningTask(product);
  await api.call("mutation($id: ID!) { raiseBudget(id: $id, budgetNanos: 2000000000.0) { id } }", { id });
  await api.call("mutation($id: ID!) { extendJob(id: $id, recordCount: 900) { id } }", { id });
  await api.call("mutation($id: ID!) { setJobPriority(id: $id, priority: HIGH) { id } }", { id });
  const job = await follow(api, id);
  if (job.status !== "COMPLETED" || job.delivered !== 900)
    throw new Error(`The extended job ended ${job.status} with ${job.delivered} records.`);
  await api.call("mutation($id: ID!) { extendJob(id: $id, recordCount: 950) { id } }", { id });
  if ((await follow(api, id)).delivered !== 950) throw new Error("The completed job was not extended.");
  const retry = api.call("mutation($id: ID!) { retryFailed(id: $id) { id } }", { id });
  if (!String(await retry.catch((error: Error) => error)).includes("has no failed records"))
    throw new Error("A job without failed records was retried.");
}

/** Paused and resumed; then Spot interrupts a worker, and the next one crashes. */
async function pausedInterruptedResumed(
  api: Api,
  product: Product,
  own: { templateId: string; seedSetId: string },
): Promise<void> {
  const id = await createJob(api, { ...own, recordCount: 1_500 });
  await runningTask(product);
  await pausedAtRest(api, product, id);
  await resumeJob(api, id, undefined);
  await sweptOver(product);
  product.cloud.tasks.interrupt(await runningTask(product));
  await until("the dispatcher to replace the task", () =>
    product.cloud.tasks.list().some((task) => task.desiredStatus === "RUNNING"),
  );
  await moreCalls(product);
  for (const { taskId, lastStatus } of product.cloud.tasks.list())
    if (lastStatus === "RUNNING") product.cloud.tasks.kill(taskId);
  const job = await follow(api, id);
  if (job.status !== "COMPLETED" || job.delivered !== 1_500)
    throw new Error(`The job ended ${job.status} with ${job.delivered} records.`);
}

async function pausedAtRest(api: Api, { cloud }: Product, id: string): Promise<void> {
  await pauseJob(api, id);
  await until("the paused job's tasks to stop", () =>
    cloud.tasks.list().every((task) => task.lastStatus === "STOPPED"),
  );
}

async function canceledAndDeleted(api: Api, product: Product): Promise<void> {
  const id = await createJob(api, { recordCount: 5_000, budgetNanos: 5_000_000_000 });
  await runningTask(product);
  await api.call("mutation($id: ID!) { cancelJob(id: $id) { id } }", { id });
  if ((await follow(api, id)).status !== "CANCELLED") throw new Error("The job was not canceled.");
  await api.call("mutation($id: ID!) { deleteJob(id: $id) { id } }", { id });
  await until("the job to be purged", async () => {
    const { listJobs } = await api.call<{ listJobs: { items: { id: string }[] } }>(
      "{ listJobs(limit: 100) { items { id } } }",
    );
    return listJobs.items.every((job) => job.id !== id);
  });
}

/** Days later, in a new session: the old one has expired. */
async function archivedAndRestored(product: Product, id: string): Promise<void> {
  product.cloud.clock.advance(UNTIL_ARCHIVED_MS);
  const api = await openApi(product.outputs, product.outputs.demoUser);
  try {
    const { restoreDataset } = await api.call<{ restoreDataset: { state: string } }>(
      "mutation($id: ID!) { restoreDataset(jobId: $id) { state } }",
      { id },
    );
    if (restoreDataset.state !== "RESTORING") throw new Error(`The dataset is ${restoreDataset.state}, not archived.`);
    await until("the job's row to record that its dataset is restored", async () =>
      (await readFile(join(product.data, "iam-calls.jsonl"), "utf8"))
        .split("\n")
        .some((line) => /restoreDataset/i.test(line) && line.includes('"dynamodb:UpdateItem"')),
    );
    const { getDatasetArchive } = await api.call<{ getDatasetArchive: { state: string } }>(
      "query($id: ID!) { getDatasetArchive(jobId: $id) { state } }",
      { id },
    );
    if (getDatasetArchive.state !== "RESTORED") throw new Error(`The dataset is ${getDatasetArchive.state}.`);
  } finally {
    api.close();
  }
}

/** The sweep asks ECS about tasks that are older than a minute. */
async function sweptOver(product: Product): Promise<void> {
  await runningTask(product);
  product.cloud.clock.advance(SWEEP_MS + TASK_AGE_MS);
  await until("the sweep to ask about the task", async () =>
    (await readFile(join(product.data, "iam-calls.jsonl"), "utf8")).includes('"ecs:DescribeTasks"'),
  );
}

/** The worker is running: it holds a lease and calls the model. */
async function moreCalls({ data }: Product): Promise<void> {
  const before = (await modelCalls(data)).length;
  await until("the next worker's calls", async () => (await modelCalls(data)).length > before + 40);
}

function runningTask({ cloud }: Product): Promise<string> {
  return until("a running task", () => {
    const running = cloud.tasks
      .list()
      .find(({ lastStatus, desiredStatus }) => lastStatus === "RUNNING" && desiredStatus === "RUNNING");
    return running?.taskId;
  });
}

async function createJob(api: Api, options: Record<string, unknown>): Promise<string> {
  const input = {
    name: "A job of the tour",
    ...SAMPLE,
    budgetNanos: 1_000_000_000,
    formats: ["JSONL", "CSV", "PARQUET"],
    clientToken: randomUUID(),
    ...options,
  };
  const { createJob: job } = await api.call<{ createJob: { id: string } }>(
    "mutation($input: CreateJobInput!) { createJob(input: $input) { id } }",
    { input },
  );
  return job.id;
}

function follow(api: Api, id: string): Promise<JobSummary> {
  return followJob(api, id, AbortSignal.timeout(120_000), () => undefined);
}
