import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { BatchWriteCommand, DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { ENVIRONMENT } from "../core/environment.ts";
import { waitingOrder } from "../core/fleet/placing.ts";
import type { OwnerRow, TaskRow } from "../core/fleet/fleet-rows.ts";
import { FLEET, fleetOwnerKey, JOBS_QUEUE, OWNERS_WAITING, ownerQueue, queueOrder, WAITING } from "../core/keys.ts";
import type { JobRow } from "../core/job/job-row.ts";
import { PRIORITIES } from "../core/job/job.ts";
import { dynamodb } from "../local/dynamodb/dynamodb.ts";
import { testContext } from "../tests/local/open-gate.ts";
import { startFleet } from "../tests/resolvers/fake-fleet.ts";
import { jobRow, shardRow } from "../resolvers/shared/newJob.ts";
import { measureCapacity, type Capacity } from "./capacity.ts";
import type { Figure } from "./figure.ts";

export interface DispatchSize {
  readonly owners: number;
  readonly jobsPerOwner: number;
  /** Events that free a slot, one after another. */
  readonly events: number;
}

const FULL: DispatchSize = { owners: 1_000, jobsPerOwner: 20, events: 100 };
export const SHORT_DISPATCH: DispatchSize = { owners: 60, jobsPerOwner: 5, events: 5 };

const LIMITS = { perOwner: 4, overall: 50 };

/** What the dispatcher reads per event while very many jobs wait: the function itself, on local tables that count. */
export async function dispatch(size: DispatchSize = FULL): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), "plot-palette-bench-"));
  const tables = dynamodb();
  const endpoint = await tables.start(testContext(folder));
  const [capacity, fleet, api] = [await measureCapacity(endpoint), await startFleet(), await startApi()];
  const restoreEnvironment = setEnvironment(capacity.url, fleet.url, api.url);
  try {
    for (const [name, index] of TABLES) await tables.create(tableResource(name, index));
    await fill(endpoint, size);
    return await measure(capacity, endpoint, size);
  } finally {
    restoreEnvironment();
    await Promise.all([capacity.close(), fleet.stop(), api.close()]);
    await tables.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(capacity: Capacity, endpoint: string, { owners, jobsPerOwner, events }: DispatchSize) {
  const { handler } = await import("../resolvers/lambda/dispatch.lambda.ts");
  const costOf = async (event: Parameters<typeof handler>[0]) => {
    const before = { all: capacity.total("read"), queue: queueReads(capacity) };
    await handler(event);
    return { all: capacity.total("read") - before.all, queue: queueReads(capacity) - before.queue };
  };
  const filling = await costOf({ kind: "sweep" });
  const freed: number[] = [];
  for (let n = 0; n < events; n += 1) {
    const [task] = await tasksOf(endpoint);
    if (task) freed.push((await costOf(stopped(task))).all);
  }
  const full = await tasksOf(endpoint);
  if (full.length !== LIMITS.overall) throw new Error(`${full.length} tasks run, not ${LIMITS.overall}.`);
  const busy = await costOf({ kind: "job", jobId: idOf(0) });
  const sweep = await costOf({ kind: "sweep" });
  const crowd = `${owners * jobsPerOwner} queued jobs of ${owners} owners`;
  const unit = "units";
  return [
    {
      what: `read units of an event that frees a slot, ${crowd}, at most`,
      value: Math.max(...freed),
      unit,
      aim: "≤ 200",
    },
    { what: `of one that finds all ${LIMITS.overall} slots free`, value: filling.all, unit, aim: "≤ 200" },
    { what: "of the queue, when no slot is free", value: busy.queue, unit, aim: "0" },
    { what: "of all else then", value: busy.all, unit },
    { what: "of the sweep, when no slot is free", value: sweep.all, unit },
  ];
}

function queueReads({ units }: Capacity): number {
  return (units.get(`read Jobs/${JOBS_QUEUE}`) ?? 0) + (units.get(`read Fleet/${OWNERS_WAITING}`) ?? 0);
}

const TABLES = [
  ["Jobs", [JOBS_QUEUE, "queueKey", "queueOrder"]],
  ["Fleet", [OWNERS_WAITING, "waitingKey", "waitingOrder"]],
] as const;

/** As infra/data.ts defines them, with what of the indexes the dispatcher reads. */
function tableResource(name: string, [IndexName, partition, sort]: readonly [string, string, string]) {
  const keys = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: "HASH" },
    { AttributeName: range, KeyType: "RANGE" },
  ];
  const NonKeyAttributes = ["owner", "running", "version", "changedAtMs", "waitingSince"];
  const isFleet = name === "Fleet";
  const Projection = isFleet ? { ProjectionType: "INCLUDE", NonKeyAttributes } : { ProjectionType: "KEYS_ONLY" };
  return {
    path: `Bench/${name}`,
    logicalId: name,
    type: "AWS::DynamoDB::Table",
    properties: {
      TableName: name,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: keys("pk", "sk"),
      AttributeDefinitions: ["pk", "sk", partition, sort].map((AttributeName) => ({
        AttributeName,
        AttributeType: "S",
      })),
      GlobalSecondaryIndexes: [{ IndexName, KeySchema: keys(partition, sort), Projection }],
    },
  };
}

const ownerOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const idOf = (n: number) => `01KB${String(n).padStart(22, "0")}`;

/** Every owner has that many queued jobs of two shards, of all priorities. */
async function fill(endpoint: string, { owners, jobsPerOwner }: DispatchSize): Promise<void> {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint }), {
    marshallOptions: { removeUndefinedValues: true },
  });
  const jobs = Array.from({ length: owners * jobsPerOwner }, (_, n) => jobOf(n, owners));
  const shards = jobs.flatMap((job) => [0, 1].map((n) => shardRow(job, n, { from: n * 500, to: n * 500 + 500 })));
  const waiting = Array.from({ length: owners }, (_, n): OwnerRow => {
    const since = idOf(n);
    const order = waitingOrder(0, since);
    const listed = { waitingKey: WAITING, waitingOrder: order, waitingSince: since } as const;
    return { ...fleetOwnerKey(ownerOf(n)), owner: ownerOf(n), running: 0, version: jobsPerOwner, ...listed };
  });
  for (const [table, rows] of [
    ["Jobs", [...jobs, ...shards]],
    ["Fleet", waiting],
  ] as const)
    for (let at = 0; at < rows.length; at += 25) {
      const requests = rows.slice(at, at + 25).map((Item) => ({ PutRequest: { Item } }));
      await client.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
    }
  client.destroy();
}

function jobOf(n: number, owners: number): JobRow {
  const owner = ownerOf(n % owners);
  const priority = PRIORITIES[n % PRIORITIES.length] ?? "NORMAL";
  const input = {
    name: "Questions about films",
    templateId: idOf(1),
    seedSetId: idOf(2),
    recordCount: 1_000,
    budgetNanos: 1_000_000_000,
    formats: ["JSONL" as const],
    priority,
    clientToken: `token-${n}`,
  };
  const checked = {
    templateVersion: 1,
    templateName: "Film questions",
    templateSource: "",
    partials: {},
    tiers: {},
    parameters: {},
    seedSetName: "Films",
    seedSetOwner: owner,
    maxAttemptCostNanos: 100_000,
    shards: [
      { from: 0, to: 500 },
      { from: 500, to: 1_000 },
    ],
  };
  const row = jobRow({ jobId: idOf(n), owner, input, checked: checked as never, now: "2026-12-01T00:00:00.000Z" });
  return { ...row, queueKey: ownerQueue(owner), queueOrder: queueOrder(priority, idOf(n)) };
}

async function tasksOf(endpoint: string): Promise<TaskRow[]> {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint }));
  const KeyConditionExpression = "pk = :fleet";
  const ExpressionAttributeValues = { ":fleet": FLEET };
  const { Items } = await client.send(
    new QueryCommand({ TableName: "Fleet", KeyConditionExpression, ExpressionAttributeValues }),
  );
  client.destroy();
  return (Items ?? []) as TaskRow[];
}

function stopped({ taskArn, taskSlot }: TaskRow) {
  const containers = [{ exitCode: 0 }];
  const detail = { taskArn, startedBy: taskSlot, lastStatus: "STOPPED", startedAt: "2026-12-01T00:00:00Z", containers };
  return { source: "aws.ecs", "detail-type": "ECS Task State Change", detail } as never;
}

/** Answers every report: watchers are not what is measured here. */
async function startApi() {
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => response.end(JSON.stringify({ data: { reportProgress: {} } })));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url, close };
}

/** @returns what puts the environment back: other benches may run in this process */
function setEnvironment(tables: string, fleet: string, api: string): () => void {
  const before = { ...process.env };
  Object.assign(process.env, {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "bench",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_ENDPOINT_URL_DYNAMODB: tables,
    AWS_ENDPOINT_URL_ECS: fleet,
    POWERTOOLS_LOG_LEVEL: "SILENT",
    [ENVIRONMENT.jobsTable]: "Jobs",
    [ENVIRONMENT.fleetTable]: "Fleet",
    [ENVIRONMENT.bucket]: "objects",
    [ENVIRONMENT.graphqlUrl]: api,
    [ENVIRONMENT.cluster]: "arn:aws:ecs:us-east-1:000000000000:cluster/fleet",
    [ENVIRONMENT.taskDefinition]: "arn:aws:ecs:us-east-1:000000000000:task-definition/worker:1",
    [ENVIRONMENT.subnets]: "subnet-1",
    [ENVIRONMENT.securityGroup]: "sg-1",
    [ENVIRONMENT.containerName]: "worker",
    [ENVIRONMENT.maxTasksPerOwner]: String(LIMITS.perOwner),
    [ENVIRONMENT.maxTasks]: String(LIMITS.overall),
  });
  return () => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  };
}
