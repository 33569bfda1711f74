import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ENVIRONMENT } from "#core/environment";
import { jobKey } from "#core/keys";
import type { JobRow } from "#core/job/job-row";
import { bundleWorker } from "../../worker/bundle.ts";
import { inFrontOf } from "../local/in-front-of.ts";
import { LocalAws } from "./local-aws.ts";
import { JOB, World } from "./world.ts";

let folder: string;
let aws: LocalAws;
let api: Server;
const stsBodies: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "worker-bundle-"));
  await bundleWorker(folder);
  api = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      if (request.url === "/graphql")
        return response.end(JSON.stringify({ data: { reportProgress: { status: "RUNNING", controlNo: 1 } } }));
      stsBodies.push(body);
      response.setHeader("content-type", "text/xml");
      response.end(ASSUMED);
    });
  });
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
});

beforeEach(async () => {
  aws = await LocalAws.start({ latencyMs: 20 });
});

afterEach(() => aws.stop());

afterAll(async () => {
  api.closeAllConnections();
  api.close();
  await rm(folder, { recursive: true, force: true });
});

function start(environment: Record<string, string>) {
  const child = spawn(process.execPath, ["main.mjs"], {
    cwd: folder,
    env: { PATH: process.env.PATH, NODE_NO_WARNINGS: "1", ...environment },
  });
  let out = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (out += chunk.toString()));
  const ended = new Promise<{ code: number | null; out: string }>((resolve) =>
    child.on("exit", (code) => resolve({ code, out })),
  );
  return { child, ended };
}

function environment(): Record<string, string> {
  const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  return {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "AKIATASK",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_ENDPOINT_URL_STS: url,
    ...aws.endpoints,
    [ENVIRONMENT.jobsTable]: aws.tableName,
    [ENVIRONMENT.bucket]: aws.bucketName,
    [ENVIRONMENT.graphqlUrl]: `${url}/graphql`,
    [ENVIRONMENT.jobRole]: "arn:aws:iam::000000000000:role/Job",
    [ENVIRONMENT.jobId]: JOB,
    [ENVIRONMENT.owner]: "owner-1",
    [ENVIRONMENT.budgetId]: JOB,
    [ENVIRONMENT.seedSetOwner]: "owner-1",
    [ENVIRONMENT.taskSlot]: "slot-1",
    [ENVIRONMENT.concurrency]: "8",
  };
}

async function fill(world: World): Promise<void> {
  for (const row of world.store.rows.values()) await aws.put(row);
  for (const [name, body] of world.objects.files) await aws.objects.putIfAbsent(name, body.toString());
}

test("the bundle is three files, and runs on its own", async () => {
  expect((await readdir(folder)).sort()).toEqual(["Dockerfile", "emscripten-module.wasm", "main.mjs"]);
  await fill(new World({ records: 12 }));
  const { code, out } = await start(environment()).ended;
  expect(
    out
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line).level),
  ).not.toContain("ERROR");
  expect(code).toBe(0);
  const job = (await aws.store.read(jobKey(JOB))) as JobRow;
  expect(job).toMatchObject({ status: "COMPLETED" });
  expect((await aws.objects.read(`${job.datasetPrefix}dataset.jsonl`)).trim().split("\n")).toHaveLength(12);
});

test("the job role is assumed once, restricted by session tags", async () => {
  expect(stsBodies).toHaveLength(1);
  const form = new URLSearchParams(stsBodies[0]);
  const tags = [1, 2, 3, 4].map((n) => [form.get(`Tags.member.${n}.Key`), form.get(`Tags.member.${n}.Value`)]);
  expect(Object.fromEntries(tags)).toEqual({ owner: "owner-1", job: JOB, budget: JOB, seedOwner: "owner-1" });
});

test("a temporary outage of table and bucket is waited out", async () => {
  await fill(new World({ records: 12 }));
  const given = environment();
  const unwell = async (name: string) => {
    let failures = 5;
    return await inFrontOf(given[name] ?? "", (_, response) => {
      if (failures === 0) return false;
      failures -= 1;
      response.writeHead(500).end();
      return true;
    });
  };
  const [tables, bucket] = [await unwell("AWS_ENDPOINT_URL_DYNAMODB"), await unwell("AWS_ENDPOINT_URL_S3")];
  const doors = { AWS_ENDPOINT_URL_DYNAMODB: tables.url, AWS_ENDPOINT_URL_S3: bucket.url };
  const { code, out } = await start({ ...given, ...doors }).ended;
  expect(`${code} ${out}`).toMatch(/^0 /);
  expect(await aws.store.read(jobKey(JOB))).toMatchObject({ status: "COMPLETED" });
  await Promise.all([tables.close(), bucket.close()]);
});

test("SIGTERM in the middle exits with 0, lease and grant given back", async () => {
  await fill(new World({ records: 2_000, budgetNanos: 9e9 }));
  const { child, ended } = start(environment());
  const seen = async () =>
    ((await aws.store.readAll([{ pk: `SHARD#${JOB}#0`, sk: "SHARD" }]))[0]?.delivered ?? 0) as number;
  while ((await seen()) === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  child.kill("SIGTERM");
  const { code, out } = await ended;
  expect(`${code} ${out}`).toMatch(/^0 /);
  for (const n of [0, 1, 2, 3])
    expect(await aws.store.read({ pk: `SHARD#${JOB}#${n}`, sk: "SHARD" })).toMatchObject({
      leaseUntilMs: 0,
      grantNanos: 0,
    });
});

test("a missing variable exits with 1 and one sentence in the log", async () => {
  const { JOB_ID: _, ...rest } = environment();
  const { code, out } = await start(rest).ended;
  expect(code).toBe(1);
  expect(JSON.parse(out).error.message).toContain("The environment variable JOB_ID is not set");
});

const ASSUMED = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIAJOB</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
