/** A job's rows in the jobs table, beside those of its shards (core/shard/shard-row.ts) and its budget (core/money/budget-row.ts). */
import type { ArchiveClass } from "../dataset/archive.ts";
import type { PartitionBy } from "../dataset/partition.ts";
import type { Split } from "../dataset/split.ts";
import type { DatasetFormat } from "../formats.ts";
import type { Tiers } from "../models/models.ts";
import type { Estimate } from "../money/estimate.ts";
import type { Nanos } from "../money/money.ts";
import type { Partials } from "../template/template.ts";
import type { JobCapacity, JobPriority, JobStatus, Outcome } from "./job.ts";
import type { TaskSize, TaskSpec } from "./task-size.ts";

export interface JobRow {
  pk: string;
  sk: "JOB";
  jobId: string;
  owner: string;
  ownerStatus: string;
  /** In which list the dispatcher finds it: NEW_JOBS, an ownerQueue, or LEFTOVERS; absent when it is not to be found. */
  queueKey?: string;
  /** Its place there, by priority and age; absent in jobs that predate it. */
  queueOrder?: string;
  name: string;
  status: JobStatus;
  outcome?: Outcome;
  statusReason?: string;
  /** Incremented by whatever its owner does to it except changing its priority. */
  controlNo: number;
  templateId: string;
  templateVersion: number;
  templateName: string;
  seedSetId: string;
  seedSetName: string;
  /** The owner of the seed set: the job's owner, or `samples`. */
  seedSetOwner: string;
  recordCount: number;
  /** Every parameter of the template, with this job's value. */
  parameters: Record<string, unknown>;
  budgetId: string;
  budgetNanos: Nanos;
  maxAttemptCostNanos: Nanos;
  /** What it was expected to cost at its creation; absent when unknown, and in jobs that predate estimates. */
  estimate?: Estimate;
  formats: DatasetFormat[];
  /** When set, each format has a file for each split. */
  split?: Split;
  /** The percentage of its records that may fail before it fails; absent in jobs that predate the option. */
  maxFailedPercent?: number;
  /** Jobs that predate these options have none of the next three, and use the defaults. */
  priority?: JobPriority;
  capacity?: JobCapacity;
  taskSize?: TaskSize;
  /** What each of its tasks gets, as the deployment had it at the job's creation; absent in jobs that predate the choice. */
  task?: TaskSpec;
  /** The most tasks at a time; absent in jobs that predate the choice. */
  maxTasks?: number;
  /** The most model calls at a time that its owner asked for; absent for as many as its tasks can have. */
  inFlight?: number;
  /** When set, its files are in a folder for each value of these columns, the first outermost. */
  partitionBy?: PartitionBy[];
  shardCount: number;
  /** Record shards that are not DONE. */
  openShards: number;
  /** Shards parked under the current controlNo: denied a grant, they wait for a larger budget. */
  parkedShards: number;
  /** The token its owner created it with, so that the token's row is removed with it. */
  clientToken: string;
  /** The location of the published dataset, once there is one. */
  datasetPrefix?: string;
  /** The files of its dataset; only the first ones if there are very many, since a row is limited. */
  datasetFiles: DatasetFileRow[];
  /** The last restoration of a dataset from the archive; absent when none was requested. */
  archive?: ArchiveRow;
  /** How many there are in all; absent in jobs that predate large datasets. */
  datasetFileCount?: number;
  /** The rows of its dataset; absent if its template makes one row of a record, and before there is a dataset. */
  datasetRows?: number;
  /** While objects that are no longer referenced wait to be removed: the generation of the export that left them. */
  sweepGeneration?: number;
  /** Parts of its records are stored with its published dataset: while that is archived, the job cannot resume. */
  isCompacted?: boolean;
  /** Its records so far as a file. */
  snapshot?: SnapshotRow;
  createdAt: string;
  startedAt?: string;
  finishedAt?: string;
}

/** The last known state of a restoration. The source of truth is S3. */
export interface ArchiveRow {
  /** The dataset it is about, not one published later. */
  prefix: string;
  state: "RESTORING" | "RESTORED" | "ARCHIVED";
  archiveClass: ArchiveClass;
  requestedAt: string;
  restoredUntil?: string;
  /** When the state was observed. */
  observedAt: string;
}

export interface SnapshotRow {
  snapshotId: string;
  state: "CREATING" | "READY" | "FAILED";
  statusReason?: string;
  takenAt: string;
  /** CREATING after this time means that the function died. */
  deadlineMs: number;
  rows?: number;
  bytes?: number;
}

export interface DatasetFileRow {
  name: string;
  format?: DatasetFormat;
  bytes: number;
  rows: number;
  /** Records that the format cannot hold; absent when there are none. */
  omitted?: number;
}

export interface JobTemplateRow {
  pk: string;
  sk: "TEMPLATE";
  templateId: string;
  templateVersion: number;
  /** The YAML source, parsed again wherever it is needed: a single source of truth. */
  source: string;
  /** What it includes from other templates. */
  partials: Partials;
  /** The models of the tiers when the job was created: this pins the prices too. */
  tiers: Tiers;
  parameters: Record<string, unknown>;
}

/** Remembers which job a client token created. */
export interface TokenRow {
  pk: string;
  sk: "TOKEN";
  jobId: string;
  /** A digest of the input: reusing the token with another input is an error. */
  inputDigest: string;
}
