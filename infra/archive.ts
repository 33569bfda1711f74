/** The functions that check whether datasets are archived, and restore them. */
import type { GraphqlApi } from "aws-cdk-lib/aws-appsync";
import { Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as FunctionTarget } from "aws-cdk-lib/aws-events-targets";
import type { Construct } from "constructs";
import { ENVIRONMENT } from "../core/environment.ts";
import type { Data } from "./data.ts";
import type { AddFunction } from "./product-function.ts";

export function addArchiveFunctions(
  scope: Construct,
  add: AddFunction,
  { data: { bucket, jobs }, api }: { data: Data; api: GraphqlApi },
): void {
  const inDatasets = { StringLike: { "s3:prefix": "datasets/*" } };
  const readArchive = add("readArchive", { [ENVIRONMENT.bucket]: bucket.bucketName });
  readArchive.allow("ListDatasets", ["s3:ListBucket"], [bucket.bucketArn], inDatasets);

  const restoreDataset = add("restoreDataset", {
    [ENVIRONMENT.jobsTable]: jobs.tableName,
    [ENVIRONMENT.bucket]: bucket.bucketName,
    [ENVIRONMENT.graphqlUrl]: api.graphqlUrl,
  });
  restoreDataset.allow("ListDatasets", ["s3:ListBucket"], [bucket.bucketArn], inDatasets);
  restoreDataset.allow("Restore", ["s3:RestoreObject"], [bucket.arnForObjects("datasets/*")]);
  restoreDataset.allow("JobRows", ["dynamodb:GetItem", "dynamodb:UpdateItem"], [jobs.tableArn], {
    "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["JOB#*"] },
  });
  restoreDataset.allow("Report", ["appsync:GraphQL"], [`${api.arn}/types/Mutation/fields/reportProgress`]);

  // For every class: a dataset may have been archived under an earlier setting.
  new Rule(scope, "DatasetRestored", {
    description: "An archived object of a dataset was restored, or its restored copy has expired",
    eventPattern: {
      source: ["aws.s3"],
      detailType: ["Object Restore Completed", "Object Restore Expired"],
      detail: { bucket: { name: [bucket.bucketName] }, object: { key: [{ prefix: "datasets/" }] } },
    },
    targets: [new FunctionTarget(restoreDataset)],
  });
}
