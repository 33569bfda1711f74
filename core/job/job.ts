/** A job's states, the transitions between them, its limits, and how it is divided into shards. */
import { PlotPaletteError } from "../errors.ts";
import { DEFAULT_MAX_FAILED_PERCENT } from "./failure-tolerance.ts";
import { FORMATS, FORMAT_LIST } from "../formats.ts";
import { formatNumber } from "../numbers.ts";
import { formatUsd, NANOS_PER_USD, type Nanos } from "../money/money.ts";
import { checkSplit, type Split } from "../dataset/split.ts";

export const JOB_STATUSES = [
  "QUEUED",
  "RUNNING",
  "PAUSED",
  "EXPORTING",
  "COMPLETED",
  "BUDGET_EXCEEDED",
  "CANCELLED",
  "FAILED",
  "DELETING",
] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

/** How a job can end. EXPORTING carries it until the dataset is published. */
export type Outcome = "COMPLETED" | "BUDGET_EXCEEDED" | "CANCELLED" | "FAILED";

/** The states that may follow each state. Every write of a status is conditional on the state it leaves. */
export const TRANSITIONS: Readonly<Record<JobStatus, readonly JobStatus[]>> = {
  QUEUED: ["RUNNING", "PAUSED", "EXPORTING"],
  RUNNING: ["QUEUED", "PAUSED", "EXPORTING"],
  PAUSED: ["QUEUED", "EXPORTING"],
  EXPORTING: ["COMPLETED", "BUDGET_EXCEEDED", "CANCELLED", "FAILED"],
  COMPLETED: ["QUEUED", "DELETING"],
  BUDGET_EXCEEDED: ["QUEUED", "DELETING"],
  CANCELLED: ["DELETING"],
  FAILED: ["QUEUED", "DELETING"],
  DELETING: [],
};

/** The states from which a job may move to `to`. */
export function statesBefore(to: JobStatus): JobStatus[] {
  return JOB_STATUSES.filter((from) => TRANSITIONS[from].includes(to));
}

/** Nothing happens to the job until a person acts. */
export function isAtRest(status: JobStatus): boolean {
  return !["QUEUED", "RUNNING", "EXPORTING"].includes(status);
}

/** Which of a person's own jobs gets the next free task, the highest first. */
export const PRIORITIES = ["HIGH", "NORMAL", "LOW"] as const;
export type JobPriority = (typeof PRIORITIES)[number];

/** SPOT_FIRST falls back to on-demand only after repeated Spot shortages. */
export const CAPACITIES = ["SPOT_FIRST", "ON_DEMAND"] as const;
export type JobCapacity = (typeof CAPACITIES)[number];

export const MAX_RECORDS = 1_000_000;
export const MAX_BUDGET_NANOS: Nanos = 5_000 * NANOS_PER_USD;
/** With the job, its template, its budget and its token they fit a DynamoDB transaction, which has at most 100 items. */
export const MAX_SHARDS = 80;
/** With the job and its budget they fit such a transaction, should all shards be reopened. */
export const MAX_SHARDS_EXTENDED = 98;
/** Small enough that several workers share a few thousand records, large enough to keep the cost of leases low. */
const RECORDS_PER_SHARD = 500;

/**
 * The ranges of slots a job is divided into: contiguous, `from` inclusive, `to` exclusive, as even as possible.
 * @param tasks how many tasks are to share them; one by default
 */
export function planShards(recordCount: number, tasks = 1): { from: number; to: number }[] {
  const shards = Math.min(MAX_SHARDS, recordCount, Math.max(tasks, Math.ceil(recordCount / RECORDS_PER_SHARD)));
  return Array.from({ length: shards }, (_, n) => ({
    from: Math.floor((n * recordCount) / shards),
    to: Math.floor(((n + 1) * recordCount) / shards),
  }));
}

/**
 * The ranges that a larger count adds to a job of `shardCount` shards; existing shards stay as they are. Takes at most half of
 * the shards that are left, so that a job can be extended again; none when none is left.
 */
export function planMoreShards(
  job: { readonly recordCount: number; readonly shardCount: number },
  recordCount: number,
): { from: number; to: number }[] {
  const more = recordCount - job.recordCount;
  const left = Math.max(0, MAX_SHARDS_EXTENDED - job.shardCount);
  const shards = Math.min(Math.ceil(left / 2), Math.ceil(more / RECORDS_PER_SHARD));
  return Array.from({ length: shards }, (_, n) => ({
    from: job.recordCount + Math.floor((n * more) / shards),
    to: job.recordCount + Math.floor(((n + 1) * more) / shards),
  }));
}

export interface JobOptions {
  readonly name: string;
  readonly recordCount: number;
  readonly budgetNanos: Nanos;
  readonly formats: readonly string[];
  readonly split?: Split | null;
  readonly maxFailedPercent?: number | null;
  readonly clientToken: string;
}

/** @throws PlotPaletteError BadInput naming the first option out of range */
export function checkJobOptions(options: JobOptions): void {
  const { name, recordCount, budgetNanos, formats, split, clientToken } = options;
  const maxFailedPercent = options.maxFailedPercent ?? DEFAULT_MAX_FAILED_PERCENT;
  if (name.trim().length < 1 || name.length > 100)
    throwBadInput(`The job's name must have 1 to 100 characters; this one has ${name.trim().length}.`);
  checkRecordCount(recordCount);
  if (!Number.isInteger(budgetNanos) || budgetNanos <= 0 || budgetNanos > MAX_BUDGET_NANOS)
    throwBadInput(
      `The budget must be more than $0 and at most ${formatUsd(MAX_BUDGET_NANOS)}, not ${formatUsd(budgetNanos)}.`,
    );
  const unknown = formats.find((format) => !(FORMATS as readonly string[]).includes(format));
  if (unknown) throwBadInput(`The format "${unknown}" is unknown; choose from ${FORMAT_LIST}.`);
  if (formats.length === 0) throwBadInput(`At least one format is required; choose from ${FORMAT_LIST}.`);
  if (new Set(formats).size < formats.length) throwBadInput("Each format can be requested only once.");
  if (split) checkSplit(split);
  if (!Number.isInteger(maxFailedPercent) || maxFailedPercent < 0 || maxFailedPercent > 100)
    throwBadInput(`The failure tolerance must be a whole percentage from 0 to 100, not ${maxFailedPercent}.`);
  if (clientToken.length < 8 || clientToken.length > 64)
    throwBadInput(`The client token must have 8 to 64 characters; this one has ${clientToken.length}.`);
}

/** @throws PlotPaletteError BadInput when the count is out of range */
export function checkRecordCount(recordCount: number): void {
  if (Number.isInteger(recordCount) && recordCount >= 1 && recordCount <= MAX_RECORDS) return;
  throwBadInput(
    `The number of records must be a whole number from 1 to ${formatNumber(MAX_RECORDS)}, not ${recordCount}.`,
  );
}

/** What a model's server says while its calls do not succeed; null while they do, and when the job is not running. */
export function modelProblemOf(
  status: JobStatus,
  shards: readonly { readonly modelProblem?: string | null }[],
): string | null {
  return (status === "RUNNING" && shards.find(({ modelProblem }) => modelProblem)?.modelProblem) || null;
}

function throwBadInput(message: string): never {
  throw new PlotPaletteError("BadInput", message);
}
