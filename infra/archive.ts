/** The archive: which class datasets go to, and the functions that look into it and bring datasets back. */
import type { GraphqlApi } from "aws-cdk-lib/aws-appsync";
import { Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as FunctionTarget } from "aws-cdk-lib/aws-events-targets";
import type { Construct } from "constructs";
import { ARCHIVE_CLASSES, type ArchiveClass } from "../core/dataset/archive.ts";
import { ENVIRONMENT } from "../core/environment.ts";
import type { LambdaName } from "../resolvers/manifest.ts";
import type { Data } from "./data.ts";
import type { ProductFunction } from "./product-function.ts";

/**
 * The context `archiveClass`: `cdk deploy -c archiveClass=flexible`. Instant when absent: for a tenth more than flexible a
 * dataset can be had at any moment, where the others let a person wait for hours.
 */
export function archiveClass(scope: Construct): ArchiveClass {
  const wanted: unknown = scope.node.tryGetContext("archiveClass") ?? "instant";
  const found = Object.keys(ARCHIVE_CLASSES).find((name) => name.toLowerCase() === wanted);
  if (!found)
    throw new Error(`The context "archiveClass" must be instant, flexible or deep, not ${JSON.stringify(wanted)}.`);
  return found as ArchiveClass;
}

/** @param add makes a function with its environment, and the data source that calls it */
export function addArchiveFunctions(
  scope: Construct,
  add: (name: LambdaName, environment: Record<string, string>) => ProductFunction,
  { data: { bucket, jobs }, api }: { data: Data; api: GraphqlApi },
): void {
  const inDatasets = { StringLike: { "s3:prefix": "datasets/*" } };
  const readArchive = add("readArchive", { [ENVIRONMENT.bucket]: bucket.bucketName });
  readArchive.may("Look", ["s3:ListBucket"], [bucket.bucketArn], inDatasets);

  const restoreDataset = add("restoreDataset", {
    [ENVIRONMENT.jobsTable]: jobs.tableName,
    [ENVIRONMENT.bucket]: bucket.bucketName,
    [ENVIRONMENT.graphqlUrl]: api.graphqlUrl,
  });
  restoreDataset.may("Look", ["s3:ListBucket"], [bucket.bucketArn], inDatasets);
  restoreDataset.may("Restore", ["s3:RestoreObject"], [bucket.arnForObjects("datasets/*")]);
  restoreDataset.may("JobRows", ["dynamodb:GetItem", "dynamodb:UpdateItem"], [jobs.tableArn], {
    "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["JOB#*"] },
  });
  restoreDataset.may("Report", ["appsync:GraphQL"], [`${api.arn}/types/Mutation/fields/reportProgress`]);

  // Whatever the class is today: it may have been another when a dataset was archived.
  new Rule(scope, "DatasetBack", {
    description: "An archived object of a dataset is back, or its restored copy is gone",
    eventPattern: {
      source: ["aws.s3"],
      detailType: ["Object Restore Completed", "Object Restore Expired"],
      detail: { bucket: { name: [bucket.bucketName] }, object: { key: [{ prefix: "datasets/" }] } },
    },
    targets: [new FunctionTarget(restoreDataset)],
  });
}
