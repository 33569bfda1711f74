/** `npm run generate`: one job from template and seeds to files, through the same API as the browser. */
import { mkdir, open, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { formatNumber } from "#core/numbers";
import { CAPACITIES, MAX_BUDGET_NANOS, MAX_RECORDS, PRIORITIES } from "#core/job/job";
import { FORMATS, FORMAT_LIST, type DatasetFormat } from "#core/formats";
import { formatUsd, parseUsd, type Nanos } from "#core/money/money";
import { parsePartitionBy, type PartitionBy } from "#core/dataset/partition";
import { parseSplit, type Split } from "#core/dataset/split";
import { COLLECTION_NAME, DEFAULT_COLLECTION } from "#core/seeds/seed-set";
import { TASK_SIZES } from "#core/job/task-size";
import { openApi } from "./api.ts";
import { EXIT, exitCodeOf, UsageError } from "./fail.ts";
import { findInstance, startInstance, type Outputs } from "./instance.ts";
import { cancelledBySignal, followJob, type JobFields } from "./job-watch.ts";
import { showProgress } from "./progress-line.ts";
import {
  deleteSeeds,
  downloadAll,
  getJob,
  pauseJob,
  readSeedFiles,
  readTemplateFile,
  resumeJob,
  saveTemplate,
  startJob,
  uploadSeeds,
  parameterValues,
  type SeedFile,
  type StartedJob,
  type TemplateFile,
} from "./steps.ts";

interface GenerateOptions {
  template?: string;
  seeds?: string[];
  set?: Record<string, string>;
  records?: number;
  budget?: Nanos;
  formats: DatasetFormat[];
  split?: Split;
  maxFailed?: number;
  priority?: string;
  capacity?: string;
  taskSize?: string;
  partitionBy?: PartitionBy[];
  out: string;
  data: string;
  model?: string;
  resume?: string;
}

const command = new Command("npm run generate --")
  .description("Makes a dataset on this machine: a template, seeds, a number of records and a budget become files.")
  .option("--template <file>", "the template, YAML or JSON")
  .option("--seeds <file>", "a seed file, or name=file for a collection of that name; again for more", collect)
  .option("--set <name=value>", "a value for a parameter of the template; again for more", parameterOf)
  .option("--records <n>", "how many records", recordsOf)
  .option("--budget <usd>", "the most the models may cost", budgetOf)
  .addOption(
    new Option(
      "--formats <list>",
      `among ${FORMAT_LIST.replace(" and ", ", ")}; the last three where the template maps them`,
    )
      .argParser(formatsOf)
      .default(["JSONL"], "jsonl"),
  )
  .option("--split <percents>", "train,validation,test in percent, as 80,10,10: a file for each", splitOf)
  .option("--max-failed <percent>", "how many percent of the records may fail, 0 to 100 (default: 20)", percentOf)
  .addOption(new Option("--priority <priority>", "among your own jobs").choices(choicesOf(PRIORITIES)))
  .addOption(new Option("--capacity <capacity>", "what its tasks run on").choices(choicesOf(CAPACITIES)))
  .addOption(new Option("--task-size <size>", "how large its tasks are").choices(choicesOf(Object.keys(TASK_SIZES))))
  .option(
    "--partition-by <columns>",
    "folders by the values of columns, or by day, month or year, as category,date:month",
    partitionByOf,
  )
  .option("--out <dir>", "where the dataset and report.json go", "out")
  .option("--data <dir>", "the data folder of the instance to use or start", ".local")
  .option("--model <model>", "for an instance started here: sample, openai=http://…/v1 or bedrock")
  .option(
    "--resume <job>",
    "go on with a job: one that is paused, one at its budget (then with a larger --budget), or to follow it again",
  )
  .allowExcessArguments(false)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : EXIT.usage));

const interrupted = new AbortController();
/** The second Ctrl-C: calls in flight are no longer waited for. */
const impatient = new AbortController();
process.on("SIGINT", () => (interrupted.signal.aborted ? impatient : interrupted).abort());
process.on("SIGTERM", () => interrupted.abort());

let hasJob = false;

try {
  process.exitCode = await main(command.parse().opts<GenerateOptions>());
} catch (error) {
  const stoppedEarly = interrupted.signal.aborted && !hasJob;
  process.exitCode = stoppedEarly ? EXIT.interrupted : exitCodeOf(error);
  if (stoppedEarly) console.error("Stopped before the job was started; nothing was left behind.");
}
process.exit();

/** Everything a person can mend is refused before anything is started. */
async function main(options: GenerateOptions): Promise<number> {
  const plan = options.resume ? undefined : await planOf(options);
  const isNew = await prepareFolder(options.out);
  try {
    return await onInstance(options, plan);
  } finally {
    // An empty folder helps nobody, and one with files in it stays.
    if (isNew) await rmdir(options.out).catch(() => undefined);
  }
}

/** On the instance that runs on the data folder, or on one of its own for as long as the job takes. */
async function onInstance(options: GenerateOptions, plan: Plan | undefined): Promise<number> {
  const running = await findInstance(options.data, interrupted.signal);
  if (running && options.model)
    throw new UsageError(
      `--model is for an instance started here, but ${options.data} is in use by the one at ${running.appUrl}; leave it out, or name another folder with --data.`,
    );
  if (running) return work(running, options, plan);
  const own = await startInstance({
    data: options.data,
    model: options.model,
    signal: interrupted.signal,
    onStep: (step) => process.stderr.isTTY && console.error(`${step} …`),
  });
  try {
    return await work(own.outputs, options, plan, () => own.idle(impatient.signal));
  } finally {
    await own.stop();
  }
}

interface Plan {
  readonly template: TemplateFile;
  readonly seedFiles: readonly SeedFile[];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly records: number;
  readonly budget: Nanos;
}

async function planOf({ template, seeds = [], set = {}, records, budget }: GenerateOptions): Promise<Plan> {
  if (!template) throw new UsageError("Expected --template FILE: the template to make records with.");
  if (seeds.length === 0) throw new UsageError("Expected --seeds FILE: the seed data to draw from.");
  if (records === undefined) throw new UsageError("Expected --records N: how many records to make.");
  if (budget === undefined) throw new UsageError("Expected --budget USD: the most the models may cost.");
  const file = await readTemplateFile(template);
  return {
    template: file,
    seedFiles: await readSeedFiles(seeds),
    parameters: parameterValues(file.template, set),
    records,
    budget,
  };
}

/** @param saved resolves when the workers of an instance that ends with this command have saved and left */
async function work(
  outputs: Outputs,
  options: GenerateOptions,
  plan: Plan | undefined,
  saved?: () => Promise<void>,
): Promise<number> {
  const began = Date.now();
  const api = await openApi(outputs, outputs.demoUser);
  try {
    interrupted.signal.throwIfAborted();
    const { id: jobId, estimate } = plan ? await begin() : await resume();
    hasJob = true;
    return await finish(jobId, estimate).catch((error: Error) => {
      throw new Error(`${error.message}\nThe job is kept. Go on with:\n  ${resumeCommand(jobId)}`, { cause: error });
    });
  } finally {
    api.close();
  }

  /** What it goes on with was estimated when it was started. */
  async function resume(): Promise<StartedJob> {
    return { id: await resumeJob(api, options.resume ?? "", options.budget), estimate: null };
  }

  async function begin(): Promise<StartedJob> {
    if (!plan) throw new Error("begin() needs a plan");
    const templateId = await saveTemplate(api, plan.template);
    const seedSetId = await uploadSeeds(api, plan.seedFiles, interrupted.signal);
    const wishes = {
      ...plan,
      templateId,
      seedSetId,
      formats: options.formats,
      split: options.split,
      maxFailed: options.maxFailed,
      priority: chosen(options.priority),
      capacity: chosen(options.capacity),
      taskSize: chosen(options.taskSize),
      partitionBy: options.partitionBy,
      name: plan.template.name,
    };
    return startJob(api, wishes).catch(async (error: Error) => {
      await deleteSeeds(api, seedSetId);
      throw error;
    });
  }

  async function finish(jobId: string, estimate: StartedJob["estimate"]): Promise<number> {
    const progress = showProgress(estimate);
    let job = await followJob(api, jobId, interrupted.signal, progress.show).finally(progress.end);
    if (cancelledBySignal(job, interrupted.signal)) {
      if (await pauseJob(api, jobId)) return leavePaused(jobId);
      // It was about to end and cannot be paused any more: the dataset comes within seconds.
      job = await followJob(api, jobId, impatient.signal, () => undefined);
    }
    const files = await downloadAll(api, job, options.out);
    await report(job, began, files);
    return exitCodeFor(job);
  }

  async function leavePaused(jobId: string): Promise<number> {
    if (saved) {
      console.error("Pausing; calls in flight are paid for and finish first. Ctrl-C again does not wait for them …");
      await saved();
    }
    const job = await getJob(api, jobId);
    console.error(`Paused after ${job.delivered} of ${job.requested} records. Go on with:\n  ${resumeCommand(job.id)}`);
    return EXIT.interrupted;
  }

  async function report(job: JobFields, since: number, files: readonly string[]): Promise<void> {
    const facts = {
      jobId: job.id,
      requested: job.requested,
      delivered: job.delivered,
      failed: job.failed,
      rejected: job.rejected,
      spentUsd: job.spentNanos / 1e9,
      writtenOffUsd: job.writtenOffNanos / 1e9,
      budgetUsd: job.budgetNanos / 1e9,
      seconds: (Date.now() - since) / 1000,
      status: job.status,
      files,
    };
    await writeFile(join(options.out, "report.json"), `${JSON.stringify(facts, null, 2)}\n`);
    console.error(
      `${sentenceOf(job)} ${job.delivered} of ${job.requested} records for ${formatUsd(job.spentNanos)} in ${options.out}/.`,
    );
    if (job.failed > 0) console.error(`${job.failed} failed; failures.jsonl says why for each.`);
    if (job.rejected > 0)
      console.error(`${job.rejected} were made and rejected; rejected.jsonl has each with its reason.`);
    if (job.status === "BUDGET_EXCEEDED")
      console.error(`Go on with a larger budget:\n  ${resumeCommand(job.id)} --budget ${(2 * job.budgetNanos) / 1e9}`);
  }

  function resumeCommand(jobId: string): string {
    const data = options.data === ".local" ? "" : ` --data ${options.data}`;
    return `npm run generate -- --resume ${jobId} --out ${options.out}${data}`;
  }
}

function exitCodeFor({ status }: JobFields): number {
  switch (status) {
    case "COMPLETED":
      return EXIT.complete;
    case "BUDGET_EXCEEDED":
      return EXIT.budget;
    case "CANCELLED":
      return EXIT.cancelled;
    default:
      return EXIT.failed;
  }
}

function sentenceOf({ status, statusReason }: JobFields): string {
  const words = {
    COMPLETED: "Complete:",
    BUDGET_EXCEEDED: "Stopped at the budget:",
    CANCELLED: "Cancelled:",
  } as Record<string, string>;
  return words[status] ?? `Failed: ${statusReason ?? "no reason was given."}`;
}

/**
 * Makes the folder for the dataset if need be and tries to write in it, so that no job is paid for that cannot be delivered.
 * @returns whether it was made
 */
async function prepareFolder(folder: string): Promise<boolean> {
  try {
    const isNew = await makeFolder(resolve(folder));
    const probe = join(folder, `.probe-${process.pid}`);
    await (await open(probe, "w")).close();
    await rm(probe);
    return isNew;
  } catch (cause) {
    throw new UsageError(
      `The folder ${folder} for the dataset cannot be written (${(cause as Error).message}); name another with --out.`,
      { cause },
    );
  }
}

/** Level by level: Node's own `recursive` never ends where an existing folder takes no new ones, as in /proc. */
async function makeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (code !== "ENOENT" || !(await makeFolder(dirname(path)))) throw error;
    await mkdir(path);
    return true;
  }
}

function collect(value: string, before: string[] = []): string[] {
  // What stands before the first = is a name, unless it can only be the way to a file.
  const [, left, right] = /^([^=/\\.]*)=(.*)$/s.exec(value) ?? [];
  const [name, file] = left === undefined ? [DEFAULT_COLLECTION, value] : [left, right];
  if (!COLLECTION_NAME.test(name))
    throw new InvalidArgumentError(`A collection's name is a letter, then letters, digits or _, not "${name}".`);
  if (!file || !basename(file)) throw new InvalidArgumentError(`Expected a file after "${name}=".`);
  return [...before, `${name}=${file}`];
}

/** `audience=expert`; the value is read once the template has said what it takes. */
function parameterOf(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [, name, value] = /^([A-Za-z]\w*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError(
      `Expected a parameter's name and its value, as in audience=expert, received "${text}".`,
    );
  return { ...before, [name]: value };
}

function recordsOf(text: string): number {
  const records = Number(text);
  if (!Number.isInteger(records) || records < 1 || records > MAX_RECORDS)
    throw new InvalidArgumentError(
      `Expected a whole number from 1 to ${formatNumber(MAX_RECORDS)}, received "${text}".`,
    );
  return records;
}

function budgetOf(text: string): Nanos {
  const budget = parseUsd(text);
  if (budget === undefined || budget <= 0 || budget > MAX_BUDGET_NANOS)
    throw new InvalidArgumentError(
      `Expected an amount in USD above 0 and at most ${MAX_BUDGET_NANOS / 1e9}, received "${text}".`,
    );
  return budget;
}

function percentOf(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) <= 100) return Number(text);
  throw new InvalidArgumentError(`Expected a whole number of percent from 0 to 100, received "${text}".`);
}

/** `on-demand` for ON_DEMAND: as people write what the API calls by such names. */
function choicesOf(names: readonly string[]): string[] {
  return names.map((name) => name.toLowerCase().replaceAll("_", "-"));
}

function chosen(choice: string | undefined): string | undefined {
  return choice?.toUpperCase().replaceAll("-", "_");
}

function splitOf(text: string): Split {
  const split = parseSplit(text);
  if (split) return split;
  throw new InvalidArgumentError(
    `Expected three whole numbers of percent that make 100 together, as in 80,10,10, received "${text}".`,
  );
}

function partitionByOf(text: string): PartitionBy[] {
  const levels = parsePartitionBy(text);
  if (levels) return levels;
  throw new InvalidArgumentError(
    `Expected columns with commas between, each whole or by day, month or year, as in category,date:month, received "${text}".`,
  );
}

function formatsOf(text: string): DatasetFormat[] {
  const formats = text.split(",").map((name) => name.trim().replace(".", "_").toUpperCase());
  const unknown = formats.find((name) => !(FORMATS as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`Expected formats among ${FORMAT_LIST}, received "${unknown.toLowerCase()}".`);
  return [...new Set(formats)] as DatasetFormat[];
}
