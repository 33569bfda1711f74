/** The dataset card: what the dataset is, what it contains, what it cost, how to load it. */
import { createHash } from "node:crypto";
import { formatBasis, formatEstimate } from "#core/money/estimate";
import { formatNumber } from "#core/numbers";
import type { Outcome } from "#core/job/job";
import { mergeCauses } from "#core/shard/causes";
import { formatUsd } from "#core/money/money";
import { META_FILES } from "#core/dataset/meta-files";
import { formatPartitionBy } from "#core/dataset/partition";
import type { ShardRow } from "#core/shard/shard-row";
import { formatSplit } from "#core/dataset/split";
import type { Template } from "#core/template/template";
import { counted, type Counts } from "./counts.ts";
import type { FinishedFile } from "./dataset-file.ts";
import type { DatasetSchema } from "./dataset-schema.ts";
import { frontMatter } from "./front-matter.ts";
import { loading, loadingPartitions } from "./loading.ts";
import { partitionsOf } from "./partition-card.ts";

export interface CardInput {
  readonly template: Template;
  /** The template's source; absent if it was deleted. */
  readonly source?: string;
  readonly shards: readonly ShardRow[];
  readonly outcome: Outcome;
  readonly files: readonly FinishedFile[];
  readonly counts: Counts;
  /** One sentence on how the dataset differs from what was requested. */
  readonly note?: string;
  /** Records in the one folder for values beyond the limit of partitions. */
  readonly overflowRecords: number;
}

/** Further values of a category share one row. */
const SHOWN_VALUES = 50;
const SHOWN_CHARACTERS = 80;

const ENDINGS: Readonly<Record<Outcome, string>> = {
  COMPLETED: "The dataset is complete.",
  BUDGET_EXCEEDED: "The budget was reached before all records were generated.",
  CANCELLED: "The job was canceled before all records were generated.",
  FAILED: "The job failed before all records were generated.",
};

/** The card as Markdown, with front matter for Hugging Face. */
export function datasetCard(schema: DatasetSchema, input: CardInput): string {
  const { template, shards, files, counts, note } = input;
  const noun = rowNoun(template);
  const levels = schema.job.partitionBy;
  const delivered = sumOf(shards, (shard) => shard.delivered);
  const sections = [
    [frontMatter(schema, files, template.rows === undefined ? delivered : counts.rows)],
    ...introductionOf(schema, input),
    note ? [note] : [],
    table(["", ""], summaryOf(schema, input)),
    ["## Columns"],
    table(["Column", "Type"], [["id", "string"], ...schema.columns.map(({ name, type }) => [name, type])]),
    ["## Template and seeds"],
    table(["", ""], sourcesOf(schema, input)),
    ...modelsOf(counts),
    ...categoriesOf(counts, noun),
    ...acceptanceOf(template),
    ...causesOf(shards),
    ["## Files"],
    ...(levels ? partitionsOf(levels, input) : []),
    files
      .filter(({ format }) => !levels || !format)
      .map(({ name, rows, omitted }) => `- \`${name}\`: ${counted(rows, "row")}${omissionNote(omitted, noun)}`),
    [
      `The data is in \`${levels ? "**/" : ""}dataset.*\`; the files in \`meta/\` are about it. Tools that do not read this card's ` +
        "front matter may take all of them for data: name the files to load.",
    ],
    [
      (template.rows === undefined
        ? ""
        : "A record has one or more rows: the row `ID-1` is the first of the record `ID`, and all are in the same split. ") +
        `For each ID, \`${META_FILES.provenance}\` has the models, tokens, cost, seed items and attempts it took, and, where a step took more ` +
        "than one call, all of them with their reasons. `SHA256SUMS` has every file's checksum: `sha256sum --check SHA256SUMS` " +
        "verifies files under the names above; those downloaded one by one are prefixed with the job's name.",
    ],
    ...(levels ? loadingPartitions(files) : loading(files)),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

type RowNoun = "record" | "row";

/** What a line of a file is. */
function rowNoun({ rows }: Template): RowNoun {
  return rows === undefined ? "record" : "row";
}

function introductionOf({ job }: DatasetSchema, { template, shards, outcome }: CardInput): string[][] {
  return [
    [`# ${asWritten(job.name)}`],
    template.description ? [asWritten(template.description)] : [],
    [
      `Synthetic data generated with Plot Palette from the template "${asWritten(job.templateName)}" ` +
        `(version ${job.templateVersion}) and the seed set "${asWritten(job.seedSetName)}". ` +
        endingOf(
          outcome,
          sumOf(shards, ({ failed }) => failed),
        ),
    ],
  ];
}

function endingOf(outcome: Outcome, failed: number): string {
  if (outcome !== "COMPLETED" || failed === 0) return ENDINGS[outcome];
  return `The dataset is complete except for ${counted(failed, "record")} that failed.`;
}

function summaryOf({ job }: DatasetSchema, { template, shards, counts }: CardInput): string[][] {
  const total = (count: (shard: ShardRow) => number) => formatNumber(sumOf(shards, count));
  return [
    ["Records", `${total((shard) => shard.delivered)} of ${formatNumber(job.recordCount)}`],
    ...(template.rows === undefined ? [] : [["Rows", `${formatNumber(counts.rows)}, one or more of each record`]]),
    ["Failed records", total((shard) => shard.failed)],
    ...(template.accept ? [["Rejected candidates", total((shard) => shard.rejected ?? 0)]] : []),
    ...(shards.some(({ mended = 0 }) => mended > 0) ? [["Mended answers", total((shard) => shard.mended ?? 0)]] : []),
    ["Tokens", `${total((shard) => shard.inputTokens)} input, ${total((shard) => shard.outputTokens)} output`],
    ["Model cost", formatUsd(sumOf(shards, (shard) => shard.spentNanos))],
    ...(job.estimate ? [["Estimated cost", `${formatEstimate(job.estimate)}, ${formatBasis(job.estimate)}`]] : []),
    ...(job.split ? [["Split", formatSplit(job.split)]] : []),
    ...(job.partitionBy ? [["Partitioned by", formatPartitionBy(job.partitionBy)]] : []),
    ["Job", job.jobId],
  ];
}

function sumOf(shards: readonly ShardRow[], count: (shard: ShardRow) => number): number {
  return shards.reduce((total, shard) => total + count(shard), 0);
}

/** Exactly what the records were generated from. */
function sourcesOf({ job }: DatasetSchema, { source }: CardInput): string[][] {
  return [
    ["Template", `${job.templateId}, version ${job.templateVersion}`],
    ...(source === undefined ? [] : [["Template SHA-256", createHash("sha256").update(source).digest("hex")]]),
    ["Seed set", job.seedSetId],
    // Jobs created before templates had parameters have none.
    ...Object.entries(job.parameters ?? {}).map(([name, value]) => [`Parameter ${name}`, cell(JSON.stringify(value))]),
  ];
}

function modelsOf({ models, records }: Counts): string[][] {
  const rows = [...models].flatMap(([step, counts]) =>
    byCount(counts).map(([modelId, count]) => [step, modelId, formatNumber(count), share(count, records)]),
  );
  return rows.length === 0 ? [] : [["## Models"], table(["Step", "Model", "Records", "Share"], rows)];
}

function categoriesOf({ categories, uncounted, rows: total }: Counts, noun: RowNoun): string[][] {
  const title = noun === "row" ? "Rows" : "Records";
  return [...categories].flatMap(([name, counts]) => {
    const values = byCount(counts);
    const shown = values.slice(0, SHOWN_VALUES);
    const rest = total - shown.reduce((sum, [, count]) => sum + count, 0);
    const others = values.length - shown.length;
    const label = uncounted.has(name) ? `more than ${formatNumber(others)} others` : `${formatNumber(others)} others`;
    return [
      [`## ${title} by ${name}`],
      table(
        [name, title, "Share"],
        [
          ...shown.map(([value, count]) => [cell(value), formatNumber(count), share(count, total)]),
          ...(rest > 0 ? [[label, formatNumber(rest), share(rest, total)]] : []),
        ],
      ),
    ];
  });
}

/** The conditions that every record meets. */
function acceptanceOf({ accept = [] }: Template): string[][] {
  if (accept.length === 0) return [];
  const rows = accept.map(({ name = "accept", expression }) => [
    name,
    `\`${shortened(expression).replaceAll("`", "'")}\``,
  ]);
  return [["## Acceptance conditions"], table(["Condition", "Expression"], rows)];
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
  return [["## Failures and rejections"], table(["Cause", "Attempts", "Failed records"], rows)];
}

/** For a format that cannot hold all records: `training` names columns that do not always have what it needs. */
function omissionNote(omitted: number, noun: RowNoun): string {
  if (omitted === 0) return "";
  return `; ${counted(omitted, noun)} omitted, whose columns lack the text, or the conversation with an assistant, that it needs`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}

function byCount(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort(([, one], [, other]) => other - one);
}

function share(count: number, of: number): string {
  return `${((100 * count) / of).toFixed(1)}%`;
}

/** Text from users in a table cell. */
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

/** Outside of code, Markdown takes angle brackets for HTML. */
function withoutTags(text: string): string {
  return text.replaceAll("<", "\\<");
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
