/** The steps of a job as a person takes them in the browser: template, seeds, job, downloads. */
import { createWriteStream, openAsBlob } from "node:fs";
import { mkdir, readFile, rename, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { randomUUID } from "node:crypto";
import { parse as parseYaml } from "yaml";
import { PlotPaletteError } from "#core/errors";
import type { Estimate } from "#core/money/estimate";
import type { DatasetFormat } from "#core/formats";
import type { PartitionBy } from "#core/dataset/partition";
import type { Split } from "#core/dataset/split";
import type { Nanos } from "#core/money/money";
import { seedFormatOf } from "#core/seeds/seed-set";
import { parseTemplate } from "#core/template/parse";
import type { Template } from "#core/template/template";
import type { Api } from "./api.ts";
import { UsageError } from "./exit-codes.ts";
import { factsOf, JOB_FACTS, type JobFields } from "./job-watch.ts";

export interface SeedFile {
  readonly collection: string;
  readonly path: string;
  readonly bytes: number;
}

export interface TemplateFile {
  readonly name: string;
  readonly source: string;
  readonly template: Template;
}

/** @throws UsageError when it cannot be read, PlotPaletteError when it is not a template */
export async function readTemplateFile(path: string): Promise<TemplateFile> {
  const source = await readFile(path, "utf8").catch((cause: Error) => {
    throw new UsageError(`The template ${path} cannot be read (${cause.message}).`, { cause });
  });
  const template = parseTemplate(source);
  return { name: template.name, source, template };
}

/** What was typed for parameters as what the template takes: a text stays one where the default is one. */
export function parameterValues(
  { parameters }: Template,
  typed: Readonly<Record<string, string>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(typed).map(([name, value]) => {
      const parameter = parameters[name];
      if (!parameter)
        throw new UsageError(
          `The template has no parameter "${name}"; it has ${Object.keys(parameters).join(", ") || "none"}.`,
        );
      return [name, typeof parameter.default === "string" ? value : parseYaml(value)];
    }),
  );
}

/** `name=file` texts as files that exist. @throws UsageError for one that cannot be read or whose ending tells no format */
export async function readSeedFiles(wishes: readonly string[]): Promise<SeedFile[]> {
  const files: SeedFile[] = [];
  for (const wish of wishes) {
    const collection = wish.slice(0, wish.indexOf("="));
    const path = wish.slice(wish.indexOf("=") + 1);
    seedFormatOf(path);
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile()) throw new UsageError(`The seed file ${path} cannot be read; expected a file that exists.`);
    if (found.size === 0) throw new UsageError(`The seed file ${path} is empty; expected at least one row.`);
    files.push({ collection, path, bytes: found.size });
  }
  return files;
}

/** A template of that name and source is used again; another source under the name becomes its next version. */
export async function saveTemplate(api: Api, { name, source }: Omit<TemplateFile, "template">): Promise<string> {
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

/** Uploads the files and waits until the seed set is checked. @throws PlotPaletteError with the reason when it is refused */
export async function uploadSeeds(api: Api, files: readonly SeedFile[], signal: AbortSignal): Promise<string> {
  const input = {
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
    for (const [n, upload] of createSeedSet.uploads.entries()) await post(upload, files[n]!.path, signal);
    await check(api, id, signal);
    return id;
  } catch (error) {
    await deleteSeeds(api, id);
    throw error;
  }
}

/** Seeds of a job that did not come about; what went wrong there matters more than what goes wrong here. */
export async function deleteSeeds(api: Api, id: string): Promise<void> {
  await api.call("mutation($id: ID!) { deleteSeedSet(id: $id) { id } }", { id }).catch(() => undefined);
}

interface Upload {
  readonly url: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

async function post({ url, fields }: Upload, path: string, signal: AbortSignal): Promise<void> {
  const form = new FormData();
  for (const { name, value } of fields) form.append(name, value);
  form.append("file", await openAsBlob(path), basename(path));
  const response = await fetch(url, { method: "POST", body: form, signal });
  if (!response.ok)
    throw new PlotPaletteError("BadInput", `The upload of ${path} was refused: ${await response.text()}`);
}

/** Listens first, then confirms, so that the answer cannot come unheard. */
function check(api: Api, id: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let confirmed = false;
    const judge = ({ status, statusReason }: { status: string; statusReason?: string | null }) => {
      if (status === "READY") finish(resolve);
      if (status === "REFUSED")
        finish(() => reject(new PlotPaletteError("BadInput", statusReason ?? "The seeds were refused.")));
    };
    const finish = (settle: () => void) => {
      stop();
      signal.removeEventListener("abort", abort);
      settle();
    };
    const abort = () => finish(() => reject(signal.reason as Error));
    signal.addEventListener("abort", abort);
    const stop = api.listen<{ onSeedSetChanged: SeedSetNews }>(
      "subscription { onSeedSetChanged { id owner name status statusReason isSample createdAt } }",
      {},
      {
        news: ({ onSeedSetChanged: news }) => news.id === id && judge(news),
        live: () => {
          const call = confirmed
            ? api.call<{ seedSet: SeedSetNews }>(
                "query($id: ID!) { seedSet: getSeedSet(id: $id) { id status statusReason } }",
                { id },
              )
            : api.call<{ seedSet: SeedSetNews }>(
                "mutation($id: ID!) { seedSet: confirmSeedSet(id: $id) { id status statusReason } }",
                { id },
              );
          confirmed = true;
          call.then(
            ({ seedSet }) => judge(seedSet),
            (error: Error) => finish(() => reject(error)),
          );
        },
        error: (error) => finish(() => reject(error)),
      },
    );
  });
}

interface SeedSetNews {
  readonly id: string;
  readonly status: string;
  readonly statusReason?: string | null;
}

export interface StartedJob {
  readonly id: string;
  /** What it is likely to cost; null when that could not be told. */
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
    /** As the API names them; its own choice when absent. */
    priority?: string;
    capacity?: string;
    taskSize?: string;
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
 * Wakes a job that rests until a person acts; one that goes on or has ended is as it is.
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

/** Its workers save and leave by themselves. @returns false for a job that is ending or has ended: it stays as it is */
export async function pauseJob(api: Api, id: string): Promise<boolean> {
  try {
    await api.call("mutation($id: ID!) { pauseJob(id: $id) { id } }", { id });
    return true;
  } catch (error) {
    if (!(error instanceof PlotPaletteError && error.code === "Conflict")) throw error;
    return false;
  }
}

export async function getJob(api: Api, id: string): Promise<JobFields> {
  const { job } = await api.call<{ job: Parameters<typeof factsOf>[0] }>(
    `query($id: ID!) { job: getJob(id: $id) { ${JOB_FACTS} } }`,
    { id },
  );
  return factsOf(job);
}

/**
 * Streams every file of the job's dataset into a folder, and into folders of it; a file appears under its name only when it is
 * whole.
 * @returns their names
 */
export async function downloadAll(api: Api, job: JobFields, folder: string): Promise<string[]> {
  const listed = job.datasetFiles.map(({ name }) => name);
  for (const name of listed) await downloadFile(api, job.id, name, folder);
  if (job.datasetFileCount === listed.length) return listed;
  const manifest = await readFile(join(folder, "files.jsonl"), "utf8");
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
