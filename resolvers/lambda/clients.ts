/** The AWS clients of the functions, made when first asked for: a function that does not need one does not pay for it. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { required } from "../../core/environment.ts";
import { CONNECTIONS } from "../../worker/adapters/connections.ts";

let documents: DynamoDBDocumentClient | undefined;
let objects: S3Client | undefined;

export function documentClient(): DynamoDBDocumentClient {
  documents ??= DynamoDBDocumentClient.from(tables(), { marshallOptions: { removeUndefinedValues: true } });
  return documents;
}

/** A write of a row that a transaction has in hand is refused, and the client takes that for final; it is over in a moment. */
function tables(): DynamoDBClient {
  const client = new DynamoDBClient({});
  client.middlewareStack.add(
    (next) => (args) =>
      next(args).catch((error: Error & { $retryable?: object }) => {
        if (error.name === "TransactionConflictException") error.$retryable = {};
        throw error;
      }),
    // Within the client's own retries.
    { step: "finalizeRequest", priority: "low", name: "retryConflicts" },
  );
  return client;
}

/** Buckets are addressed by path, which every endpoint understands. */
export function objectClient(): S3Client {
  objects ??= new S3Client({ forcePathStyle: true, requestHandler: CONNECTIONS });
  return objects;
}

/** A variable that the stack sets for the function; the name comes from core/environment.ts. */
export function setting(name: string): string {
  return required(name, process.env);
}
