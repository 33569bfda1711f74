/** The arguments of the DynamoDB data source's operations. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { PageTokens } from "./page-token.ts";

/** A resolver's request; its members depend on the operation. */
export type DynamoDbRequest = Readonly<Record<string, any>>;

export interface TableCall {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly tokens: PageTokens;
  readonly signal: AbortSignal;
}
