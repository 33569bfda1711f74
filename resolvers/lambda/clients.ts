/** The functions' AWS clients, created on first use: a function pays only for those it needs. */
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

/** Writing a row that a transaction holds fails, and the client would not retry, although the lock is soon released. */
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

/** Uses path-style addresses, which every endpoint supports. */
export function objectClient(): S3Client {
  objects ??= new S3Client({ forcePathStyle: true, requestHandler: CONNECTIONS });
  return objects;
}

/** An environment variable that the stack sets; its name comes from core/environment.ts. */
export function setting(name: string): string {
  return required(name, process.env);
}
