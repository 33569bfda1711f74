/** Removes the versions of a deleted template. They are numbered without gaps, so there is nothing to query. */
import { BatchWriteCommand, type BatchWriteCommandInput } from "@aws-sdk/lib-dynamodb";
import { ENVIRONMENT } from "../../core/environment.ts";
import { templateVersionKey } from "../../core/keys.ts";
import { documentClient, setting } from "./clients.ts";

/** DynamoDB's limit for one batch. */
const BATCH = 25;

export interface TemplateToPurge {
  templateId: string;
  latestVersion: number;
}

/** Idempotent. */
export async function handler({ templateId, latestVersion }: TemplateToPurge): Promise<void> {
  for (let from = 1; from <= latestVersion; from += BATCH) {
    const length = Math.min(BATCH, latestVersion - from + 1);
    await removeAll(Array.from({ length }, (_, n) => templateVersionKey(templateId, from + n)));
  }
}

async function removeAll(keys: readonly { pk: string; sk: string }[]): Promise<void> {
  const table = setting(ENVIRONMENT.templatesTable);
  let RequestItems: BatchWriteCommandInput["RequestItems"] = {
    [table]: keys.map((Key) => ({ DeleteRequest: { Key } })),
  };
  // Retries what DynamoDB left unprocessed, for as long as the function has time.
  while (RequestItems && Object.keys(RequestItems).length > 0)
    RequestItems = (await documentClient().send(new BatchWriteCommand({ RequestItems }))).UnprocessedItems;
}
