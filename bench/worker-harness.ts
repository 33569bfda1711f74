/** Workers with all they need: the real bundle in processes of its own, their tables, bucket and API in this one. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { ENVIRONMENT } from "../core/environment.ts";
import { budgetKey, jobKey, latestKey, shardKey } from "../core/keys.ts";
import { seedBlockObject, seedIndexObject } from "../core/bucket.ts";
import type { BudgetRow } from "../core/money/budget-row.ts";
import type { JobRow } from "../core/job/job-row.ts";
import type { KeptReport, ShardReport, ShardRow } from "../core/shard/shard-row.ts";
import { readBody } from "../local/http.ts";
import { LocalAws } from "../tests/worker/local-aws.ts";
import { JOB, World } from "../tests/worker/world.ts";
import { bundleWorker } from "../worker/bundle.ts";
import { measureCapacity, type Capacity } from "./capacity.ts";
import { WORKER_FLAGS, workerEnvironment } from "./flags.ts";
import { SEED_LINES } from "./qa3.ts";

const OWNER = "owner-1";
const UNLIMITED_NANOS = 1e15;

export interface HarnessJobOptions {
  readonly template: string;
  readonly records: number;
  /** Per worker. */
  readonly inFlight: number;
  readonly modelUrl: string;
  readonly budgetNanos?: number;
  /** The shards' slots; planned as for any job when absent. */
  readonly shards?: { from: number; to: number }[];
}

export class WorkerHarness {
  /** Keeps reports as the API would. */
  #keep: (report: Report) => Promise<void> = () => Promise.resolve();

  private constructor(
    readonly folder: string,
    readonly api: Server,
  ) {}

  static async open(): Promise<WorkerHarness> {
    const folder = await mkdtemp(join(tmpdir(), "plot-palette-bench-"));
    await bundleWorker(folder);
    const api = createServer();
    const harness = new WorkerHarness(folder, api);
    api.on("request", (request, response) => {
      const answer = (text: string) => response.end(text);
      // A grant or a lease may hold the shard's row: like the API's, this answer makes the worker report again.
      void harness
        .#receive(request)
        .then(answer, ({ message }: Error) =>
          answer(JSON.stringify({ data: null, errors: [{ errorType: "Conflict", message }] })),
        );
    });
    await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
    return harness;
  }

  /** A new job, in its own tables. */
  async newJob(options: HarnessJobOptions): Promise<HarnessJob> {
    const aws = await LocalAws.start();
    await seedTables(aws, options);
    const capacity = await measureCapacity(aws.endpoints.AWS_ENDPOINT_URL_DYNAMODB ?? "");
    this.#keep = (report) => keepReport(capacity.url, aws.tableName, report);
    const url = `http://127.0.0.1:${(this.api.address() as AddressInfo).port}`;
    const environment = {
      PATH: process.env.PATH ?? "",
      NODE_NO_WARNINGS: "1",
      ...workerEnvironment(options.inFlight),
      ...CREDENTIALS,
      ...aws.endpoints,
      AWS_ENDPOINT_URL_DYNAMODB: capacity.url,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: options.modelUrl,
      AWS_ENDPOINT_URL_STS: url,
      [ENVIRONMENT.jobsTable]: aws.tableName,
      [ENVIRONMENT.bucket]: aws.bucketName,
      [ENVIRONMENT.graphqlUrl]: `${url}/graphql`,
      [ENVIRONMENT.jobRole]: "arn:aws:iam::000000000000:role/Job",
      [ENVIRONMENT.jobId]: JOB,
      [ENVIRONMENT.owner]: OWNER,
      [ENVIRONMENT.budgetId]: JOB,
      [ENVIRONMENT.seedSetOwner]: OWNER,
      [ENVIRONMENT.concurrency]: String(options.inFlight),
    };
    return new HarnessJob(this.folder, aws, environment, capacity);
  }

  async #receive(request: IncomingMessage): Promise<string> {
    const body = (await readBody(request)).toString();
    if (request.url !== "/graphql") return ASSUME_ROLE_RESPONSE;
    const { shard } = (JSON.parse(body) as { variables: { input: { shard?: Report } } }).variables.input;
    if (shard?.isKept) await this.#keep(shard);
    return REPORT_RESPONSE;
  }

  async close(): Promise<void> {
    this.api.closeAllConnections();
    this.api.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export interface HarnessWorker {
  readonly process: ChildProcess;
  /** Resolves at its first log line. */
  readonly started: Promise<void>;
  /** Its exit code; null when it was killed. */
  readonly ended: Promise<number | null>;
  /** The tail of its log. */
  readonly log: () => string;
}

export class HarnessJob {
  #workers = 0;

  constructor(
    readonly folder: string,
    readonly aws: LocalAws,
    readonly environment: Readonly<Record<string, string>>,
    readonly capacity: Capacity,
  ) {}

  startWorker(): HarnessWorker {
    const child = spawn(process.execPath, [...WORKER_FLAGS, "main.mjs"], {
      cwd: this.folder,
      env: { ...this.environment, [ENVIRONMENT.taskSlot]: `slot-${(this.#workers += 1)}` },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let out = "";
    const started = new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
    child.stdout.on("data", (chunk: Buffer) => (out = `${out}${chunk.toString()}`.slice(-10_000)));
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    return { process: child, started, ended, log: () => out };
  }

  async row(): Promise<JobRow> {
    return (await this.aws.store.read(jobKey(JOB))) as JobRow;
  }

  async budget(): Promise<BudgetRow> {
    return (await this.aws.store.read(budgetKey(JOB))) as BudgetRow;
  }

  async delivered(): Promise<number> {
    return (await this.shards()).reduce((sum, { delivered }) => sum + delivered, 0);
  }

  async shards(): Promise<ShardRow[]> {
    const { shardCount } = await this.row();
    return (await this.aws.store.readAll(Array.from({ length: shardCount }, (_, n) => shardKey(JOB, n)))) as ShardRow[];
  }

  /** What the dispatcher does when a task has stopped. */
  async endLeases(): Promise<void> {
    for (const row of await this.shards()) await this.aws.put({ ...row, leaseUntilMs: 0 });
  }

  /** @throws Error unless the job completed with that many records */
  async completed(records: number, worker: HarnessWorker): Promise<void> {
    const code = await worker.ended;
    const { status, datasetPrefix } = await this.row();
    if (code !== 0 || status !== "COMPLETED")
      throw new Error(`The worker ended with ${code}, its job ${status}:\n${worker.log()}`);
    const lines = (await this.aws.objects.read(`${datasetPrefix}dataset.jsonl`)).trimEnd().split("\n").length;
    if (lines !== records) throw new Error(`The dataset has ${lines} records, not ${records}.`);
  }

  /** The number of writing requests, and of the rows or objects they wrote. */
  writesTo(service: "dynamodb" | "s3"): { requests: number; items: number } {
    const written = this.aws.requests.map(
      (actions) => actions.filter(({ action }) => WRITES[service].includes(action)).length,
    );
    return {
      requests: written.filter((items) => items > 0).length,
      items: written.reduce((sum, items) => sum + items, 0),
    };
  }

  async stop(): Promise<void> {
    await this.capacity.close();
    await this.aws.stop();
  }
}

type Report = ShardReport & { readonly shardNo: number };

/** What the resolvers writeReport and keepLatest write. */
async function keepReport(endpoint: string, TableName: string, report: Report): Promise<void> {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, ...SIGNED }));
  const { shardNo, generation, reportNo, modelProblem, recordsPerSecond, latest } = report;
  const kept: KeptReport = {
    ...{ generation, reportNo, modelProblem, recordsPerSecond },
    reportedAt: new Date().toISOString(),
  };
  await client.send(
    new UpdateCommand({
      TableName,
      Key: shardKey(JOB, shardNo),
      UpdateExpression: "SET #report = :report",
      ExpressionAttributeNames: { "#report": "report" },
      ExpressionAttributeValues: { ":report": kept },
    }),
  );
  await client.send(new PutCommand({ TableName, Item: { ...latestKey(JOB), shardNo, latest } }));
  client.destroy();
}

const WRITES = { dynamodb: ["dynamodb:PutItem", "dynamodb:UpdateItem"], s3: ["s3:PutObject"] };

export const CREDENTIALS = { AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "AKIATASK", AWS_SECRET_ACCESS_KEY: "secret" };

const SIGNED = {
  region: CREDENTIALS.AWS_REGION,
  credentials: { accessKeyId: CREDENTIALS.AWS_ACCESS_KEY_ID, secretAccessKey: CREDENTIALS.AWS_SECRET_ACCESS_KEY },
};

async function seedTables(
  aws: LocalAws,
  { template, records, shards, budgetNanos = UNLIMITED_NANOS }: HarnessJobOptions,
): Promise<void> {
  const world = new World({ records, template, shards, budgetNanos });
  for (const row of world.store.rows.values()) await aws.put(row);
  const bytes = SEED_LINES.reduce((sum, line) => sum + line.length + 1, 0);
  const blocks = [{ firstItem: 0, itemCount: SEED_LINES.length, bytes }];
  const index = { collections: { seeds: { itemCount: SEED_LINES.length, blocks } } };
  await aws.objects.putIfAbsent(seedIndexObject(OWNER, "S1"), JSON.stringify(index));
  await aws.objects.putIfAbsent(seedBlockObject(OWNER, "S1", "seeds", 0), SEED_LINES.join("\n"));
}

const REPORT_RESPONSE = JSON.stringify({ data: { reportProgress: { status: "RUNNING", controlNo: 1 } } });
const ASSUME_ROLE_RESPONSE = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIAJOB</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
