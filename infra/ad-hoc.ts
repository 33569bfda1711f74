/** The functions for rendering, test runs, generated seeds and browsing seed items. */
import { Duration } from "aws-cdk-lib";
import type { GraphqlApi } from "aws-cdk-lib/aws-appsync";
import type { Construct } from "constructs";
import { ENVIRONMENT } from "../core/environment.ts";
import { START_TIMEOUT_SECONDS } from "../resolvers/manifest.ts";
import type { Data } from "./data.ts";
import { invokeModels, modelsForFunctions } from "./models.ts";
import type { AddFunction } from "./product-function.ts";

/** A run whose event arrives later has already been reported as crashed. */
const ASYNC_INVOKE_CONFIG = { maxEventAge: Duration.seconds(START_TIMEOUT_SECONDS) };

export function addAdHocFunctions(scope: Construct, add: AddFunction, props: { data: Data; api: GraphqlApi }): void {
  addReaders(scope, add, props.data);
  addTestRun(scope, add, props);
  addGeneration(scope, add, props);
}

/** Functions that cost nothing: rendering prompts without calling a model, and reading seeds. */
function addReaders(scope: Construct, add: AddFunction, { bucket, templates, seedSets }: Data): void {
  const seeds = bucket.arnForObjects("seeds/*");
  for (const name of ["renderTemplate", "checkTestRun"] as const) {
    const reader = add(name, {
      ...modelsForFunctions(scope),
      [ENVIRONMENT.templatesTable]: templates.tableName,
      [ENVIRONMENT.seedSetsTable]: seedSets.tableName,
      [ENVIRONMENT.bucket]: bucket.bucketName,
    });
    reader.allow("ReadRows", ["dynamodb:GetItem"], [templates.tableArn, seedSets.tableArn]);
    reader.allow("ReadSeeds", ["s3:GetObject"], [seeds]);
  }
  const readSeedItems = add("readSeedItems", { [ENVIRONMENT.bucket]: bucket.bucketName });
  readSeedItems.allow("ReadSeeds", ["s3:GetObject"], [seeds]);
}

function addTestRun(scope: Construct, add: AddFunction, { data, api }: { data: Data; api: GraphqlApi }): void {
  const executeTestRun = add("executeTestRun", {
    [ENVIRONMENT.jobsTable]: data.jobs.tableName,
    [ENVIRONMENT.bucket]: data.bucket.bucketName,
    [ENVIRONMENT.graphqlUrl]: api.graphqlUrl,
  });
  executeTestRun.configureAsyncInvoke(ASYNC_INVOKE_CONFIG);
  executeTestRun.allow("Rows", ["dynamodb:GetItem", "dynamodb:UpdateItem"], [data.jobs.tableArn], {
    "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["TESTRUN#*", "SPENDING#*", "COSTSAMPLE#*"] },
  });
  executeTestRun.allow("ReadSeeds", ["s3:GetObject"], [data.bucket.arnForObjects("seeds/*")]);
  executeTestRun.addToRolePolicy(invokeModels(scope));
  executeTestRun.allow("Notify", ["appsync:GraphQL"], [`${api.arn}/types/Mutation/fields/reportTestRun`]);
}

function addGeneration(scope: Construct, add: AddFunction, { data, api }: { data: Data; api: GraphqlApi }): void {
  const checkGeneration = add("checkGeneration", {
    ...modelsForFunctions(scope),
    [ENVIRONMENT.templatesTable]: data.templates.tableName,
  });
  checkGeneration.allow("ReadRows", ["dynamodb:GetItem"], [data.templates.tableArn]);

  const generateSeeds = add("generateSeeds", {
    [ENVIRONMENT.jobsTable]: data.jobs.tableName,
    [ENVIRONMENT.seedSetsTable]: data.seedSets.tableName,
    [ENVIRONMENT.bucket]: data.bucket.bucketName,
    [ENVIRONMENT.graphqlUrl]: api.graphqlUrl,
  });
  generateSeeds.configureAsyncInvoke(ASYNC_INVOKE_CONFIG);
  generateSeeds.allow("Rows", ["dynamodb:UpdateItem"], [data.seedSets.tableArn]);
  generateSeeds.allow("Spending", ["dynamodb:UpdateItem"], [data.jobs.tableArn], {
    "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["SPENDING#*"] },
  });
  // Blocks are removed when the seed set was deleted while they were being written.
  generateSeeds.allow("WriteBlocks", ["s3:PutObject", "s3:DeleteObject"], [data.bucket.arnForObjects("seeds/*")]);
  generateSeeds.addToRolePolicy(invokeModels(scope));
  generateSeeds.allow("Notify", ["appsync:GraphQL"], [`${api.arn}/types/Mutation/fields/reportSeedSet`]);
}
