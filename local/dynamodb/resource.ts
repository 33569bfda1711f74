/** Translates `AWS::DynamoDB::Table` into a CreateTable request. */
import type { Resource } from "../service.ts";

/** CloudFormation allows numbers and booleans as strings; the API does not. */
export function createTableRequest({ properties }: Resource, tableName: string): Record<string, any> {
  const billingMode = properties.BillingMode ?? "PROVISIONED";
  return {
    TableName: tableName,
    KeySchema: properties.KeySchema,
    AttributeDefinitions: properties.AttributeDefinitions,
    BillingMode: billingMode,
    LocalSecondaryIndexes: properties.LocalSecondaryIndexes,
    GlobalSecondaryIndexes: properties.GlobalSecondaryIndexes?.map((index: Record<string, any>) => ({
      ...index,
      ProvisionedThroughput: billingMode === "PAY_PER_REQUEST" ? undefined : throughput(index.ProvisionedThroughput),
    })),
    ProvisionedThroughput: billingMode === "PAY_PER_REQUEST" ? undefined : throughput(properties.ProvisionedThroughput),
    DeletionProtectionEnabled: isTrue(properties.DeletionProtectionEnabled),
  };
}

/** The attribute with an item's expiration time, when time to live is enabled. */
export function timeToLiveOf({ properties }: Resource): { AttributeName: string } | undefined {
  const specification = properties.TimeToLiveSpecification;
  return isTrue(specification?.Enabled) ? { AttributeName: String(specification.AttributeName) } : undefined;
}

export function tagsOf({ properties }: Resource): Record<string, string> {
  const tags = (properties.Tags ?? []) as { Key: string; Value: string }[];
  return Object.fromEntries(tags.map((tag) => [tag.Key, String(tag.Value)]));
}

/** Names are generated when the assembly is read, so a table without one is a bug there. */
export function tableNameOf({ properties, path }: Resource): string {
  if (properties.TableName) return String(properties.TableName);
  throw new Error(`The table ${path} should have a TableName when it is created.`);
}

function throughput(value: Record<string, unknown> | undefined): object | undefined {
  if (!value) return undefined;
  return {
    ReadCapacityUnits: Number(value.ReadCapacityUnits),
    WriteCapacityUnits: Number(value.WriteCapacityUnits),
  };
}

function isTrue(value: unknown): boolean {
  return value === true || value === "true";
}
