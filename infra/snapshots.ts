/** The function that writes a job's records so far to a file. */
import { Duration } from "aws-cdk-lib";
import type { GraphqlApi } from "aws-cdk-lib/aws-appsync";
import { ENVIRONMENT } from "../core/environment.ts";
import { START_TIMEOUT_SECONDS } from "../resolvers/manifest.ts";
import type { Data } from "./data.ts";
import type { AddFunction } from "./product-function.ts";

export function addSnapshotFunction(add: AddFunction, { data, api }: { data: Data; api: GraphqlApi }): void {
  const snapshot = add("makeSnapshot", {
    [ENVIRONMENT.jobsTable]: data.jobs.tableName,
    [ENVIRONMENT.bucket]: data.bucket.bucketName,
    [ENVIRONMENT.graphqlUrl]: api.graphqlUrl,
  });
  // A snapshot whose event arrives later has already been reported as failed.
  snapshot.configureAsyncInvoke({ maxEventAge: Duration.seconds(START_TIMEOUT_SECONDS), retryAttempts: 0 });
  snapshot.allow("Rows", ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:UpdateItem"], [data.jobs.tableArn], {
    "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["JOB#*", "SHARD#*"] },
  });
  snapshot.allow(
    "ReadParts",
    ["s3:GetObject"],
    [data.bucket.arnForObjects("parts/*"), data.bucket.arnForObjects("datasets/*")],
  );
  snapshot.allow("Write", ["s3:PutObject", "s3:AbortMultipartUpload"], [data.bucket.arnForObjects("snapshots/*")]);
  snapshot.allow("Notify", ["appsync:GraphQL"], [`${api.arn}/types/Mutation/fields/reportProgress`]);
}
