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
  /** Its name; null of a single one without. */
  name: Maybe<Scalars['String']['output']>;
};

/** What one day's tries and generated seeds cost. */
export type AdHocSpending = {
  /** The day, in UTC. */
  day: Scalars['AWSDate']['output'];
  /** Paid for generated seeds, in nano-dollars. */
  generatedSeedsNanos: Scalars['Float']['output'];
  /** Paid for tries, in nano-dollars. */
  testRunsNanos: Scalars['Float']['output'];
};

/** Spending beside jobs, by day. */
export type AdHocSpendingPage = {
  /** The days on which something was spent, newest first. */
  items: Array<AdHocSpending>;
  /** Hand it in for the next page; null at the end. */
  nextToken: Maybe<Scalars['String']['output']>;
};

/** How deep the archive is; each deployment chooses one. */
export type ArchiveClass =
  /** Restored in half a day. */
  | 'DEEP'
  /** Restored in hours. */
  | 'FLEXIBLE'
  /** Read at once, as before. */
  | 'INSTANT';

/** Where a dataset lies. */
export type ArchiveState =
  /** S3 has archived it; `restoreDataset` brings it back. */
  | 'ARCHIVED'
  /** Its files can be downloaded. */
  | 'AVAILABLE'
  /** It is back and can be downloaded until `restoredUntil`. */
  | 'RESTORED'
  /** It was asked for and comes back, in hours. */
  | 'RESTORING';

/** The most that one record can cost, whatever happens. */
export type AttemptCost = {
  /** Model calls, repairs and escalations included. */
  calls: Scalars['Int']['output'];
  /** Nano-dollars. */
  costNanos: Scalars['Float']['output'];
  /** Tokens sent. */
  inputTokens: Scalars['Float']['output'];
  /** Tokens received. */
  outputTokens: Scalars['Float']['output'];
};

/** A range in which the cost of a job's models is expected, in nano-dollars. */
export type CostEstimate = {
  /** What it rests on. */
  basis: EstimateBasis;
  /** How many records it rests on. */
  basisRecords: Scalars['Int']['output'];
  /** It is not likely to cost more, and never costs more than the bounds of all attempts. */
  highNanos: Scalars['Float']['output'];
  /** It is as likely to cost more as less. */
  likelyNanos: Scalars['Float']['output'];
  /** It is not likely to cost less. */
  lowNanos: Scalars['Float']['output'];
  /** How many records it is for. */
  recordCount: Scalars['Int']['output'];
};

/** What a new job is to do. */
export type CreateJobInput = {
  /** The most it may spend on models, in nano-dollars, up to $5,000. */
  budgetNanos: Scalars['Float']['input'];
  /** What its tasks run on; SPOT_FIRST when null. */
  capacity?: InputMaybe<JobCapacity>;
  /** A new random text for each job meant, 8 to 64 characters; repeat it when repeating the request. */
  clientToken: Scalars['String']['input'];
  /** At least one, none twice; those for fine-tuning only where the template maps them. */
  formats: Array<DatasetFormat>;
  /** How many percent of the records may fail, 0 to 100; 20 when null. When more do, the job FAILS. */
  maxFailedPercent?: InputMaybe<Scalars['Int']['input']>;
  /** What to call it, 1 to 100 characters. */
  name: Scalars['String']['input'];
  /** Values for the template's parameters, a JSON object; the template's defaults for those left out. */
  parameters?: InputMaybe<Scalars['AWSJSON']['input']>;
  /** Cuts the dataset into folders, 1 to 3 levels and 1,000 folders at most; null for none. */
  partitionBy?: InputMaybe<Array<DatasetPartitionInput>>;
  /** Which of my jobs gets the next free task; NORMAL when null. */
  priority?: InputMaybe<JobPriority>;
  /** How many records, 1 to 1,000,000. */
  recordCount: Scalars['Int']['input'];
  /** A seed set of mine or a sample, READY. */
  seedSetId: Scalars['ID']['input'];
  /** Divides the dataset into files for training, validation and testing; null for one file of each format. */
  split?: InputMaybe<DatasetSplitInput>;
  /** The size of its tasks; SMALL when null. */
  taskSize?: InputMaybe<TaskSize>;
  /** A template of mine, a sample or a published one, with at least one step. */
  templateId: Scalars['ID']['input'];
  /** The version to pin; the latest when null. */
  templateVersion?: InputMaybe<Scalars['Int']['input']>;
};

/** A seed set to make. */
export type CreateSeedSetInput = {
  /** 1 to 10 files; several may be for one collection, whose items then follow each other. */
  files: Array<SeedFileInput>;
  /** What to call it, 1 to 100 characters. */
  name: Scalars['String']['input'];
  /** Leave faulty rows out and say which, instead of refusing the file; false when null. */
  skipInvalid?: InputMaybe<Scalars['Boolean']['input']>;
};

/** Where a job's dataset lies: S3 archives it some days after the job ended. */
export type DatasetArchive = {
  /** What it is archived in; null while it is not. */
  archiveClass: Maybe<ArchiveClass>;
  /** The job. */
  jobId: Scalars['ID']['output'];
  /** When this was so, so that late news can be told from new. */
  observedAt: Scalars['AWSDateTime']['output'];
  /** When it was last asked for; null unless it is being or was restored. */
  requestedAt: Maybe<Scalars['AWSDateTime']['output']>;
  /** When the restored copy goes; null unless it is there. */
  restoredUntil: Maybe<Scalars['AWSDateTime']['output']>;
  /** Where it lies. */
  state: ArchiveState;
};

/** One file of a published dataset. */
export type DatasetFile = {
  /** Its size in bytes. */
  bytes: Scalars['Float']['output'];
  /** Its format; null for the files beside the dataset. */
  format: Maybe<DatasetFormat>;
  /** Its name, `dataset.parquet` or `category=comedy/dataset.parquet`; `provenance.jsonl`, `failures.jsonl` and `rejected.jsonl` stand beside the formats. */
  name: Scalars['String']['output'];
  /** How many rows it holds. */
  rows: Scalars['Int']['output'];
};

/** The format of a dataset's file. */
export type DatasetFormat =
  /** For fine-tuning: Alpaca, one instruction with input and output a line. */
  | 'ALPACA'
  /** Comma-separated values with a header, safe to open in a spreadsheet. */
  | 'CSV'
  /** One JSON object a line, provenance in `_meta`. */
  | 'JSONL'
  /** The same, compressed with gzip. */
  | 'JSONL_GZ'
  /** For fine-tuning: OpenAI messages, one conversation a line. Only where the template's `training` maps it, as the next two. */
  | 'MESSAGES'
  /** Apache Parquet with typed columns, in row groups with statistics, compressed with Snappy. */
  | 'PARQUET'
  /** For fine-tuning: ShareGPT, one conversation a line. */
  | 'SHAREGPT';

/** A level of folders that a dataset is cut into, named as Hive does it: `category=comedy/date_year=2024/`. */
export type DatasetPartition = {
  /** The column. */
  column: Scalars['String']['output'];
  /** What of its values makes a folder. */
  transform: PartitionTransform;
};

/** A level of folders; see `DatasetPartition`. */
export type DatasetPartitionInput = {
  /** A column of the template's records; `id` is none. */
  column: Scalars['String']['input'];
  /** What of its values makes a folder. */
  transform: PartitionTransform;
};

/** The files a dataset is divided into, in percent of its records; a record's own id decides where it falls. */
export type DatasetSplit = {
  /** To judge the chosen one. */
  test: Scalars['Int']['output'];
  /** For training. */
  train: Scalars['Int']['output'];
  /** To choose among trained models. */
  validation: Scalars['Int']['output'];
};

/** Whole numbers of percent that make 100 together. */
export type DatasetSplitInput = {
  /** To judge the chosen one; 0 for none. */
  test: Scalars['Int']['input'];
  /** For training. */
  train: Scalars['Int']['input'];
  /** To choose among trained models; 0 for none. */
  validation: Scalars['Int']['input'];
};

/** An address to download from. */
export type Download = {
  /** When it stops working. */
  expiresAt: Scalars['AWSDateTime']['output'];
  /** A presigned HTTPS address. */
  url: Scalars['AWSURL']['output'];
};

/** What an estimate rests on. */
export type EstimateBasis =
  /** The prompts of some records, rendered with these seeds; answers are assumed. */
  | 'PROMPTS'
  /** Records of my tries of the same template, whatever seeds and parameters they had. */
  | 'TEST_RUNS';

/** A job that might be started. */
export type EstimateJobInput = {
  /** The budget that it might have, in nano-dollars; null to hear nothing about it. */
  budgetNanos?: InputMaybe<Scalars['Float']['input']>;
  /** Values for the template's parameters, a JSON object; the template's defaults for those left out. */
  parameters?: InputMaybe<Scalars['AWSJSON']['input']>;
  /** How many records, 1 to 1,000,000. */
  recordCount: Scalars['Int']['input'];
  /** A seed set of mine or a sample, READY. */
  seedSetId: Scalars['ID']['input'];
  /** A template of mine, a sample or a published one, with at least one step. */
  templateId: Scalars['ID']['input'];
  /** The version; the latest when null. */
  templateVersion?: InputMaybe<Scalars['Int']['input']>;
};

/** What attempts had in common that came to nothing: they failed, or what they made was refused. */
export type FailureCause = {
  /** Attempts that ended so, whatever came of their records later. */
  attempts: Scalars['Int']['output'];
  /** A sentence without what varies and without its full stop. */
  cause: Scalars['String']['output'];
  /** Records that were given up and whose last attempt ended so. */
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

/** Seeds for a model to make. */
export type GenerateSeedsInput = {
  /** The most it may spend, in nano-dollars, up to $5. */
  budgetNanos: Scalars['Float']['input'];
  /** A new random text for each seed set meant, 8 to 64 characters; repeat it when repeating the request. */
  clientToken: Scalars['String']['input'];
  /** What they should be about, in words, up to 2,000 characters. */
  instructions?: InputMaybe<Scalars['String']['input']>;
  /** How many items of each collection, 1 to 500. */
  itemCount: Scalars['Int']['input'];
  /** A tier or a model; economy when null. */
  model?: InputMaybe<Scalars['String']['input']>;
  /** What to call the seed set, 1 to 100 characters. */
  name: Scalars['String']['input'];
  /** The document of the template that is to use them; its schema says what items must be. */
  source: Scalars['String']['input'];
  /** The template it is a version of, or is to be; what that holds of others may still be included. */
  templateId?: InputMaybe<Scalars['ID']['input']>;
};

/** A template version, a seed set, a number of records and a budget, turned into a dataset. */
export type Job = {
  /** The most it may spend on models, in nano-dollars. */
  budgetNanos: Scalars['Float']['output'];
  /** What its tasks run on. */
  capacity: JobCapacity;
  /** Grows with whatever its owner does to it but change its priority, so that late news can be told from new. */
  controlNo: Scalars['Int']['output'];
  /** When it was made. */
  createdAt: Scalars['AWSDateTime']['output'];
  /** How many files its dataset has; where `datasetFiles` has fewer, the file `files.jsonl` lists them all. */
  datasetFileCount: Scalars['Int']['output'];
  /** The files of its dataset, of very many the first and those beside them; empty until one is published. */
  datasetFiles: Array<DatasetFile>;
  /** What it was expected to cost when it was made; null when that could not be told. */
  estimate: Maybe<CostEstimate>;
  /** Why attempts came to nothing, as of the shards' last checkpoints. Shards may have entries for the same cause, which are to be added; each tells twenty causes at most, the rest together. */
  failureCauses: Array<FailureCause>;
  /** When it came to rest; null before. */
  finishedAt: Maybe<Scalars['AWSDateTime']['output']>;
  /** The formats its dataset is written in. */
  formats: Array<DatasetFormat>;
  /** ULID; later jobs have larger ids. */
  id: Scalars['ID']['output'];
  /** The most one attempt at a record can cost, in nano-dollars: what is reserved before it starts. */
  maxAttemptCostNanos: Scalars['Float']['output'];
  /** How many percent of its records may fail; when more do the job is FAILED, and stops early where it can be told early. */
  maxFailedPercent: Scalars['Int']['output'];
  /** What its owner called it. */
  name: Scalars['String']['output'];
  /** How it will end or has ended; null while nothing is decided. */
  outcome: Maybe<JobStatus>;
  /** The template's parameters as the job uses them, a JSON object. */
  parameters: Scalars['AWSJSON']['output'];
  /** The folders its dataset is cut into, outermost first; null when there are none. */
  partitionBy: Maybe<Array<DatasetPartition>>;
  /** Which of its owner's jobs gets the next free task. */
  priority: JobPriority;
  /** What has been done so far, by shard. */
  progress: Array<ShardProgress>;
  /** How many records were asked for. */
  recordCount: Scalars['Int']['output'];
  /** The seed set it draws from. */
  seedSetId: Scalars['ID']['output'];
  /** The seed set's name when the job was made. */
  seedSetName: Scalars['String']['output'];
  /** Its records so far as a file; null when nobody asked for it today. */
  snapshot: Maybe<JobSnapshot>;
  /** What its models were paid for, as of the shards' last checkpoints. Shards may have entries for the same step, model and day, which are to be added. */
  spending: Array<SpendingEntry>;
  /** How its dataset is divided; null when each format is one file. */
  split: Maybe<DatasetSplit>;
  /** When its first worker began; null before. */
  startedAt: Maybe<Scalars['AWSDateTime']['output']>;
  /** Where it stands. */
  status: JobStatus;
  /** One sentence on why it stands there; null when there is nothing to say. */
  statusReason: Maybe<Scalars['String']['output']>;
  /** The size of its tasks. */
  taskSize: TaskSize;
  /** The template it uses. */
  templateId: Scalars['ID']['output'];
  /** The template's name when the job was made. */
  templateName: Scalars['String']['output'];
  /** The version of the template it is pinned to. */
  templateVersion: Scalars['Int']['output'];
  /** What its workers have done, as of the shards' last checkpoints: what the estimate of Fargate and S3 comes from. */
  usage: JobUsage;
};

/** What a job's tasks run on. */
export type JobCapacity =
  /** Never interrupted, at the full price. */
  | 'ON_DEMAND'
  /** Fargate Spot, at about a third of the price; after repeated lack of it the full price. */
  | 'SPOT_FIRST';

/** News of a job: its state, and one shard's facts when a shard reported. */
export type JobChange = {
  /** How a restoration of its dataset goes; null when none was ever asked for. */
  archive: Maybe<DatasetArchive>;
  /** See `Job.budgetNanos`. */
  budgetNanos: Scalars['Float']['output'];
  /** See `Job.controlNo`. */
  controlNo: Scalars['Int']['output'];
  /** See `Job.datasetFileCount`. */
  datasetFileCount: Scalars['Int']['output'];
  /** See `Job.datasetFiles`. */
  datasetFiles: Array<DatasetFile>;
  /** When it came to rest; null before. */
  finishedAt: Maybe<Scalars['AWSDateTime']['output']>;
  /** The job. */
  jobId: Scalars['ID']['output'];
  /** How it will end or has ended; null while nothing is decided. */
  outcome: Maybe<JobStatus>;
  /** Whose it is; subscriptions are filtered by it. */
  owner: Scalars['ID']['output'];
  /** See `Job.priority`. */
  priority: JobPriority;
  /** See `Job.recordCount`; when it has grown, `Job.progress` has new shards. */
  recordCount: Scalars['Int']['output'];
  /** The facts of the shard that reported; null when only the job changed. */
  shard: Maybe<ShardProgress>;
  /** See `Job.snapshot`. */
  snapshot: Maybe<JobSnapshot>;
  /** When its first worker began; null before. */
  startedAt: Maybe<Scalars['AWSDateTime']['output']>;
  /** Where the job stands now. */
  status: JobStatus;
  /** One sentence on why; null when there is nothing to say. */
  statusReason: Maybe<Scalars['String']['output']>;
};

/** The answer to `estimateJob`. */
export type JobEstimate = {
  /** One sentence on whether the budget suffices; null without a budget or an estimate. */
  advice: Maybe<Scalars['String']['output']>;
  /** The range; null when no prompt can be rendered without answers. */
  estimate: Maybe<CostEstimate>;
  /** The most one attempt at a record can cost, in nano-dollars: what is reserved before it starts. */
  maxAttemptCostNanos: Scalars['Float']['output'];
};

/** A page of jobs. */
export type JobPage = {
  /** The jobs, newest first; full unless it is the last page. */
  items: Array<Job>;
  /** Hand it in for the next page; null at the end. */
  nextToken: Maybe<Scalars['String']['output']>;
};

/** Which of one person's jobs gets the next free task. Between people it says nothing: tasks are shared fairly. */
export type JobPriority =
  /** Before all others of mine. */
  | 'HIGH'
  /** When no other of mine waits. */
  | 'LOW'
  /** In the order in which they were made. */
  | 'NORMAL';

/** A job's records so far as one file in JSON lines, in the order of the dataset. */
export type JobSnapshot = {
  /** Its size in bytes; null until it is READY. */
  bytes: Maybe<Scalars['Float']['output']>;
  /** How many records it holds; null until it is READY. */
  rows: Maybe<Scalars['Int']['output']>;
  /** Where it stands. */
  state: SnapshotState;
  /** One sentence on why it failed; null otherwise. */
  statusReason: Maybe<Scalars['String']['output']>;
  /** When it was asked for. Its file goes a day later. */
  takenAt: Scalars['AWSDateTime']['output'];
};

/** Where a job stands. */
export type JobStatus =
  /** The next record could have cost more than was left; can be resumed with a larger budget. */
  | 'BUDGET_EXCEEDED'
  /** Stopped for good by its owner. */
  | 'CANCELLED'
  /** Every record asked for was made, or set aside as failed, no more of these than the job allows. */
  | 'COMPLETED'
  /** Is being removed. */
  | 'DELETING'
  /** Everything that was made is being written as a dataset; `outcome` tells how the job will end. */
  | 'EXPORTING'
  /** Could not go on; `statusReason` says why. */
  | 'FAILED'
  /** Stopped by its owner; can be resumed. */
  | 'PAUSED'
  /** Waits for a free slot of the fleet. */
  | 'QUEUED'
  /** A worker makes records. */
  | 'RUNNING';

/** What the workers of a job have done. */
export type JobUsage = {
  /** How many parts they have written: each was one request to S3. */
  parts: Scalars['Int']['output'];
  /** How long they have held leases, all of them together, in milliseconds. */
  workerMs: Scalars['Float']['output'];
};

/** A model of Amazon Bedrock that the product knows the price of. */
export type Model = {
  /** Tokens that a request and its answer may have together. */
  contextTokens: Scalars['Int']['output'];
  /** The model or inference profile id that Bedrock is called with. */
  id: Scalars['ID']['output'];
  /** Nano-dollars for a thousand tokens sent. */
  inputNanosPerThousand: Scalars['Float']['output'];
  /** Whether it can be called from here. */
  isUsable: Scalars['Boolean']['output'];
  /** Its name for people. */
  name: Scalars['String']['output'];
  /** Nano-dollars for a thousand tokens received. */
  outputNanosPerThousand: Scalars['Float']['output'];
  /** The day the price was looked up. */
  pricedOn: Scalars['AWSDate']['output'];
  /** Where the price was read. */
  source: Scalars['String']['output'];
  /** How it answers in JSON: schema, tool or instruction. */
  structuredOutput: Scalars['String']['output'];
  /** The tier it stands for when a step says `tier`; null when it must be named. */
  tier: Maybe<Scalars['String']['output']>;
};

/** What people and the worker may change. */
export type Mutation = {
  /** Stops a job for good; what was made so far becomes its dataset. People only. */
  cancelJob: Job;
  /** Says that all files are uploaded; the seed set is CHECKING until `onSeedSetChanged` says READY or REFUSED. People only. */
  confirmSeedSet: SeedSet;
  /** Starts a job. The same client token with the same input answers the job made before. People only. */
  createJob: Job;
  /** Makes a seed set and answers where to upload its files. People only. */
  createSeedSet: SeedSetUpload;
  /** Deletes a job at rest with its datasets; the answer has status DELETING. People only. */
  deleteJob: Job;
  /** Deletes a seed set of mine with its files. People only. */
  deleteSeedSet: SeedSet;
  /** Deletes a template of mine with its versions; jobs keep their copies. People only. */
  deleteTemplate: TemplateSummary;
  /** Asks for more records: one that waits or runs makes them too, one that has completed or reached its budget goes on. What was made stays. People only. */
  extendJob: Job;
  /** Copies a version of a sample, of a published template or of my own into a new template of mine. People only. */
  forkTemplate: Template;
  /** Makes a seed set by a model, as a template needs it, within a budget; it is GENERATING until `onSeedSetChanged` says READY or REFUSED. People only. */
  generateSeeds: SeedSet;
  /** Stops a job until it is resumed; what is in flight is finished first. People only. */
  pauseJob: Job;
  /** Publishes the latest version of a template of mine for everyone; earlier published versions stay published. People only. */
  publishTemplate: TemplateSummary;
  /** Gives a job more money while it waits, runs or rests; at its budget it goes on when it is resumed. People only. */
  raiseBudget: Job;
  /** Tells a job's watchers what one shard has done, or that the job changed its state. The worker and the dispatcher only (IAM). */
  reportProgress: JobChange;
  /** Tells a seed set's owner that its check has ended, or how far a model is with its items. The functions that check and generate seeds only (IAM). */
  reportSeedSet: SeedSet;
  /** Tells a try's owner that it went on. The function that tries templates only (IAM). */
  reportTestRun: TestRun;
  /** Brings an archived dataset back for some days; watch it by `onJobChanged`. Twice is as good as once. People only. */
  restoreDataset: DatasetArchive;
  /** Makes an older version of a template of mine the newest again, as a new version. People only. */
  restoreTemplate: Template;
  /** Goes on with a paused job, or with one that reached its budget. People only. */
  resumeJob: Job;
  /** Takes up again what a job that has completed, failed or reached its budget could not make; what was made stays. People only. */
  retryFailed: Job;
  /** Saves a template: a new one without id, else its next version. People only. */
  saveTemplate: Template;
  /** Changes which of my jobs gets the next free task, until the job has ended. People only. */
  setJobPriority: Job;
  /** Makes a few records with real model calls, within a budget of its own; watch it by `onTestRunChanged`. People only. */
  startTestRun: TestRun;
  /** Writes the records that a job of mine has so far into a file; watch `Job.snapshot` by `onJobChanged`. One at a time, while there is no dataset. People only. */
  takeSnapshot: Job;
  /** Hides a template of mine from everyone else, all its versions at once; copies made before stay. People only. */
  unpublishTemplate: TemplateSummary;
};


/** What people and the worker may change. */
export type MutationCancelJobArgs = {
  id: Scalars['ID']['input'];
};


/** What people and the worker may change. */
export type MutationConfirmSeedSetArgs = {
  id: Scalars['ID']['input'];
};


/** What people and the worker may change. */
export type MutationCreateJobArgs = {
  input: CreateJobInput;
};


/** What people and the worker may change. */
export type MutationCreateSeedSetArgs = {
  input: CreateSeedSetInput;
};


/** What people and the worker may change. */
export type MutationDeleteJobArgs = {
  id: Scalars['ID']['input'];
};


/** What people and the worker may change. */
export type MutationDeleteSeedSetArgs = {
  id: Scalars['ID']['input'];
};


/** What people and the worker may change. */
export type MutationDeleteTemplateArgs = {
  id: Scalars['ID']['input'];
};


/** What people and the worker may change. */
export type MutationExtendJobArgs = {
  budgetNanos?: InputMaybe<Scalars['Float']['input']>;
  id: Scalars['ID']['input'];
  recordCount: Scalars['Int']['input'];
};


/** What people and the worker may change. */
export type MutationForkTemplateArgs = {
  id: Scalars['ID']['input'];
  version?: InputMaybe<Scalars['Int']['input']>;
};


/** What people and the worker may change. */
export type MutationGenerateSeedsArgs = {
  input: GenerateSeedsInput;
};


/** What people and the worker may change. */
export type MutationPauseJobArgs = {
  id: Scalars['ID']['input'];
};


/** What people and the worker may change. */
export type MutationPublishTemplateArgs = {
  id: Scalars['ID']['input'];
};


/** What people and the worker may change. */
export type MutationRaiseBudgetArgs = {
  budgetNanos: Scalars['Float']['input'];
  id: Scalars['ID']['input'];
};


/** What people and the worker may change. */
export type MutationReportProgressArgs = {
  input: ReportProgressInput;
};


/** What people and the worker may change. */
export type MutationReportSeedSetArgs = {
  input: ReportSeedSetInput;
};


/** What people and the worker may change. */
export type MutationReportTestRunArgs = {
  input: ReportTestRunInput;
};


/** What people and the worker may change. */
export type MutationRestoreDatasetArgs = {
  jobId: Scalars['ID']['input'];
};


/** What people and the worker may change. */
export type MutationRestoreTemplateArgs = {
  id: Scalars['ID']['input'];
  version: Scalars['Int']['input'];
};


/** What people and the worker may change. */
export type MutationResumeJobArgs = {
  budgetNanos?: InputMaybe<Scalars['Float']['input']>;
  id: Scalars['ID']['input'];
};


/** What people and the worker may change. */
export type MutationRetryFailedArgs = {
  budgetNanos?: InputMaybe<Scalars['Float']['input']>;
  id: Scalars['ID']['input'];
};


/** What people and the worker may change. */
export type MutationSaveTemplateArgs = {
  input: SaveTemplateInput;
};


/** What people and the worker may change. */
export type MutationSetJobPriorityArgs = {
  id: Scalars['ID']['input'];
  priority: JobPriority;
};


/** What people and the worker may change. */
export type MutationStartTestRunArgs = {
  input: StartTestRunInput;
};


/** What people and the worker may change. */
export type MutationTakeSnapshotArgs = {
  id: Scalars['ID']['input'];
};


/** What people and the worker may change. */
export type MutationUnpublishTemplateArgs = {
  id: Scalars['ID']['input'];
};

/** What of a column's values makes a folder. Records without it lie in `__HIVE_DEFAULT_PARTITION__`. */
export type PartitionTransform =
  /** Each day that its text tells, an ISO 8601 date or time as it is written. */
  | 'DAY'
  /** Each value. */
  | 'IDENTITY'
  /** Each month, likewise. */
  | 'MONTH'
  /** Each year, likewise. */
  | 'YEAR';

/** A form to POST a file with, straight to the bucket. */
export type PresignedPost = {
  /** The collection the file is for. */
  collection: Scalars['String']['output'];
  /** The form's fields, in order; the file comes last under the name `file`. */
  fields: Array<FormField>;
  /** Where to POST to. */
  url: Scalars['AWSURL']['output'];
};

/** What people may read. Every field is answered for the signed-in person. */
export type Query = {
  /** What is wrong with a template, or what it would be if it were saved; nothing is stored. People only. */
  checkTemplate: TemplateCheck;
  /** What a job is likely to cost, before it is started; nothing is stored or paid. People only. */
  estimateJob: JobEstimate;
  /** Whether a job's dataset can be downloaded or lies in the archive, as S3 says now. A job without one answers `Conflict`. People only. */
  getDatasetArchive: DatasetArchive;
  /** An address from which one file of a job's dataset, or its snapshot, can be downloaded for a quarter of an hour. People only. */
  getDownload: Download;
  /** One job of mine. Null never: a job that is not mine answers `NotFound`. People only. */
  getJob: Job;
  /** A seed set of mine or a sample. People only. */
  getSeedSet: SeedSet;
  /** A template of mine, a sample, or a published version of somebody's. People only. */
  getTemplate: Template;
  /** A try of mine. People only. */
  getTestRun: TestRun;
  /** What I spent on tries and generated seeds, by day, newest first. People only. */
  listAdHocSpending: AdHocSpendingPage;
  /** My jobs, newest first, all of them or those of one status. People only. */
  listJobs: JobPage;
  /** The models a template may name, with their prices. People only. */
  listModels: Array<Model>;
  /** The seed sets that ship with the product, by name. People only. */
  listSampleSeedSets: SeedSetPage;
  /** The templates that ship with the product, by name. People only. */
  listSampleTemplates: TemplatePage;
  /** Items of a seed set of mine or a sample: in order, or those that hold a text. People only. */
  listSeedItems: SeedItemPage;
  /** My seed sets, newest first. People only. */
  listSeedSets: SeedSetPage;
  /** The versions of a template, newest first: all of mine and of samples, the published ones of somebody else's. People only. */
  listTemplateVersions: TemplateVersionPage;
  /** My templates, newest first. People only. */
  listTemplates: TemplatePage;
  /** The prompts of one record, without any model call: answers are stood in for by placeholders. Costs nothing. People only. */
  renderTemplate: TemplateRendering;
  /** Published templates, all of them or those that meet every wish given: newest first, or by the words found. People only. */
  searchTemplates: TemplatePage;
};


/** What people may read. Every field is answered for the signed-in person. */
export type QueryCheckTemplateArgs = {
  id?: InputMaybe<Scalars['ID']['input']>;
  source: Scalars['String']['input'];
};


/** What people may read. Every field is answered for the signed-in person. */
export type QueryEstimateJobArgs = {
  input: EstimateJobInput;
};


/** What people may read. Every field is answered for the signed-in person. */
export type QueryGetDatasetArchiveArgs = {
  jobId: Scalars['ID']['input'];
};


/** What people may read. Every field is answered for the signed-in person. */
export type QueryGetDownloadArgs = {
  file: Scalars['String']['input'];
  jobId: Scalars['ID']['input'];
};


/** What people may read. Every field is answered for the signed-in person. */
export type QueryGetJobArgs = {
  id: Scalars['ID']['input'];
};


/** What people may read. Every field is answered for the signed-in person. */
export type QueryGetSeedSetArgs = {
  id: Scalars['ID']['input'];
};


/** What people may read. Every field is answered for the signed-in person. */
export type QueryGetTemplateArgs = {
  id: Scalars['ID']['input'];
  version?: InputMaybe<Scalars['Int']['input']>;
};


/** What people may read. Every field is answered for the signed-in person. */
export type QueryGetTestRunArgs = {
  id: Scalars['ID']['input'];
};


/** What people may read. Every field is answered for the signed-in person. */
export type QueryListAdHocSpendingArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
};


/** What people may read. Every field is answered for the signed-in person. */
export type QueryListJobsArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
  status?: InputMaybe<JobStatus>;
};


/** What people may read. Every field is answered for the signed-in person. */
export type QueryListSampleSeedSetsArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
};


/** What people may read. Every field is answered for the signed-in person. */
export type QueryListSampleTemplatesArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
};


/** What people may read. Every field is answered for the signed-in person. */
export type QueryListSeedItemsArgs = {
  collection: Scalars['String']['input'];
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
  offset?: InputMaybe<Scalars['Int']['input']>;
  seedSetId: Scalars['ID']['input'];
  text?: InputMaybe<Scalars['String']['input']>;
};


/** What people may read. Every field is answered for the signed-in person. */
export type QueryListSeedSetsArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
};


/** What people may read. Every field is answered for the signed-in person. */
export type QueryListTemplateVersionsArgs = {
  id: Scalars['ID']['input'];
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
};


/** What people may read. Every field is answered for the signed-in person. */
export type QueryListTemplatesArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
};


/** What people may read. Every field is answered for the signed-in person. */
export type QueryRenderTemplateArgs = {
  input: RenderTemplateInput;
};


/** What people may read. Every field is answered for the signed-in person. */
export type QuerySearchTemplatesArgs = {
  category?: InputMaybe<Scalars['String']['input']>;
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
  tag?: InputMaybe<Scalars['String']['input']>;
  text?: InputMaybe<Scalars['String']['input']>;
};

/** What to render. */
export type RenderTemplateInput = {
  /** Values for its parameters, a JSON object. */
  parameters?: InputMaybe<Scalars['AWSJSON']['input']>;
  /** Which record, from 0; others draw other seeds. */
  recordNo?: InputMaybe<Scalars['Int']['input']>;
  /** Seeds of mine or a sample; placeholders when null. */
  seedSetId?: InputMaybe<Scalars['ID']['input']>;
  /** The YAML (or JSON) document. */
  source: Scalars['String']['input'];
  /** The template it is a version of, or is to be; what that holds of others may still be included. */
  templateId?: InputMaybe<Scalars['ID']['input']>;
};

/** The prompt of one step, as the model would get it. */
export type RenderedStep = {
  /** False when its condition does not hold, and nothing would be sent. */
  applies: Scalars['Boolean']['output'];
  /** UTF-8 bytes of all of it. */
  bytes: Scalars['Int']['output'];
  /** The model that would be called. */
  modelId: Scalars['String']['output'];
  /** What is stood in for its answer, as JSON text. */
  placeholder: Scalars['String']['output'];
  /** From 0: the item of a loop; loops show their first items. */
  round: Scalars['Int']['output'];
  /** The step. */
  stepId: Scalars['String']['output'];
  /** The system prompt; null when there is none. */
  system: Maybe<Scalars['String']['output']>;
  /** The earlier turns and the prompt, which is the last. */
  turns: Array<Turn>;
};

/** What a worker reports of its shard, all cumulative, so that twice equals once; without `shard` only the job's state is told. */
export type ReportProgressInput = {
  /** The job. */
  jobId: Scalars['ID']['input'];
  /** The shard's facts; null to tell only the job's state. */
  shard?: InputMaybe<ShardProgressInput>;
};

/** Which seed set changed. */
export type ReportSeedSetInput = {
  /** The seed set. */
  id: Scalars['ID']['input'];
};

/** Which try went on. */
export type ReportTestRunInput = {
  /** The try. */
  id: Scalars['ID']['input'];
};

/** A template to save. */
export type SaveTemplateInput = {
  /** The version that was edited: refused with `Conflict` when there is a newer one; null to save in any case. */
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
  /** The fields found in its items; empty until the seed set is READY. */
  fields: Array<SeedFieldSummary>;
  /** The names of the uploaded files, joined by commas; `generated.jsonl` when a model made it. */
  fileName: Scalars['String']['output'];
  /** How many items it has; 0 until checked, those made so far while it is GENERATING. */
  itemCount: Scalars['Int']['output'];
  /** Its name in templates; `seeds` for a file given without one. */
  name: Scalars['String']['output'];
};

/** What was found in one field of a collection. */
export type SeedFieldSummary = {
  /** How many values were seen in it. */
  count: Scalars['Int']['output'];
  /** How many different values it has, when they are short and at most a hundred; null otherwise. */
  distinct: Maybe<Scalars['Int']['output']>;
  /** Up to three values, as JSON text, long ones cut. */
  examples: Array<Scalars['String']['output']>;
  /** In how many places it could be and is absent, null or an empty text: of `body.text` that counts the objects `body` alone. */
  missing: Scalars['Int']['output'];
  /** The way to it in an item: `title`, `body.text`, `tags[]`, `tags[].name`. */
  name: Scalars['String']['output'];
  /** The JSON types seen: string, integer, number, boolean, object, array. */
  types: Array<Scalars['String']['output']>;
};

/** A file to upload. */
export type SeedFileInput = {
  /** Its size in bytes, up to 1 GB. */
  bytes: Scalars['Float']['input'];
  /** The collection it becomes: a letter, then letters, digits or _; `seeds` when null. */
  collection?: InputMaybe<Scalars['String']['input']>;
  /** Its name; the ending tells the format: .json, .jsonl, .ndjson, .csv, .tsv or .parquet, each also with .gz behind. */
  fileName: Scalars['String']['input'];
};

/** One item of a collection. */
export type SeedItem = {
  /** The item as JSON text, long ones cut. */
  json: Scalars['String']['output'];
  /** Its position, from 0. */
  position: Scalars['Int']['output'];
};

/** Items of a collection. */
export type SeedItemPage = {
  /** The items, each with its position. */
  items: Array<SeedItem>;
  /** Hand it in to go on; null at the end. While searching a page may be empty although more follows. */
  nextToken: Maybe<Scalars['String']['output']>;
};

/** A part of the seeds that a template reads. */
export type SeedRead = {
  /** The collection. */
  collection: Scalars['String']['output'];
  /** Where the template reads it: `step "question"`. */
  location: Scalars['String']['output'];
  /** The way to it in an item: `body.text`, `tags[].name`; empty for the whole item. */
  path: Scalars['String']['output'];
  /** Whether every item must have it. */
  required: Scalars['Boolean']['output'];
};

/** Seed data, uploaded or made by a model: one or more named collections of items. */
export type SeedSet = {
  /** Its collections; without sizes and fields until it is READY, without counts too unless it is GENERATING. */
  collections: Array<SeedCollection>;
  /** When it was made. */
  createdAt: Scalars['AWSDateTime']['output'];
  /** ULID, or the name of a sample. */
  id: Scalars['ID']['output'];
  /** Whether it ships with the product and is there for everyone. */
  isSample: Scalars['Boolean']['output'];
  /** What its owner called it. */
  name: Scalars['String']['output'];
  /** Whose it is; subscriptions are filtered by it. `samples` for those that ship with the product. */
  owner: Scalars['ID']['output'];
  /** How many rows were left out. */
  skippedCount: Scalars['Int']['output'];
  /** Rows that were left out because they were faulty, the first of them; empty unless that was asked for. */
  skippedRows: Array<SkippedRow>;
  /** What a model was paid for making it, in nano-dollars; null when it was uploaded. */
  spentNanos: Maybe<Scalars['Float']['output']>;
  /** Where it stands. */
  status: SeedSetStatus;
  /** One sentence on why it was refused, or why a model made fewer items than were asked for; null otherwise. */
  statusReason: Maybe<Scalars['String']['output']>;
};

/** A page of seed sets. */
export type SeedSetPage = {
  /** The seed sets. */
  items: Array<SeedSet>;
  /** Hand it in for the next page; null at the end. */
  nextToken: Maybe<Scalars['String']['output']>;
};

/** Where a seed set stands. */
export type SeedSetStatus =
  /** Its files are being read. */
  | 'CHECKING'
  /** A model makes its items. */
  | 'GENERATING'
  /** Can be used by jobs. */
  | 'READY'
  /** Its files cannot be used, or a model could not make its items; `statusReason` says why. */
  | 'REFUSED'
  /** Waits for its files. */
  | 'UPLOADING';

/** A new seed set and where its files go. */
export type SeedSetUpload = {
  /** The seed set, UPLOADING. */
  seedSet: SeedSet;
  /** One upload for each file, in the order asked for. */
  uploads: Array<PresignedPost>;
};

/** The cumulative facts of one shard: a contiguous range of a job's records, made by one worker at a time. */
export type ShardProgress = {
  /** Why attempts came to nothing: the most frequent causes, the rest together. Reports tell as many as fit. */
  causes: Array<FailureCause>;
  /** Records made. */
  delivered: Scalars['Int']['output'];
  /** Records set aside after their last attempt. */
  failed: Scalars['Int']['output'];
  /** The lease that reported; a later worker has a larger one. */
  generation: Scalars['Int']['output'];
  /** Job id and shard number: `01J…#3`. */
  id: Scalars['ID']['output'];
  /** Tokens sent. */
  inputTokens: Scalars['Float']['output'];
  /** The job it belongs to. */
  jobId: Scalars['ID']['output'];
  /** Up to three of the latest records, each the JSON text of its columns, long values cut. */
  latest: Array<Scalars['String']['output']>;
  /** Tokens received. */
  outputTokens: Scalars['Float']['output'];
  /** How many records this shard is to make. */
  recordCount: Scalars['Int']['output'];
  /** Records a second over the last seconds; 0 at rest. */
  recordsPerSecond: Scalars['Float']['output'];
  /** Finished records that the template's `accept` refused; another attempt was made in the place of each. */
  rejected: Scalars['Int']['output'];
  /** Grows within a generation; a smaller one is old news. */
  reportNo: Scalars['Int']['output'];
  /** When this was reported; null before the first report. */
  reportedAt: Maybe<Scalars['AWSDateTime']['output']>;
  /** From 0. */
  shardNo: Scalars['Int']['output'];
  /** Paid to models, in nano-dollars. */
  spentNanos: Scalars['Float']['output'];
  /** Set aside as possibly spent by workers that vanished, in nano-dollars. */
  writtenOffNanos: Scalars['Float']['output'];
};

/** See `ShardProgress`. */
export type ShardProgressInput = {
  causes: Array<FailureCauseInput>;
  delivered: Scalars['Int']['input'];
  failed: Scalars['Int']['input'];
  generation: Scalars['Int']['input'];
  inputTokens: Scalars['Float']['input'];
  latest: Array<Scalars['String']['input']>;
  outputTokens: Scalars['Float']['input'];
  recordsPerSecond: Scalars['Float']['input'];
  rejected: Scalars['Int']['input'];
  reportNo: Scalars['Int']['input'];
  shardNo: Scalars['Int']['input'];
  spentNanos: Scalars['Float']['input'];
  writtenOffNanos: Scalars['Float']['input'];
};

/** A faulty row that was left out. */
export type SkippedRow = {
  /** The file. */
  fileName: Scalars['String']['output'];
  /** What is wrong with it. */
  reason: Scalars['String']['output'];
  /** The row, line or item, from 1. */
  row: Scalars['Int']['output'];
};

/** Where a snapshot stands. */
export type SnapshotState =
  /** It is being written. */
  | 'CREATING'
  /** There is none; `statusReason` says why. */
  | 'FAILED'
  /** `getDownload` gives its address. */
  | 'READY';

/** Calls of one step to one model on one day. */
export type SpendingEntry = {
  /** How many calls were paid, answered or not. */
  calls: Scalars['Int']['output'];
  /** Paid for them, in nano-dollars. */
  costNanos: Scalars['Float']['output'];
  /** The day, in UTC. */
  day: Scalars['AWSDate']['output'];
  /** Tokens sent. */
  inputTokens: Scalars['Float']['output'];
  /** The model. */
  modelId: Scalars['String']['output'];
  /** Tokens received. */
  outputTokens: Scalars['Float']['output'];
  /** The step. */
  stepId: Scalars['String']['output'];
};

/** What to try. */
export type StartTestRunInput = {
  /** The most it may spend, in nano-dollars, up to $5. */
  budgetNanos: Scalars['Float']['input'];
  /** A new random text for each try meant, 8 to 64 characters; repeat it when repeating the request. */
  clientToken: Scalars['String']['input'];
  /** Values for its parameters, a JSON object. */
  parameters?: InputMaybe<Scalars['AWSJSON']['input']>;
  /** How many records, 1 to 10. */
  recordCount: Scalars['Int']['input'];
  /** Seeds of mine or a sample, READY. */
  seedSetId: Scalars['ID']['input'];
  /** The YAML (or JSON) document. */
  source: Scalars['String']['input'];
  /** The template it is a version of, or is to be; what that holds of others may still be included. */
  templateId?: InputMaybe<Scalars['ID']['input']>;
};

/** What is pushed to people while they watch. */
export type Subscription = {
  /** Changes of my jobs, or of one of them. A job that is not mine answers `NotFound`. People only. */
  onJobChanged: Maybe<JobChange>;
  /** Seed sets of mine whose check has ended, or whose items a model makes: after each of its batches and at the end. People only. */
  onSeedSetChanged: Maybe<SeedSet>;
  /** How a try of mine goes on. People only. */
  onTestRunChanged: Maybe<TestRun>;
};


/** What is pushed to people while they watch. */
export type SubscriptionOnJobChangedArgs = {
  jobId?: InputMaybe<Scalars['ID']['input']>;
};


/** What is pushed to people while they watch. */
export type SubscriptionOnTestRunChangedArgs = {
  id: Scalars['ID']['input'];
};

/** The size of a job's tasks. */
export type TaskSize =
  /** Two processors and 4 GB: up to 128 model calls at a time. */
  | 'LARGE'
  /** One processor and 2 GB: up to 64 model calls at a time. */
  | 'MEDIUM'
  /** Half a processor and 1 GB: up to 32 model calls at a time. */
  | 'SMALL';

/** One version of a template. */
export type Template = {
  /** What a machine knows of it. */
  analysis: TemplateAnalysis;
  /** What kind of data it makes; null when its author did not say. */
  category: Maybe<Scalars['String']['output']>;
  /** When this version was saved. */
  createdAt: Scalars['AWSDateTime']['output'];
  /** What it makes; null when its author did not say. */
  description: Maybe<Scalars['String']['output']>;
  /** What it was forked from; null when it was not. */
  forkedFrom: Maybe<TemplateOrigin>;
  /** ULID, or the name of a sample. */
  id: Scalars['ID']['output'];
  /** Whether it is mine to change. */
  isMine: Scalars['Boolean']['output'];
  /** Whether it ships with the product and is there for everyone. */
  isSample: Scalars['Boolean']['output'];
  /** The newest version that I may read. */
  latestVersion: Scalars['Int']['output'];
  /** Its name. */
  name: Scalars['String']['output'];
  /** Since when it is published; null when it is not. */
  publishedAt: Maybe<Scalars['AWSDateTime']['output']>;
  /** The versions that are published. */
  publishedVersions: Array<Scalars['Int']['output']>;
  /** The seed set that goes with it; null when none does. */
  sampleSeedSetId: Maybe<Scalars['ID']['output']>;
  /** The YAML document as its author wrote it: what an export holds, and what an import reads. */
  source: Scalars['String']['output'];
  /** Words to find it by. */
  tags: Array<Scalars['String']['output']>;
  /** This version, from 1. */
  version: Scalars['Int']['output'];
};

/** What a template says of itself once it is read. */
export type TemplateAnalysis = {
  /** What a finished record must meet to be delivered, in the order in which it is asked; empty when every record is. */
  accept: Array<AcceptCondition>;
  /** The columns by which its datasets can be divided. */
  categories: Array<Scalars['String']['output']>;
  /** The columns of its records, `id` apart. */
  columns: Array<TemplateColumn>;
  /** What it includes from other templates, as `ID@VERSION/NAME`. */
  includes: Array<Scalars['String']['output']>;
  /** The most one record can cost. */
  maxAttemptCost: AttemptCost;
  /** How many attempts a job may make for each record asked for, on average. */
  maxAttempts: Scalars['Int']['output'];
  /** Its parameters. */
  parameters: Array<TemplateParameter>;
  /** What it reads from the seeds. */
  reads: Array<SeedRead>;
  /** What items of each collection must be, a JSON object of JSON Schemas. */
  seedSchema: Scalars['AWSJSON']['output'];
  /** Its steps in short. */
  steps: Array<TemplateStep>;
  /** The formats for fine-tuning that its datasets can have, beside the other formats. */
  trainingFormats: Array<DatasetFormat>;
  /** What could not be found out about its reads, in sentences: computed keys. */
  warnings: Array<Scalars['String']['output']>;
};

/** The answer to `checkTemplate`. */
export type TemplateCheck = {
  /** What it would be; null when something is wrong. */
  analysis: Maybe<TemplateAnalysis>;
  /** What is wrong, in the order of the source; empty when it can be saved. */
  problems: Array<TemplateProblem>;
};

/** A column of a template's records. */
export type TemplateColumn = {
  /** Its name. */
  name: Scalars['String']['output'];
  /** Its declared type; null when it is found in the values. */
  type: Maybe<Scalars['String']['output']>;
};

/** Where a fork comes from. */
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
  /** Hand it in for the next page; null at the end. */
  nextToken: Maybe<Scalars['String']['output']>;
};

/** A value that prompts see and that a job may set. */
export type TemplateParameter = {
  /** Its value when a job sets none, as JSON text. */
  default: Scalars['String']['output'];
  /** What it is for; null when its author did not say. */
  description: Maybe<Scalars['String']['output']>;
  /** Its name. */
  name: Scalars['String']['output'];
  /** The values it may take, as JSON texts; null for any. */
  values: Maybe<Array<Scalars['String']['output']>>;
};

/** Something wrong in a template's source. */
export type TemplateProblem = {
  /** From 1. */
  column: Scalars['Int']['output'];
  /** The characters it concerns: the first, from 0. */
  from: Scalars['Int']['output'];
  /** From 1. */
  line: Scalars['Int']['output'];
  /** One sentence. */
  message: Scalars['String']['output'];
  /** The characters it concerns: the one after the last. */
  to: Scalars['Int']['output'];
};

/** The prompts of one record. */
export type TemplateRendering = {
  /** What is wrong, at its place in the source; rendering stops at the first fault of a run. */
  problems: Array<TemplateProblem>;
  /** What was drawn from the seeds, by the picks' names, a JSON object; placeholders where no seed set was given. */
  seeds: Scalars['AWSJSON']['output'];
  /** The steps in order, those before the first fault. */
  steps: Array<RenderedStep>;
};

/** One step of a template: one model call, or several. */
export type TemplateStep = {
  /** The steps it waits for. */
  dependsOn: Array<Scalars['String']['output']>;
  /** The better model for answers that are not good enough; null when there is none. */
  escalatesTo: Maybe<Scalars['String']['output']>;
  /** The models asked when that one is throttled for long or gone. */
  fallbacks: Array<Scalars['String']['output']>;
  /** Its name within the template. */
  id: Scalars['String']['output'];
  /** The most tokens its answer may have. */
  maxTokens: Scalars['Int']['output'];
  /** The Bedrock model it calls. */
  modelId: Scalars['String']['output'];
  /** text, list, choice or json. */
  output: Scalars['String']['output'];
  /** Its prompt. */
  prompt: Scalars['String']['output'];
  /** The most rounds: one, or as many as its loop allows. */
  rounds: Scalars['Int']['output'];
  /** The tier that chose the model; null when the template names the model. */
  tier: Maybe<Scalars['String']['output']>;
};

/** A template in a list. */
export type TemplateSummary = {
  /** What kind of data it makes; null when its author did not say. */
  category: Maybe<Scalars['String']['output']>;
  /** What it makes; null when its author did not say. */
  description: Maybe<Scalars['String']['output']>;
  /** ULID, or the name of a sample. */
  id: Scalars['ID']['output'];
  /** Whether it is mine to change. */
  isMine: Scalars['Boolean']['output'];
  /** Whether it ships with the product. */
  isSample: Scalars['Boolean']['output'];
  /** The newest version that I may read. */
  latestVersion: Scalars['Int']['output'];
  /** Its name. */
  name: Scalars['String']['output'];
  /** Since when it is published; null when it is not. */
  publishedAt: Maybe<Scalars['AWSDateTime']['output']>;
  /** The seed set that goes with it; null when none does. */
  sampleSeedSetId: Maybe<Scalars['ID']['output']>;
  /** How many steps it has; 0 for a library of partials. */
  stepCount: Scalars['Int']['output'];
  /** Words to find it by. */
  tags: Array<Scalars['String']['output']>;
  /** When its latest version was saved. */
  updatedAt: Scalars['AWSDateTime']['output'];
};

/** A version in a list; `getTemplate` has its source. */
export type TemplateVersion = {
  /** When it was saved. */
  createdAt: Scalars['AWSDateTime']['output'];
  /** Whether it is published. */
  isPublished: Scalars['Boolean']['output'];
  /** The template's name in this version. */
  name: Scalars['String']['output'];
  /** From 1, without gaps. */
  version: Scalars['Int']['output'];
};

/** Versions of a template. */
export type TemplateVersionPage = {
  /** The versions, newest first. */
  items: Array<TemplateVersion>;
  /** Hand it in for the next page; null at the end. */
  nextToken: Maybe<Scalars['String']['output']>;
};

/** A few records made with real model calls, every call of which can be looked at. It is kept for a week. */
export type TestRun = {
  /** The most it may spend, in nano-dollars. */
  budgetNanos: Scalars['Float']['output'];
  /** When it was started. */
  createdAt: Scalars['AWSDateTime']['output'];
  /** When it ended; null before. */
  finishedAt: Maybe<Scalars['AWSDateTime']['output']>;
  /** ULID. */
  id: Scalars['ID']['output'];
  /** Whose it is; subscriptions are filtered by it. */
  owner: Scalars['ID']['output'];
  /** How many records were asked for. */
  recordCount: Scalars['Int']['output'];
  /** Its records so far, in order. */
  records: Array<TestRunRecord>;
  /** What it has spent, in nano-dollars. */
  spentNanos: Scalars['Float']['output'];
  /** Where it stands. */
  status: TestRunStatus;
  /** One sentence on why; null when there is nothing to say. */
  statusReason: Maybe<Scalars['String']['output']>;
};

/** One model call of a try, long texts cut. */
export type TestRunCall = {
  /** What the model answered; null when it did not. */
  answer: Maybe<Scalars['String']['output']>;
  /** Nano-dollars. */
  costNanos: Scalars['Float']['output'];
  /** What was wrong with it; null when nothing was. */
  error: Maybe<Scalars['String']['output']>;
  /** Tokens sent. */
  inputTokens: Scalars['Int']['output'];
  /** Milliseconds from request to answer. */
  latencyMs: Scalars['Int']['output'];
  /** The model. */
  modelId: Scalars['String']['output'];
  /** Tokens received. */
  outputTokens: Scalars['Int']['output'];
  /** first, repair, fallback or escalation: why this call was made. */
  reason: Scalars['String']['output'];
  /** From 0: the item of a loop, or the round of a repetition. */
  round: Scalars['Int']['output'];
  /** The step. */
  stepId: Scalars['String']['output'];
  /** The system prompt; null when there is none. */
  system: Maybe<Scalars['String']['output']>;
  /** The earlier turns and the prompt, which is the last. */
  turns: Array<Turn>;
};

/** One record of a try. */
export type TestRunRecord = {
  /** Its calls in the order they were made. */
  calls: Array<TestRunCall>;
  /** Its columns, a JSON object; null when it failed. */
  columns: Maybe<Scalars['AWSJSON']['output']>;
  /** What it cost, in nano-dollars. */
  costNanos: Scalars['Float']['output'];
  /** Why it failed; null when it did not. */
  failure: Maybe<Scalars['String']['output']>;
  /** From 0. */
  recordNo: Scalars['Int']['output'];
  /** The condition of `accept` that it does not meet, in a sentence; null when it meets them all. A job would make another attempt. */
  rejection: Maybe<Scalars['String']['output']>;
  /** What was drawn from the seeds, a JSON object, long texts cut. */
  seeds: Scalars['AWSJSON']['output'];
};

/** Where a try stands. */
export type TestRunStatus =
  /** All its records are made, or failed with a reason. */
  | 'COMPLETED'
  /** It could not go on; `statusReason` says why. */
  | 'FAILED'
  /** Models are being called. */
  | 'RUNNING';

/** A turn of a conversation with a model. */
export type Turn = {
  /** user or assistant. */
  role: Scalars['String']['output'];
  /** What was said. */
  text: Scalars['String']['output'];
};
