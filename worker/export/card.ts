/** The dataset's card: what it is, what is in it, what it cost, how to load it. */
import type { Outcome } from "#core/job";
import { formatUsd } from "#core/money";
import type { ShardRow } from "#core/rows";
import type { Template } from "#core/template";
import type { DatasetFile, Shape } from "./dataset-file.ts";

export interface CardFacts {
  readonly template: Template;
  readonly shards: readonly ShardRow[];
  readonly outcome: Outcome;
  readonly files: readonly DatasetFile[];
}

const LOADING: Readonly<Record<string, string>> = {
  "dataset.parquet": 'pandas.read_parquet("dataset.parquet")',
  "dataset.csv": 'pandas.read_csv("dataset.csv")',
  "dataset.jsonl": 'datasets.load_dataset("json", data_files="dataset.jsonl")',
};

const ENDINGS: Readonly<Record<Outcome, string>> = {
  COMPLETED: "It is complete.",
  BUDGET_EXCEEDED: "Its budget was used up before all records were made.",
  CANCELLED: "It was cancelled before all records were made.",
  FAILED: "It failed before all records were made.",
};

export function cardOf({ job, columns }: Shape, { template, shards, outcome, files }: CardFacts): string {
  const sum = (count: (shard: ShardRow) => number) => shards.reduce((total, shard) => total + count(shard), 0);
  const number = (value: number) => value.toLocaleString("en-US");
  const spent = formatUsd(sum((shard) => shard.spentNanos));
  const lines = [
    `# ${oneLine(job.name)}`,
    "",
    ...(template.description ? [oneLine(template.description), ""] : []),
    `Synthetic data made with Plot Palette from the template "${oneLine(job.templateName)}" (version ${job.templateVersion}) ` +
      `and the seed set "${oneLine(job.seedSetName)}". ${ENDINGS[outcome]}`,
    "",
    "| | |",
    "| --- | --- |",
    `| Records | ${number(sum((shard) => shard.delivered))} of ${number(job.recordCount)} |`,
    `| Failed records | ${number(sum((shard) => shard.failed))} |`,
    `| Models | ${modelsOf(template).join(", ")} |`,
    `| Tokens | ${number(sum((shard) => shard.inputTokens))} sent, ${number(sum((shard) => shard.outputTokens))} received |`,
    `| Cost | ${spent} |`,
    `| Job | ${job.jobId} |`,
    "",
    "## Columns",
    "",
    "| Column | Type |",
    "| --- | --- |",
    "| id | string |",
    ...columns.map(({ name, kind }) => `| ${name} | ${kind} |`),
    "",
    "## Files",
    "",
    ...files.map(({ name, rows, leftOut }) => `- \`${name}\`: ${number(rows)} rows${leftOutWords(leftOut)}`),
    "",
    "`provenance.jsonl` tells for each id the models, tokens, cost, seed items and attempts it took; and where a step took more " +
      "than one call, all of them with their reasons.",
    "",
    ...loading(files),
  ];
  return lines.join("\n");
}

/** Each step's model, and those that may have answered in its place. */
function modelsOf({ steps }: Template): string[] {
  const choices = steps.flatMap((step) => [step, ...step.fallbacks, ...(step.escalate ? [step.escalate] : [])]);
  return [...new Set(choices.map(({ modelId }) => modelId))];
}

function loading(files: readonly DatasetFile[]): string[] {
  const ways = files.flatMap(({ name }) => LOADING[name] ?? []);
  return ways.length === 0 ? [] : ["## Loading it", "", "```python", ...ways, "```", ""];
}

/** Where a format tells fewer records than there are: `training` names columns that do not always hold what it needs. */
function leftOutWords(leftOut: number): string {
  if (leftOut === 0) return "";
  return `; ${leftOut.toLocaleString("en-US")} records left out, which have no text, or no conversation with an assistant, in the columns it is made from`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
