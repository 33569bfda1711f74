/** One worker with all that it needs around it: the real bundle as a process, its tables, bucket and API in this one. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ENVIRONMENT } from "../core/environment.ts";
import { jobKey, seedBlockObject, seedIndexObject, type JobRow } from "../core/rows.ts";
import { LocalAws } from "../tests/worker/local-aws.ts";
import { JOB, World } from "../tests/worker/world.ts";
import { bundleWorker } from "../worker/bundle.ts";
import { WORKER_FLAGS } from "./flags.ts";
import { SEED_LINES } from "./qa3.ts";

const OWNER = "owner-1";
const PLENTY_NANOS = 1e15;

export interface WorkerJob {
  readonly template: string;
  readonly records: number;
  readonly inFlight: number;
  readonly modelUrl: string;
}

export class WorkerStand {
  private constructor(
    readonly folder: string,
    readonly api: Server,
  ) {}

  static async open(): Promise<WorkerStand> {
    const folder = await mkdtemp(join(tmpdir(), "plot-palette-bench-"));
    await bundleWorker(folder);
    const api = createServer((request, response) => {
      request.resume();
      request.on("end", () => response.end(request.url === "/graphql" ? REPORTED : ASSUMED));
    });
    await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
    return new WorkerStand(folder, api);
  }

  /** Starts a worker on a new job. `done` resolves with the job's row once the worker has ended, and fails if it failed. */
  async start(job: WorkerJob): Promise<{ process: ChildProcess; done: Promise<JobRow> }> {
    const aws = await LocalAws.start();
    await fill(aws, job);
    const child = spawn(process.execPath, [...WORKER_FLAGS, "main.mjs"], {
      cwd: this.folder,
      env: { ...this.#environment(job), ...aws.endpoints, AWS_ENDPOINT_URL_BEDROCK_RUNTIME: job.modelUrl },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => (out = `${out}${chunk.toString()}`.slice(-10_000)));
    const done = new Promise<number | null>((resolve) => child.once("exit", resolve)).then(async (code) => {
      const row = (await aws.store.read(jobKey(JOB))) as JobRow;
      await aws.stop();
      if (code !== 0 || row.status !== "COMPLETED")
        throw new Error(`The worker ended with ${code}, its job ${row.status}:\n${out}`);
      return row;
    });
    return { process: child, done };
  }

  async close(): Promise<void> {
    this.api.closeAllConnections();
    this.api.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  #environment({ inFlight }: WorkerJob): Record<string, string> {
    const url = `http://127.0.0.1:${(this.api.address() as AddressInfo).port}`;
    return {
      PATH: process.env.PATH ?? "",
      NODE_NO_WARNINGS: "1",
      ...SIGNED_IN,
      AWS_ENDPOINT_URL_STS: url,
      [ENVIRONMENT.jobsTable]: "Jobs",
      [ENVIRONMENT.bucket]: "bucket",
      [ENVIRONMENT.graphqlUrl]: `${url}/graphql`,
      [ENVIRONMENT.jobRole]: "arn:aws:iam::000000000000:role/Job",
      [ENVIRONMENT.jobId]: JOB,
      [ENVIRONMENT.owner]: OWNER,
      [ENVIRONMENT.budgetId]: JOB,
      [ENVIRONMENT.seedSetOwner]: OWNER,
      [ENVIRONMENT.taskSlot]: "slot-1",
      [ENVIRONMENT.concurrency]: String(inFlight),
    };
  }
}

export const SIGNED_IN = { AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "AKIATASK", AWS_SECRET_ACCESS_KEY: "secret" };

async function fill(aws: LocalAws, { template, records }: WorkerJob): Promise<void> {
  const world = new World({ records, template, budgetNanos: PLENTY_NANOS });
  for (const row of world.store.rows.values()) await aws.put(row);
  const bytes = SEED_LINES.reduce((sum, line) => sum + line.length + 1, 0);
  const blocks = [{ firstItem: 0, itemCount: SEED_LINES.length, bytes }];
  const index = { collections: { seeds: { itemCount: SEED_LINES.length, blocks } } };
  await aws.objects.putNew(seedIndexObject(OWNER, "S1"), JSON.stringify(index));
  await aws.objects.putNew(seedBlockObject(OWNER, "S1", "seeds", 0), SEED_LINES.join("\n"));
}

const REPORTED = JSON.stringify({ data: { reportProgress: { status: "RUNNING", controlNo: 1 } } });
const ASSUMED = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIAJOB</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
