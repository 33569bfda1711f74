/** The API calls of a job's life, as the browser makes them: template, seeds, job, downloads. */
import { createWriteStream, openAsBlob } from "node:fs";
import { mkdir, readFile, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { randomUUID } from "node:crypto";
import { PlotPaletteError } from "#core/errors";
import type { Estimate } from "#core/money/estimate";
import type { DatasetFormat } from "#core/formats";
import { META_FILES } from "#core/dataset/meta-files";
import type { PartitionBy } from "#core/dataset/partition";
import type { Split } from "#core/dataset/split";
import type { Nanos } from "#core/money/money";
import type { Api } from "./api.ts";
import { summarize, JOB_FIELDS, type JobSummary } from "./job-watch.ts";

export interface SeedFile {
  readonly collection: string;
  readonly path: string;
  readonly bytes: number;
}

/** Reuses a template with that name and source; a different source under the name becomes its next version. */
export async function saveTemplate(api: Api, { name, source }: { name: string; source: string }): Promise<string> {
  const known = await findTemplate(api, name);
  if (known?.source === source) return known.id;
  const { saveTemplate: saved } = await api.call<{ saveTemplate: { id: string } }>(
    "mutation($input: SaveTemplateInput!) { saveTemplate(input: $input) { id } }",
    { input: { id: known?.id, source } },
  );
  return saved.id;
}

async function findTemplate(api: Api, name: string): Promise<{ id: string; source: string } | undefined> {
  let nextToken: string | null = null;
  do {
    const page: { listTemplates: { items: { id: string; name: string }[]; nextToken: string | null } } = await api.call(
      "query($nextToken: String) { listTemplates(limit: 100, nextToken: $nextToken) { items { id name } nextToken } }",
      { nextToken },
    );
    const found = page.listTemplates.items.find((item) => item.name === name);
    if (found) {
      const { getTemplate } = await api.call<{ getTemplate: { id: string; source: string } }>(
        "query($id: ID!) { getTemplate(id: $id) { id source } }",
        { id: found.id },
      );
      return getTemplate;
    }
    nextToken = page.listTemplates.nextToken;
  } while (nextToken);
  return undefined;
}

/** What the check of a seed set found. */
export interface SeedReport {
  /** What was unusual about the files, one sentence each. */
  readonly notes: readonly string[];
  readonly skippedCount: number;
  /** The first of them. */
  readonly skippedRows: readonly { readonly reason: string }[];
}

/** Uploads the files and waits until the seed set is validated. @throws PlotPaletteError with the reason when it is rejected */
export async function uploadSeeds(
  api: Api,
  files: readonly SeedFile[],
  signal: AbortSignal,
  { skipInvalid = false } = {},
): Promise<string> {
  const input = {
    skipInvalid,
    name: files
      .map((file) => basename(file.path))
      .join(", ")
      .slice(0, 100),
    files: files.map(({ collection, path, bytes }) => ({ collection, fileName: basename(path), bytes })),
  };
  const { createSeedSet } = await api.call<{ createSeedSet: { seedSet: { id: string }; uploads: Upload[] } }>(
    `mutation($input: CreateSeedSetInput!) {
       createSeedSet(input: $input) { seedSet { id } uploads { collection url fields { name value } } }
     }`,
    { input },
  );
  const { id } = createSeedSet.seedSet;
  try {
    for (const [n, upload] of createSeedSet.uploads.entries()) await uploadFile(upload, files[n]!.path, signal);
    return await checkSeeds(api, () => confirmSeeds(api, id), signal);
  } catch (error) {
    await deleteSeeds(api, id);
    throw error;
  }
}

async function confirmSeeds(api: Api, id: string): Promise<string> {
  await api.call("mutation($id: ID!) { confirmSeedSet(id: $id) { id } }", { id });
  return id;
}

/**
 * Makes a seed set of those items that fit the template, and deletes the one it was made of.
 * @throws PlotPaletteError with the reason when nothing would be left
 */
export async function keepFittingSeeds(
  api: Api,
  { seedSetId, templateId }: { seedSetId: string; templateId: string },
  signal: AbortSignal,
): Promise<string> {
  let filteredId = "";
  try {
    const start = async () => (filteredId = await filterSeeds(api, seedSetId, templateId));
    return await checkSeeds(api, start, signal);
  } catch (error) {
    if (filteredId) await deleteSeeds(api, filteredId);
    throw error;
  } finally {
    await deleteSeeds(api, seedSetId);
  }
}

async function filterSeeds(api: Api, seedSetId: string, templateId: string): Promise<string> {
  const { getSeedSet } = await api.call<{ getSeedSet: { name: string } }>(
    "query($id: ID!) { getSeedSet(id: $id) { name } }",
    { id: seedSetId },
  );
  const { filterSeedSet } = await api.call<{ filterSeedSet: { id: string } }>(
    `mutation($name: String!, $seedSetId: ID!, $templateId: ID!) {
       filterSeedSet(name: $name, seedSetId: $seedSetId, templateId: $templateId) { id } }`,
    { name: getSeedSet.name, seedSetId, templateId },
  );
  return filterSeedSet.id;
}

export async function getSeedReport(api: Api, id: string): Promise<SeedReport> {
  const { getSeedSet } = await api.call<{ getSeedSet: SeedReport }>(
    "query($id: ID!) { getSeedSet(id: $id) { notes skippedCount skippedRows { reason } } }",
    { id },
  );
  return getSeedSet;
}

/** For seeds of a job that could not start. Errors here are ignored: the one that prevented the job matters more. */
export async function deleteSeeds(api: Api, id: string): Promise<void> {
  await api.call("mutation($id: ID!) { deleteSeedSet(id: $id) { id } }", { id }).catch(() => undefined);
}

interface Upload {
  readonly url: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

async function uploadFile({ url, fields }: Upload, path: string, signal: AbortSignal): Promise<void> {
  const form = new FormData();
  for (const { name, value } of fields) form.append(name, value);
  form.append("file", await openAsBlob(path), basename(path));
  const response = await fetch(url, { method: "POST", body: form, signal });
  if (!response.ok)
    throw new PlotPaletteError("BadInput", `The upload of ${path} was rejected: ${await response.text()}`);
}

/**
 * Subscribes before it starts the check, so that the result cannot be missed.
 * @param start starts the check, and returns the seed set's id
 * @throws PlotPaletteError with the reason when the seed set is rejected
 */
function checkSeeds(api: Api, start: () => Promise<string>, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let started: Promise<string> | undefined;
    let checkedId: string | undefined;
    const settleByStatus = ({ id, status, statusReason }: SeedSetChange) => {
      if (status === "READY") finish(() => resolve(id));
      if (status === "REFUSED")
        finish(() => reject(new PlotPaletteError("BadInput", statusReason ?? "The seeds were rejected.")));
    };
    const finish = (settle: () => void) => {
      stop();
      signal.removeEventListener("abort", abort);
      settle();
    };
    const abort = () => finish(() => reject(signal.reason as Error));
    signal.addEventListener("abort", abort);
    const current = async () => {
      checkedId = await (started ??= start());
      const { seedSet } = await api.call<{ seedSet: SeedSetChange }>(
        "query($id: ID!) { seedSet: getSeedSet(id: $id) { id status statusReason } }",
        { id: checkedId },
      );
      return seedSet;
    };
    const stop = api.listen<{ onSeedSetChanged: SeedSetChange }>(
      "subscription { onSeedSetChanged { id owner name status statusReason isSample createdAt } }",
      {},
      {
        data: ({ onSeedSetChanged: change }) => change.id === checkedId && settleByStatus(change),
        live: () => void current().then(settleByStatus, (error: Error) => finish(() => reject(error))),
        error: (error) => finish(() => reject(error)),
      },
    );
  });
}

interface SeedSetChange {
  readonly id: string;
  readonly status: string;
  readonly statusReason?: string | null;
}

export interface StartedJob {
  readonly id: string;
  /** What it is likely to cost; null when unknown. */
  readonly estimate: Estimate | null;
}

export async function startJob(
  api: Api,
  job: {
    name: string;
    templateId: string;
    seedSetId: string;
    parameters: Readonly<Record<string, unknown>>;
    records: number;
    budget: Nanos;
    formats: DatasetFormat[];
    split?: Split;
    maxFailed?: number;
    /** As the API names them; its defaults when absent. */
    priority?: string;
    capacity?: string;
    taskSize?: string;
    inFlight?: number;
    partitionBy?: readonly PartitionBy[];
  },
): Promise<StartedJob> {
  const input = {
    name: job.name.slice(0, 100),
    templateId: job.templateId,
    seedSetId: job.seedSetId,
    parameters: JSON.stringify(job.parameters),
    recordCount: job.records,
    budgetNanos: job.budget,
    formats: job.formats,
    split: job.split ?? null,
    maxFailedPercent: job.maxFailed ?? null,
    priority: job.priority ?? null,
    capacity: job.capacity ?? null,
    taskSize: job.taskSize ?? null,
    inFlight: job.inFlight ?? null,
    partitionBy: job.partitionBy ?? null,
    clientToken: randomUUID(),
  };
  const { createJob } = await api.call<{ createJob: StartedJob }>(
    `mutation($input: CreateJobInput!) { createJob(input: $input) {
      id estimate { lowNanos likelyNanos highNanos recordCount basis basisRecords } } }`,
    { input },
  );
  return createJob;
}

/**
 * Resumes a job that waits for its user; one that is running or has ended stays as it is.
 * @returns the job's id
 */
export async function resumeJob(api: Api, id: string, budgetNanos: Nanos | undefined): Promise<string> {
  const { status } = await getJob(api, id);
  if (status !== "PAUSED" && status !== "BUDGET_EXCEEDED" && budgetNanos === undefined) return id;
  await api.call("mutation($id: ID!, $budgetNanos: Float) { resumeJob(id: $id, budgetNanos: $budgetNanos) { id } }", {
    id,
    budgetNanos,
  });
  return id;
}

/** Its workers save and stop on their own. @returns false for a job that is ending or has ended, which stays as it is */
export async function pauseJob(api: Api, id: string): Promise<boolean> {
  try {
    await api.call("mutation($id: ID!) { pauseJob(id: $id) { id } }", { id });
    return true;
  } catch (error) {
    if (!(error instanceof PlotPaletteError && error.code === "Conflict")) throw error;
    return false;
  }
}

export async function getJob(api: Api, id: string): Promise<JobSummary> {
  const { job } = await api.call<{ job: Parameters<typeof summarize>[0] }>(
    `query($id: ID!) { job: getJob(id: $id) { ${JOB_FIELDS} } }`,
    { id },
  );
  return summarize(job);
}

/**
 * Streams every file of the job's dataset into a folder and its subfolders. A file gets its name only once it is complete.
 * @returns their names
 */
export async function downloadAll(api: Api, job: JobSummary, folder: string): Promise<string[]> {
  const listed = job.datasetFiles.map(({ name }) => name);
  for (const name of listed) await downloadFile(api, job.id, name, folder);
  if (job.datasetFileCount === listed.length) return listed;
  const manifest = await readFile(join(folder, META_FILES.files), "utf8");
  const names = manifest
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as { name: string }).name);
  const others = names.filter((name) => !listed.includes(name));
  for (const name of others) await downloadFile(api, job.id, name, folder);
  return [...listed, ...others];
}

async function downloadFile(api: Api, jobId: string, name: string, folder: string): Promise<void> {
  const { getDownload } = await api.call<{ getDownload: { url: string } }>(
    "query($jobId: ID!, $file: String!) { getDownload(jobId: $jobId, file: $file) { url } }",
    { jobId, file: name },
  );
  const response = await fetch(getDownload.url);
  if (!response.ok || !response.body)
    throw new PlotPaletteError("Internal", `${name} could not be downloaded (status ${response.status}); try again.`);
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await pipeline(Readable.fromWeb(response.body as never), createWriteStream(`${path}.part`));
  await rename(`${path}.part`, path);
}
