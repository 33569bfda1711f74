export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null;
export type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
export type MakeOptional<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]?: Maybe<T[SubKey]> };
export type MakeMaybe<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]: Maybe<T[SubKey]> };
export type MakeEmpty<T extends { [key: string]: unknown }, K extends keyof T> = { [_ in K]?: never };
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  AWSDate: { input: string; output: string; }
  AWSDateTime: { input: string; output: string; }
  AWSJSON: { input: unknown; output: unknown; }
  AWSURL: { input: string; output: string; }
};

/** A condition of a template's `accept`. */
export type AcceptCondition = {
  /** An expression over the record. */
  expression: Scalars['String']['output'];
  /** Its name; null for a single unnamed condition. */
  name: Maybe<Scalars['String']['output']>;
};

/** The cost of one day's test runs and generated seeds. */
export type AdHocSpending = {
  /** The day, in UTC. */
  day: Scalars['AWSDate']['output'];
  /** Spent on generated seeds, in nano-dollars. */
  generatedSeedsNanos: Scalars['Float']['output'];
  /** Spent on test runs, in nano-dollars. */
  testRunsNanos: Scalars['Float']['output'];
};

/** A page of ad hoc spending, by day. */
export type AdHocSpendingPage = {
  /** The days with spending, newest first. */
  items: Array<AdHocSpending>;
  /** The token for the next page; null on the last page. */
  nextToken: Maybe<Scalars['String']['output']>;
};

/** The archive's storage class, chosen by each deployment. */
export type ArchiveClass =
  /** S3 Glacier Deep Archive: restored within half a day. */
  | 'DEEP'
  /** S3 Glacier Flexible Retrieval: restored within hours. */
  | 'FLEXIBLE'
  /** S3 Glacier Instant Retrieval: available immediately. */
  | 'INSTANT';

/** Whether a dataset is archived. */
export type ArchiveState =
  /** Archived by S3; `restoreDataset` restores it. */
  | 'ARCHIVED'
  /** Available for download. */
  | 'AVAILABLE'
  /** Restored and available for download until `restoredUntil`. */
  | 'RESTORED'
  /** Being restored, which takes hours. */
  | 'RESTORING';

/** The maximum cost of one attempt at a record. */
export type AttemptCost = {
  /** Model calls, including repairs and escalations. */
  calls: Scalars['Int']['output'];
  /** The cost, in nano-dollars. */
  costNanos: Scalars['Float']['output'];
  /** Input tokens. */
  inputTokens: Scalars['Float']['output'];
  /** Output tokens. */
  outputTokens: Scalars['Float']['output'];
};

/** The expected range of a job's spending on model calls, in nano-dollars. */
export type CostEstimate = {
  /** What it is based on. */
  basis: EstimateBasis;
  /** The number of records that it is based on. */
  basisRecords: Scalars['Int']['output'];
  /** The upper end of the likely range; never more than the maximum cost of all attempts. */
  highNanos: Scalars['Float']['output'];
  /** The median estimate. */
  likelyNanos: Scalars['Float']['output'];
  /** The lower end of the likely range. */
  lowNanos: Scalars['Float']['output'];
  /** The number of records that it is for. */
  recordCount: Scalars['Int']['output'];
};

/** The settings of a new job. */
export type CreateJobInput = {
  /** The maximum to spend on model calls, in nano-dollars, up to $5,000.00. */
  budgetNanos: Scalars['Float']['input'];
  /** The capacity that its tasks run on; SPOT_FIRST when null. */
  capacity?: InputMaybe<JobCapacity>;
  /** An idempotency key of 8 to 64 characters: new and random for each job, the same when repeating a request. */
  clientToken: Scalars['String']['input'];
  /** At least one format, without duplicates; fine-tuning formats only if the template supports them. */
  formats: Array<DatasetFormat>;
  /** The most model calls at a time, 1 to 512, spread over its tasks; as many as its tasks can have when null. */
  inFlight?: InputMaybe<Scalars['Int']['input']>;
  /** The failure tolerance, in percent of the records, 0 to 100; 20 when null. A job that exceeds it is FAILED. */
  maxFailedPercent?: InputMaybe<Scalars['Int']['input']>;
  /** Its name, 1 to 100 characters. */
  name: Scalars['String']['input'];
  /** Values for the template's parameters, a JSON object; omitted ones use the template's defaults. */
  parameters?: InputMaybe<Scalars['AWSJSON']['input']>;
  /** Hive-style partitioning with 1 to 3 levels and at most 1,000 partitions; none when null. */
  partitionBy?: InputMaybe<Array<DatasetPartitionInput>>;
  /** Its priority among my jobs; NORMAL when null. */
  priority?: InputMaybe<JobPriority>;
  /** The number of records, 1 to 1,000,000. */
  recordCount: Scalars['Int']['input'];
  /** A READY seed set of mine or a sample. */
  seedSetId: Scalars['ID']['input'];
  /** Splits the dataset into training, validation and test files; one file per format when null. */
  split?: InputMaybe<DatasetSplitInput>;
  /** The size of its tasks; when null, SMALL, or the smallest that can have `inFlight`. */
  taskSize?: InputMaybe<TaskSize>;
  /** A template of mine, a sample or a published one, with at least one step. */
  templateId: Scalars['ID']['input'];
  /** The version to pin; the latest when null. */
  templateVersion?: InputMaybe<Scalars['Int']['input']>;
};

/** The seed set to create. */
export type CreateSeedSetInput = {
  /** 1 to 10 files; several may belong to one collection, which keeps their order. */
  files: Array<SeedFileInput>;
  /** Its name, 1 to 100 characters. */
  name: Scalars['String']['input'];
  /** Whether to skip and report invalid rows instead of rejecting the file; false when null. */
  skipInvalid?: InputMaybe<Scalars['Boolean']['input']>;
};

/** The archive state of a job's dataset, which S3 archives some days after the job has ended. */
export type DatasetArchive = {
  /** The class it is archived in; null while it is not. */
  archiveClass: Maybe<ArchiveClass>;
  /** The job. */
  jobId: Scalars['ID']['output'];
  /** When this state was observed, so that clients can discard stale updates. */
  observedAt: Scalars['AWSDateTime']['output'];
  /** When its restoration was last requested; null unless it is being restored or has been restored. */
  requestedAt: Maybe<Scalars['AWSDateTime']['output']>;
  /** When the restored copy expires; null when there is none. */
  restoredUntil: Maybe<Scalars['AWSDateTime']['output']>;
  /** Whether it is archived. */
  state: ArchiveState;
};

/** One file of a published dataset. */
export type DatasetFile = {
  /** Its size in bytes. */
  bytes: Scalars['Float']['output'];
  /** Its format; null for the accompanying files. */
  format: Maybe<DatasetFormat>;
  /** Its name, such as `dataset.parquet` or `category=comedy/dataset.parquet`; `meta/provenance.jsonl`, `meta/failures.jsonl` and `meta/rejected.jsonl` accompany the dataset. */
  name: Scalars['String']['output'];
  /** The number of records that the format cannot hold, because their columns lack what it needs. */
  omitted: Scalars['Int']['output'];
  /** The number of rows. */
  rows: Scalars['Int']['output'];
};

/** The format of a dataset file. */
export type DatasetFormat =
  /** For fine-tuning: Alpaca, one instruction per line. Requires a mapping in the template's `training`. */
  | 'ALPACA'
  /** For fine-tuning Amazon Nova: lines of the schema `bedrock-conversation-2024`. Requires a mapping in the template's `training`. */
  | 'BEDROCK'
  /** Comma-separated values with a header row (RFC 4180), the values exactly as they are. */
  | 'CSV'
  /** CSV for Excel: with a byte order mark, and an apostrophe before texts that a spreadsheet would take for formulas. */
  | 'CSV_EXCEL'
  /** JSON Lines, with provenance in `_meta`. */
  | 'JSONL'
  /** JSON Lines compressed with gzip. */
  | 'JSONL_GZ'
  /** For fine-tuning: OpenAI messages, one conversation per line. Requires a mapping in the template's `training`. */
  | 'MESSAGES'
  /** Apache Parquet with typed columns and row-group statistics, compressed with Snappy. */
  | 'PARQUET'
  /** For fine-tuning: preference pairs of prompt, chosen and rejected, as TRL and Axolotl read them. Requires a mapping in the template's `training`. */
  | 'PREFERENCE'
  /** For fine-tuning: prompt and completion, as TRL reads them. Requires a mapping in the template's `training`. */
  | 'PROMPT_COMPLETION'
  /** For fine-tuning: ShareGPT, one conversation per line. Requires a mapping in the template's `training`. */
  | 'SHAREGPT';

/** A level of Hive-style partitioning, for paths such as `category=comedy/date_year=2024/`. */
export type DatasetPartition = {
  /** The column. */
  column: Scalars['String']['output'];
  /** How the column's values are turned into partitions. */
  transform: PartitionTransform;
};

/** A level of partitioning; see `DatasetPartition`. */
export type DatasetPartitionInput = {
  /** A column of the template's records other than `id`. */
  column: Scalars['String']['input'];
  /** How the column's values are turned into partitions. */
  transform: PartitionTransform;
};

/** How a dataset is split, in percent of its records; a record's id determines its split. */
export type DatasetSplit = {
  /** For evaluating the final model. */
  test: Scalars['Int']['output'];
  /** For training. */
  train: Scalars['Int']['output'];
  /** For comparing trained models. */
  validation: Scalars['Int']['output'];
};

/** Whole percentages that add up to 100. */
export type DatasetSplitInput = {
  /** For evaluating the final model; 0 for none. */
  test: Scalars['Int']['input'];
  /** For training. */
  train: Scalars['Int']['input'];
  /** For comparing trained models; 0 for none. */
  validation: Scalars['Int']['input'];
};

/** A download address. */
export type Download = {
  /** When it expires. */
  expiresAt: Scalars['AWSDateTime']['output'];
  /** A presigned HTTPS address. */
  url: Scalars['AWSURL']['output'];
};

/** What an estimate is based on. */
export type EstimateBasis =
  /** The prompts of some records, rendered with these seeds, with assumed answers. */
  | 'PROMPTS'
  /** My test runs of the same template, with any seeds and parameters. */
  | 'TEST_RUNS';

/** The settings of the job to estimate. */
export type EstimateJobInput = {
  /** The planned budget, in nano-dollars, to get advice on; no advice when null. */
  budgetNanos?: InputMaybe<Scalars['Float']['input']>;
  /** Values for the template's parameters, a JSON object; omitted ones use the template's defaults. */
  parameters?: InputMaybe<Scalars['AWSJSON']['input']>;
  /** The number of records, 1 to 1,000,000. */
  recordCount: Scalars['Int']['input'];
  /** A READY seed set of mine or a sample. */
  seedSetId: Scalars['ID']['input'];
  /** A template of mine, a sample or a published one, with at least one step. */
  templateId: Scalars['ID']['input'];
  /** The version; the latest when null. */
  templateVersion?: InputMaybe<Scalars['Int']['input']>;
};

/** Why attempts failed or their records were rejected. */
export type FailureCause = {
  /** Attempts that ended for this cause, whether or not their records were delivered later. */
  attempts: Scalars['Int']['output'];
  /** The message without its variable parts and final period. */
  cause: Scalars['String']['output'];
  /** Failed records whose last attempt ended for this cause. */
  records: Scalars['Int']['output'];
};

/** See `FailureCause`. */
export type FailureCauseInput = {
  attempts: Scalars['Int']['input'];
  cause: Scalars['String']['input'];
  records: Scalars['Int']['input'];
};

/** A field of a form. */
export type FormField = {
  /** Its name. */
  name: Scalars['String']['output'];
  /** Its value. */
  value: Scalars['String']['output'];
};

/** The seed set to generate. */
export type GenerateSeedsInput = {
  /** The maximum to spend, in nano-dollars, up to $5.00. */
  budgetNanos: Scalars['Float']['input'];
  /** An idempotency key of 8 to 64 characters: new and random for each seed set, the same when repeating a request. */
  clientToken: Scalars['String']['input'];
  /** What the items should be about, up to 2,000 characters; null for no instructions. */
  instructions?: InputMaybe<Scalars['String']['input']>;
  /** The number of items per collection, 1 to 500. */
  itemCount: Scalars['Int']['input'];
  /** A tier or model id; the economy tier when null. */
  model?: InputMaybe<Scalars['String']['input']>;
  /** The name of the seed set, 1 to 100 characters. */
  name: Scalars['String']['input'];
  /** The source of the template to generate seeds for, from which the schema of the items is derived. */
  source: Scalars['String']['input'];
  /** The template that this is a version of, whose included texts remain available; null for a new one. */
  templateId?: InputMaybe<Scalars['ID']['input']>;
};

/** Turns a template version, a seed set, a number of records and a budget into a dataset. */
export type Job = {
  /** The maximum to spend on model calls, in nano-dollars. */
  budgetNanos: Scalars['Float']['output'];
  /** The capacity that its tasks run on. */
  capacity: JobCapacity;
  /** Incremented by every action of its owner except a change of priority, so that clients can discard stale updates. */
  controlNo: Scalars['Int']['output'];
  /** When it was created. */
  createdAt: Scalars['AWSDateTime']['output'];
  /** The number of files of its dataset; when `datasetFiles` has fewer, the file `meta/files.jsonl` lists them all. */
  datasetFileCount: Scalars['Int']['output'];
  /** The files of its dataset, possibly only the first ones and the accompanying files; empty until a dataset is published. */
  datasetFiles: Array<DatasetFile>;
  /** The rows of its dataset, when its template makes one or more of each record (`rows`); null when a record is a row, and before a dataset is published. */
  datasetRows: Maybe<Scalars['Float']['output']>;
  /** The estimated cost when it was created; null if it could not be estimated. */
  estimate: Maybe<CostEstimate>;
  /** Why attempts failed or were rejected, as of the shards' last checkpoints. Shards may have entries for the same cause; clients add them up. Each shard has at most 20 causes and combines the rest. */
  failureCauses: Array<FailureCause>;
  /** When it ended; null before then. */
  finishedAt: Maybe<Scalars['AWSDateTime']['output']>;
  /** The formats of its dataset. */
  formats: Array<DatasetFormat>;
  /** ULID; later jobs have larger ids. */
  id: Scalars['ID']['output'];
  /** The most model calls that it makes at a time, as requested; null when as many as its tasks can have. */
  inFlight: Maybe<Scalars['Int']['output']>;
  /** The maximum cost of one attempt at a record, in nano-dollars, reserved before it starts. */
  maxAttemptCostNanos: Scalars['Float']['output'];
  /** The failure tolerance, in percent of its records; a job that exceeds it is FAILED, and stops early if possible. */
  maxFailedPercent: Scalars['Int']['output'];
  /** The most tasks it has at a time; null in jobs created before it was stored. */
  maxTasks: Maybe<Scalars['Int']['output']>;
  /** The name given by its owner. */
  name: Scalars['String']['output'];
  /** How it will end or has ended; null while undecided. */
  outcome: Maybe<JobStatus>;
  /** The values of the template's parameters, a JSON object. */
  parameters: Scalars['AWSJSON']['output'];
  /** The partitions of its dataset, outermost first; null when it is not partitioned. */
  partitionBy: Maybe<Array<DatasetPartition>>;
  /** Its priority among its owner's jobs. */
  priority: JobPriority;
  /** The progress of its shards. */
  progress: Array<ShardProgress>;
  /** The number of records requested. */
  recordCount: Scalars['Int']['output'];
  /** The seed set it uses. */
  seedSetId: Scalars['ID']['output'];
  /** The seed set's name when the job was created. */
  seedSetName: Scalars['String']['output'];
  /** A file of its records so far; null when none was requested in the last day. */
  snapshot: Maybe<JobSnapshot>;
  /** How its dataset is split; null when it is not. */
  split: Maybe<DatasetSplit>;
  /** When its first worker started; null before then. */
  startedAt: Maybe<Scalars['AWSDateTime']['output']>;
  /** Its status. */
  status: JobStatus;
  /** The reason for its status, in one sentence; null when there is none. */
  statusReason: Maybe<Scalars['String']['output']>;
  /** What each of its tasks has. */
  task: TaskSpec;
  /** The size of its tasks. */
  taskSize: TaskSize;
  /** The template it uses. */
  templateId: Scalars['ID']['output'];
  /** The template's name when the job was created. */
  templateName: Scalars['String']['output'];
  /** The template version that it is pinned to. */
  templateVersion: Scalars['Int']['output'];
};

/** The capacity that a job's tasks run on. */
export type JobCapacity =
  /** Fargate on-demand, at full price and without interruptions. */
  | 'ON_DEMAND'
  /** Fargate Spot, at about a third of the price; falls back to on-demand after repeated capacity shortages. */
  | 'SPOT_FIRST';

/** A change of a job: its current state, and the progress of the shard that reported, if any. */
export type JobChange = {
  /** The state of its dataset's restoration; null when none was requested. */
  archive: Maybe<DatasetArchive>;
  /** See `Job.budgetNanos`. */
  budgetNanos: Scalars['Float']['output'];
  /** See `Job.controlNo`. */
  controlNo: Scalars['Int']['output'];
  /** See `Job.datasetFileCount`. */
  datasetFileCount: Scalars['Int']['output'];
  /** See `Job.datasetFiles`. */
  datasetFiles: Array<DatasetFile>;
  /** See `Job.datasetRows`. */
  datasetRows: Maybe<Scalars['Float']['output']>;
  /** When it ended; null before then. */
  finishedAt: Maybe<Scalars['AWSDateTime']['output']>;
  /** The job. */
  jobId: Scalars['ID']['output'];
  /** How it will end or has ended; null while undecided. */
  outcome: Maybe<JobStatus>;
  /** Its owner; subscriptions are filtered by it. */
  owner: Scalars['ID']['output'];
  /** See `Job.priority`. */
  priority: JobPriority;
  /** See `Job.recordCount`; when it has grown, `Job.progress` has new shards. */
  recordCount: Scalars['Int']['output'];
  /** The progress of the shard that reported; null when only the job changed. */
  shard: Maybe<ShardProgress>;
  /** See `Job.snapshot`. */
  snapshot: Maybe<JobSnapshot>;
  /** When its first worker started; null before then. */
  startedAt: Maybe<Scalars['AWSDateTime']['output']>;
  /** The job's current status. */
  status: JobStatus;
  /** The reason for its status, in one sentence; null when there is none. */
  statusReason: Maybe<Scalars['String']['output']>;
};

/** The result of `estimateJob`. */
export type JobEstimate = {
  /** Whether the budget suffices, in one sentence; null without a budget or an estimate. */
  advice: Maybe<Scalars['String']['output']>;
  /** The estimate; null when no prompt can be rendered without answers. */
  estimate: Maybe<CostEstimate>;
  /** The maximum cost of one attempt at a record, in nano-dollars, reserved before it starts. */
  maxAttemptCostNanos: Scalars['Float']['output'];
};

/** A page of jobs. */
export type JobPage = {
  /** The jobs, newest first; a full page unless it is the last one. */
  items: Array<Job>;
  /** The token for the next page; null on the last page. */
  nextToken: Maybe<Scalars['String']['output']>;
};

/** The priority of a job among its owner's jobs. It has no effect across owners, who share tasks fairly. */
export type JobPriority =
  /** Before all my other jobs. */
  | 'HIGH'
  /** Only when none of my other jobs is waiting. */
  | 'LOW'
  /** In order of creation. */
  | 'NORMAL';

/** A JSON Lines file of a job's records so far, in dataset order. */
export type JobSnapshot = {
  /** Its size in bytes; null until it is READY. */
  bytes: Maybe<Scalars['Float']['output']>;
  /** The number of records; null until it is READY. */
  rows: Maybe<Scalars['Int']['output']>;
  /** Its state. */
  state: SnapshotState;
  /** Why it failed, in one sentence; null otherwise. */
  statusReason: Maybe<Scalars['String']['output']>;
  /** When it was requested. Its file expires a day later. */
  takenAt: Scalars['AWSDateTime']['output'];
};

/** The status of a job. */
export type JobStatus =
  /** Stopped because the next record could have cost more than the remaining budget; can be resumed with a larger budget. */
  | 'BUDGET_EXCEEDED'
  /** Permanently stopped by its owner. */
  | 'CANCELLED'
  /** Finished: every record was delivered or has failed, within the job's failure tolerance. */
  | 'COMPLETED'
  /** Being deleted. */
  | 'DELETING'
  /** Writing the records to a dataset; `outcome` is how the job will end. */
  | 'EXPORTING'
  /** Failed; `statusReason` says why. */
  | 'FAILED'
  /** Paused by its owner; can be resumed. */
  | 'PAUSED'
  /** Waiting for a free task. */
  | 'QUEUED'
  /** Generating records. */
  | 'RUNNING';

/** An Amazon Bedrock model with a known price. */
export type Model = {
  /** The context window, in tokens, for a request and its answer together. */
  contextTokens: Scalars['Int']['output'];
  /** The id of the model or inference profile in Bedrock. */
  id: Scalars['ID']['output'];
  /** The price of 1,000 input tokens, in nano-dollars. */
  inputNanosPerThousand: Scalars['Float']['output'];
  /** Whether it can be called from this deployment. */
  isUsable: Scalars['Boolean']['output'];
  /** Its display name. */
  name: Scalars['String']['output'];
  /** The price of 1,000 output tokens, in nano-dollars. */
  outputNanosPerThousand: Scalars['Float']['output'];
  /** The date of the price. */
  pricedOn: Scalars['AWSDate']['output'];
  /** The source of the price. */
  source: Scalars['String']['output'];
  /** How it produces structured output: schema, tool or instruction. */
  structuredOutput: Scalars['String']['output'];
  /** The tier that resolves to it; null when it must be named explicitly. */
  tier: Maybe<Scalars['String']['output']>;
};

/** What people, the worker and Lambda functions can change. */
export type Mutation = {
  /** Stops a job permanently; the records generated so far become its dataset. People only. */
  cancelJob: Job;
  /** Confirms that all files are uploaded. The seed set is CHECKING until `onSeedSetChanged` reports READY or REFUSED. People only. */
  confirmSeedSet: SeedSet;
  /** Starts a job. Repeating the same client token and input returns the job created before. People only. */
  createJob: Job;
  /** Creates a seed set and returns upload forms for its files. People only. */
  createSeedSet: SeedSetUpload;
  /** Deletes a job that has ended, with its datasets; the returned job is DELETING. People only. */
  deleteJob: Job;
  /** Deletes one of my seed sets with its files. People only. */
  deleteSeedSet: SeedSet;
  /** Deletes one of my templates with all its versions; jobs keep their copies. People only. */
  deleteTemplate: TemplateSummary;
  /** Increases a job's number of records and resumes it if it has completed or reached its budget. Existing records are kept. People only. */
  extendJob: Job;
  /** Makes a seed set, named with 1 to 100 characters, of those items of another that fit a template's version (when null, the latest that I may read); the others are reported in `skippedRows`. It is CHECKING until `onSeedSetChanged` reports READY or REFUSED. People only. */
  filterSeedSet: SeedSet;
  /** Copies a version of a sample, a published template or one of my own into a new template of mine. People only. */
  forkTemplate: Template;
  /** Has a model generate a seed set for a template, within a budget. It is GENERATING until `onSeedSetChanged` reports READY or REFUSED. People only. */
  generateSeeds: SeedSet;
  /** Stops a job until it is resumed, after finishing the calls in flight. People only. */
  pauseJob: Job;
  /** Publishes the latest version of one of my templates to everyone; versions published earlier stay published. People only. */
  publishTemplate: TemplateSummary;
  /** Raises the budget of a job that is queued, running, paused or at its budget; the latter continues once it is resumed. People only. */
  raiseBudget: Job;
  /** Reports a shard's progress, or a change of the job, to the job's watchers. Only for the worker and Lambda functions (IAM). */
  reportProgress: JobChange;
  /** Notifies a seed set's owner that its check has ended or its generation has progressed. Only for the functions that check and generate seeds (IAM). */
  reportSeedSet: SeedSet;
  /** Notifies a test run's owner of its progress. Only for the function that executes test runs (IAM). */
  reportTestRun: TestRun;
  /** Restores an archived dataset for a few days; watch it with `onJobChanged`. Idempotent. People only. */
  restoreDataset: DatasetArchive;
  /** Restores an older version of one of my templates as a new version. People only. */
  restoreTemplate: Template;
  /** Resumes a paused job, or one that reached its budget. People only. */
  resumeJob: Job;
  /** Retries the failed records of a job that has completed, failed or reached its budget. Existing records are kept. People only. */
  retryFailed: Job;
  /** Saves a new template, or the next version of an existing one. People only. */
  saveTemplate: Template;
  /** Changes a job's priority among my jobs, until it has ended. People only. */
  setJobPriority: Job;
  /** Generates a few records with real model calls, within a budget of its own; watch it with `onTestRunChanged`. People only. */
  startTestRun: TestRun;
  /** Exports the records that a job has so far to a file; watch `Job.snapshot` with `onJobChanged`. One at a time, while there is no dataset. People only. */
  takeSnapshot: Job;
  /** Hides all versions of one of my templates from everyone else; existing copies are kept. People only. */
  unpublishTemplate: TemplateSummary;
};


/** What people, the worker and Lambda functions can change. */
export type MutationCancelJobArgs = {
  id: Scalars['ID']['input'];
};


/** What people, the worker and Lambda functions can change. */
export type MutationConfirmSeedSetArgs = {
  id: Scalars['ID']['input'];
};


/** What people, the worker and Lambda functions can change. */
export type MutationCreateJobArgs = {
  input: CreateJobInput;
};


/** What people, the worker and Lambda functions can change. */
export type MutationCreateSeedSetArgs = {
  input: CreateSeedSetInput;
};


/** What people, the worker and Lambda functions can change. */
export type MutationDeleteJobArgs = {
  id: Scalars['ID']['input'];
};


/** What people, the worker and Lambda functions can change. */
export type MutationDeleteSeedSetArgs = {
  id: Scalars['ID']['input'];
};


/** What people, the worker and Lambda functions can change. */
export type MutationDeleteTemplateArgs = {
  id: Scalars['ID']['input'];
};


/** What people, the worker and Lambda functions can change. */
export type MutationExtendJobArgs = {
  budgetNanos?: InputMaybe<Scalars['Float']['input']>;
  id: Scalars['ID']['input'];
  recordCount: Scalars['Int']['input'];
};


/** What people, the worker and Lambda functions can change. */
export type MutationFilterSeedSetArgs = {
  name: Scalars['String']['input'];
  seedSetId: Scalars['ID']['input'];
  templateId: Scalars['ID']['input'];
  templateVersion?: InputMaybe<Scalars['Int']['input']>;
};


/** What people, the worker and Lambda functions can change. */
export type MutationForkTemplateArgs = {
  id: Scalars['ID']['input'];
  version?: InputMaybe<Scalars['Int']['input']>;
};


/** What people, the worker and Lambda functions can change. */
export type MutationGenerateSeedsArgs = {
  input: GenerateSeedsInput;
};


/** What people, the worker and Lambda functions can change. */
export type MutationPauseJobArgs = {
  id: Scalars['ID']['input'];
};


/** What people, the worker and Lambda functions can change. */
export type MutationPublishTemplateArgs = {
  id: Scalars['ID']['input'];
};


/** What people, the worker and Lambda functions can change. */
export type MutationRaiseBudgetArgs = {
  budgetNanos: Scalars['Float']['input'];
  id: Scalars['ID']['input'];
};


/** What people, the worker and Lambda functions can change. */
export type MutationReportProgressArgs = {
  input: ReportProgressInput;
};


/** What people, the worker and Lambda functions can change. */
export type MutationReportSeedSetArgs = {
  input: ReportSeedSetInput;
};


/** What people, the worker and Lambda functions can change. */
export type MutationReportTestRunArgs = {
  input: ReportTestRunInput;
};


/** What people, the worker and Lambda functions can change. */
export type MutationRestoreDatasetArgs = {
  jobId: Scalars['ID']['input'];
};


/** What people, the worker and Lambda functions can change. */
export type MutationRestoreTemplateArgs = {
  id: Scalars['ID']['input'];
  version: Scalars['Int']['input'];
};


/** What people, the worker and Lambda functions can change. */
export type MutationResumeJobArgs = {
  budgetNanos?: InputMaybe<Scalars['Float']['input']>;
  id: Scalars['ID']['input'];
};


/** What people, the worker and Lambda functions can change. */
export type MutationRetryFailedArgs = {
  budgetNanos?: InputMaybe<Scalars['Float']['input']>;
  id: Scalars['ID']['input'];
};


/** What people, the worker and Lambda functions can change. */
export type MutationSaveTemplateArgs = {
  input: SaveTemplateInput;
};


/** What people, the worker and Lambda functions can change. */
export type MutationSetJobPriorityArgs = {
  id: Scalars['ID']['input'];
  priority: JobPriority;
};


/** What people, the worker and Lambda functions can change. */
export type MutationStartTestRunArgs = {
  input: StartTestRunInput;
};


/** What people, the worker and Lambda functions can change. */
export type MutationTakeSnapshotArgs = {
  id: Scalars['ID']['input'];
};


/** What people, the worker and Lambda functions can change. */
export type MutationUnpublishTemplateArgs = {
  id: Scalars['ID']['input'];
};

/** How a column's values are turned into partitions. Records without a value are in `__HIVE_DEFAULT_PARTITION__`. */
export type PartitionTransform =
  /** By day of an ISO 8601 date or time, as written. */
  | 'DAY'
  /** By value. */
  | 'IDENTITY'
  /** By month of an ISO 8601 date or time, as written. */
  | 'MONTH'
  /** By year of an ISO 8601 date or time, as written. */
  | 'YEAR';

/** A form for uploading a file directly to the bucket with POST. */
export type PresignedPost = {
  /** The collection the file is for. */
  collection: Scalars['String']['output'];
  /** The form's fields, in order, to be followed by the file in a field named `file`. */
  fields: Array<FormField>;
  /** The address to POST to. */
  url: Scalars['AWSURL']['output'];
};

/** What people can read. Every field is resolved for the signed-in user. */
export type Query = {
  /** Checks a template: returns its problems, or its analysis if it could be saved. Nothing is stored. People only. */
  checkTemplate: TemplateCheck;
  /** Estimates what a job is likely to cost. Nothing is stored or spent. People only. */
  estimateJob: JobEstimate;
  /** Whether a job's dataset is available or archived, according to S3. Fails with `Conflict` if the job has no dataset. People only. */
  getDatasetArchive: DatasetArchive;
  /** A download address, valid for 15 minutes, of a file of a job's dataset or of its snapshot. People only. */
  getDownload: Download;
  /** One of my jobs. Fails with `NotFound` if it is not mine. People only. */
  getJob: Job;
  /** One of my seed sets, or a sample. People only. */
  getSeedSet: SeedSet;
  /** One of my templates, a sample, or a published version of someone else's template. People only. */
  getTemplate: Template;
  /** One of my test runs. People only. */
  getTestRun: TestRun;
  /** My spending on test runs and generated seeds per day, newest first. People only. */
  listAdHocSpending: AdHocSpendingPage;
  /** My jobs, newest first, optionally filtered by status. People only. */
  listJobs: JobPage;
  /** The models that templates may use, with their prices. People only. */
  listModels: Array<Model>;
  /** The seed sets that ship with the product, sorted by name. People only. */
  listSampleSeedSets: SeedSetPage;
  /** The templates that ship with the product, sorted by name. People only. */
  listSampleTemplates: TemplatePage;
  /** The items of one of my seed sets or a sample, in order, optionally only those that contain a text. People only. */
  listSeedItems: SeedItemPage;
  /** My seed sets, newest first. People only. */
  listSeedSets: SeedSetPage;
  /** The versions of a template, newest first: all versions of my own and of samples, published ones of others. People only. */
  listTemplateVersions: TemplateVersionPage;
  /** My templates, newest first. People only. */
  listTemplates: TemplatePage;
  /** Renders the prompts of one record without calling a model, using placeholders for the answers. Free. People only. */
  renderTemplate: TemplateRendering;
  /** Published templates that match all given filters, newest first, or sorted by matching word when `text` is given. People only. */
  searchTemplates: TemplatePage;
};


/** What people can read. Every field is resolved for the signed-in user. */
export type QueryCheckTemplateArgs = {
  id?: InputMaybe<Scalars['ID']['input']>;
  source: Scalars['String']['input'];
};


/** What people can read. Every field is resolved for the signed-in user. */
export type QueryEstimateJobArgs = {
  input: EstimateJobInput;
};


/** What people can read. Every field is resolved for the signed-in user. */
export type QueryGetDatasetArchiveArgs = {
  jobId: Scalars['ID']['input'];
};


/** What people can read. Every field is resolved for the signed-in user. */
export type QueryGetDownloadArgs = {
  file: Scalars['String']['input'];
  jobId: Scalars['ID']['input'];
};


/** What people can read. Every field is resolved for the signed-in user. */
export type QueryGetJobArgs = {
  id: Scalars['ID']['input'];
};


/** What people can read. Every field is resolved for the signed-in user. */
export type QueryGetSeedSetArgs = {
  id: Scalars['ID']['input'];
};


/** What people can read. Every field is resolved for the signed-in user. */
export type QueryGetTemplateArgs = {
  id: Scalars['ID']['input'];
  version?: InputMaybe<Scalars['Int']['input']>;
};


/** What people can read. Every field is resolved for the signed-in user. */
export type QueryGetTestRunArgs = {
  id: Scalars['ID']['input'];
};


/** What people can read. Every field is resolved for the signed-in user. */
export type QueryListAdHocSpendingArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
};


/** What people can read. Every field is resolved for the signed-in user. */
export type QueryListJobsArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
  status?: InputMaybe<JobStatus>;
};


/** What people can read. Every field is resolved for the signed-in user. */
export type QueryListSampleSeedSetsArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
};


/** What people can read. Every field is resolved for the signed-in user. */
export type QueryListSampleTemplatesArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
};


/** What people can read. Every field is resolved for the signed-in user. */
export type QueryListSeedItemsArgs = {
  collection: Scalars['String']['input'];
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
  offset?: InputMaybe<Scalars['Int']['input']>;
  seedSetId: Scalars['ID']['input'];
  text?: InputMaybe<Scalars['String']['input']>;
};


/** What people can read. Every field is resolved for the signed-in user. */
export type QueryListSeedSetsArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
};


/** What people can read. Every field is resolved for the signed-in user. */
export type QueryListTemplateVersionsArgs = {
  id: Scalars['ID']['input'];
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
};


/** What people can read. Every field is resolved for the signed-in user. */
export type QueryListTemplatesArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
};


/** What people can read. Every field is resolved for the signed-in user. */
export type QueryRenderTemplateArgs = {
  input: RenderTemplateInput;
};


/** What people can read. Every field is resolved for the signed-in user. */
export type QuerySearchTemplatesArgs = {
  category?: InputMaybe<Scalars['String']['input']>;
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
  tag?: InputMaybe<Scalars['String']['input']>;
  text?: InputMaybe<Scalars['String']['input']>;
};

/** The record to render. */
export type RenderTemplateInput = {
  /** Values for the template's parameters, a JSON object; omitted ones use the template's defaults. */
  parameters?: InputMaybe<Scalars['AWSJSON']['input']>;
  /** The number of the record, from 0, which determines its seeds; 0 when null. */
  recordNo?: InputMaybe<Scalars['Int']['input']>;
  /** A seed set of mine or a sample; placeholders when null. */
  seedSetId?: InputMaybe<Scalars['ID']['input']>;
  /** The YAML (or JSON) document. */
  source: Scalars['String']['input'];
  /** The template that this is a version of, whose included texts remain available; null for a new one. */
  templateId?: InputMaybe<Scalars['ID']['input']>;
};

/** The prompt of one step, as sent to the model. */
export type RenderedStep = {
  /** False when the step's condition is false and nothing would be sent. */
  applies: Scalars['Boolean']['output'];
  /** The total size in UTF-8 bytes. */
  bytes: Scalars['Int']['output'];
  /** The model that would be called. */
  modelId: Scalars['String']['output'];
  /** The placeholder for its answer, as JSON text. */
  placeholder: Scalars['String']['output'];
  /** The round, from 0: the item of a loop. Only a loop's first items are shown. */
  round: Scalars['Int']['output'];
  /** The step. */
  stepId: Scalars['String']['output'];
  /** The system prompt; null when there is none. */
  system: Maybe<Scalars['String']['output']>;
  /** The earlier turns, followed by the prompt. */
  turns: Array<Turn>;
};

/** A worker's report on its shard, cumulative and therefore idempotent, or a notification that the job has changed. */
export type ReportProgressInput = {
  /** The job. */
  jobId: Scalars['ID']['input'];
  /** The shard's progress; null when only the job has changed. */
  shard?: InputMaybe<ShardProgressInput>;
};

/** The seed set that changed. */
export type ReportSeedSetInput = {
  /** The seed set. */
  id: Scalars['ID']['input'];
};

/** The test run that progressed. */
export type ReportTestRunInput = {
  /** The test run. */
  id: Scalars['ID']['input'];
};

/** A template to save. */
export type SaveTemplateInput = {
  /** The version that was edited: fails with `Conflict` if there is a newer one; saves unconditionally when null. */
  basedOnVersion?: InputMaybe<Scalars['Int']['input']>;
  /** The template to add a version to; null for a new one. */
  id?: InputMaybe<Scalars['ID']['input']>;
  /** The YAML (or JSON) document. */
  source: Scalars['String']['input'];
};

/** A named list of items. */
export type SeedCollection = {
  /** Its size as stored, in bytes; 0 until the seed set is READY. */
  bytes: Scalars['Float']['output'];
  /** The fields of its items; empty until the seed set is READY. */
  fields: Array<SeedFieldSummary>;
  /** The names of the uploaded files, separated by commas; `generated.jsonl` when a model generated it. */
  fileName: Scalars['String']['output'];
  /** The number of items; 0 until it is checked, and those generated so far while it is GENERATING. */
  itemCount: Scalars['Int']['output'];
  /** Its name in templates; `seeds` for a file uploaded without one. */
  name: Scalars['String']['output'];
};

/** Statistics of one field of a collection. */
export type SeedFieldSummary = {
  /** The number of values. */
  count: Scalars['Int']['output'];
  /** The number of distinct values if they are short and at most 100; null otherwise. */
  distinct: Maybe<Scalars['Int']['output']>;
  /** Up to three values as JSON text, truncated if long. */
  examples: Array<Scalars['String']['output']>;
  /** How often it is absent, null or empty where it could be present: for `body.text`, among the `body` objects only. */
  missing: Scalars['Int']['output'];
  /** Its path in an item: `title`, `body.text`, `tags[]`, `tags[].name`. */
  name: Scalars['String']['output'];
  /** The JSON types found: string, integer, number, boolean, object, array. */
  types: Array<Scalars['String']['output']>;
};

/** A file to upload. */
export type SeedFileInput = {
  /** Its size in bytes, up to 1 GB. */
  bytes: Scalars['Float']['input'];
  /** Its collection: a letter followed by letters, digits or underscores; `seeds` when null. */
  collection?: InputMaybe<Scalars['String']['input']>;
  /** Its name, whose extension determines the format: .json, .jsonl, .ndjson, .csv, .tsv, .txt or .parquet, optionally followed by .gz. */
  fileName: Scalars['String']['input'];
};

/** One item of a collection. */
export type SeedItem = {
  /** The item as JSON text, truncated if long. */
  json: Scalars['String']['output'];
  /** Its position, from 0. */
  position: Scalars['Int']['output'];
};

/** A page of a collection's items. */
export type SeedItemPage = {
  /** The items with their positions. */
  items: Array<SeedItem>;
  /** The token for the next page; null on the last page. A page of search results may be empty even when more follow. */
  nextToken: Maybe<Scalars['String']['output']>;
};

/** A seed field that a template reads. */
export type SeedRead = {
  /** The collection. */
  collection: Scalars['String']['output'];
  /** Where the template reads it, such as `step "question"`. */
  location: Scalars['String']['output'];
  /** Its path in an item, such as `body.text` or `tags[].name`; empty for the whole item. */
  path: Scalars['String']['output'];
  /** Whether every item must have it. */
  required: Scalars['Boolean']['output'];
};

/** Seed data, uploaded or generated by a model: one or more named collections of items. */
export type SeedSet = {
  /** Its collections; sizes and fields are empty until it is READY, and so are counts unless it is GENERATING. */
  collections: Array<SeedCollection>;
  /** When it was created. */
  createdAt: Scalars['AWSDateTime']['output'];
  /** ULID, or the name of a sample. */
  id: Scalars['ID']['output'];
  /** Whether it ships with the product and is available to everyone. */
  isSample: Scalars['Boolean']['output'];
  /** The name given by its owner. */
  name: Scalars['String']['output'];
  /** What was unusual about its files and how they were read all the same, one sentence each, at most 30: a column renamed or left out, a value that JSON cannot hold. Empty until it is READY. */
  notes: Array<Scalars['String']['output']>;
  /** Its owner, by which subscriptions are filtered; `samples` for those that ship with the product. */
  owner: Scalars['ID']['output'];
  /** The number of rows skipped. */
  skippedCount: Scalars['Int']['output'];
  /** The first of the rows that were skipped: invalid ones if `skipInvalid` was set, or those that do not fit the template of `filterSeedSet`; empty otherwise. */
  skippedRows: Array<SkippedRow>;
  /** The cost of generating it, in nano-dollars; null when it was uploaded. */
  spentNanos: Maybe<Scalars['Float']['output']>;
  /** Its status. */
  status: SeedSetStatus;
  /** Why it is REFUSED, or has fewer generated items than requested, in one sentence; null otherwise. */
  statusReason: Maybe<Scalars['String']['output']>;
};

/** A page of seed sets. */
export type SeedSetPage = {
  /** The seed sets. */
  items: Array<SeedSet>;
  /** The token for the next page; null on the last page. */
  nextToken: Maybe<Scalars['String']['output']>;
};

/** The status of a seed set. */
export type SeedSetStatus =
  /** Checking its files. */
  | 'CHECKING'
  /** A model is generating its items. */
  | 'GENERATING'
  /** Ready for use. */
  | 'READY'
  /** Its files are unusable, or its generation failed; `statusReason` says why. */
  | 'REFUSED'
  /** Waiting for its files. */
  | 'UPLOADING';

/** A new seed set with the upload forms for its files. */
export type SeedSetUpload = {
  /** The seed set, UPLOADING. */
  seedSet: SeedSet;
  /** One upload form per file, in the order of the input. */
  uploads: Array<PresignedPost>;
};

/** The cumulative progress of a shard: a contiguous range of a job's records, processed by one worker at a time. */
export type ShardProgress = {
  /** Why attempts failed or were rejected: the most frequent causes, with the rest combined. Reports have as many as fit. */
  causes: Array<FailureCause>;
  /** Records delivered. */
  delivered: Scalars['Int']['output'];
  /** Records that failed permanently. */
  failed: Scalars['Int']['output'];
  /** The generation of the lease that reported; it grows with every lease. */
  generation: Scalars['Int']['output'];
  /** Job id and shard number: `01J…#3`. */
  id: Scalars['ID']['output'];
  /** Input tokens. */
  inputTokens: Scalars['Float']['output'];
  /** The job it belongs to. */
  jobId: Scalars['ID']['output'];
  /**
   * Up to three of the latest records, each as the JSON text of its columns, with long values truncated. A query returns those
   * last kept, for one shard of the job; every report brings new ones.
   */
  latest: Array<Scalars['String']['output']>;
  /** Answers whose JSON was not quite right and could be mended without a repair. */
  mended: Scalars['Int']['output'];
  /** What a model's server last said, while its calls have not succeeded for some seconds; null while they do. */
  modelProblem: Maybe<Scalars['String']['output']>;
  /** Output tokens. */
  outputTokens: Scalars['Float']['output'];
  /** About the number of parts written, each with one S3 request: the number of checkpoints, nearly all of which wrote one. */
  parts: Scalars['Int']['output'];
  /** The number of records in this shard. */
  recordCount: Scalars['Int']['output'];
  /** Recent throughput, in records per second; 0 when idle. */
  recordsPerSecond: Scalars['Float']['output'];
  /** Candidates rejected by the template's `accept`; each was regenerated, except for the last one of a record that failed. */
  rejected: Scalars['Int']['output'];
  /** Grows within a generation, so that clients can discard stale reports. */
  reportNo: Scalars['Int']['output'];
  /** When this was reported; null before the first report. */
  reportedAt: Maybe<Scalars['AWSDateTime']['output']>;
  /** Its number, from 0. */
  shardNo: Scalars['Int']['output'];
  /** What it was spent on. Reports have as much detail as fits. Shards may have entries for the same step, model and day; clients add them up. */
  spending: Array<SpendingEntry>;
  /** Spent on model calls, in nano-dollars. */
  spentNanos: Scalars['Float']['output'];
  /** The total time that workers have held its lease, in milliseconds. */
  workerMs: Scalars['Float']['output'];
  /** Written off as possibly spent by crashed workers, in nano-dollars. */
  writtenOffNanos: Scalars['Float']['output'];
};

/** See `ShardProgress`. */
export type ShardProgressInput = {
  causes: Array<FailureCauseInput>;
  delivered: Scalars['Int']['input'];
  failed: Scalars['Int']['input'];
  generation: Scalars['Int']['input'];
  inputTokens: Scalars['Float']['input'];
  /** Whether pages opened later show its speed and latest records: about four a minute are, those that matter most included. */
  isKept: Scalars['Boolean']['input'];
  latest: Array<Scalars['String']['input']>;
  mended: Scalars['Int']['input'];
  modelProblem?: InputMaybe<Scalars['String']['input']>;
  outputTokens: Scalars['Float']['input'];
  recordsPerSecond: Scalars['Float']['input'];
  rejected: Scalars['Int']['input'];
  reportNo: Scalars['Int']['input'];
  shardNo: Scalars['Int']['input'];
  spending: Array<SpendingEntryInput>;
  spentNanos: Scalars['Float']['input'];
  writtenOffNanos: Scalars['Float']['input'];
};

/** A row that was skipped. */
export type SkippedRow = {
  /** The file. */
  fileName: Scalars['String']['output'];
  /** Why it was skipped. */
  reason: Scalars['String']['output'];
  /** The number of the line (of a text file), item (of JSON or of a filtered seed set) or row (of Parquet), from 1. */
  row: Scalars['Int']['output'];
};

/** The state of a snapshot. */
export type SnapshotState =
  /** Being written. */
  | 'CREATING'
  /** Failed; `statusReason` says why. */
  | 'FAILED'
  /** Available from `getDownload`. */
  | 'READY';

/** The calls of one step to one model on one day, or of several where a report combines what does not fit. */
export type SpendingEntry = {
  /** The number of calls paid for, answered or not. */
  calls: Scalars['Int']['output'];
  /** Their cost, in nano-dollars. */
  costNanos: Scalars['Float']['output'];
  /** The day, in UTC; null for several. */
  day: Maybe<Scalars['AWSDate']['output']>;
  /** Input tokens. */
  inputTokens: Scalars['Float']['output'];
  /** The model; empty for several steps. */
  modelId: Scalars['String']['output'];
  /** Output tokens. */
  outputTokens: Scalars['Float']['output'];
  /** The step; `Other steps` for several. */
  stepId: Scalars['String']['output'];
};

/** See `SpendingEntry`. */
export type SpendingEntryInput = {
  calls: Scalars['Int']['input'];
  costNanos: Scalars['Float']['input'];
  day?: InputMaybe<Scalars['AWSDate']['input']>;
  inputTokens: Scalars['Float']['input'];
  modelId: Scalars['String']['input'];
  outputTokens: Scalars['Float']['input'];
  stepId: Scalars['String']['input'];
};

/** The settings of a test run. */
export type StartTestRunInput = {
  /** The maximum to spend, in nano-dollars, up to $5.00. */
  budgetNanos: Scalars['Float']['input'];
  /** An idempotency key of 8 to 64 characters: new and random for each test run, the same when repeating a request. */
  clientToken: Scalars['String']['input'];
  /** Values for the template's parameters, a JSON object; omitted ones use the template's defaults. */
  parameters?: InputMaybe<Scalars['AWSJSON']['input']>;
  /** The number of records, 1 to 10. */
  recordCount: Scalars['Int']['input'];
  /** A READY seed set of mine or a sample. */
  seedSetId: Scalars['ID']['input'];
  /** The YAML (or JSON) document. */
  source: Scalars['String']['input'];
  /** The template that this is a version of, whose included texts remain available; null for a new one. */
  templateId?: InputMaybe<Scalars['ID']['input']>;
};

/** Updates pushed to people. */
export type Subscription = {
  /** Changes of my jobs, or of one of them. Fails with `NotFound` if the job is not mine. People only. */
  onJobChanged: Maybe<JobChange>;
  /** My seed sets whose check has ended, or that a model generates: after each batch and at the end. People only. */
  onSeedSetChanged: Maybe<SeedSet>;
  /** The progress of one of my test runs. People only. */
  onTestRunChanged: Maybe<TestRun>;
};


/** Updates pushed to people. */
export type SubscriptionOnJobChangedArgs = {
  jobId?: InputMaybe<Scalars['ID']['input']>;
};


/** Updates pushed to people. */
export type SubscriptionOnTestRunChangedArgs = {
  id: Scalars['ID']['input'];
};

/** The size of a job's tasks. What each has is the deployment's choice. */
export type TaskSize =
  /** Usually 2 vCPUs and 4 GB of memory: up to 128 model calls in flight. */
  | 'LARGE'
  /** Usually 1 vCPU and 2 GB of memory: up to 64 model calls in flight. */
  | 'MEDIUM'
  /** Usually 0.5 vCPU and 1 GB of memory: up to 32 model calls in flight. */
  | 'SMALL';

/** What a task has. */
export type TaskSpec = {
  /** The most model calls it has in flight. */
  callsInFlight: Scalars['Int']['output'];
  /** In units of 1/1024 vCPU. */
  cpu: Scalars['Int']['output'];
  /** Its memory in MB. */
  memoryMb: Scalars['Int']['output'];
};

/** One version of a template. */
export type Template = {
  /** The static analysis of its source. */
  analysis: TemplateAnalysis;
  /** The kind of data it generates; null when its author gave none. */
  category: Maybe<Scalars['String']['output']>;
  /** When this version was saved. */
  createdAt: Scalars['AWSDateTime']['output'];
  /** What it generates; null when its author gave no description. */
  description: Maybe<Scalars['String']['output']>;
  /** What it was forked from; null when it was not forked. */
  forkedFrom: Maybe<TemplateOrigin>;
  /** ULID, or the name of a sample. */
  id: Scalars['ID']['output'];
  /** Whether I may change it. */
  isMine: Scalars['Boolean']['output'];
  /** Whether it ships with the product and is available to everyone. */
  isSample: Scalars['Boolean']['output'];
  /** The latest version that I may read. */
  latestVersion: Scalars['Int']['output'];
  /** Its name. */
  name: Scalars['String']['output'];
  /** When it was published; null when it is not. */
  publishedAt: Maybe<Scalars['AWSDateTime']['output']>;
  /** The published versions. */
  publishedVersions: Array<Scalars['Int']['output']>;
  /** The sample seed set that goes with it; null when there is none. */
  sampleSeedSetId: Maybe<Scalars['ID']['output']>;
  /** The YAML document as its author wrote it, used for export and import. */
  source: Scalars['String']['output'];
  /** Keywords for searching. */
  tags: Array<Scalars['String']['output']>;
  /** The version, from 1. */
  version: Scalars['Int']['output'];
};

/** The static analysis of a template's source. */
export type TemplateAnalysis = {
  /** The conditions that a candidate must meet to be delivered, in order of evaluation; empty when there are none. */
  accept: Array<AcceptCondition>;
  /** The columns suited to partitioning its datasets. */
  categories: Array<Scalars['String']['output']>;
  /** The columns of its records, except `id`. */
  columns: Array<TemplateColumn>;
  /** The texts it includes from other templates, as `ID@VERSION/NAME`. */
  includes: Array<Scalars['String']['output']>;
  /** The maximum cost of one attempt at a record. */
  maxAttemptCost: AttemptCost;
  /** The average number of attempts per record that a job may make. */
  maxAttempts: Scalars['Int']['output'];
  /** Its parameters. */
  parameters: Array<TemplateParameter>;
  /** The seed fields it reads. */
  reads: Array<SeedRead>;
  /** The JSON Schema of each collection's items, a JSON object. */
  seedSchema: Scalars['AWSJSON']['output'];
  /** Its steps. */
  steps: Array<TemplateStep>;
  /** The fine-tuning formats that its datasets support in addition to the general ones. */
  trainingFormats: Array<DatasetFormat>;
  /** Which seed fields could not be determined, such as computed keys, one sentence each. */
  warnings: Array<Scalars['String']['output']>;
};

/** The result of `checkTemplate`. */
export type TemplateCheck = {
  /** The analysis; null when there are problems. */
  analysis: Maybe<TemplateAnalysis>;
  /** The problems, in source order; empty when the template can be saved. */
  problems: Array<TemplateProblem>;
};

/** A column of a template's records. */
export type TemplateColumn = {
  /** Its name. */
  name: Scalars['String']['output'];
  /** Its declared type; null when inferred from the values. */
  type: Maybe<Scalars['String']['output']>;
};

/** The origin of a fork. */
export type TemplateOrigin = {
  /** The template. */
  id: Scalars['ID']['output'];
  /** Its name at that time. */
  name: Scalars['String']['output'];
  /** Its version. */
  version: Scalars['Int']['output'];
};

/** A page of templates, in their latest versions. */
export type TemplatePage = {
  /** The templates. */
  items: Array<TemplateSummary>;
  /** The token for the next page; null on the last page. */
  nextToken: Maybe<Scalars['String']['output']>;
};

/** A value available in prompts that a job may set. */
export type TemplateParameter = {
  /** The value used when a job sets none, as JSON text. */
  default: Scalars['String']['output'];
  /** What it is for; null when its author gave no description. */
  description: Maybe<Scalars['String']['output']>;
  /** Its name. */
  name: Scalars['String']['output'];
  /** The allowed values, as JSON texts; null when any value is allowed. */
  values: Maybe<Array<Scalars['String']['output']>>;
};

/** A problem in a template's source. */
export type TemplateProblem = {
  /** The column, from 1. */
  column: Scalars['Int']['output'];
  /** The offset of the first affected character, from 0. */
  from: Scalars['Int']['output'];
  /** The line, from 1. */
  line: Scalars['Int']['output'];
  /** The message, one sentence. */
  message: Scalars['String']['output'];
  /** The offset after the last affected character. */
  to: Scalars['Int']['output'];
};

/** The rendered prompts of one record. */
export type TemplateRendering = {
  /** The problems, with their locations in the source; rendering stops at the first error at run time. */
  problems: Array<TemplateProblem>;
  /** The seeds drawn, a JSON object by pick name; placeholders when no seed set was given. */
  seeds: Scalars['AWSJSON']['output'];
  /** The steps in order, up to the first error. */
  steps: Array<RenderedStep>;
};

/** One step of a template: one or more model calls. */
export type TemplateStep = {
  /** The steps it depends on. */
  dependsOn: Array<Scalars['String']['output']>;
  /** The better model to escalate inadequate answers to; null when there is none. */
  escalatesTo: Maybe<Scalars['String']['output']>;
  /** The models to call when the step's model is rate-limited or unavailable. */
  fallbacks: Array<Scalars['String']['output']>;
  /** Its name within the template. */
  id: Scalars['String']['output'];
  /** The maximum number of output tokens. */
  maxTokens: Scalars['Int']['output'];
  /** The Bedrock model it calls. */
  modelId: Scalars['String']['output'];
  /** The output type: text, list, choice or json. */
  output: Scalars['String']['output'];
  /** Its prompt. */
  prompt: Scalars['String']['output'];
  /** The maximum number of rounds: 1, or the limit of its loop. */
  rounds: Scalars['Int']['output'];
  /** The tier that chose the model; null when the template names the model. */
  tier: Maybe<Scalars['String']['output']>;
};

/** A template in a list. */
export type TemplateSummary = {
  /** The kind of data it generates; null when its author gave none. */
  category: Maybe<Scalars['String']['output']>;
  /** What it generates; null when its author gave no description. */
  description: Maybe<Scalars['String']['output']>;
  /** ULID, or the name of a sample. */
  id: Scalars['ID']['output'];
  /** Whether I may change it. */
  isMine: Scalars['Boolean']['output'];
  /** Whether it ships with the product. */
  isSample: Scalars['Boolean']['output'];
  /** The latest version that I may read. */
  latestVersion: Scalars['Int']['output'];
  /** Its name. */
  name: Scalars['String']['output'];
  /** When it was published; null when it is not. */
  publishedAt: Maybe<Scalars['AWSDateTime']['output']>;
  /** The sample seed set that goes with it; null when there is none. */
  sampleSeedSetId: Maybe<Scalars['ID']['output']>;
  /** The number of steps; 0 for a library of partials. */
  stepCount: Scalars['Int']['output'];
  /** Keywords for searching. */
  tags: Array<Scalars['String']['output']>;
  /** When its latest version was saved. */
  updatedAt: Scalars['AWSDateTime']['output'];
};

/** A version in a list; `getTemplate` returns its source. */
export type TemplateVersion = {
  /** When it was saved. */
  createdAt: Scalars['AWSDateTime']['output'];
  /** Whether it is published. */
  isPublished: Scalars['Boolean']['output'];
  /** The template's name in this version. */
  name: Scalars['String']['output'];
  /** The version, from 1, without gaps. */
  version: Scalars['Int']['output'];
};

/** A page of a template's versions. */
export type TemplateVersionPage = {
  /** The versions, newest first. */
  items: Array<TemplateVersion>;
  /** The token for the next page; null on the last page. */
  nextToken: Maybe<Scalars['String']['output']>;
};

/** A few records generated with real model calls, each of which can be inspected. Kept for a week. */
export type TestRun = {
  /** The maximum to spend, in nano-dollars. */
  budgetNanos: Scalars['Float']['output'];
  /** When it was started. */
  createdAt: Scalars['AWSDateTime']['output'];
  /** When it ended; null before then. */
  finishedAt: Maybe<Scalars['AWSDateTime']['output']>;
  /** ULID. */
  id: Scalars['ID']['output'];
  /** Its owner; subscriptions are filtered by it. */
  owner: Scalars['ID']['output'];
  /** The number of records requested. */
  recordCount: Scalars['Int']['output'];
  /** Its records so far, in order. */
  records: Array<TestRunRecord>;
  /** The amount spent, in nano-dollars. */
  spentNanos: Scalars['Float']['output'];
  /** Its status. */
  status: TestRunStatus;
  /** The reason for its status, in one sentence; null when there is none. */
  statusReason: Maybe<Scalars['String']['output']>;
};

/** One model call of a test run, with long texts truncated. */
export type TestRunCall = {
  /** The model's answer, without its reasoning; null when there was none. */
  answer: Maybe<Scalars['String']['output']>;
  /** The cost, in nano-dollars. */
  costNanos: Scalars['Float']['output'];
  /** The error of the call or its answer; null when there was none. */
  error: Maybe<Scalars['String']['output']>;
  /** Input tokens. */
  inputTokens: Scalars['Int']['output'];
  /** The time from request to answer, in milliseconds. */
  latencyMs: Scalars['Int']['output'];
  /** The model. */
  modelId: Scalars['String']['output'];
  /** Output tokens. */
  outputTokens: Scalars['Int']['output'];
  /** Why the call was made: first, repair, fallback or escalation. */
  reason: Scalars['String']['output'];
  /** What the model thought before it answered; null when it did not. */
  reasoning: Maybe<Scalars['String']['output']>;
  /** The round, from 0: the item of a loop or the repetition. */
  round: Scalars['Int']['output'];
  /** The step. */
  stepId: Scalars['String']['output'];
  /** The system prompt; null when there is none. */
  system: Maybe<Scalars['String']['output']>;
  /** The earlier turns, followed by the prompt. */
  turns: Array<Turn>;
};

/** One record of a test run. */
export type TestRunRecord = {
  /** Its calls, in order. */
  calls: Array<TestRunCall>;
  /** Its columns, a JSON object, or a list of objects when its template makes rows of a record; null when it failed. */
  columns: Maybe<Scalars['AWSJSON']['output']>;
  /** Its cost, in nano-dollars. */
  costNanos: Scalars['Float']['output'];
  /** Why it failed; null when it did not. */
  failure: Maybe<Scalars['String']['output']>;
  /** Its number, from 0. */
  recordNo: Scalars['Int']['output'];
  /** The `accept` condition that it does not meet, in one sentence; null when it meets them all. A job would regenerate the record. */
  rejection: Maybe<Scalars['String']['output']>;
  /** The seeds drawn, a JSON object, with long texts truncated. */
  seeds: Scalars['AWSJSON']['output'];
};

/** The status of a test run. */
export type TestRunStatus =
  /** Finished: all its records were generated or have failed. */
  | 'COMPLETED'
  /** Failed; `statusReason` says why. */
  | 'FAILED'
  /** In progress. */
  | 'RUNNING';

/** A turn of a conversation with a model. */
export type Turn = {
  /** user or assistant. */
  role: Scalars['String']['output'];
  /** The content. */
  text: Scalars['String']['output'];
};
