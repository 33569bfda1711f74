/** The options of `npm run generate`, parsed and validated as far as the command line alone allows. */
import { basename } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { parsePartitionBy, type PartitionBy } from "#core/dataset/partition";
import { parseSplit, type Split } from "#core/dataset/split";
import { FORMATS, FORMAT_LIST, type DatasetFormat } from "#core/formats";
import { CAPACITIES, MAX_BUDGET_NANOS, MAX_RECORDS, PRIORITIES } from "#core/job/job";
import { MAX_IN_FLIGHT, TASK_SIZES } from "#core/job/task-size";
import { formatUsd, parseUsd, type Nanos } from "#core/money/money";
import { formatNumber } from "#core/numbers";
import { COLLECTION_NAME } from "#core/seeds/seed-set";
import { EXIT } from "../exit-codes.ts";

export interface GenerateOptions {
  template?: string;
  /** `name=file` each; the name is empty when none is given. */
  seeds?: string[];
  skipInvalid?: boolean;
  skipUnfit?: boolean;
  set?: Record<string, string>;
  records?: number;
  budget?: Nanos;
  formats: DatasetFormat[];
  split?: Split;
  maxFailed?: number;
  priority?: string;
  capacity?: string;
  taskSize?: string;
  inFlight?: number;
  partitionBy?: PartitionBy[];
  out: string;
  overwrite?: boolean;
  data: string;
  model?: string;
  /** The id of the job to resume, instead of a new one. */
  resume?: string;
}

export const DEFAULT_DATA_FOLDER = ".local";

/** Exits with a usage error, or after `--help`. */
export function parseOptions(): GenerateOptions {
  return command().parse().opts<GenerateOptions>();
}

function command(): Command {
  return new Command("npm run generate --")
    .description("Generates a dataset on this machine from a template and seed data, within a budget.")
    .option("--template <file>", "template, YAML or JSON")
    .option("--seeds <file>", "seed file, or name=file to name its collection; repeatable", parseSeedFile)
    .option("--skip-invalid", "skip invalid rows of the seed files and report them")
    .option("--skip-unfit", "skip seed items that do not fit the template, and report them")
    .option("--set <name=value>", "set a template parameter; repeatable", parseParameter)
    .option("--records <n>", "number of records to deliver", wholeNumberUpTo(MAX_RECORDS))
    .option("--budget <usd>", "maximum model cost", parseBudget)
    .addOption(
      new Option(
        "--formats <list>",
        `any of ${FORMAT_LIST.replace(" and ", ", ")}; those from messages on need a mapping in the template`,
      )
        .argParser(parseFormats)
        .default(["JSONL"], "jsonl"),
    )
    .option("--split <percents>", "train,validation,test split in percent, e.g. 80,10,10; one file each", parseSplits)
    .option(
      "--max-failed <percent>",
      "failure tolerance: percentage of records that may fail, 0 to 100 (default: 20)",
      parsePercent,
    )
    .addOption(new Option("--priority <priority>", "priority among your own jobs").choices(choicesOf(PRIORITIES)))
    .addOption(new Option("--capacity <capacity>", "capacity that its tasks run on").choices(choicesOf(CAPACITIES)))
    .addOption(new Option("--task-size <size>", "size of its tasks").choices(choicesOf(Object.keys(TASK_SIZES))))
    .option("--in-flight <n>", `most model calls at a time, 1 to ${MAX_IN_FLIGHT}`, wholeNumberUpTo(MAX_IN_FLIGHT))
    .option(
      "--partition-by <columns>",
      "Hive-style partitions by column value, or by day, month or year, e.g. category,date:month",
      parseLevels,
    )
    .option("--out <dir>", "output directory for the dataset and report.json", "out")
    .option("--overwrite", "replace the dataset of another job in the output directory")
    .option("--data <dir>", "data directory of the instance to use or start", DEFAULT_DATA_FOLDER)
    .option(
      "--model <model>",
      "model for an instance started here: sample, openai=URL[,model=NAME][,key=VARIABLE] or bedrock",
    )
    .option(
      "--resume <job>",
      "resume a paused job, or one stopped at its budget (with a larger --budget), or follow a running one",
    )
    .allowExcessArguments(false)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : EXIT.usage));
}

/** `ON_DEMAND`, as the API names it, for `on-demand`. */
export function apiName(choice: string | undefined): string | undefined {
  return choice?.toUpperCase().replaceAll("-", "_");
}

/** `on-demand` for `ON_DEMAND`. */
function choicesOf(names: readonly string[]): string[] {
  return names.map((name) => name.toLowerCase().replaceAll("_", "-"));
}

function parseSeedFile(value: string, before: string[] = []): string[] {
  // What precedes the first = is a name, unless it can only be part of a path.
  const [, left, right] = /^([^=/\\.]*)=(.*)$/s.exec(value) ?? [];
  const [name, file] = left === undefined ? ["", value] : [left, right];
  if (left !== undefined && !COLLECTION_NAME.test(name))
    throw new InvalidArgumentError(
      `Expected a collection name of letters, digits and _, starting with a letter, received "${name}".`,
    );
  if (!file || !basename(file)) throw new InvalidArgumentError(`Expected a file after "${name}=".`);
  return [...before, `${name}=${file}`];
}

/** `audience=expert`; the value is interpreted once the template is known. */
function parseParameter(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [, name, value] = /^([A-Za-z]\w*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError(`Expected name=value, e.g. audience=expert, received "${text}".`);
  return { ...before, [name]: value };
}

function wholeNumberUpTo(most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (Number.isInteger(number) && number >= 1 && number <= most) return number;
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${formatNumber(most)}, received "${text}".`);
  };
}

function parseBudget(text: string): Nanos {
  const budget = parseUsd(text);
  if (budget === undefined || budget <= 0 || budget > MAX_BUDGET_NANOS)
    throw new InvalidArgumentError(
      `Expected an amount in USD above $0 and at most ${formatUsd(MAX_BUDGET_NANOS)}, received "${text}".`,
    );
  return budget;
}

function parsePercent(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) <= 100) return Number(text);
  throw new InvalidArgumentError(`Expected a whole percentage from 0 to 100, received "${text}".`);
}

function parseSplits(text: string): Split {
  const split = parseSplit(text);
  if (split) return split;
  throw new InvalidArgumentError(
    `Expected three whole percentages that add up to 100, e.g. 80,10,10, received "${text}".`,
  );
}

function parseLevels(text: string): PartitionBy[] {
  const levels = parsePartitionBy(text);
  if (levels) return levels;
  throw new InvalidArgumentError(
    `Expected columns separated by commas, each optionally with :day, :month or :year, e.g. category,date:month, received "${text}".`,
  );
}

function parseFormats(text: string): DatasetFormat[] {
  const formats = text.split(",").map((name) => name.trim().replace(".", "_").toUpperCase());
  const unknown = formats.find((name) => !(FORMATS as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`Expected formats among ${FORMAT_LIST}, received "${unknown.toLowerCase()}".`);
  return [...new Set(formats)] as DatasetFormat[];
}
