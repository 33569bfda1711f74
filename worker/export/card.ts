/** The dataset's card: what it is, what is in it, what it cost, how to load it. */
import { createHash } from "node:crypto";
import { formatBasis, formatEstimate } from "#core/money/estimate";
import { formatNumber } from "#core/numbers";
import type { Outcome } from "#core/job/job";
import { mergeCauses } from "#core/shard/causes";
import { formatUsd } from "#core/money/money";
import { formatPartitionBy } from "#core/dataset/partition";
import type { ShardRow } from "#core/shard/shard-row";
import { formatSplit } from "#core/dataset/split";
import type { Template } from "#core/template/template";
import type { Counts } from "./counts.ts";
import type { FinishedFile, DatasetSchema } from "./dataset-file.ts";
import { loading, loadingPartitions } from "./loading.ts";
import { partitionsOf } from "./partition-card.ts";

export interface CardInput {
  readonly template: Template;
  /** The template's text; absent when it is gone. */
  readonly source?: string;
  readonly shards: readonly ShardRow[];
  readonly outcome: Outcome;
  readonly files: readonly FinishedFile[];
  readonly counts: Counts;
  /** A sentence on what is not as it was asked for. */
  readonly remark?: string;
  /** Records in the one folder for all beyond the limit of partitions. */
  readonly overflowRecords: number;
}

/** Values of a category beyond these are summed up. */
const SHOWN_VALUES = 50;
const SHOWN_CHARACTERS = 80;

const ENDINGS: Readonly<Record<Outcome, string>> = {
  COMPLETED: "It is complete.",
  BUDGET_EXCEEDED: "Its budget was used up before all records were made.",
  CANCELLED: "It was cancelled before all records were made.",
  FAILED: "It failed before all records were made.",
};

/** The card as Markdown. */
export function datasetCard(shape: DatasetSchema, facts: CardInput): string {
  const { job, columns } = shape;
  const { template, shards, outcome, files, counts, remark } = facts;
  const levels = job.partitionBy;
  const sum = (count: (shard: ShardRow) => number) => shards.reduce((total, shard) => total + count(shard), 0);
  const failed = sum((shard) => shard.failed);
  const sections = [
    [`# ${asWritten(job.name)}`],
    template.description ? [asWritten(template.description)] : [],
    [
      `Synthetic data made with Plot Palette from the template "${asWritten(job.templateName)}" (version ${job.templateVersion}) ` +
        `and the seed set "${asWritten(job.seedSetName)}". ${endingOf(outcome, failed)}`,
    ],
    remark ? [remark] : [],
    table(
      ["", ""],
      [
        ["Records", `${formatNumber(sum((shard) => shard.delivered))} of ${formatNumber(job.recordCount)}`],
        ["Failed records", formatNumber(failed)],
        ...(template.accept ? [["Rejected candidates", formatNumber(sum((shard) => shard.rejected ?? 0))]] : []),
        [
          "Tokens",
          `${formatNumber(sum((shard) => shard.inputTokens))} sent, ${formatNumber(sum((shard) => shard.outputTokens))} received`,
        ],
        ["Cost of the models", formatUsd(sum((shard) => shard.spentNanos))],
        ...(job.estimate
          ? [["Estimated before", `${formatEstimate(job.estimate)}, ${formatBasis(job.estimate)}`]]
          : []),
        ...(job.split ? [["Split", formatSplit(job.split)]] : []),
        ...(levels ? [["Partitioned by", formatPartitionBy(levels)]] : []),
        ["Job", job.jobId],
      ],
    ),
    ["## Columns"],
    table(["Column", "Type"], [["id", "string"], ...columns.map(({ name, kind }) => [name, kind])]),
    ["## Prompts"],
    table(["", ""], promptsOf(shape, facts)),
    ...modelsOf(counts),
    ...categoriesOf(counts),
    ...acceptanceOf(template),
    ...causesOf(shards),
    ["## Files"],
    ...(levels ? partitionsOf(levels, facts) : []),
    files
      .filter(({ name }) => !levels || !name.includes("/"))
      .map(({ name, rows, leftOut }) => `- \`${name}\`: ${formatNumber(rows)} rows${leftOutWords(leftOut)}`),
    [
      "`provenance.jsonl` tells for each id the models, tokens, cost, seed items and attempts it took; and where a step took more " +
        "than one call, all of them with their reasons. `SHA256SUMS` has the checksum of every file: `sha256sum --check SHA256SUMS`, " +
        "under the files' own names, which those downloaded one by one have after the job's.",
    ],
    ...(levels ? loadingPartitions(files) : loading(files)),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function endingOf(outcome: Outcome, failed: number): string {
  if (outcome !== "COMPLETED" || failed === 0) return ENDINGS[outcome];
  return `It is complete but for the ${failed === 1 ? "record" : `${formatNumber(failed)} records`} that failed.`;
}

/** What the records were made with, down to the letter. */
function promptsOf({ job }: DatasetSchema, { source }: CardInput): string[][] {
  return [
    ["Template", `${job.templateId}, version ${job.templateVersion}`],
    ...(source === undefined ? [] : [["SHA-256 of its text", createHash("sha256").update(source).digest("hex")]]),
    ["Seed set", job.seedSetId],
    // Jobs made before templates had parameters have none.
    ...Object.entries(job.parameters ?? {}).map(([name, value]) => [`Parameter ${name}`, cell(JSON.stringify(value))]),
  ];
}

function modelsOf({ models, records }: Counts): string[][] {
  const rows = [...models].flatMap(([step, counts]) =>
    byCount(counts).map(([modelId, count]) => [step, modelId, formatNumber(count), share(count, records)]),
  );
  return rows.length === 0 ? [] : [["## Models"], table(["Step", "Model", "Records", "Share"], rows)];
}

function categoriesOf({ categories, uncounted, records }: Counts): string[][] {
  return [...categories].flatMap(([name, counts]) => {
    const values = byCount(counts);
    const shown = values.slice(0, SHOWN_VALUES);
    const rest = records - shown.reduce((sum, [, count]) => sum + count, 0);
    const others = values.length - shown.length;
    const words = uncounted.has(name) ? `more than ${formatNumber(others)} others` : `${formatNumber(others)} others`;
    return [
      [`## Records by ${name}`],
      table(
        [name, "Records", "Share"],
        [
          ...shown.map(([value, count]) => [cell(value), formatNumber(count), share(count, records)]),
          ...(rest > 0 ? [[words, formatNumber(rest), share(rest, records)]] : []),
        ],
      ),
    ];
  });
}

/** What each of its records meets. */
function acceptanceOf({ accept = [] }: Template): string[][] {
  if (accept.length === 0) return [];
  const rows = accept.map(({ name = "accept", expression }) => [
    name,
    `\`${shortened(expression).replaceAll("`", "'")}\``,
  ]);
  return [["## Conditions every record meets"], table(["Condition", "Expression"], rows)];
}

/** Why records failed and candidates were rejected. */
function causesOf(shards: readonly ShardRow[]): string[][] {
  const causes = mergeCauses(shards.map((shard) => shard.causes ?? []));
  if (causes.length === 0) return [];
  const rows = causes.map(({ cause, records, attempts }) => [
    cell(cause),
    formatNumber(attempts),
    formatNumber(records),
  ]);
  return [["## Why attempts failed or were rejected"], table(["Cause", "Attempts", "Records given up"], rows)];
}

/** Where a format tells fewer records than there are: `training` names columns that do not always hold what it needs. */
function leftOutWords(leftOut: number): string {
  if (leftOut === 0) return "";
  return `; ${formatNumber(leftOut)} records left out, which have no text, or no conversation with an assistant, in the columns it is made from`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}

function byCount(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort(([, one], [, other]) => other - one);
}

function share(count: number, of: number): string {
  return `${((100 * count) / of).toFixed(1)} %`;
}

/** A text of anybody's in a cell of a table. */
function cell(text: string): string {
  return withoutTags(shortened(text));
}

function shortened(text: string): string {
  const line = oneLine(text).replaceAll("|", "\\|");
  return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS - 1)}…` : line;
}

function asWritten(text: string): string {
  return withoutTags(oneLine(text));
}

/** Outside of code Markdown would take what stands in angle brackets for HTML. */
function withoutTags(text: string): string {
  return text.replaceAll("<", "\\<");
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
