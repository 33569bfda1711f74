/** Verdicts that the gate remembers: the same as those it would evaluate anew. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { IamGate } from "../../local/iam/gate.ts";
import { CallRecord } from "../../local/iam/record.ts";
import { Roles } from "../../local/iam/roles.ts";
import type { Access, Caller } from "../../local/service.ts";
import { temporaryFolder } from "./tiny-assembly.ts";

const ACCOUNT = "000000000000";
const RESOURCE = "arn:aws:s3:::files";
const folder = temporaryFolder("verdicts");
const file = join(folder, "iam-calls.jsonl");
let nowMs: number;
let roles: Roles;
let gate: IamGate;

beforeEach(() => {
  nowMs = Date.now();
  roles = new Roles(ACCOUNT);
  rmSync(file, { force: true });
  gate = newGate(new CallRecord(file));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("are their session's: one with other tags is denied", () => {
  role("Writer", { Action: "s3:PutObject", Resource: `${RESOURCE}/\${aws:PrincipalTag/owner}/*` });
  const [ann, bob] = [caller("Writer", { owner: "ann" }), caller("Writer", { owner: "bob" })];
  const put: Access = { action: "s3:PutObject", resource: `${RESOURCE}/ann/a.txt` };
  thrice(() => expect(gate.allows(ann, put)).toBe(true));
  thrice(() => expect(gate.allows(bob, put)).toBe(false));
  thrice(() => expect(gate.allows(ann, { ...put, resource: `${RESOURCE}/bob/a.txt` })).toBe(false));
  thrice(() => expect(gate.allows(ann, { ...put, action: "s3:DeleteObject" })).toBe(false));
});

test("are their condition keys'", () => {
  const Condition = { StringEquals: { "s3:prefix": "own/" } };
  role("Reader", { Action: "s3:ListBucket", Resource: RESOURCE, Condition });
  const reader = caller("Reader");
  const list = (prefix: string) => ({ ...LIST, context: { "s3:prefix": prefix } });
  thrice(() => expect(gate.allows(reader, list("own/"))).toBe(true));
  thrice(() => expect(gate.allows(reader, list("other/"))).toBe(false));
  thrice(() => expect(gate.allows(reader, LIST)).toBe(false));
});

test("end when a policy changes", () => {
  role("Reader", { Action: "s3:*", Resource: "*" });
  const reader = caller("Reader");
  thrice(() => gate.authorize(reader, LIST));
  const PolicyDocument = { Statement: [{ Effect: "Deny", Action: "s3:*", Resource: "*" }] };
  const properties = { PolicyName: "stop", PolicyDocument, Roles: ["Reader"] };
  roles.addInlinePolicy({ path: "Shop/Stop", logicalId: "Stop", type: "AWS::IAM::Policy", properties });
  expect(() => gate.authorize(reader, LIST)).toThrow(/explicit deny/);
});

test("do not outlive the time that a policy names", () => {
  const Condition = { DateLessThan: { "aws:CurrentTime": new Date(nowMs + 1_000).toISOString() } };
  role("Brief", { Action: "s3:ListBucket", Resource: RESOURCE, Condition });
  const brief = caller("Brief");
  thrice(() => gate.authorize(brief, LIST));
  nowMs += 2_000;
  expect(() => gate.authorize(brief, LIST)).toThrow(/not authorized/);
});

test("yield to a resource's own policy", () => {
  role("Reader", { Action: "s3:*", Resource: "*" });
  const reader = caller("Reader");
  thrice(() => gate.authorize(reader, LIST));
  const document = { Statement: [{ Effect: "Deny", Action: "s3:*", Resource: "*", Principal: "*" }] };
  expect(gate.allows(reader, { ...LIST, resourcePolicy: { path: "Shop/Files", document } })).toBe(false);
});

test("are recorded once for each distinct call, and again only after there was no room", () => {
  role("Reader", { Action: "s3:ListBucket", Resource: RESOURCE });
  const [one, other] = [caller("Reader"), caller("Reader", { owner: "ann" })];
  thrice(() => gate.authorize(one, LIST));
  thrice(() => gate.authorize(other, LIST));
  expect(readFileSync(file, "utf8").trimEnd().split("\n")).toHaveLength(2);

  let attempts = 0;
  // A disk without room for the first line.
  const full = { add: () => ++attempts > 1 } as unknown as CallRecord;
  gate = newGate(full);
  const reader = caller("Reader");
  thrice(() => gate.authorize(reader, LIST));
  expect(attempts).toBe(2);
});

const LIST: Access = { action: "s3:ListBucket", resource: RESOURCE };

function newGate(record: CallRecord): IamGate {
  return new IamGate({ region: "us-east-1", clock: { now: () => nowMs }, roles, record });
}

function role(name: string, statement: object): void {
  const lambda = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } };
  const properties = {
    RoleName: name,
    AssumeRolePolicyDocument: { Statement: [lambda] },
    Policies: [{ PolicyName: "own", PolicyDocument: { Statement: [{ Effect: "Allow", ...statement }] } }],
  };
  roles.addRole({ path: `Shop/${name}`, logicalId: name, type: "AWS::IAM::Role", properties });
}

function caller(name: string, tags: Record<string, string> = {}): Caller {
  const { accessKeyId } = gate.issue(`arn:aws:iam::${ACCOUNT}:role/${name}`, "test", { tags });
  // Just issued, so it is known.
  return gate.secretOf(accessKeyId)!.caller;
}

function thrice(act: () => void): void {
  for (let time = 0; time < 3; time++) act();
}
