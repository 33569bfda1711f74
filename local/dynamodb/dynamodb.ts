/** DynamoDB: `AWS::DynamoDB::Table` and the JSON 1.0 protocol. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { failureText } from "../exhaustion.ts";
import { listen, readBody } from "../http.ts";
import type { Listening } from "../http.ts";
import { listenOnRememberedPort } from "../remembered-port.ts";
import { AwsError } from "../service.ts";
import type { CloudContext, CreatedResource, Resource, Service } from "../service.ts";
import { Database } from "./database.ts";
import { Operations } from "./operations.ts";
import { createTableRequest, tableNameOf, tagsOf, timeToLiveOf } from "./resource.ts";
import { alignTable, describeTable } from "./tables.ts";
import { keepSweeping } from "./time-to-live.ts";
import { sendError, sendResult } from "./wire.ts";

/** DynamoDB's own limit on a request. */
const MAX_REQUEST_BYTES = 16 * 1024 * 1024;

export interface DynamoDbOptions {
  /** Delay in milliseconds until global indexes show a write; 0 by default. Reads of the table itself are never delayed. */
  readonly indexDelayMs?: number;
}

/** A DynamoDB whose tables live in the service's folder and survive `kill -9`. */
export function dynamodb({ indexDelayMs = 0 }: DynamoDbOptions = {}): Service {
  let started: { context: CloudContext; database: Database; operations: Operations; stop(): Promise<void> } | undefined;

  return {
    name: "dynamodb",
    types: ["AWS::DynamoDB::Table"],

    async start(context) {
      const database = await Database.open(join(context.folder, "leveldb"), indexDelayMs);
      const operations = new Operations(database, context);
      const { folder, origins } = context;
      const server = await listenOnRememberedPort(folder, (port) =>
        listen((request, response) => answer(context, operations, request, response), { port, origins }),
      );
      const sweeping = keepSweeping(
        context.clock,
        () => operations.sweep(),
        (error) => context.log(`dynamodb: sweeping expired items failed: ${failureText(error)}`),
      );
      started = { context, database, operations, stop: () => shutDown(server, sweeping, database) };
      return server.url;
    },

    async create(resource) {
      if (!started) throw new Error("The DynamoDB service must be started before tables are created.");
      return createTable(started, resource);
    },

    async stop() {
      await started?.stop();
      started = undefined;
    },
  };
}

async function createTable(
  { context, database, operations }: { context: CloudContext; database: Database; operations: Operations },
  resource: Resource,
): Promise<CreatedResource> {
  const name = tableNameOf(resource);
  const arn = operations.tableArn(name);
  if (resource.properties.StreamSpecification) {
    context.log(`dynamodb: ${resource.path} has a stream; streams are not supported, so the table has none.`);
  }
  const description = describeTable(createTableRequest(resource, name), arn, context.clock.now());
  const timeToLive = timeToLiveOf(resource);
  const table = { description, tags: tagsOf(resource), ...(timeToLive && { timeToLive }) };
  await database.alone(() => alignTable(database, table));
  return { ref: name, attributes: { Arn: arn } };
}

async function answer(
  { gate, log }: CloudContext,
  operations: Operations,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const body = await readBody(request, MAX_REQUEST_BYTES);
    const caller = gate.authenticate(request, body, "dynamodb");
    const operation = String(request.headers["x-amz-target"] ?? "").replace(/^DynamoDB_20120810\./, "");
    sendResult(response, await operations.answer(operation, parse(body), caller));
  } catch (error) {
    if (!(error instanceof AwsError)) log(`dynamodb: ${failureText(error)}`);
    sendError(response, error);
  }
}

function parse(body: Buffer): Record<string, any> {
  try {
    return JSON.parse(body.toString("utf8")) as Record<string, any>;
  } catch {
    throw new AwsError(400, "SerializationException", "The request body is not JSON.");
  }
}

async function shutDown(server: Listening, sweeping: { stop(): Promise<void> }, database: Database): Promise<void> {
  await server.close();
  await sweeping.stop();
  await database.close();
}
