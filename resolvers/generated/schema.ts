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
  AWSURL: { input: string; output: string; }
};

/** What a new job is to do. */
export type CreateJobInput = {
  /** The most it may spend on models, in nano-dollars, up to $5,000. */
  budgetNanos: Scalars['Float']['input'];
  /** A new random text for each job meant, 8 to 64 characters; repeat it when repeating the request. */
  clientToken: Scalars['String']['input'];
  /** At least one, none twice. */
  formats: Array<DatasetFormat>;
  /** What to call it, 1 to 100 characters. */
  name: Scalars['String']['input'];
  /** How many records, 1 to 1,000,000. */
  recordCount: Scalars['Int']['input'];
  /** A seed set of mine or a sample, READY. */
  seedSetId: Scalars['ID']['input'];
  /** A template of mine or a sample. */
  templateId: Scalars['ID']['input'];
  /** The version to pin; the latest when null. */
  templateVersion?: InputMaybe<Scalars['Int']['input']>;
};

/** A seed set to make. */
export type CreateSeedSetInput = {
  /** 1 to 10 files. */
  files: Array<SeedFileInput>;
  /** What to call it, 1 to 100 characters. */
  name: Scalars['String']['input'];
};

/** One file of a published dataset. */
export type DatasetFile = {
  /** Its size in bytes. */
  bytes: Scalars['Float']['output'];
  /** Its format; null for the files beside the dataset. */
  format: Maybe<DatasetFormat>;
  /** Its name, `dataset.parquet`; `provenance.jsonl` and `failures.jsonl` stand beside the formats. */
  name: Scalars['String']['output'];
  /** How many rows it holds. */
  rows: Scalars['Int']['output'];
};

/** The format of a dataset's file. */
export type DatasetFormat =
  /** Comma-separated values with a header, safe to open in a spreadsheet. */
  | 'CSV'
  /** One JSON object a line, provenance in `_meta`. */
  | 'JSONL'
  /** Apache Parquet with typed columns. */
  | 'PARQUET';

/** An address to download from. */
export type Download = {
  /** When it stops working. */
  expiresAt: Scalars['AWSDateTime']['output'];
  /** A presigned HTTPS address. */
  url: Scalars['AWSURL']['output'];
};

/** A field of a form. */
export type FormField = {
  /** Its name. */
  name: Scalars['String']['output'];
  /** Its value. */
  value: Scalars['String']['output'];
};

/** A template version, a seed set, a number of records and a budget, turned into a dataset. */
export type Job = {
  /** The most it may spend on models, in nano-dollars. */
  budgetNanos: Scalars['Float']['output'];
  /** Grows with every pause, cancel and resume, so that late news can be told from new. */
  controlNo: Scalars['Int']['output'];
  /** When it was made. */
  createdAt: Scalars['AWSDateTime']['output'];
  /** The files of its dataset; empty until one is published. */
  datasets: Array<DatasetFile>;
  /** When it came to rest; null before. */
  finishedAt: Maybe<Scalars['AWSDateTime']['output']>;
  /** The formats its dataset is written in. */
  formats: Array<DatasetFormat>;
  /** ULID; later jobs have larger ids. */
  id: Scalars['ID']['output'];
  /** What its owner called it. */
  name: Scalars['String']['output'];
  /** How it will end or has ended; null while nothing is decided. */
  outcome: Maybe<JobStatus>;
  /** What has been done so far, by shard. */
  progress: Array<ShardProgress>;
  /** The most one record can cost, in nano-dollars: what is reserved before a record starts. */
  recordBoundNanos: Scalars['Float']['output'];
  /** How many records were asked for. */
  recordCount: Scalars['Int']['output'];
  /** The seed set it draws from. */
  seedSetId: Scalars['ID']['output'];
  /** The seed set's name when the job was made. */
  seedSetName: Scalars['String']['output'];
  /** When its first worker began; null before. */
  startedAt: Maybe<Scalars['AWSDateTime']['output']>;
  /** Where it stands. */
  status: JobStatus;
  /** One sentence on why it stands there; null when there is nothing to say. */
  statusReason: Maybe<Scalars['String']['output']>;
  /** The template it uses. */
  templateId: Scalars['ID']['output'];
  /** The template's name when the job was made. */
  templateName: Scalars['String']['output'];
  /** The version of the template it is pinned to. */
  templateVersion: Scalars['Int']['output'];
};

/** News of a job: its state, and one shard's facts when a shard reported. */
export type JobChange = {
  /** See `Job.budgetNanos`. */
  budgetNanos: Scalars['Float']['output'];
  /** See `Job.controlNo`. */
  controlNo: Scalars['Int']['output'];
  /** The dataset's files; empty until one is published. */
  datasets: Array<DatasetFile>;
  /** When it came to rest; null before. */
  finishedAt: Maybe<Scalars['AWSDateTime']['output']>;
  /** The job. */
  jobId: Scalars['ID']['output'];
  /** How it will end or has ended; null while nothing is decided. */
  outcome: Maybe<JobStatus>;
  /** Whose it is; subscriptions are filtered by it. */
  owner: Scalars['ID']['output'];
  /** The facts of the shard that reported; null when only the job changed. */
  shard: Maybe<ShardProgress>;
  /** When its first worker began; null before. */
  startedAt: Maybe<Scalars['AWSDateTime']['output']>;
  /** Where the job stands now. */
  status: JobStatus;
  /** One sentence on why; null when there is nothing to say. */
  statusReason: Maybe<Scalars['String']['output']>;
};

/** A page of jobs. */
export type JobPage = {
  /** The jobs, newest first; full unless it is the last page. */
  items: Array<Job>;
  /** Hand it in for the next page; null at the end. */
  nextToken: Maybe<Scalars['String']['output']>;
};

/** Where a job stands. */
export type JobStatus =
  /** The next record could have cost more than was left; can be resumed with a larger budget. */
  | 'BUDGET_EXCEEDED'
  /** Stopped for good by its owner. */
  | 'CANCELLED'
  /** Every record asked for was made, or set aside as failed. */
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

/** A model of Amazon Bedrock that the product knows the price of. */
export type Model = {
  /** The model or inference profile id that Bedrock is called with. */
  id: Scalars['ID']['output'];
  /** Nano-dollars for a thousand tokens sent. */
  inputNanosPerThousand: Scalars['Float']['output'];
  /** Its name for people. */
  name: Scalars['String']['output'];
  /** Nano-dollars for a thousand tokens received. */
  outputNanosPerThousand: Scalars['Float']['output'];
  /** The day the price was looked up. */
  pricedOn: Scalars['AWSDate']['output'];
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
  /** Stops a job until it is resumed; what is in flight is finished first. People only. */
  pauseJob: Job;
  /** Tells a job's watchers what one shard has done, or that the job changed its state. The worker and the dispatcher only (IAM). */
  reportProgress: JobChange;
  /** Tells a seed set's owner that its check has ended. The seed checker only (IAM). */
  reportSeedSet: SeedSet;
  /** Goes on with a paused job, or with one that reached its budget. People only. */
  resumeJob: Job;
  /** Saves a template: a new one without id, else its next version. People only. */
  saveTemplate: Template;
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
export type MutationPauseJobArgs = {
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
export type MutationResumeJobArgs = {
  budgetNanos?: InputMaybe<Scalars['Float']['input']>;
  id: Scalars['ID']['input'];
};


/** What people and the worker may change. */
export type MutationSaveTemplateArgs = {
  input: SaveTemplateInput;
};

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
  /** An address from which one file of a job's dataset can be downloaded for a quarter of an hour. People only. */
  getDownload: Download;
  /** One job of mine. Null never: a job that is not mine answers `NotFound`. People only. */
  getJob: Job;
  /** A seed set of mine or a sample. People only. */
  getSeedSet: SeedSet;
  /** A template of mine or a sample, in one version. People only. */
  getTemplate: Template;
  /** My jobs, newest first, all of them or those of one status. People only. */
  listJobs: JobPage;
  /** The models a template may name, with their prices. People only. */
  listModels: Array<Model>;
  /** The seed sets that ship with the product, by name. People only. */
  listSampleSeedSets: SeedSetPage;
  /** The templates that ship with the product, by name. People only. */
  listSampleTemplates: TemplatePage;
  /** My seed sets, newest first. People only. */
  listSeedSets: SeedSetPage;
  /** My templates, newest first. People only. */
  listTemplates: TemplatePage;
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
export type QueryListSeedSetsArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
};


/** What people may read. Every field is answered for the signed-in person. */
export type QueryListTemplatesArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
};

/** What a worker reports of its shard, all cumulative, so that twice equals once; without `shard` only the job's state is told. */
export type ReportProgressInput = {
  /** The job. */
  jobId: Scalars['ID']['input'];
  /** The shard's facts; null to tell only the job's state. */
  shard?: InputMaybe<ShardProgressInput>;
};

/** Which seed set's check has ended. */
export type ReportSeedSetInput = {
  /** The seed set. */
  id: Scalars['ID']['input'];
};

/** A template to save. */
export type SaveTemplateInput = {
  /** The template to add a version to; null for a new one. */
  id?: InputMaybe<Scalars['ID']['input']>;
  /** The YAML (or JSON) document. */
  source: Scalars['String']['input'];
};

/** A named list of items. */
export type SeedCollection = {
  /** Its size as stored, in bytes; 0 until checked. */
  bytes: Scalars['Float']['output'];
  /** The fields found in its items; empty until checked. */
  fields: Array<SeedFieldSummary>;
  /** The name of the uploaded file. */
  fileName: Scalars['String']['output'];
  /** How many items it has; 0 until checked. */
  itemCount: Scalars['Int']['output'];
  /** Its name in templates; `seeds` for a file given without one. */
  name: Scalars['String']['output'];
};

/** A field of the seeds that a template reads. */
export type SeedField = {
  /** The collection. */
  collection: Scalars['String']['output'];
  /** The field; null when the whole item is read. */
  field: Maybe<Scalars['String']['output']>;
  /** Whether every item must have it. */
  required: Scalars['Boolean']['output'];
};

/** What was found in one field of a collection. */
export type SeedFieldSummary = {
  /** Up to three values, as JSON text, long ones cut. */
  examples: Array<Scalars['String']['output']>;
  /** In how many items it is missing or null. */
  missing: Scalars['Int']['output'];
  /** Its name. */
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
  /** Its name; the ending tells the format: .json, .jsonl, .ndjson, .csv or .tsv. */
  fileName: Scalars['String']['input'];
};

/** Uploaded seed data: one or more named collections of items. */
export type SeedSet = {
  /** Its collections; without counts and fields until it is READY. */
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
  /** Where it stands. */
  status: SeedSetStatus;
  /** One sentence on why it was refused; null otherwise. */
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
  /** Can be used by jobs. */
  | 'READY'
  /** Its files cannot be used; `statusReason` says why. */
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
  delivered: Scalars['Int']['input'];
  failed: Scalars['Int']['input'];
  generation: Scalars['Int']['input'];
  inputTokens: Scalars['Float']['input'];
  latest: Array<Scalars['String']['input']>;
  outputTokens: Scalars['Float']['input'];
  recordsPerSecond: Scalars['Float']['input'];
  reportNo: Scalars['Int']['input'];
  shardNo: Scalars['Int']['input'];
  spentNanos: Scalars['Float']['input'];
  writtenOffNanos: Scalars['Float']['input'];
};

/** What is pushed to people while they watch. */
export type Subscription = {
  /** Changes of my jobs, or of one of them. A job that is not mine answers `NotFound`. People only. */
  onJobChanged: Maybe<JobChange>;
  /** Seed sets of mine whose check has ended. People only. */
  onSeedSetChanged: Maybe<SeedSet>;
};


/** What is pushed to people while they watch. */
export type SubscriptionOnJobChangedArgs = {
  jobId?: InputMaybe<Scalars['ID']['input']>;
};

/** One version of a template. */
export type Template = {
  /** What kind of data it makes; null when its author did not say. */
  category: Maybe<Scalars['String']['output']>;
  /** The columns of its records, `id` apart. */
  columns: Array<Scalars['String']['output']>;
  /** When this version was saved. */
  createdAt: Scalars['AWSDateTime']['output'];
  /** What it makes; null when its author did not say. */
  description: Maybe<Scalars['String']['output']>;
  /** ULID, or the name of a sample. */
  id: Scalars['ID']['output'];
  /** Whether it ships with the product and is there for everyone. */
  isSample: Scalars['Boolean']['output'];
  /** The newest version there is. */
  latestVersion: Scalars['Int']['output'];
  /** Its name. */
  name: Scalars['String']['output'];
  /** What it reads from the seeds. */
  reads: Array<SeedField>;
  /** The most one record can cost, in nano-dollars. */
  recordBoundNanos: Scalars['Float']['output'];
  /** The YAML document as its author wrote it. */
  source: Scalars['String']['output'];
  /** Its steps in short. */
  steps: Array<TemplateStep>;
  /** This version, from 1. */
  version: Scalars['Int']['output'];
};

/** A page of templates, in their latest versions. */
export type TemplatePage = {
  /** The templates. */
  items: Array<TemplateSummary>;
  /** Hand it in for the next page; null at the end. */
  nextToken: Maybe<Scalars['String']['output']>;
};

/** One model call of a template. */
export type TemplateStep = {
  /** Its name within the template. */
  id: Scalars['String']['output'];
  /** The most tokens its answer may have. */
  maxTokens: Scalars['Int']['output'];
  /** The Bedrock model it calls. */
  modelId: Scalars['String']['output'];
  /** Its prompt. */
  prompt: Scalars['String']['output'];
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
  /** Whether it ships with the product. */
  isSample: Scalars['Boolean']['output'];
  /** The newest version there is. */
  latestVersion: Scalars['Int']['output'];
  /** Its name. */
  name: Scalars['String']['output'];
  /** The seed set that goes with it; null when none does. */
  sampleSeedSetId: Maybe<Scalars['ID']['output']>;
  /** When its latest version was saved. */
  updatedAt: Scalars['AWSDateTime']['output'];
};
