import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { IamGate } from "../../local/iam/gate.ts";
import { CallRecord, survivesWithout } from "../../local/iam/record.ts";
import type { RecordedCall } from "../../local/iam/record.ts";
import { Roles } from "../../local/iam/roles.ts";
import type { Credentials } from "../../local/service.ts";
import { sts } from "../../local/iam/sts.ts";
import { testContext } from "./open-gate.ts";
import { temporaryFolder } from "./tiny-assembly.ts";

const ACCOUNT = "000000000000";
const arn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const folder = temporaryFolder("sts");
const recordFile = join(folder, "iam-calls.jsonl");
const roles = new Roles(ACCOUNT);
const clock = { now: () => Date.now() };
const gate = new IamGate({ region: "us-east-1", clock, roles, record: new CallRecord(recordFile) });
const service = sts(gate);
let endpoint = "";

const statement = (Action: string | string[], Resource: string | string[], rest = {}) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...rest,
});
const trusts = (Action: string | string[], AWS: string, rest = {}) => ({
  Statement: [{ Effect: "Allow", Action, Principal: { AWS }, ...rest }],
});

function role(name: string, trust: object, statements: object[] = [], properties: object = {}): void {
  const Policies = statements.length > 0 ? [{ PolicyName: "own", PolicyDocument: { Statement: statements } }] : [];
  const all = { RoleName: name, AssumeRolePolicyDocument: trust, Policies, ...properties };
  roles.addRole({ path: `Shop/${name}`, logicalId: name, type: "AWS::IAM::Role", properties: all });
}

beforeAll(async () => {
  const lambda = {
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
  };
  const onlyJobTags = { Condition: { "ForAllValues:StringEquals": { "aws:TagKeys": ["owner", "job"] } } };
  role("Task", lambda, [
    statement("sts:AssumeRole", [arn("Scoped"), arn("Closed"), arn("Untaggable")]),
    statement("sts:TagSession", [arn("Scoped"), arn("Untaggable")]),
  ]);
  role("Stranger", lambda);
  role(
    "Scoped",
    trusts(["sts:AssumeRole", "sts:TagSession"], arn("Task"), onlyJobTags),
    [
      statement("s3:PutObject", "arn:aws:s3:::files/${aws:PrincipalTag/owner}/*"),
      statement(["sts:AssumeRole", "sts:TagSession"], arn("Inner")),
    ],
    { Tags: [{ Key: "app", Value: "shop" }] },
  );
  role("Closed", trusts("sts:AssumeRole", arn("Somebody")));
  role("Untaggable", trusts("sts:AssumeRole", `arn:aws:iam::${ACCOUNT}:root`));
  role("Inner", trusts(["sts:AssumeRole", "sts:TagSession"], arn("Scoped")));
  endpoint = await service.start(testContext(folder, { gate }));
});

afterAll(async () => {
  await service.stop();
  rmSync(folder, { recursive: true });
});

function client(credentials: Credentials): STSClient {
  return new STSClient({ region: "us-east-1", endpoint, credentials, maxAttempts: 1 });
}

const asRole = (name: string) => gate.issue(arn(name), "test");
const assume = (caller: string, target: string, input: object = {}) =>
  client(asRole(caller)).send(new AssumeRoleCommand({ RoleArn: arn(target), RoleSessionName: "job-1", ...input }));

const tags = [
  { Key: "owner", Value: "ann" },
  { Key: "job", Value: "1" },
];

test("identifies callers", async () => {
  const identity = await client(asRole("Stranger")).send(new GetCallerIdentityCommand());
  expect(identity.Arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/Stranger/test`);
  expect(identity.UserId).toMatch(/^AROA[0-9A-F]{17}:test$/);
  expect(identity.Account).toBe(ACCOUNT);
});

test("assumes a role with session tags, which policies see", async () => {
  const { Credentials: keys, AssumedRoleUser: user } = await assume("Task", "Scoped", { Tags: tags });
  expect(user?.Arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/Scoped/job-1`);
  const { caller } = gate.secretOf(keys!.AccessKeyId!)!;
  expect(caller.tags).toEqual({ app: "shop", owner: "ann", job: "1" });
  const put = (resource: string) => gate.allows(caller, { action: "s3:PutObject", resource });
  expect(put("arn:aws:s3:::files/ann/a")).toBe(true);
  expect(put("arn:aws:s3:::files/bob/a")).toBe(false);
});

test("works as the SDK's credential provider", async () => {
  const credentials = fromTemporaryCredentials({
    masterCredentials: asRole("Task"),
    params: { RoleArn: arn("Scoped"), RoleSessionName: "job-2", Tags: tags },
    clientConfig: { region: "us-east-1", endpoint },
  });
  const scoped = new STSClient({ region: "us-east-1", endpoint, credentials });
  const identity = await scoped.send(new GetCallerIdentityCommand());
  expect(identity.Arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/Scoped/job-2`);
});

test("passes transitive tags on to the next role, immutably", async () => {
  const { Credentials: keys } = await assume("Task", "Scoped", { Tags: tags, TransitiveTagKeys: ["owner"] });
  const scoped = client(gateKeys(keys!));
  const inner = { RoleArn: arn("Inner"), RoleSessionName: "next" };
  const next = await scoped.send(new AssumeRoleCommand(inner));
  expect(gate.secretOf(next.Credentials!.AccessKeyId!)!.caller.tags).toEqual({ owner: "ann" });
  const changed = scoped.send(new AssumeRoleCommand({ ...inner, Tags: [{ Key: "owner", Value: "bob" }] }));
  await expect(changed).rejects.toThrow("The session tag owner is inherited from the caller's session");
});

test("restricts a session by its own policy", async () => {
  const Policy = JSON.stringify({ Statement: [statement("s3:PutObject", "arn:aws:s3:::files/ann/one")] });
  const { Credentials: keys } = await assume("Task", "Scoped", { Tags: tags, Policy });
  const { caller } = gate.secretOf(keys!.AccessKeyId!)!;
  expect(() => gate.authorize(caller, { action: "s3:PutObject", resource: "arn:aws:s3:::files/ann/two" })).toThrow(
    /because no session policy allows the s3:PutObject action/,
  );
  gate.authorize(caller, { action: "s3:PutObject", resource: "arn:aws:s3:::files/ann/one" });
});

const denied: [name: string, caller: string, target: string, input: object, action: string][] = [
  ["without a policy of the caller", "Stranger", "Scoped", {}, "sts:AssumeRole"],
  ["without the role's trust", "Task", "Closed", {}, "sts:AssumeRole"],
  ["with tags that the trust policy does not allow", "Task", "Untaggable", { Tags: tags }, "sts:TagSession"],
  [
    "with tags beyond the trust policy's condition",
    "Task",
    "Scoped",
    { Tags: [{ Key: "admin", Value: "1" }] },
    "sts:AssumeRole",
  ],
  ["that does not exist", "Task", "Nobody", {}, "sts:AssumeRole"],
];

test.each(denied)("denies a role %s", async (_, caller, target, input, action) => {
  await expect(assume(caller, target, input)).rejects.toMatchObject({
    name: "AccessDenied",
    message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/${caller}/test is not authorized to perform: ${action} on resource: ${arn(target)}`,
    $metadata: { httpStatusCode: 403 },
  });
});

const invalid: [name: string, input: object, sentence: RegExp][] = [
  ["a session name with a space", { RoleSessionName: "a b" }, /roleSessionName/],
  ["a minute", { DurationSeconds: 60 }, /durationSeconds/],
  ["longer than the role's sessions", { DurationSeconds: 7200 }, /exceeds the MaxSessionDuration/],
  ["a transitive tag that is not a session tag", { TransitiveTagKeys: ["owner"] }, /transitive tag key owner/],
  ["a policy that is not JSON", { Policy: "{" }, /must be JSON/],
];

test.each(invalid)("refuses %s", async (_, input, sentence) => {
  await expect(assume("Task", "Scoped", input)).rejects.toThrow(sentence);
});

test("rejects a wrong secret", async () => {
  const wrong = client({ ...asRole("Task"), secretAccessKey: "guess" });
  await expect(wrong.send(new GetCallerIdentityCommand())).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
});

test("records each decision once, with the statements of both sides", async () => {
  await assume("Task", "Scoped", { Tags: tags });
  await assume("Task", "Scoped", { Tags: tags });
  const lines: RecordedCall[] = readFileSync(recordFile, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const tagged = lines.filter(
    ({ role, action, decision, context }) =>
      role === "Shop/Task" &&
      action === "sts:TagSession" &&
      decision === "allow" &&
      context["sts:RoleSessionName"] === "job-1" &&
      context["sts:TransitiveTagKeys"]?.length === 0,
  );
  expect(tagged).toHaveLength(1);
  expect(tagged[0]!.statements).toEqual(["Shop/Task/own/1", "Shop/Scoped/trust/0"]);
  expect(survivesWithout(tagged[0]!, "Shop/Task/own/1")).toBe(false);
  expect(survivesWithout(tagged[0]!, "Shop/Scoped/trust/0")).toBe(false);
  expect(survivesWithout(tagged[0]!, "Shop/Task/own/0")).toBe(true);
});

function gateKeys(keys: { AccessKeyId?: string; SecretAccessKey?: string; SessionToken?: string }): Credentials {
  return {
    accessKeyId: keys.AccessKeyId!,
    secretAccessKey: keys.SecretAccessKey!,
    sessionToken: keys.SessionToken!,
    expiresAtMs: 0,
  };
}
