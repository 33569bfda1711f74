/** One job on an instance: submitted or resumed, followed to its end, its dataset downloaded and reported. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  deleteSeeds,
  downloadAll,
  getJob,
  getSeedReport,
  keepFittingSeeds,
  pauseJob,
  resumeJob,
  saveTemplate,
  startJob,
  uploadSeeds,
  type StartedJob,
} from "../api-calls.ts";
import { openApi, type Api } from "../api.ts";
import { EXIT, UsageError } from "../exit-codes.ts";
import { canceledBySignal, followJob, type JobSummary } from "../job-watch.ts";
import { findInstance, type Outputs } from "../running-instance.ts";
import { jobKeptMessage, outcomeMessage, pausedMessage, PAUSING, reportOf, seedMessages } from "./messages.ts";
import { apiName, type GenerateOptions } from "./options.ts";
import { filesOfDataset, removeFiles } from "./output-folder.ts";
import type { Plan } from "./plan.ts";
import { showProgress } from "./progress-line.ts";

export interface RunRequest {
  readonly options: GenerateOptions;
  /** Undefined when `options.resume` names a job instead. */
  readonly plan: Plan | undefined;
  /** Pauses the job. */
  readonly interrupted: AbortSignal;
  /** Stops waiting for calls in flight. */
  readonly forced: AbortSignal;
  /** Called once there is a job. */
  readonly onStarted: () => void;
}

interface Run extends RunRequest {
  readonly api: Api;
  readonly startedAtMs: number;
  /** Resolves when the workers have saved and stopped; only for an instance that ends with this command. */
  readonly waitForWorkers?: () => Promise<void>;
}

/**
 * Runs on the instance that already uses the data directory, or on one started for this job alone.
 * @returns the exit code
 */
export async function runOnInstance(request: RunRequest): Promise<number> {
  const { options, interrupted, forced } = request;
  const running = await findInstance(options.data, interrupted);
  if (running && options.model)
    throw new UsageError(
      `--model is for an instance started here, but ${options.data} is in use by the one at ${running.appUrl}; omit it, or choose another directory with --data.`,
    );
  if (running) return runJob(running, request);
  // Most of the program, and only needed here.
  const { startInstance } = await import("../instance.ts");
  const own = await startInstance({
    data: options.data,
    model: options.model,
    signal: interrupted,
    onStep: (step) => process.stderr.isTTY && console.error(`${step} …`),
  });
  if (options.model) console.error(`Model: ${own.model}`);
  try {
    return await runJob(own.outputs, request, () => own.idle(forced));
  } finally {
    await own.stop();
  }
}

async function runJob(outputs: Outputs, request: RunRequest, waitForWorkers?: () => Promise<void>): Promise<number> {
  const startedAtMs = Date.now();
  const api = await openApi(outputs, outputs.demoUser);
  const run = { ...request, api, startedAtMs, waitForWorkers };
  try {
    run.interrupted.throwIfAborted();
    const job = run.plan ? await submitJob(run, run.plan) : await resumeGivenJob(run);
    run.onStarted();
    return await followToEnd(run, job).catch((error: Error) => {
      throw new Error(jobKeptMessage(error, job.id, run.options), { cause: error });
    });
  } finally {
    api.close();
  }
}

async function submitJob({ api, options, interrupted }: Run, plan: Plan): Promise<StartedJob> {
  const [templateId, uploadedId] = await saveAndUpload({ api, options, interrupted }, plan);
  const seedSetId = options.skipUnfit ? await fittingSeeds(api, uploadedId, templateId, interrupted) : uploadedId;
  const request = {
    ...plan,
    templateId,
    seedSetId,
    formats: options.formats,
    split: options.split,
    maxFailed: options.maxFailed,
    priority: apiName(options.priority),
    capacity: apiName(options.capacity),
    taskSize: apiName(options.taskSize),
    inFlight: options.inFlight,
    partitionBy: options.partitionBy,
    name: plan.template.name,
  };
  return startJob(api, request).catch(async (error: Error) => {
    await deleteSeeds(api, seedSetId);
    throw error;
  });
}

/** The ids of template and seed set, made side by side; seeds without a template are deleted. */
async function saveAndUpload(
  { api, options, interrupted }: Pick<Run, "api" | "options" | "interrupted">,
  { template, seedFiles }: Plan,
): Promise<[templateId: string, seedSetId: string]> {
  // A gigabyte is not uploaded for a template that cannot be saved.
  const notSaved = new AbortController();
  const signal = AbortSignal.any([interrupted, notSaved.signal]);
  const [saved, uploaded] = await Promise.allSettled([
    saveTemplate(api, template).catch((error: Error) => {
      notSaved.abort();
      throw error;
    }),
    uploadSeeds(api, seedFiles, signal, { skipInvalid: options.skipInvalid }),
  ]);
  if (saved.status === "rejected") {
    if (uploaded.status === "fulfilled") await deleteSeeds(api, uploaded.value);
    throw saved.reason;
  }
  if (uploaded.status === "rejected") throw uploaded.reason;
  tell(seedMessages(await getSeedReport(api, uploaded.value), "invalid row"));
  return [saved.value, uploaded.value];
}

/** A seed set of the items that fit the template; the others are told. */
async function fittingSeeds(
  api: Api,
  seedSetId: string,
  templateId: string,
  interrupted: AbortSignal,
): Promise<string> {
  const fittingId = await keepFittingSeeds(api, { seedSetId, templateId }, interrupted);
  tell(seedMessages(await getSeedReport(api, fittingId), "unfit item"));
  return fittingId;
}

function tell(messages: readonly string[]): void {
  for (const message of messages) console.error(message);
}

/** Without an estimate: its cost was estimated when it was created. */
async function resumeGivenJob({ api, options }: Run): Promise<StartedJob> {
  return { id: await resumeJob(api, options.resume ?? "", options.budget), estimate: null };
}

async function followToEnd(run: Run, { id, estimate }: StartedJob): Promise<number> {
  const { api, options, interrupted, forced } = run;
  const progress = showProgress(estimate);
  let job = await followJob(api, id, interrupted, progress.show).finally(progress.end);
  if (canceledBySignal(job, interrupted)) {
    if (await pauseJob(api, id)) return leavePaused(run, id);
    // It was about to end and can no longer be paused: the dataset follows within seconds.
    job = await followJob(api, id, forced, () => undefined);
  }
  const replaced = await filesOfDataset(options.out);
  const files = await downloadAll(api, job, options.out);
  await removeFiles(
    options.out,
    replaced.filter((name) => !files.includes(name)),
  );
  const report = reportOf(job, (Date.now() - run.startedAtMs) / 1000, files);
  await writeFile(join(options.out, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
  console.error(outcomeMessage(job, options));
  return exitCodeFor(job);
}

async function leavePaused({ api, options, waitForWorkers }: Run, jobId: string): Promise<number> {
  if (waitForWorkers) {
    console.error(PAUSING);
    await waitForWorkers();
  }
  console.error(pausedMessage(await getJob(api, jobId), options));
  return EXIT.interrupted;
}

function exitCodeFor({ status, datasetFiles }: JobSummary): number {
  switch (status) {
    case "COMPLETED":
      return datasetFiles.some(({ omitted }) => omitted > 0) ? EXIT.incompleteFormat : EXIT.complete;
    case "BUDGET_EXCEEDED":
      return EXIT.budget;
    case "CANCELLED":
      return EXIT.canceled;
    default:
      return EXIT.failed;
  }
}
