/** The API with its real resolvers and functions, on local tables and a local bucket, with a fake fleet. */
import type { EventBridgeEvent } from "aws-lambda";
import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type StorageClass,
} from "@aws-sdk/client-s3";
import { WebSocket } from "ws";
import { TASK_SIZES } from "../../core/job/task-size.ts";
import { ENVIRONMENT } from "../../core/environment.ts";
import {
  JOBS_BY_OWNER,
  JOBS_BY_OWNER_STATUS,
  JOBS_QUEUE,
  OWNERS_WAITING,
  SEED_SETS_BY_OWNER,
  TEMPLATES_BY_OWNER,
} from "../../core/keys.ts";
import { appsync } from "../../local/appsync/appsync.ts";
import { dynamodb } from "../../local/dynamodb/dynamodb.ts";
import { listen, readBody, sendJson, type Listening } from "../../local/http.ts";
import { s3 } from "../../local/s3/s3.ts";
import type { Clock, CloudContext, Service } from "../../local/service.ts";
import { bundleResolver, resolverFile } from "../../resolvers/bundle.ts";
import { FIELDS, STEPS, type LambdaName } from "../../resolvers/manifest.ts";
import { startUserPool, type UserPool } from "../local/appsync-api.ts";
import { testContext } from "../local/open-gate.ts";
import { startFleet, type FakeFleet } from "./fake-fleet.ts";
import { startLockedRows } from "./locked-rows.ts";

type Handler = (event: any, context: { getRemainingTimeInMillis(): number }) => Promise<unknown>;

export interface World {
  readonly fleet: FakeFleet;
  readonly rows: DynamoDBDocumentClient;
  /** Returns `data`. @throws Error with all errors */
  ask(person: string, query: string, variables?: object): Promise<any>;
  /** The first error of an operation that must fail: `NotFound: There is no job with that id.` */
  refusal(person: string, query: string, variables?: object): Promise<string>;
  /** Calls as a function or the worker, with a signature. */
  report(query: string, variables?: object): Promise<any>;
  watch(person: string, query: string, variables?: object): Promise<Watch>;
  /** Runs a function's real handler. */
  run(name: LambdaName, event: object): Promise<unknown>;
  /** Runs an action once, after the function's next run and before its response arrives. */
  after(name: LambdaName, action: () => Promise<unknown>): void;
  /** Fails the API's next single-row updates, as if a transaction held the rows. */
  hold(updates: number): void;
  /** Waits for asynchronously invoked functions. */
  settled(): Promise<void>;
  row(table: "Jobs" | "Fleet" | "Templates" | "SeedSets", key: { pk: string; sk: string }): Promise<any>;
  put(table: "Jobs" | "Fleet" | "Templates" | "SeedSets", row: object): Promise<void>;
  all(table: "Jobs" | "Fleet" | "Templates" | "SeedSets"): Promise<any[]>;
  objects(): Promise<string[]>;
  putObject(key: string, body: string, storageClass?: StorageClass): Promise<void>;
  object(name: string): Promise<string>;
  /** Resets to empty tables and an idle fleet. (Functions keep their clients, so each test file has one world.) */
  empty(): Promise<void>;
  stop(): Promise<void>;
}

export interface Watch {
  readonly heard: any[];
  readonly error?: string;
  next(): Promise<any>;
  close(): void;
}

const INDEXES: Record<string, [string, string, string][]> = {
  Jobs: [
    [JOBS_BY_OWNER, "owner", "createdAt"],
    [JOBS_BY_OWNER_STATUS, "ownerStatus", "createdAt"],
    [JOBS_QUEUE, "queueKey", "queueOrder"],
  ],
  Fleet: [[OWNERS_WAITING, "waitingKey", "waitingOrder"]],
  Templates: [[TEMPLATES_BY_OWNER, "owner", "listKey"]],
  SeedSets: [[SEED_SETS_BY_OWNER, "owner", "listKey"]],
};

/** Options of the bucket: how long restoring takes, its clock, and the receiver of its events. */
export interface BucketOptions {
  readonly restoreMs?: number;
  readonly clock?: Clock;
  readonly publish?: CloudContext["publish"];
}

export async function startWorld(options: BucketOptions = {}): Promise<World> {
  return worldOf(await startServices(options));
}

type Services = Awaited<ReturnType<typeof startServices>>;

async function startServices({ restoreMs, ...ofBucket }: BucketOptions) {
  const folder = mkdtempSync(join(tmpdir(), "resolvers-"));
  const endpoints: Record<string, string> = {};
  const context = (name: string, different: Partial<CloudContext> = {}) => {
    mkdirSync(join(folder, name));
    return testContext(join(folder, name), { endpoints, ...different });
  };
  const tables = dynamodb();
  const bucket = s3({ restoreMs });
  endpoints.dynamodb = await tables.start(context("dynamodb"));
  endpoints.s3 = await bucket.start(context("s3", ofBucket));
  for (const [name, indexes] of Object.entries(INDEXES)) await tables.create(tableResource(name, indexes));
  await bucket.create({
    path: "Test/Bucket",
    logicalId: "Bucket",
    type: "AWS::S3::Bucket",
    properties: {
      BucketName: "objects",
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    },
  });
  const fleet = await startFleet();
  setEnvironment(endpoints, fleet.url);

  const functions = await startFunctions();
  endpoints.lambda = functions.server.url;
  const pool = await startUserPool();
  endpoints["cognito-identity-provider"] = pool.endpoint;
  const api = appsync();
  const lockedRows = await startLockedRows(endpoints.dynamodb);
  await api.start(context("appsync", { endpoints: { ...endpoints, dynamodb: lockedRows.url } }));
  const urls = await createApi(api, pool);
  process.env[ENVIRONMENT.graphqlUrl] = urls.graphql;

  const rows = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  const objectsClient = new S3Client({ forcePathStyle: true });
  const stop = async () => {
    rows.destroy();
    objectsClient.destroy();
    await Promise.all([api.stop(), functions.server.close(), pool.stop(), fleet.stop()]);
    await Promise.all([lockedRows.close(), tables.stop(), bucket.stop()]);
    await rm(folder, { recursive: true });
  };
  return { fleet, functions, pool, lockedRows, urls, rows, objectsClient, stop };
}

function worldOf({ fleet, functions, pool, lockedRows, urls, rows, objectsClient, stop }: Services): World {
  const post = async (headers: Record<string, string>, query: string, variables: object) => {
    const answer = await fetch(urls.graphql, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
    return (await answer.json()) as { data: any; errors?: { errorType?: string; message: string }[] };
  };
  const signIn = async (person: string) => ({
    authorization: await pool.token({ sub: person, "cognito:username": person }),
  });
  return {
    fleet,
    rows,
    async ask(person, query, variables = {}) {
      const { data, errors } = await post(await signIn(person), query, variables);
      if (errors) throw new Error(errors.map(({ errorType, message }) => `${errorType}: ${message}`).join("\n"));
      return data;
    },
    async refusal(person, query, variables = {}) {
      const { data, errors } = await post(await signIn(person), query, variables);
      if (!errors?.[0]) throw new Error(`Expected a refusal, got ${JSON.stringify(data)}`);
      return `${errors[0].errorType}: ${errors[0].message}`;
    },
    async report(query, variables = {}) {
      const { data, errors } = await post({ authorization: "AWS4-HMAC-SHA256 Credential=AKIA/x" }, query, variables);
      if (errors) throw new Error(errors.map(({ errorType, message }) => `${errorType}: ${message}`).join("\n"));
      return data;
    },
    watch: async (person, query, variables = {}) => watch(urls, await signIn(person), query, variables),
    run: (name, event) => functions.run(name, event),
    after: (name, action) => void functions.hooks.set(name, action),
    settled: () => functions.settled(),
    hold: (updates) => lockedRows.hold(updates),
    row: async (table, Key) => (await rows.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }))).Item,
    put: async (table, row) => void (await rows.send(new PutCommand({ TableName: table, Item: row }))),
    all: async (table) => (await rows.send(new ScanCommand({ TableName: table }))).Items ?? [],
    objects: async () =>
      ((await objectsClient.send(new ListObjectsV2Command({ Bucket: "objects" }))).Contents ?? []).map(
        ({ Key }) => Key ?? "",
      ),
    putObject: async (Key, Body, StorageClass) =>
      void (await objectsClient.send(new PutObjectCommand({ Bucket: "objects", Key, Body, StorageClass }))),
    async object(Key) {
      const { Body } = await objectsClient.send(new GetObjectCommand({ Bucket: "objects", Key }));
      return (await Body?.transformToString()) ?? "";
    },
    async empty() {
      await functions.settled();
      for (const TableName of Object.keys(INDEXES))
        for (const { pk, sk } of (await rows.send(new ScanCommand({ TableName }))).Items ?? [])
          await rows.send(new DeleteCommand({ TableName, Key: { pk, sk } }));
      fleet.reset();
    },
    async stop() {
      await functions.settled();
      await stop();
    },
  };
}

function setEnvironment(endpoints: Record<string, string>, fleetUrl: string): void {
  Object.assign(process.env, {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_S3: endpoints.s3,
    AWS_ENDPOINT_URL_ECS: fleetUrl,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    POWERTOOLS_LOG_LEVEL: "SILENT",
    [ENVIRONMENT.jobsTable]: "Jobs",
    [ENVIRONMENT.fleetTable]: "Fleet",
    [ENVIRONMENT.templatesTable]: "Templates",
    [ENVIRONMENT.seedSetsTable]: "SeedSets",
    [ENVIRONMENT.bucket]: "objects",
    [ENVIRONMENT.cluster]: "arn:aws:ecs:us-east-1:000000000000:cluster/fleet",
    [ENVIRONMENT.taskDefinition]: "arn:aws:ecs:us-east-1:000000000000:task-definition/worker:1",
    [ENVIRONMENT.subnets]: "subnet-1,subnet-2",
    [ENVIRONMENT.securityGroup]: "sg-1",
    [ENVIRONMENT.containerName]: "worker",
    [ENVIRONMENT.maxTasksPerOwner]: "2",
    [ENVIRONMENT.taskLimits]: JSON.stringify({ sizes: TASK_SIZES, tasksPerJob: 2 }),
    [ENVIRONMENT.maxTasks]: "3",
  });
}

function tableResource(name: string, indexes: [string, string, string][]) {
  const attributes = new Set(["pk", "sk", ...indexes.flatMap(([, partition, sort]) => [partition, sort])]);
  const keys = (partition: string, sort: string) => [
    { AttributeName: partition, KeyType: "HASH" },
    { AttributeName: sort, KeyType: "RANGE" },
  ];
  const GlobalSecondaryIndexes = indexes.map(([IndexName, partition, sort]) => ({
    IndexName,
    KeySchema: keys(partition, sort),
    Projection: { ProjectionType: "ALL" },
  }));
  return {
    path: `Test/${name}`,
    logicalId: name,
    type: "AWS::DynamoDB::Table",
    properties: {
      TableName: name,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: keys("pk", "sk"),
      AttributeDefinitions: [...attributes].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      ...(indexes.length > 0 ? { GlobalSecondaryIndexes } : {}),
    },
  };
}

/** The functions, invoked as by Lambda: the real handlers, in this process. */
async function startFunctions() {
  const pending = new Set<Promise<unknown>>();
  const hooks = new Map<string, () => Promise<unknown>>();
  const run = async (name: string, event: object) => {
    const hook = hooks.get(name);
    hooks.delete(name);
    // loadSamples imports text files, which only a bundler can; samples.test.ts runs its bundle.
    const { handler } = (await import(`../../resolvers/lambda/${name}.lambda.ts`)) as { handler: Handler };
    const answer = await handler(JSON.parse(JSON.stringify(event)), { getRemainingTimeInMillis: () => 600_000 });
    await hook?.();
    return answer;
  };
  const server: Listening = await listen(async (request, response) => {
    const event = JSON.parse((await readBody(request)).toString());
    const name =
      decodeURIComponent(request.url ?? "")
        .split("/")[3]
        ?.split(":")
        .at(-1) ?? "";
    const work = run(name, event);
    if (request.headers["x-amz-invocation-type"] !== "Event") return sendJson(response, 200, await work);
    pending.add(work);
    void work.catch(() => undefined).finally(() => pending.delete(work));
    sendJson(response, 202, {});
  });
  const settled = async () => {
    while (pending.size > 0) await Promise.all(pending);
  };
  return { server, run, hooks, settled };
}

async function createApi(api: Service, pool: UserPool): Promise<{ graphql: string; realtime: string }> {
  const make = (type: string, name: string, properties: Record<string, unknown>) =>
    api.create({ path: `Test/${name}`, logicalId: name, type: `AWS::AppSync::${type}`, properties });
  const { attributes } = await make("GraphQLApi", "Api", {
    Name: "test",
    AuthenticationType: "AWS_IAM",
    AdditionalAuthenticationProviders: [
      {
        AuthenticationType: "AMAZON_COGNITO_USER_POOLS",
        UserPoolConfig: { UserPoolId: pool.id, AwsRegion: "us-east-1" },
      },
    ],
    EnvironmentVariables: {
      [ENVIRONMENT.jobsTable]: "Jobs",
      [ENVIRONMENT.templatesTable]: "Templates",
      [ENVIRONMENT.seedSetsTable]: "SeedSets",
      [ENVIRONMENT.region]: "us-east-1",
    },
  });
  const { ApiId } = attributes;
  const Runtime = { Name: "APPSYNC_JS", RuntimeVersion: "1.0.0" };
  const role = { ServiceRoleArn: "arn:aws:iam::000000000000:role/test" };
  await make("GraphQLSchema", "Schema", {
    ApiId,
    Definition: readFileSync(new URL("../../schema.graphql", import.meta.url), "utf8"),
  });
  const answers = [...Object.values(FIELDS), ...Object.values(STEPS)];
  for (const Name of new Set(answers.flatMap((answer) => ("dataSource" in answer ? [answer.dataSource] : []))))
    await make("DataSource", Name, { ApiId, Name, ...role, ...sourceOf(Name) });
  const ids = new Map<string, string>();
  for (const [Name, { dataSource }] of Object.entries(STEPS)) {
    const Code = bundleResolver(resolverFile(`steps/${Name}`));
    const step = await make("FunctionConfiguration", `${Name}Step`, {
      ApiId,
      Name,
      DataSourceName: dataSource,
      Code,
      Runtime,
    });
    ids.set(Name, step.attributes.FunctionId ?? "");
  }
  for (const [field, answer] of Object.entries(FIELDS)) {
    const [TypeName, FieldName] = field.split(".");
    const how =
      "steps" in answer
        ? { Kind: "PIPELINE", PipelineConfig: { Functions: answer.steps.map((step) => ids.get(step)) } }
        : { Kind: "UNIT", DataSourceName: answer.dataSource };
    await make("Resolver", field, {
      ApiId,
      TypeName,
      FieldName,
      Code: bundleResolver(resolverFile(field)),
      Runtime,
      ...how,
    });
  }
  await api.ready?.();
  return { graphql: attributes.GraphQLUrl ?? "", realtime: attributes.RealtimeUrl ?? "" };
}

function sourceOf(name: string): Record<string, unknown> {
  const tables: Record<string, string> = { jobs: "Jobs", templates: "Templates", seedSets: "SeedSets" };
  if (name === "none") return { Type: "NONE" };
  if (tables[name])
    return { Type: "AMAZON_DYNAMODB", DynamoDBConfig: { TableName: tables[name], AwsRegion: "us-east-1" } };
  return {
    Type: "AWS_LAMBDA",
    LambdaConfig: { LambdaFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}` },
  };
}

/** A subscription over AppSync's WebSocket protocol; resolves once it is active or rejected. */
async function watch(
  urls: { graphql: string; realtime: string },
  auth: object,
  query: string,
  variables: object,
): Promise<Watch> {
  const authorization = {
    host: new URL(urls.graphql).host,
    Authorization: (auth as { authorization: string }).authorization,
  };
  const header = Buffer.from(JSON.stringify(authorization)).toString("base64url");
  const socket = new WebSocket(urls.realtime, ["graphql-ws", `header-${header}`]);
  const heard: any[] = [];
  const waiting: ((data: any) => void)[] = [];
  const result: { error?: string } = {};
  await new Promise<void>((resolve, reject) => {
    socket.on("error", reject);
    socket.on("open", () => socket.send(JSON.stringify({ type: "connection_init" })));
    socket.on("message", (text) => {
      const message = JSON.parse(String(text));
      if (message.type === "connection_ack")
        socket.send(
          JSON.stringify({
            id: "1",
            type: "start",
            payload: { data: JSON.stringify({ query, variables }), extensions: { authorization } },
          }),
        );
      if (message.type === "start_ack") resolve();
      if (message.type === "error") {
        const [first] = message.payload.errors;
        result.error = `${first.errorType}: ${first.message}`;
        resolve();
      }
      if (message.type === "data") {
        const next = waiting.shift();
        if (next) next(message.payload.data);
        else heard.push(message.payload.data);
      }
    });
  });
  return {
    heard,
    ...result,
    next: () => (heard.length > 0 ? Promise.resolve(heard.shift()) : new Promise((resolve) => waiting.push(resolve))),
    close: () => socket.close(),
  };
}

export type TaskEvent = EventBridgeEvent<"ECS Task State Change", Record<string, unknown>>;
