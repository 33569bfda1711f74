import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
  type RunTaskCommandInput,
} from "@aws-sdk/client-ecs";
import { readDockerfile } from "../../local/ecs/dockerfile.ts";
import { ecs, type EcsService } from "../../local/ecs/ecs.ts";
import { AwsError, type CloudEvent } from "../../local/service.ts";
import { openGate, testContext } from "./open-gate.ts";
import { until } from "./until.ts";

const CLUSTER_ARN = "arn:aws:ecs:us-east-1:000000000000:cluster/farm";
const DEFINITION_ARN = "arn:aws:ecs:us-east-1:000000000000:task-definition/worker:1";
const DOCKERFILE = `
# syntax=docker/dockerfile:1
FROM public.ecr.aws/docker/library/node:24-slim
ENV NODE_ENV=production GREETING="hello \\
world"
WORKDIR /app
COPY . .
USER node
ENTRYPOINT ["node"]
CMD ["main.js", "first"]
`;
/** A program that logs what it sees, then does what its first argument says. */
const PROGRAM = `
const say = (value) => process.stdout.write(JSON.stringify(value) + "\\n");
say({ env: process.env, args: process.argv.slice(2), cwd: process.cwd() });
const [what] = process.argv.slice(2);
if (what === "exit") process.exit(7);
if (what === "patient") process.on("SIGTERM", () => { say("term"); process.exit(0); });
if (what === "deaf") process.on("SIGTERM", () => say("term"));
if (what === "parent") require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => 0, 1000)"], { stdio: "ignore" }).on("spawn", function () { say({ grandchild: this.pid }); });
if (what === "clock") setInterval(() => say({ now: Date.now() }), 50);
setInterval(() => 0, 1000);
say("ready");
`;

let folder: string;
let service: EcsService;
let client: ECSClient;
let gate: ReturnType<typeof openGate>;
let events: CloudEvent[];
let clockAheadMs: number;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "ecs-"));
  gate = openGate();
  events = [];
  clockAheadMs = 0;
  const asset = path.join(folder, "asset");
  mkdirSync(asset);
  writeFileSync(path.join(asset, "Dockerfile"), DOCKERFILE);
  writeFileSync(path.join(asset, "main.js"), PROGRAM);
  await startService();
});

afterEach(async () => {
  client.destroy();
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function startService() {
  service = ecs();
  const endpoint = await service.start(
    testContext(path.join(folder), {
      gate,
      clock: { now: () => Date.now() + clockAheadMs },
      environment: () => ({ AWS_ENDPOINT_URL_S3: "http://127.0.0.1:1" }),
      publish: (event) => events.push(structuredClone(event)),
      assetFolder: (hash) => {
        if (hash === "abc123") return path.join(folder, "asset");
        throw new Error(`The assembly has no asset ${hash}.`);
      },
    }),
  );
  const credentials = { accessKeyId: "AKIAOPERATOR", secretAccessKey: "secret" };
  client = new ECSClient({ region: "us-east-1", endpoint, credentials, maxAttempts: 1 });
  await make("AWS::ECS::Cluster", { ClusterName: "farm" });
  await make("AWS::ECS::ClusterCapacityProviderAssociations", {
    Cluster: "farm",
    CapacityProviders: ["FARGATE", "FARGATE_SPOT"],
    DefaultCapacityProviderStrategy: [],
  });
  await makeDefinition("worker", {});
}

const make = (type: string, properties: Record<string, unknown>) =>
  service.create({ path: `Stack/${type}`, logicalId: type, type, properties });

const makeDefinition = (Family: string, container: Record<string, unknown>) =>
  make("AWS::ECS::TaskDefinition", {
    Family,
    NetworkMode: "awsvpc",
    Cpu: "512",
    Memory: "1024",
    TaskRoleArn: "arn:aws:iam::000000000000:role/task",
    ExecutionRoleArn: "arn:aws:iam::000000000000:role/execution",
    ContainerDefinitions: [
      {
        Name: "main",
        Image: "000000000000.dkr.ecr.us-east-1.amazonaws.com/assets:abc123",
        Environment: [{ Name: "TABLE", Value: "jobs" }],
        StopTimeout: 1,
        ...container,
      },
    ],
  });

const network = { awsvpcConfiguration: { subnets: ["subnet-1"] } };
const spot = [{ capacityProvider: "FARGATE_SPOT", weight: 1 }];

function run(more: Partial<RunTaskCommandInput> = {}) {
  const input = { cluster: "farm", taskDefinition: "worker", networkConfiguration: network };
  const strategy = more.launchType ? {} : { capacityProviderStrategy: spot };
  return client.send(new RunTaskCommand({ ...input, ...strategy, ...more }));
}

/** Starts a task whose program gets `argument`, and waits until it says that it is ready. */
async function runReady(argument: string, more: Partial<RunTaskCommandInput> = {}) {
  const overrides = { containerOverrides: [{ name: "main", command: ["main.js", argument] }] };
  const { tasks } = await run({ overrides, ...more });
  const arn = tasks?.[0]?.taskArn ?? "";
  await until(() => said(arn).includes("ready"));
  return arn;
}

const describeTasks = (tasks: string[], include?: "TAGS"[]) =>
  client.send(new DescribeTasksCommand({ cluster: "farm", tasks, include }));

function said(arn: string): any[] {
  const file = path.join(folder, "logs", `${arn.split("/").at(-1)}.log`);
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

const states = (arn: string) =>
  events.filter(({ resources }) => resources[0] === arn).map(({ detail }) => detail.lastStatus);
const lastEvent = (arn: string) => events.filter(({ resources }) => resources[0] === arn).at(-1)?.detail ?? {};
const stopped = (arn: string) => until(() => lastEvent(arn).lastStatus === "STOPPED");

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A killed process stays in the process table until its parent reads its exit code.
  const status = `/proc/${pid}/status`;
  return !existsSync(status) || !/^State:\s+Z/m.test(readFileSync(status, "utf8"));
}

test("runs the image's program through all states, each an event", async () => {
  const { tasks, failures } = await run({
    overrides: { containerOverrides: [{ name: "main", command: ["main.js", "exit"] }] },
    startedBy: "dispatch",
    tags: [{ key: "owner", value: "ann" }],
  });
  const [task] = tasks ?? [];
  expect(failures).toEqual([]);
  expect(task).toMatchObject({
    lastStatus: "PROVISIONING",
    desiredStatus: "RUNNING",
    clusterArn: CLUSTER_ARN,
    taskDefinitionArn: DEFINITION_ARN,
    capacityProviderName: "FARGATE_SPOT",
    launchType: "FARGATE",
    tags: [{ key: "owner", value: "ann" }],
    createdAt: expect.any(Date),
  });
  const arn = task?.taskArn ?? "";
  await stopped(arn);
  expect(states(arn)).toEqual(["PROVISIONING", "PENDING", "RUNNING", "DEPROVISIONING", "STOPPED"]);
  expect(events.at(-1)).toMatchObject({
    source: "aws.ecs",
    "detail-type": "ECS Task State Change",
    detail: {
      taskArn: arn,
      clusterArn: CLUSTER_ARN,
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
      containers: [{ name: "main", lastStatus: "STOPPED", exitCode: 7 }],
      startedBy: "dispatch",
      group: "family:worker",
      startedAt: expect.stringMatching(/Z$/),
      stoppedAt: expect.stringMatching(/Z$/),
      overrides: { containerOverrides: [{ name: "main", command: ["main.js", "exit"] }] },
    },
  });
  const described = await describeTasks([arn]);
  expect(described.tasks?.[0]).toMatchObject({ lastStatus: "STOPPED", containers: [{ exitCode: 7 }], tags: [] });
  expect((await describeTasks([arn], ["TAGS"])).tasks?.[0]?.tags).toEqual([{ key: "owner", value: "ann" }]);
});

test("gives the program image, definition and override environment, and nothing of the parent's but PATH", async () => {
  process.env["SECRET_OF_PARENT"] = "1";
  const arn = await runReady("stay", {
    overrides: {
      containerOverrides: [{ name: "main", command: ["main.js", "stay"], environment: [{ name: "JOB", value: "j1" }] }],
    },
  });
  delete process.env["SECRET_OF_PARENT"];
  const [{ env, args, cwd }] = said(arn);
  expect(env).toMatchObject({
    NODE_ENV: "production",
    GREETING: "hello world",
    TABLE: "jobs",
    JOB: "j1",
    AWS_ENDPOINT_URL_S3: "http://127.0.0.1:1",
    AWS_REGION: "us-east-1",
    PATH: process.env["PATH"],
  });
  expect(env).not.toHaveProperty("SECRET_OF_PARENT");
  expect(Object.keys(env).filter((name) => name.startsWith("LOCAL_"))).toEqual([]);
  expect(args).toEqual(["stay"]);
  expect(cwd).toMatch(/\/app$/);
});

test("serves the task role's credentials to the holder of the task's token, and the task's metadata", async () => {
  const arn = await runReady("stay");
  const [{ env }] = said(arn);
  const url = env.AWS_CONTAINER_CREDENTIALS_FULL_URI;
  expect((await fetch(url)).status).toBe(403);
  const answer = await fetch(url, { headers: { authorization: env.AWS_CONTAINER_AUTHORIZATION_TOKEN } });
  expect(await answer.json()).toMatchObject({
    AccessKeyId: `ASIA${arn.split("/").at(-1)}`,
    SecretAccessKey: "secret",
    Token: "token",
    Expiration: expect.stringMatching(/^\d{4}-.*Z$/),
    RoleArn: "arn:aws:iam::000000000000:role/task",
  });
  const metadata = await (await fetch(`${env.ECS_CONTAINER_METADATA_URI_V4}/task`)).json();
  expect(metadata).toMatchObject({ TaskARN: arn, Cluster: CLUSTER_ARN, Family: "worker", Revision: "1" });
});

test("renews the credentials before they expire", async () => {
  let issued = 0;
  gate.issue = () => ({
    accessKeyId: `key${++issued}`,
    secretAccessKey: "s",
    sessionToken: "t",
    expiresAtMs: Date.now() + clockAheadMs + 3_600_000,
  });
  const arn = await runReady("stay");
  const [{ env }] = said(arn);
  const key = async () => {
    const headers = { authorization: env.AWS_CONTAINER_AUTHORIZATION_TOKEN };
    return ((await (await fetch(env.AWS_CONTAINER_CREDENTIALS_FULL_URI, { headers })).json()) as any).AccessKeyId;
  };
  expect([await key(), await key()]).toEqual(["key1", "key1"]);
  clockAheadMs = 50 * 60_000;
  expect(await key()).toBe("key2");
});

test("stops a task by SIGTERM, with the reason given", async () => {
  const arn = await runReady("patient");
  const { task } = await client.send(new StopTaskCommand({ cluster: "farm", task: arn, reason: "cancelled" }));
  expect(task).toMatchObject({ desiredStatus: "STOPPED", lastStatus: "RUNNING", stopCode: "UserInitiated" });
  await stopped(arn);
  expect(said(arn).filter((line) => line === "term")).toHaveLength(1);
  expect(lastEvent(arn)).toMatchObject({ stoppedReason: "cancelled", containers: [{ exitCode: 0 }] });
});

test("kills a program that outlasts its StopTimeout", async () => {
  const arn = await runReady("deaf");
  const askedAtMs = Date.now();
  await client.send(new StopTaskCommand({ cluster: "farm", task: arn }));
  await stopped(arn);
  expect(Date.now() - askedAtMs).toBeGreaterThanOrEqual(990);
  expect(lastEvent(arn).containers[0].exitCode).toBe(137);
});

test("sends the Spot interruption event before SIGTERM", async () => {
  const arn = await runReady("patient");
  service.tasks.interrupt(arn);
  expect(lastEvent(arn)).toMatchObject({
    desiredStatus: "STOPPED",
    lastStatus: "RUNNING",
    stopCode: "SpotInterruption",
    stoppedReason: "Your Spot Task was interrupted.",
  });
  await stopped(arn);
  expect(lastEvent(arn)).toMatchObject({ stopCode: "SpotInterruption", startedAt: expect.any(String) });
  expect(said(arn)).toContain("term");
});

test("kills without notice, as when the host fails", async () => {
  const arn = await runReady("patient");
  expect(service.tasks.list()).toMatchObject([{ taskArn: arn, lastStatus: "RUNNING", pids: [expect.any(Number)] }]);
  service.tasks.kill(arn.split("/").at(-1) ?? "");
  await stopped(arn);
  expect(said(arn)).not.toContain("term");
  expect(lastEvent(arn)).toMatchObject({ stopCode: "EssentialContainerExited", containers: [{ exitCode: 137 }] });
  expect(() => service.tasks.kill("nothing")).toThrow("There is no task nothing");
});

test("without Spot capacity a Spot task stops, interrupted, before it starts; an on-demand task runs", async () => {
  service.tasks.spotCapacity = false;
  const { tasks } = await run();
  const arn = tasks?.[0]?.taskArn ?? "";
  await stopped(arn);
  expect(lastEvent(arn)).toMatchObject({ stopCode: "SpotInterruption" });
  expect(lastEvent(arn)).not.toHaveProperty("startedAt");
  const onDemand = await runReady("stay", { capacityProviderStrategy: [{ capacityProvider: "FARGATE", weight: 1 }] });
  expect(lastEvent(onDemand).lastStatus).toBe("RUNNING");
});

test("starts once per client token, and rejects the token for another request", async () => {
  const clientToken = "t".repeat(64);
  const first = await run({ clientToken, count: 2 });
  const again = await run({ clientToken, count: 2 });
  const arns = (answer: typeof first) => answer.tasks?.map(({ taskArn }) => taskArn);
  expect(arns(again)).toEqual(arns(first));
  expect(service.tasks.list()).toHaveLength(2);
  await expect(run({ clientToken, count: 1 })).rejects.toMatchObject({
    name: "ConflictException",
    resourceIds: arns(first),
  });
});

test("distributes tasks by base and weight", async () => {
  const { tasks } = await run({
    count: 7,
    capacityProviderStrategy: [
      { capacityProvider: "FARGATE", base: 1, weight: 1 },
      { capacityProvider: "FARGATE_SPOT", weight: 2 },
    ],
  });
  const names = tasks?.map(({ capacityProviderName }) => capacityProviderName) ?? [];
  expect(names[0]).toBe("FARGATE");
  expect(names.filter((name) => name === "FARGATE_SPOT")).toHaveLength(4);
});

test.each<[string, Partial<RunTaskCommandInput>, string, RegExp]>([
  ["an unknown cluster", { cluster: "moon" }, "ClusterNotFoundException", /Cluster not found/],
  ["an unknown task definition", { taskDefinition: "nobody" }, "ClientException", /TaskDefinition not found/],
  ["another revision", { taskDefinition: "worker:9" }, "ClientException", /TaskDefinition not found/],
  [
    "both launch type and strategy",
    { launchType: "FARGATE", capacityProviderStrategy: spot },
    "InvalidParameterException",
    /both a launch type/,
  ],
  [
    "a provider that is not associated",
    { capacityProviderStrategy: [{ capacityProvider: "OTHER", weight: 1 }] },
    "InvalidParameterException",
    /not associated/,
  ],
  [
    "a strategy without weight",
    { capacityProviderStrategy: [{ capacityProvider: "FARGATE" }] },
    "InvalidParameterException",
    /weight/,
  ],
  ["no provider at all", { capacityProviderStrategy: [] }, "InvalidParameterException", /Container Instances/],
  ["more than ten", { count: 11 }, "InvalidParameterException", /between 1 and 10/],
  ["a long client token", { clientToken: "t".repeat(65) }, "InvalidParameterException", /64/],
  ["a missing network", { networkConfiguration: undefined }, "InvalidParameterException", /awsvpc/],
  [
    "an override of an unknown container",
    { overrides: { containerOverrides: [{ name: "side" }] } },
    "InvalidParameterException",
    /side/,
  ],
])("refuses %s", async (_what, input, name, message) => {
  await expect(run(input)).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
  expect(service.tasks.list()).toEqual([]);
});

test("authorizes ecs:RunTask in its cluster, iam:PassRole on both roles and ecs:TagResource on the task", async () => {
  const { tasks } = await run({ tags: [{ key: "owner", value: "ann" }] });
  const tagged = { "aws:RequestTag/owner": "ann", "aws:TagKeys": ["owner"] };
  const passed = { "iam:PassedToService": "ecs-tasks.amazonaws.com" };
  expect(gate.asked).toEqual([
    { action: "ecs:RunTask", resource: DEFINITION_ARN, context: { "ecs:cluster": CLUSTER_ARN, ...tagged } },
    { action: "iam:PassRole", resource: "arn:aws:iam::000000000000:role/task", context: passed },
    { action: "iam:PassRole", resource: "arn:aws:iam::000000000000:role/execution", context: passed },
    { action: "ecs:TagResource", resource: tasks?.[0]?.taskArn, context: { "ecs:CreateAction": "RunTask", ...tagged } },
  ]);
  gate.authorize = () => {
    throw new AwsError(403, "AccessDeniedException", "User: x is not authorized to perform: iam:PassRole");
  };
  await expect(run()).rejects.toMatchObject({ name: "AccessDeniedException" });
  expect(service.tasks.list()).toHaveLength(1);
});

test("reports an image that is not in the assembly as a task that failed to start", async () => {
  await makeDefinition("foreign", { Image: "docker.io/library/redis:7" });
  const { tasks } = await run({ taskDefinition: "foreign" });
  const arn = tasks?.[0]?.taskArn ?? "";
  await stopped(arn);
  expect(lastEvent(arn)).toMatchObject({
    stopCode: "TaskFailedToStart",
    stoppedReason: "CannotPullContainerError: The assembly has no asset 7.",
  });
});

test("lists tasks by desired status and startedBy, and forgets a stopped one after an hour", async () => {
  const arn = await runReady("patient", { startedBy: "dispatch" });
  const list = async (input: { desiredStatus?: "STOPPED"; startedBy?: string }) =>
    (await client.send(new ListTasksCommand({ cluster: "farm", ...input }))).taskArns;
  expect(await list({})).toEqual([arn]);
  expect(await list({ startedBy: "somebody" })).toEqual([]);
  service.tasks.interrupt(arn);
  await stopped(arn);
  expect(await list({})).toEqual([]);
  expect(await list({ desiredStatus: "STOPPED" })).toEqual([arn]);
  clockAheadMs = 3_601_000;
  const { tasks, failures } = await describeTasks([arn]);
  expect({ tasks, failures }).toEqual({ tasks: [], failures: [{ arn, reason: "MISSING" }] });
});

test("accepts scratch volumes at /tmp, which programs can write anyway, and rejects others", async () => {
  const withVolumes = (Volumes: object[], ContainerPath: string) => ({
    Family: "writer",
    Volumes,
    ContainerDefinitions: [{ Name: "main", Image: "x", MountPoints: [{ ContainerPath, SourceVolume: "scratch" }] }],
  });
  const create = (properties: object) =>
    service.create({ path: "Stack/Writer", logicalId: "Writer", type: "AWS::ECS::TaskDefinition", properties });
  await create(withVolumes([{ Name: "scratch" }], "/tmp"));
  const refused = "Stack/Writer: the local cloud supports no volumes except scratch space mounted at /tmp.";
  for (const [volumes, place] of [
    [[{ Name: "scratch" }], "/data"],
    [[{ Name: "scratch", EFSVolumeConfiguration: {} }], "/tmp"],
  ] as const)
    await expect((async () => create(withVolumes([...volumes], place)))()).rejects.toThrow(refused);
});

test("a changed definition gets a new revision, also after a restart", async () => {
  const { ref } = await makeDefinition("worker", { StopTimeout: 9 });
  expect(ref).toMatch(/worker:2$/);
  await service.stop();
  client.destroy();
  service = ecs();
  await service.start(testContext(folder, { gate }));
  expect((await makeDefinition("worker", { StopTimeout: 9 })).ref).toMatch(/worker:2$/);
});

test("a running program sees the cloud's clock move", async () => {
  const arn = await runReady("clock");
  clockAheadMs = 86_400_000;
  await until(() => said(arn).some(({ now }) => now > Date.now() + 86_000_000));
});

test("ends the tasks and everything they started when it stops", async () => {
  const deaf = await runReady("deaf");
  const parent = await runReady("parent");
  await until(() => said(parent).some((line) => line.grandchild));
  const pids = [
    ...service.tasks.list().flatMap((task) => task.pids),
    said(parent).find((line) => line.grandchild).grandchild,
  ];
  expect(pids.every(isAlive)).toBe(true);
  await service.stop();
  await until(() => !pids.some(isAlive));
  expect(said(deaf)).toContain("term");
});

test("no program outlives the cloud, even if the cloud is killed", async () => {
  const children = new URL("../../local/children.ts", import.meta.url).pathname;
  const script = `
    import { startChild } from ${JSON.stringify(children)};
    const child = startChild(process.execPath, ["-e", "process.on('SIGTERM', () => 0); setInterval(() => 0, 1000)"], { stdio: "ignore" });
    child.on("spawn", () => setTimeout(() => console.log(child.pid), 200));
    setInterval(() => 0, 1000);`;
  const parent = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
    cwd: path.dirname(path.dirname(children)),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const pid = await new Promise<number>((resolve) => parent.stdout.once("data", (text) => resolve(Number(text))));
  expect(isAlive(pid)).toBe(true);
  parent.kill("SIGKILL");
  await until(() => !isAlive(pid));
});

describe("a Dockerfile", () => {
  test.each<[string, string, object]>([
    [
      "exec form and shell form",
      'ENTRYPOINT ["a", "b"]\nCMD c d',
      { entrypoint: ["a", "b"], command: ["/bin/sh", "-c", "c d"] },
    ],
    ["the old form of ENV", "ENV A one two", { env: { A: "one two" } }],
    ["several variables on continuation lines", "ENV A=1 \\\n  B='x y'", { env: { A: "1", B: "x y" } }],
    [
      "arguments and variables in place",
      "ARG V=2\nENV A=$V B=${W:-none}\nWORKDIR /srv/${A}",
      { env: { A: "2", B: "none" }, workdir: "/srv/2" },
    ],
    ["a relative WORKDIR", "WORKDIR /a\nWORKDIR b/../c", { workdir: "/a/c" }],
    ["the last stage only", "FROM x AS build\nENV A=1\nFROM y\nENV B=2", { env: { B: "2" } }],
    ["a stage built on an earlier one", "FROM x AS base\nENV A=1\nFROM base\nENV B=2", { env: { A: "1", B: "2" } }],
    [
      "copies with flags",
      "WORKDIR /app\nCOPY --chown=node a.js b/ ./",
      { copies: [{ sources: ["a.js", "b/"], destination: "/app/" }] },
    ],
    ["what needs a build", "RUN npm ci", { skipped: ["RUN npm ci"] }],
  ])("gives %s", (_what, text, expected) => {
    expect(readDockerfile(text)).toMatchObject(expected);
  });

  test("that copies from another stage is rejected with what to do", () => {
    expect(() => readDockerfile("FROM a AS b\nFROM c\nCOPY --from=b /x /y")).toThrow(
      /needs a real Docker build.*Bundle the program/,
    );
  });
});
