/**
 * The rows of the tables and the keys of the bucket. Resolvers, functions and the worker share it; it is safe for
 * APPSYNC_JS (types and arrow functions over strings only). Every row has `pk` and `sk`.
 */
import type { ArchiveClass } from "../dataset/archive.ts";
import type { CauseCount } from "../shard/causes.ts";
import type { Estimate, Sample } from "../money/estimate.ts";
import type { DatasetFormat, JobCapacity, JobPriority, JobStatus, Outcome } from "./job.ts";
import type { Tiers } from "../models/models.ts";
import type { Nanos } from "../money/money.ts";
import type { PartitionBy } from "../dataset/partition.ts";
import type { Split } from "../dataset/split.ts";
import type { SeedField } from "../seeds/fields.ts";
import type { SpentOn } from "../money/spending.ts";
import type { TaskSize } from "./task-size.ts";
import type { Bound } from "../template/bound.ts";
import type { Partials, SeedRead } from "../template/template.ts";

/** A row as the plain object type that the SDK's and AppSync's helpers want. */
export type Item<Row> = { [Name in keyof Row]: Row[Name] };

// The jobs table ------------------------------------------------------------------------------------------------------

export const jobKey = (jobId: string) => ({ pk: `JOB#${jobId}`, sk: "JOB" as const });
/** The job's own copy of its template version: deleting a template never breaks a job. */
export const jobTemplateKey = (jobId: string) => ({ pk: `JOB#${jobId}`, sk: "TEMPLATE" as const });
/** A partition of its own, so that a hundred shards do not share one. */
export const shardKey = (jobId: string, shardNo: number) => ({ pk: `SHARD#${jobId}#${shardNo}`, sk: "SHARD" as const });
/** The shard that writes the dataset is leased, fenced and restarted like any other. */
export const exportKey = (jobId: string) => ({ pk: `SHARD#${jobId}#EXPORT`, sk: "SHARD" as const });
export const budgetKey = (budgetId: string) => ({ pk: `BUDGET#${budgetId}`, sk: "BUDGET" as const });
export const tokenKey = (owner: string, clientToken: string) => ({
  pk: `TOKEN#${owner}#${clientToken}`,
  sk: "TOKEN" as const,
});

/** Indexes of the jobs table. Both are only ways to find; decisions are made on the base row. */
export const JOBS_BY_OWNER = "byOwner"; // owner, createdAt: newest first is descending; only job rows have both
export const JOBS_BY_OWNER_STATUS = "byOwnerStatus"; // ownerStatus, createdAt
export const JOBS_OPEN = "open"; // openKey ("OPEN" while not at rest, to be purged or to be swept, absent otherwise), jobId
export const OPEN = "OPEN";
export const ownerStatus = (owner: string, status: JobStatus) => `${owner}#${status}`;

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
  recordBoundNanos: Nanos;
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
  datasets: DatasetFileRow[];
  /** The last restoration of a dataset from the archive; absent when none was asked for. */
  archive?: ArchiveRow;
  /** How many there are; absent in jobs that ended before datasets could have very many. */
  datasetFileCount?: number;
  /** While objects that nothing names any more wait to be removed: the generation of the export that left them. */
  sweepNo?: number;
  /** Parts of its records lie with its published dataset: while that is archived, the job cannot go on. */
  isFolded?: boolean;
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
  knownAt: string;
}

export interface SnapshotRow {
  snapshotId: string;
  state: "MAKING" | "READY" | "FAILED";
  statusReason?: string;
  takenAt: string;
  /** MAKING later than that is dead. */
  aliveUntilMs: number;
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

export type ShardState = "OPEN" | "PARKED" | "DONE";

export interface ShardRow {
  pk: string;
  sk: "SHARD";
  jobId: string;
  owner: string;
  /** -1 for the export shard. */
  shardNo: number;
  kind: "RECORDS" | "EXPORT";
  state: ShardState;
  /** The job's controlNo when it was parked. Resuming a job and raising its budget raise it, and a shard parked under an older one counts as OPEN. */
  parkedAtControlNo?: number;
  /** How often its failed slots were taken up again. */
  pass: number;
  /** Attempts before this pass that gave no record: they count no more against it. Absent in the first. */
  lostBefore?: number;
  /** Slots `fromSlot` (inclusive) to `toSlot` (exclusive). */
  fromSlot: number;
  toSlot: number;
  /** Grows with every lease; every later write names it. */
  generation: number;
  /** 0 when the lease was given back. */
  leaseUntilMs: number;
  /** The task that holds the lease; absent when free. */
  leaseTask?: string;
  /** Leased while its worker still ran another shard; absent in shards that were last leased before there was such a mark. */
  isLeasedAhead?: boolean;
  checkpointNo: number;
  /** All slots below it are done; those done beyond it stand in the newest part. */
  lowWaterSlot: number;
  /** The parts that exist: only what a checkpoint names does. */
  runs: PartRun[];
  delivered: number;
  failed: number;
  /** Candidates that `accept` refused; absent in shards made before there was one, as are causes. */
  refused?: number;
  /** Attempts that ended, in whatever way. */
  attempts: number;
  /** Why attempts came to nothing, at most twenty causes. */
  causes?: CauseCount[];
  inputTokens: number;
  outputTokens: number;
  spentNanos: Nanos;
  /** What `spentNanos` was spent on. */
  spending: SpentOn[];
  /** How long workers have held its lease. */
  workedMs: number;
  /** Granted from the budget and not yet spent by a checkpoint. */
  grantNanos: Nanos;
  writtenOffNanos: Nanos;
  /** Generations in a row that ended without moving the checkpoint. */
  deathsInRow: number;
  /** The slot that a careful worker took in hand last; absent while no worker had to be careful. */
  suspect?: Suspect;
  /** The kinds of the columns seen so far (see core/dataset/columns.ts). */
  columns: Record<string, string>;
  /** What the worker last told, newer than the checkpoint by at most a flush. */
  report?: ShardReport;
}

/** Parts `fromSeq` to `toSeq` (inclusive) of one generation. */
export interface PartRun {
  generation: number;
  fromSeq: number;
  toSeq: number;
  /** The shard's pass they were written in; the first when absent. */
  pass?: number;
  /** They lie with the dataset that this generation of the export wrote, and not among the parts. */
  folded?: true;
}

/** A slot that may be what kills the workers of its shard. */
export interface Suspect {
  slot: number;
  /** Whose worker took it in hand. */
  generation: number;
  /** How many workers died with it alone in hand. */
  deaths: number;
}

/** Cumulative, so that twice equals once. */
export interface ShardReport {
  generation: number;
  reportNo: number;
  delivered: number;
  failed: number;
  refused: number;
  /** The most frequent, as far as they fit. */
  causes: CauseCount[];
  spentNanos: Nanos;
  writtenOffNanos: Nanos;
  inputTokens: number;
  outputTokens: number;
  recordsPerSecond: number;
  latest: string[];
  reportedAt: string;
}

/** granted + spent (over the shards of its jobs) + written off + remaining = budget, at every instant. */
export interface BudgetRow {
  pk: string;
  sk: "BUDGET";
  budgetId: string;
  owner: string;
  budgetNanos: Nanos;
  remainingNanos: Nanos;
  writtenOffNanos: Nanos;
}

/** Remembers which job a client token made. */
export interface TokenRow {
  pk: string;
  sk: "TOKEN";
  jobId: string;
  /** A digest of the input: the same token with another input is an error. */
  inputDigest: string;
}

/** A try of a template; removed a week later by its time to live. */
export const tryKey = (tryId: string) => ({ pk: `TRY#${tryId}`, sk: "TRY" as const });
/** What it is made of: it stands apart because source and included texts may have as much as a row holds. */
export const tryInputKey = (tryId: string) => ({ pk: `TRY#${tryId}`, sk: "INPUT" as const });
/** What an owner's tries of one template have cost; the digest is of all that its prompts and prices come from. */
export const sampleKey = (owner: string, digest: string) => ({
  pk: `SAMPLE#${owner}#${digest}`,
  sk: "SAMPLE" as const,
});
/** What an owner spent beside jobs on one day, `2026-11-23`. */
export const sideSpendingKey = (owner: string, day: string) => ({ pk: `SPENDING#${owner}`, sk: `DAY#${day}` });
/** The tokens of tries and generated seeds, apart from those of jobs. */
export const sideTokenKey = (owner: string, clientToken: string) => ({
  pk: `SIDETOKEN#${owner}#${clientToken}`,
  sk: "TOKEN" as const,
});

/**
 * What a run beside jobs spends, and whether the function that does it lives. Its money is reserved before a call and settled
 * after; what is reserved when the function dies counts as spent.
 */
export interface RunRow {
  budgetNanos: Nanos;
  /** What calls in flight may cost. */
  reservedNanos: Nanos;
  spentNanos: Nanos;
  /** The function's run that works at it; absent before one does. */
  runId?: string;
  /** It is at work, or about to be, until then at least; what is still open later is dead. */
  aliveUntilMs: number;
}

export interface TryRow extends RunRow {
  pk: string;
  sk: "TRY";
  tryId: string;
  /** Not `owner`, which would put it among the owner's jobs. */
  tryOwner: string;
  status: "RUNNING" | "DONE" | "FAILED";
  statusReason?: string;
  recordCount: number;
  /** The records so far as JSON text, shortened so that they fit a message to watchers. */
  records: string;
  createdAt: string;
  finishedAt?: string;
  /** Seconds since 1970. */
  expiresAt: number;
}

export interface TryInputRow {
  pk: string;
  sk: "INPUT";
  source: string;
  partials: Partials;
  tiers: Tiers;
  parameters: Record<string, unknown>;
  seedSetId: string;
  seedSetOwner: string;
  expiresAt: number;
}

/** Remembers what a client token has started: a try, or a seed set to generate. */
export interface SideTokenRow {
  pk: string;
  sk: "TOKEN";
  madeId: string;
  /** A digest of the input: the same token with another input is an error. */
  inputDigest: string;
  expiresAt: number;
}

export interface SampleRow extends Sample {
  pk: string;
  sk: "SAMPLE";
  /** Seconds since 1970; each try begins it anew. */
  expiresAt: number;
}

export interface SideSpendingRow {
  pk: string;
  sk: string;
  triesNanos: Nanos;
  seedsNanos: Nanos;
}

// The fleet table -----------------------------------------------------------------------------------------------------

export const FLEET = "FLEET";
/** One task slot in use. All lie in one partition so that the sweep can query them. */
export const taskKey = (taskSlot: string) => ({ pk: FLEET as typeof FLEET, sk: `TASK#${taskSlot}` });
export const overallCounterKey = () => ({ pk: "COUNT" as const, sk: "OVERALL" as const });
export const ownerCounterKey = (owner: string) => ({ pk: "COUNT" as const, sk: `OWNER#${owner}` });
export const spotKey = () => ({ pk: "CAPACITY" as const, sk: "SPOT" as const });

export interface TaskRow {
  pk: typeof FLEET;
  sk: string;
  taskSlot: string;
  jobId: string;
  owner: string;
  /** Absent until RunTask answered. */
  taskArn?: string;
  capacityProvider: "FARGATE_SPOT" | "FARGATE";
  createdAtMs: number;
}

/** How many tasks run, for one owner or overall. */
export interface CounterRow {
  pk: "COUNT";
  sk: string;
  running: number;
}

/** How often in a row there was no Spot capacity, and when last. */
export interface SpotRow {
  pk: "CAPACITY";
  sk: "SPOT";
  misses: number;
  lastMissAtMs: number;
}

// The templates table -------------------------------------------------------------------------------------------------

export const templateHeadKey = (templateId: string) => ({ pk: `TEMPLATE#${templateId}`, sk: "HEAD" as const });
/** Versions sort like numbers. */
export const templateVersionKey = (templateId: string, version: number) => ({
  pk: `TEMPLATE#${templateId}`,
  sk: `V#${`${10_000_000 + version}`.slice(1)}`,
});
export const TEMPLATES_BY_OWNER = "byOwner"; // owner, listKey: only heads have both
/** The owner of everything that ships with the product. */
export const SAMPLES = "samples";

export interface TemplateHeadRow {
  pk: string;
  sk: "HEAD";
  templateId: string;
  owner: string;
  /** Sort key of the owner's list: the id for people's templates (newest first), the name for samples. */
  listKey: string;
  name: string;
  description?: string;
  category?: string;
  tags: string[];
  stepCount: number;
  latestVersion: number;
  /** While it is published: since when, the versions others may read, and the partitions of the listings it stands in. */
  publishedAt?: string;
  publishedVersions?: number[];
  listings?: string[];
  forkedFrom?: { id: string; version: number; name: string };
  sampleSeedSetId?: string;
  updatedAt: string;
}

/** What is stored of a version beside its source, so that nobody has to read it again. */
export interface TemplateFactsRow {
  steps: {
    id: string;
    modelId: string;
    tier?: string;
    fallbacks: string[];
    escalatesTo?: string;
    prompt: string;
    maxTokens: number;
    output: string;
    rounds: number;
    after: string[];
  }[];
  /** Values and default as JSON texts. */
  parameters: { name: string; description?: string; values?: string[]; default: string }[];
  columns: { name: string; type?: string }[];
  categories: string[];
  /** Both absent in versions saved before templates could refuse records. */
  accept?: { name?: string; expression: string }[];
  maxAttempts?: number;
  /** Absent in versions saved before templates could map columns to them. */
  trainingFormats?: DatasetFormat[];
  reads: SeedRead[];
  /** JSON Schemas by collection, as JSON text: DynamoDB would refuse some of their keys. */
  seedSchema: string;
  warnings: string[];
  bound: Bound;
}

export interface TemplateVersionRow {
  pk: string;
  sk: string;
  templateId: string;
  owner: string;
  version: number;
  name: string;
  description?: string;
  category?: string;
  tags: string[];
  source: string;
  /** What it includes from other templates, copied: what is deleted or withdrawn later breaks nothing. */
  partials: Partials;
  facts: TemplateFactsRow;
  createdAt: string;
}

/**
 * A published template in one of the lists it can be found in: all of them, a category, a tag, the words that begin with the
 * same two letters. The sort key puts newest first, or words in their order; the row says all that a list shows.
 */
export const listingKey = (listing: string, sort: string) => ({ pk: `LISTING#${listing}`, sk: sort });

export interface ListingRow {
  pk: string;
  sk: string;
  templateId: string;
  owner: string;
  name: string;
  description?: string;
  category?: string;
  tags: string[];
  stepCount: number;
  /** The newest published version. */
  latestVersion: number;
  publishedAt: string;
  updatedAt: string;
  /** All its words in lower case and in order, each with a space before it, for the other words of a search. */
  words: string;
}

// The seed sets table -------------------------------------------------------------------------------------------------

export const seedSetKey = (seedSetId: string) => ({ pk: `SEEDS#${seedSetId}`, sk: "SEEDS" as const });
export const SEED_SETS_BY_OWNER = "byOwner"; // owner, listKey

export type SeedSetStatus = "UPLOADING" | "CHECKING" | "GENERATING" | "READY" | "REFUSED";

export interface SeedSetRow extends Partial<RunRow> {
  pk: string;
  sk: "SEEDS";
  seedSetId: string;
  owner: string;
  /** Sort key of the owner's list: the id for people's seed sets, the name for samples. */
  listKey: string;
  name: string;
  status: SeedSetStatus;
  statusReason?: string;
  collections: SeedCollectionRow[];
  /** The files that were asked for: which object is read as which collection, whatever a check made of them. */
  uploads: { collection: string; fileName: string; upload?: string }[];
  /** Whether faulty rows are left out, and what was. */
  skipFaulty?: boolean;
  skippedCount?: number;
  skippedRows?: { fileName: string; row: number; reason: string }[];
  /** What a model is to make it of; absent when it is uploaded. */
  generation?: SeedGeneration;
  createdAt: string;
}

export interface SeedGeneration {
  modelId: string;
  /** Of each collection. */
  itemCount: number;
  instructions: string;
  /** The JSON Schemas of the items by collection, as JSON text. */
  schemas: string;
}

export interface SeedCollectionRow {
  name: string;
  fileName: string;
  itemCount: number;
  bytes: number;
  fields: SeedField[];
}

// The bucket ----------------------------------------------------------------------------------------------------------

/** Where a person's file arrives; removed once it is read. */
export const uploadObject = (owner: string, seedSetId: string, collection: string) =>
  `uploads/${owner}/${seedSetId}/${collection}`;
export const uploadsPrefix = (owner: string, seedSetId: string) => `uploads/${owner}/${seedSetId}/`;
/** A seed set's blocks and their index. */
export const seedSetPrefix = (owner: string, seedSetId: string) => `seeds/${owner}/${seedSetId}/`;
export const seedIndexObject = (owner: string, seedSetId: string) => `seeds/${owner}/${seedSetId}/index.json`;
export const seedBlockObject = (owner: string, seedSetId: string, collection: string, block: number) =>
  `seeds/${owner}/${seedSetId}/${collection}/${block}.jsonl`;
export const partsPrefix = (jobId: string) => `parts/${jobId}/`;
export const partObject = (jobId: string, shardNo: number, { generation, folded }: PartOfRun, seq: number) =>
  folded
    ? `${datasetPrefix(jobId, generation)}records/${shardNo}-${seq}`
    : `parts/${jobId}/${shardNo}/${generation}-${seq}`;
type PartOfRun = Pick<PartRun, "generation" | "folded">;
export const datasetsPrefix = (jobId: string) => `datasets/${jobId}/`;
/** Each generation of the export shard writes under a prefix of its own; the final status publishes one of them. */
export const datasetPrefix = (jobId: string, generation: number) => `datasets/${jobId}/${generation}/`;
/** The job in whose datasets an object lies. */
export const jobOfDatasetObject = (key: string) => key.split("/")[1] ?? "";
/** What a job's owner can download before there is a dataset. Objects under it go after a day. */
export const snapshotsPrefix = (jobId: string) => `snapshots/${jobId}/`;
export const snapshotObject = (jobId: string, snapshotId: string) => `snapshots/${jobId}/${snapshotId}.jsonl`;
