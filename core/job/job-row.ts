/** A job's rows in the jobs table, beside those of its shards (core/shard/shard-row.ts) and its budget (core/money/budget-row.ts). */
import type { ArchiveClass } from "../dataset/archive.ts";
import type { PartitionBy } from "../dataset/partition.ts";
import type { Split } from "../dataset/split.ts";
import type { DatasetFormat } from "../formats.ts";
import type { OPEN } from "../keys.ts";
import type { Tiers } from "../models/models.ts";
import type { Estimate } from "../money/estimate.ts";
import type { Nanos } from "../money/money.ts";
import type { Partials } from "../template/template.ts";
import type { JobCapacity, JobPriority, JobStatus, Outcome } from "./job.ts";
import type { TaskSize } from "./task-size.ts";

export interface JobRow {
  pk: string;
  sk: "JOB";
  jobId: string;
  owner: string;
  ownerStatus: string;
  openKey?: typeof OPEN;
  name: string;
  status: JobStatus;
  outcome?: Outcome;
  statusReason?: string;
  /** Grows with whatever its owner does to it but change its priority. */
  controlNo: number;
  templateId: string;
  templateVersion: number;
  templateName: string;
  seedSetId: string;
  seedSetName: string;
  /** The owner of the seed set: the job's owner, or `samples`. */
  seedSetOwner: string;
  recordCount: number;
  /** Every parameter of the template as this job uses it. */
  parameters: Record<string, unknown>;
  budgetId: string;
  budgetNanos: Nanos;
  maxAttemptCostNanos: Nanos;
  /** What it was expected to cost when it was made; absent when that could not be told, and in jobs made before it was. */
  estimate?: Estimate;
  formats: DatasetFormat[];
  /** Each format's file is one for each portion then. */
  split?: Split;
  /** Of its records, so many may fail before it fails itself; absent in jobs made before one could choose. */
  maxFailedPercent?: number;
  /** Jobs made before it could be chosen have none of the next three, and are as if null had been chosen. */
  priority?: JobPriority;
  capacity?: JobCapacity;
  taskSize?: TaskSize;
  /** Its files lie in a folder for each value of these, the first outermost. */
  partitionBy?: PartitionBy[];
  shardCount: number;
  /** Shards of records that are not DONE. */
  openShards: number;
  /** Shards parked under the present controlNo: refused a grant, they wait for a larger budget. */
  parkedShards: number;
  /** The token its owner made it with, so that the token's row is removed with it. */
  clientToken: string;
  /** Where the published dataset lies, once it does. */
  datasetPrefix?: string;
  /** The files of its dataset, the first of them where it has very many: a row has its limits. */
  datasetFiles: DatasetFileRow[];
  /** The last restoration of a dataset from the archive; absent when none was asked for. */
  archive?: ArchiveRow;
  /** How many there are; absent in jobs that ended before datasets could have very many. */
  datasetFileCount?: number;
  /** While objects that nothing names any more wait to be removed: the generation of the export that left them. */
  sweepGeneration?: number;
  /** Parts of its records lie with its published dataset: while that is archived, the job cannot go on. */
  isCompacted?: boolean;
  /** Its records so far as a file, for who cannot wait. */
  snapshot?: SnapshotRow;
  createdAt: string;
  startedAt?: string;
  finishedAt?: string;
}

/** What is remembered of a restoration. Where the dataset lies is S3's to say. */
export interface ArchiveRow {
  /** The dataset meant; it says nothing of one that is published later. */
  prefix: string;
  state: "RESTORING" | "RESTORED" | "ARCHIVED";
  archiveClass: ArchiveClass;
  requestedAt: string;
  restoredUntil?: string;
  /** When the state was found. */
  observedAt: string;
}

export interface SnapshotRow {
  snapshotId: string;
  state: "CREATING" | "READY" | "FAILED";
  statusReason?: string;
  takenAt: string;
  /** MAKING later than that is dead. */
  deadlineMs: number;
  rows?: number;
  bytes?: number;
}

export interface DatasetFileRow {
  name: string;
  format?: DatasetFormat;
  bytes: number;
  rows: number;
}

export interface JobTemplateRow {
  pk: string;
  sk: "TEMPLATE";
  templateId: string;
  templateVersion: number;
  /** The YAML source, parsed again by whoever needs it: one parser, one truth. */
  source: string;
  /** What it includes from other templates. */
  partials: Partials;
  /** The models that stood for the tiers when the job was made: prices are pinned with them. */
  tiers: Tiers;
  parameters: Record<string, unknown>;
}

/** Remembers which job a client token made. */
export interface TokenRow {
  pk: string;
  sk: "TOKEN";
  jobId: string;
  /** A digest of the input: the same token with another input is an error. */
  inputDigest: string;
}
