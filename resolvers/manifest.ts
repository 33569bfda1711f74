/**
 * What resolves each field of schema.graphql. The stacks create data sources, functions and resolvers from this list, and
 * tests check it against the schema; a field's code is `resolvers/Type.field.ts`, a step's `resolvers/steps/NAME.ts`, a
 * function's `resolvers/lambda/NAME.lambda.ts`.
 */

import { RESTORE_REQUEST_TIMEOUT_SECONDS } from "../core/dataset/archive.ts";
import { SNAPSHOT_TIMEOUT_SECONDS } from "../core/dataset/snapshot.ts";

/** One resolver on one data source, or a pipeline of steps between the handlers of the field's own file. */
export type FieldResolver = { readonly dataSource: DataSourceName } | { readonly steps: readonly StepName[] };

export const FIELDS: Readonly<Record<`${string}.${string}`, FieldResolver>> = {
  "Query.getJob": { dataSource: "jobs" },
  "Query.listJobs": { dataSource: "jobs" },
  "Query.getTemplate": { steps: ["readTemplateHead", "readTemplateVersion", "readTemplateOrigin"] },
  "Query.listTemplates": { dataSource: "templates" },
  "Query.listSampleTemplates": { dataSource: "templates" },
  "Query.searchTemplates": { dataSource: "templates" },
  "Query.listTemplateVersions": { steps: ["readTemplateHead", "readTemplateVersions"] },
  "Query.checkTemplate": { dataSource: "checkTemplate" },
  "Query.renderTemplate": { dataSource: "renderTemplate" },
  "Query.estimateJob": { dataSource: "estimateJob" },
  "Query.getTestRun": { dataSource: "jobs" },
  "Query.listAdHocSpending": { dataSource: "jobs" },
  "Query.getSeedSet": { dataSource: "seedSets" },
  "Query.listSeedSets": { dataSource: "seedSets" },
  "Query.listSampleSeedSets": { dataSource: "seedSets" },
  "Query.listSeedItems": { steps: ["readReadableSeedSet", "readSeedItems"] },
  "Query.listModels": { dataSource: "none" },
  "Query.getDownload": { steps: ["readDatasetFile", "presignDownload"] },
  "Query.getDatasetArchive": { steps: ["readPublishedJob", "readArchive"] },

  "Mutation.createJob": { steps: ["readToken", "checkJob", "writeJob", "readExistingJob", "dispatch"] },
  "Mutation.cancelJob": { steps: [...withRetries("cancelJob"), "dispatch"] },
  "Mutation.pauseJob": { steps: [...withRetries("pauseJob"), "dispatch"] },
  "Mutation.resumeJob": {
    steps: ["readOwnJob", "readBudget", "requireRecordsReadable", ...withRetries("resumeJob"), "dispatch"],
  },
  "Mutation.raiseBudget": { steps: ["readOwnJob", "readBudget", ...withRetries("raiseBudget"), "dispatch"] },
  "Mutation.extendJob": {
    steps: [
      "readOwnJob",
      "readBudget",
      "requireRecordsReadable",
      "checkExtension",
      ...withRetries("extendJob"),
      "dispatch",
    ],
  },
  "Mutation.retryFailed": {
    steps: [
      "readOwnJob",
      "readBudget",
      "requireRecordsReadable",
      "readShards",
      ...withRetries("retryFailed"),
      "dispatch",
    ],
  },
  "Mutation.setJobPriority": { steps: [...withRetries("setJobPriority"), "dispatch"] },
  "Mutation.takeSnapshot": { steps: [...withRetries("markSnapshot"), "startSnapshot"] },
  "Mutation.deleteJob": { steps: [...withRetries("deleteJob"), "dispatch"] },
  "Mutation.restoreDataset": {
    steps: ["readPublishedJob", "readArchive", ...withRetries("markRestoring"), "startRestore"],
  },
  "Mutation.saveTemplate": { steps: ["saveTemplate"] },
  "Mutation.restoreTemplate": { steps: ["saveTemplate"] },
  "Mutation.forkTemplate": { steps: ["saveTemplate"] },
  "Mutation.publishTemplate": {
    steps: ["readOwnTemplate", "readTemplateVersion", "readIncludedHeads", "publishTemplate"],
  },
  "Mutation.unpublishTemplate": { steps: ["readOwnTemplate", "unpublishTemplate"] },
  "Mutation.deleteTemplate": { steps: ["readOwnTemplate", "removeTemplate", "purgeTemplate"] },
  "Mutation.startTestRun": {
    steps: ["readAdHocToken", "checkTestRun", "writeTestRun", "readExistingTestRun", "startTestRun"],
  },
  "Mutation.reportTestRun": { dataSource: "jobs" },
  "Mutation.generateSeeds": {
    steps: ["readAdHocToken", "checkGeneration", "writeGeneratedSeedSet", "readExistingSeedSet", "startGeneration"],
  },
  "Mutation.createSeedSet": { steps: ["presignUpload", "writeSeedSet"] },
  "Mutation.confirmSeedSet": { steps: ["startCheck", "checkSeeds"] },
  "Mutation.filterSeedSet": {
    steps: ["readReadableSeedSet", "readTemplateHead", "readTemplateVersion", "writeFilteredSeedSet", "checkSeeds"],
  },
  "Mutation.deleteSeedSet": { steps: ["findJobOfSeedSet", "removeSeedSet", "purgeSeeds"] },
  "Mutation.reportProgress": { steps: ["writeReport", "keepLatest", "readReportedJob"] },
  "Mutation.reportSeedSet": { dataSource: "seedSets" },

  "Subscription.onJobChanged": { steps: ["readWatchedJob"] },
  "Subscription.onSeedSetChanged": { dataSource: "none" },
  "Subscription.onTestRunChanged": { steps: ["readWatchedTestRun"] },

  "Job.progress": { dataSource: "jobs" },
  "Job.failureCauses": { dataSource: "jobs" },
};

/** A write that may conflict with workers' is retried (see resolvers/shared/control.ts). */
function withRetries(step: StepName): readonly StepName[] {
  return [step, step, step];
}

export const STEPS = {
  readToken: { dataSource: "jobs" },
  checkJob: { dataSource: "checkJob" },
  writeJob: { dataSource: "jobs" },
  readExistingJob: { dataSource: "jobs" },
  readOwnJob: { dataSource: "jobs" },
  readBudget: { dataSource: "jobs" },
  resumeJob: { dataSource: "jobs" },
  raiseBudget: { dataSource: "jobs" },
  checkExtension: { dataSource: "checkExtension" },
  extendJob: { dataSource: "jobs" },
  readShards: { dataSource: "jobs" },
  retryFailed: { dataSource: "jobs" },
  setJobPriority: { dataSource: "jobs" },
  cancelJob: { dataSource: "jobs" },
  pauseJob: { dataSource: "jobs" },
  deleteJob: { dataSource: "jobs" },
  dispatch: { dataSource: "dispatch" },
  markSnapshot: { dataSource: "jobs" },
  startSnapshot: { dataSource: "makeSnapshot" },
  readDatasetFile: { dataSource: "jobs" },
  presignDownload: { dataSource: "presignDownload" },
  readPublishedJob: { dataSource: "jobs" },
  readArchive: { dataSource: "readArchive" },
  requireRecordsReadable: { dataSource: "readArchive" },
  markRestoring: { dataSource: "jobs" },
  startRestore: { dataSource: "restoreDataset" },
  keepLatest: { dataSource: "jobs" },
  writeReport: { dataSource: "jobs" },
  readReportedJob: { dataSource: "jobs" },
  readWatchedJob: { dataSource: "jobs" },
  readTemplateHead: { dataSource: "templates" },
  readTemplateVersion: { dataSource: "templates" },
  readTemplateVersions: { dataSource: "templates" },
  readTemplateOrigin: { dataSource: "templates" },
  saveTemplate: { dataSource: "saveTemplate" },
  readOwnTemplate: { dataSource: "templates" },
  readIncludedHeads: { dataSource: "templates" },
  publishTemplate: { dataSource: "templates" },
  unpublishTemplate: { dataSource: "templates" },
  removeTemplate: { dataSource: "templates" },
  purgeTemplate: { dataSource: "purgeTemplate" },
  readAdHocToken: { dataSource: "jobs" },
  checkTestRun: { dataSource: "checkTestRun" },
  writeTestRun: { dataSource: "jobs" },
  readExistingTestRun: { dataSource: "jobs" },
  startTestRun: { dataSource: "executeTestRun" },
  readWatchedTestRun: { dataSource: "jobs" },
  checkGeneration: { dataSource: "checkGeneration" },
  writeGeneratedSeedSet: { dataSource: "jobs" },
  readExistingSeedSet: { dataSource: "seedSets" },
  startGeneration: { dataSource: "generateSeeds" },
  readReadableSeedSet: { dataSource: "seedSets" },
  readSeedItems: { dataSource: "readSeedItems" },
  presignUpload: { dataSource: "presignUpload" },
  writeSeedSet: { dataSource: "seedSets" },
  writeFilteredSeedSet: { dataSource: "seedSets" },
  startCheck: { dataSource: "seedSets" },
  checkSeeds: { dataSource: "checkSeeds" },
  findJobOfSeedSet: { dataSource: "jobs" },
  removeSeedSet: { dataSource: "seedSets" },
  purgeSeeds: { dataSource: "purgeSeeds" },
} as const satisfies Record<string, { readonly dataSource: DataSourceName }>;

/** The Lambda functions. `checkSeeds` reads files of up to 1 GB twice, in memory bounded by a block. */
export const FUNCTIONS = {
  checkJob: {
    description: "Checks that the seeds fit the template and the budget covers a record, and estimates the cost",
    timeoutSeconds: 15,
    memoryMb: 1024,
  },
  estimateJob: {
    description: "Estimates the cost of a job from test runs of its template, or from its prompts alone",
    timeoutSeconds: 15,
    memoryMb: 1024,
  },
  checkExtension: {
    description: "Checks that a job can be extended, and divides the new records into shards",
    timeoutSeconds: 10,
    memoryMb: 256,
  },
  checkTemplate: { description: "Parses a template and reports its problems", timeoutSeconds: 10, memoryMb: 512 },
  saveTemplate: {
    description: "Parses a template with everything it includes, and writes its next version",
    timeoutSeconds: 20,
    memoryMb: 512,
  },
  purgeTemplate: { description: "Removes the versions of a deleted template", timeoutSeconds: 300, memoryMb: 256 },
  renderTemplate: {
    description: "Renders the prompts of one record without calling a model",
    timeoutSeconds: 15,
    memoryMb: 1024,
  },
  checkTestRun: {
    description: "Checks that a template can be tested with the given seeds and budget",
    timeoutSeconds: 15,
    memoryMb: 512,
  },
  executeTestRun: {
    description: "Generates a few records with real model calls, within a budget",
    timeoutSeconds: 600,
    memoryMb: 1024,
  },
  checkGeneration: {
    description: "Checks that seeds can be generated for a template within the given budget",
    timeoutSeconds: 15,
    memoryMb: 512,
  },
  generateSeeds: {
    description: "Has a model generate the items of a seed set, within a budget",
    timeoutSeconds: 900,
    memoryMb: 1024,
  },
  readSeedItems: { description: "Reads and searches the items of a seed set", timeoutSeconds: 20, memoryMb: 1024 },
  presignUpload: {
    description: "Signs the upload forms for a seed set's files",
    timeoutSeconds: 10,
    memoryMb: 256,
  },
  presignDownload: {
    description: "Signs the download address of a dataset's file",
    timeoutSeconds: 10,
    memoryMb: 256,
  },
  readArchive: { description: "Asks S3 whether a dataset is archived", timeoutSeconds: 25, memoryMb: 256 },
  restoreDataset: {
    description: "Restores an archived dataset, and notifies its owner when it is available",
    timeoutSeconds: RESTORE_REQUEST_TIMEOUT_SECONDS,
    memoryMb: 512,
  },
  makeSnapshot: {
    description: "Writes a job's records so far to a file",
    timeoutSeconds: SNAPSHOT_TIMEOUT_SECONDS,
    memoryMb: 1024,
  },
  checkSeeds: {
    description: "Checks uploaded seeds and rewrites them as blocks, or those of a seed set that fit a template",
    timeoutSeconds: 900,
    memoryMb: 1024,
  },
  purgeSeeds: { description: "Removes the objects of a deleted seed set", timeoutSeconds: 300, memoryMb: 256 },
  dispatch: {
    description: "Starts tasks for waiting jobs, releases ended tasks, purges deleted jobs",
    timeoutSeconds: 120,
    memoryMb: 512,
  },
  loadSamples: {
    description: "Writes the templates and seed sets that ship with the product",
    timeoutSeconds: 300,
    memoryMb: 512,
  },
} as const satisfies Record<
  string,
  { readonly description: string; readonly timeoutSeconds: number; readonly memoryMb: number }
>;

/** The maximum age of events that start runs. */
export { START_TIMEOUT_SECONDS } from "./shared/runTimeout.ts";

export type StepName = keyof typeof STEPS;
export type LambdaName = keyof typeof FUNCTIONS;
export type DataSourceName = "none" | "jobs" | "templates" | "seedSets" | LambdaName;
