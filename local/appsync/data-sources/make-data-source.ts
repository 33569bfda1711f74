/** A data source from the properties of its `AWS::AppSync::DataSource`. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import type { CloudContext, Resource } from "../../service.ts";
import { noneDataSource } from "./data-source.ts";
import type { DataSource } from "./data-source.ts";
import { dynamodbDataSource } from "./dynamodb.ts";
import { lambdaDataSource } from "./lambda.ts";
import { PageTokens } from "./page-token.ts";
import { RoleClient } from "./role-client.ts";

type Properties = Resource["properties"];

/** @throws Error for unsupported types and options */
export function makeDataSource(properties: Properties, context: CloudContext, apiId: string): DataSource {
  switch (properties.Type) {
    case "NONE":
      return noneDataSource();
    case "AMAZON_DYNAMODB":
      return tableDataSource(properties, context, apiId);
    case "AWS_LAMBDA":
      return functionDataSource(properties, context);
    default:
      throw new Error(
        `The data source "${properties.Name}" has the type ${properties.Type}; only NONE, AMAZON_DYNAMODB and AWS_LAMBDA are supported.`,
      );
  }
}

function tableDataSource(properties: Properties, context: CloudContext, apiId: string): DataSource {
  const { Name, DynamoDBConfig } = properties;
  if (String(DynamoDBConfig?.Versioned) === "true" || String(DynamoDBConfig?.UseCallerCredentials) === "true") {
    throw new Error(`The data source "${Name}" is versioned or uses the caller's credentials; neither is supported.`);
  }
  const { region, endpoints } = context;
  const client = new RoleClient({
    ...roleOf(properties, context),
    connect: (credentials) => new DynamoDBClient({ region, endpoint: endpoints.dynamodb, credentials }),
  });
  const tableName = requireText(DynamoDBConfig?.TableName, Name, "DynamoDBConfig.TableName");
  return dynamodbDataSource({ tableName, tokens: new PageTokens(apiId), client });
}

function functionDataSource(properties: Properties, context: CloudContext): DataSource {
  const { Name, LambdaConfig } = properties;
  const { region, endpoints } = context;
  const client = new RoleClient({
    ...roleOf(properties, context),
    // A retry could run the function twice; AppSync does not retry, so neither does this.
    connect: (credentials) => new LambdaClient({ region, endpoint: endpoints.lambda, credentials, maxAttempts: 1 }),
  });
  return lambdaDataSource(requireText(LambdaConfig?.LambdaFunctionArn, Name, "LambdaConfig.LambdaFunctionArn"), client);
}

function roleOf({ Name, ServiceRoleArn }: Properties, { gate, clock }: CloudContext) {
  return { gate, now: () => clock.now(), roleArn: requireText(ServiceRoleArn, Name, "ServiceRoleArn") };
}

function requireText(value: unknown, dataSource: unknown, property: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new Error(`The data source "${dataSource}" needs ${property}.`);
}
