/** The functions behind looking and trying: rendering, tries, generated seeds and the items of seed sets. */
import { Duration } from "aws-cdk-lib";
import type { GraphqlApi } from "aws-cdk-lib/aws-appsync";
import type { Construct } from "constructs";
import { ENVIRONMENT } from "../core/environment.ts";
import { START_TIMEOUT_SECONDS, type LambdaName } from "../resolvers/manifest.ts";
import type { Data } from "./data.ts";
import { callModels, modelsForFunctions } from "./models.ts";
import type { ProductFunction } from "./product-function.ts";

/** An event that comes later finds its run shown as dead. */
const WHILE_WAITED_FOR = { maxEventAge: Duration.seconds(START_TIMEOUT_SECONDS) };

type Add = (name: LambdaName, environment: Record<string, string>) => ProductFunction;

/** @param add makes a function with its environment, and the data source that calls it */
export function addAdHocFunctions(scope: Construct, add: Add, props: { data: Data; api: GraphqlApi }): void {
  addReaders(scope, add, props.data);
  addTestRun(scope, add, props);
  addGeneration(scope, add, props);
}

/** What costs nothing: prompts without a model call, and seeds to look at. */
function addReaders(scope: Construct, add: Add, { bucket, templates, seedSets }: Data): void {
  const seeds = bucket.arnForObjects("seeds/*");
  for (const name of ["renderTemplate", "checkTestRun"] as const) {
    const reader = add(name, {
      ...modelsForFunctions(scope),
      [ENVIRONMENT.templatesTable]: templates.tableName,
      [ENVIRONMENT.seedSetsTable]: seedSets.tableName,
      [ENVIRONMENT.bucket]: bucket.bucketName,
    });
    reader.may("ReadRows", ["dynamodb:GetItem"], [templates.tableArn, seedSets.tableArn]);
    reader.may("ReadSeeds", ["s3:GetObject"], [seeds]);
  }
  const readSeedItems = add("readSeedItems", { [ENVIRONMENT.bucket]: bucket.bucketName });
  readSeedItems.may("ReadSeeds", ["s3:GetObject"], [seeds]);
}

function addTestRun(scope: Construct, add: Add, { data, api }: { data: Data; api: GraphqlApi }): void {
  const executeTestRun = add("executeTestRun", {
    [ENVIRONMENT.jobsTable]: data.jobs.tableName,
    [ENVIRONMENT.bucket]: data.bucket.bucketName,
    [ENVIRONMENT.graphqlUrl]: api.graphqlUrl,
  });
  executeTestRun.configureAsyncInvoke(WHILE_WAITED_FOR);
  executeTestRun.may("Rows", ["dynamodb:GetItem", "dynamodb:UpdateItem"], [data.jobs.tableArn], {
    "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["TESTRUN#*", "SPENDING#*", "SAMPLE#*"] },
  });
  executeTestRun.may("ReadSeeds", ["s3:GetObject"], [data.bucket.arnForObjects("seeds/*")]);
  executeTestRun.addToRolePolicy(callModels(scope));
  executeTestRun.may("Tell", ["appsync:GraphQL"], [`${api.arn}/types/Mutation/fields/reportTestRun`]);
}

function addGeneration(scope: Construct, add: Add, { data, api }: { data: Data; api: GraphqlApi }): void {
  const checkGeneration = add("checkGeneration", {
    ...modelsForFunctions(scope),
    [ENVIRONMENT.templatesTable]: data.templates.tableName,
  });
  checkGeneration.may("ReadRows", ["dynamodb:GetItem"], [data.templates.tableArn]);

  const generateSeeds = add("generateSeeds", {
    [ENVIRONMENT.jobsTable]: data.jobs.tableName,
    [ENVIRONMENT.seedSetsTable]: data.seedSets.tableName,
    [ENVIRONMENT.bucket]: data.bucket.bucketName,
    [ENVIRONMENT.graphqlUrl]: api.graphqlUrl,
  });
  generateSeeds.configureAsyncInvoke(WHILE_WAITED_FOR);
  generateSeeds.may("Rows", ["dynamodb:UpdateItem"], [data.seedSets.tableArn]);
  generateSeeds.may("Spending", ["dynamodb:UpdateItem"], [data.jobs.tableArn], {
    "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["SPENDING#*"] },
  });
  // Blocks are removed when the seed set was deleted while they were written.
  generateSeeds.may("WriteBlocks", ["s3:PutObject", "s3:DeleteObject"], [data.bucket.arnForObjects("seeds/*")]);
  generateSeeds.addToRolePolicy(callModels(scope));
  generateSeeds.may("Tell", ["appsync:GraphQL"], [`${api.arn}/types/Mutation/fields/reportSeedSet`]);
}
