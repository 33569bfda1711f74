import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import type { IncomingMessage } from "node:http";
import { IamGate } from "../../local/iam/gate.ts";
import { Roles } from "../../local/iam/roles.ts";

const NOW_MS = Date.parse("2031-05-06T07:08:09Z");
let nowMs = NOW_MS;
beforeEach(() => (nowMs = NOW_MS));

const roles = new Roles("000000000000");
const trust = {
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
};
roles.addRole({
  path: "Shop/Role",
  logicalId: "Role",
  type: "AWS::IAM::Role",
  properties: { RoleName: "Shop-Role", AssumeRolePolicyDocument: trust },
});
const ROLE_ARN = "arn:aws:iam::000000000000:role/Shop-Role";
const gate = new IamGate({ region: "us-east-1", clock: { now: () => nowMs }, roles });

interface Parts {
  method?: string;
  path?: string;
  query?: Record<string, string | string[]>;
  headers?: Record<string, string>;
  body?: string;
  service?: string;
  secret?: string;
  token?: string | null;
  region?: string;
}

function signerFor(
  { service = "dynamodb", secret, token, region = "us-east-1" }: Parts,
  keys = gate.issue(ROLE_ARN, "s"),
) {
  const sessionToken = token === null ? undefined : (token ?? keys.sessionToken);
  const credentials = {
    accessKeyId: keys.accessKeyId,
    secretAccessKey: secret ?? keys.secretAccessKey,
    ...(sessionToken && { sessionToken }),
  };
  return new SignatureV4({
    service,
    region,
    credentials,
    sha256: Sha256,
    uriEscapePath: service !== "s3",
    applyChecksum: service === "s3",
  });
}

function plainRequest({ method = "POST", path = "/", query = {}, headers = {}, body = "" }: Parts) {
  const all = { host: "127.0.0.1:4000", ...headers };
  return { method, path, query, headers: all, body, protocol: "http:", hostname: "127.0.0.1" };
}

type Signed = Awaited<ReturnType<SignatureV4["presign"]>>;

/** As received by Node's server. */
function arrived({ method, path, query = {}, headers }: Signed): IncomingMessage {
  const pairs = Object.entries(query).flatMap(([key, value]) => [value ?? ""].flat().map((one) => [key, one] as const));
  const encoded = pairs.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join("&");
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { method, url: encoded ? `${path}?${encoded}` : path, headers: lower } as unknown as IncomingMessage;
}

async function sign(parts: Parts, at = nowMs) {
  return arrived((await signerFor(parts).sign(plainRequest(parts), { signingDate: new Date(at) })) as Signed);
}

async function presign(parts: Parts, expiresIn: number, at = nowMs) {
  const request = plainRequest({ method: "GET", ...parts });
  return arrived(await signerFor(parts).presign(request, { signingDate: new Date(at), expiresIn }));
}

const accepted: [name: string, parts: Parts][] = [
  ["a DynamoDB call", { headers: { "x-amz-target": "DynamoDB_20120810.GetItem" }, body: '{"TableName":"t"}' }],
  ["a path with escapes", { service: "bedrock", path: "/model/us.amazon.nova-pro-v1%3A0/converse", body: "{}" }],
  ["a path with doubled and dotted segments", { service: "lambda", path: "/a//b/./c/../d/", body: "{}" }],
  ["an S3 path with escapes", { service: "s3", method: "PUT", path: "/files/a%20b//c%2Bd.txt", body: "hello" }],
  [
    "a query in any order",
    { service: "s3", method: "GET", path: "/files", query: { prefix: "a b/ü", "list-type": "2", marker: "(x)*!'" } },
  ],
  ["a repeated query parameter", { service: "lambda", method: "GET", path: "/x", query: { a: ["2", "10", "1"] } }],
  ["an empty query value", { service: "s3", method: "POST", path: "/files/k", query: { uploads: "" } }],
  ["a header with many spaces", { headers: { "x-amz-meta-note": "  two   spaces " } }],
];

test.each(accepted)("accepts %s signed by the SDK", async (_, parts) => {
  const caller = gate.authenticate(await sign(parts), parts.body ?? "", parts.service ?? "dynamodb");
  expect(caller.roleArn).toBe(ROLE_ARN);
  expect(caller.principalArn).toBe("arn:aws:sts::000000000000:assumed-role/Shop-Role/s");
});

test("trusts the declared digest of a streamed body", async () => {
  const request = await sign({ service: "s3", method: "PUT", path: "/files/k", body: "long" });
  expect(gate.authenticate(request, undefined, "s3").roleArn).toBe(ROLE_ARN);
});

test.each(["UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"])(
  "accepts an S3 body declared as %s",
  async (declared) => {
    const parts = { service: "s3", method: "PUT", path: "/files/k", headers: { "x-amz-content-sha256": declared } };
    expect(gate.authenticate(await sign(parts), undefined, "s3").roleArn).toBe(ROLE_ARN);
  },
);

test("accepts a presigned URL until it expires by the cloud's clock", async () => {
  const request = await presign(
    { service: "s3", path: "/files/a%20b.txt", headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } },
    900,
  );
  expect(gate.authenticate(request, undefined, "s3").roleArn).toBe(ROLE_ARN);
  nowMs += 899_000;
  expect(gate.authenticate(request, undefined, "s3").roleArn).toBe(ROLE_ARN);
  nowMs += 1_000;
  expect(() => gate.authenticate(request, undefined, "s3")).toThrow("Request has expired");
});

test("accepts a request signed by the machine's clock after the cloud's was moved", async () => {
  const { sessionToken, ...keys } = gate.operator();
  const signer = signerFor({}, { ...keys, sessionToken });
  const request = arrived((await signer.sign(plainRequest({}), { signingDate: new Date() })) as Signed);
  expect(gate.authenticate(request, "", "dynamodb").principalArn).toBe("arn:aws:iam::000000000000:root");
});

test("accepts HTTP/2, where the host is in :authority", async () => {
  const request = await sign({ service: "bedrock", path: "/model/m/converse" });
  const { host, ...rest } = request.headers;
  const http2 = { ...request, headers: { ...rest, ":authority": host } } as unknown as IncomingMessage;
  expect(gate.authenticate(http2, "", "bedrock").roleArn).toBe(ROLE_ARN);
});

test("verifies explicit parts like a request", async () => {
  const { headers } = await sign({ service: "appsync", path: "/graphql/connect", body: "{}" });
  const parts = { method: "POST", path: "/graphql/connect", query: "", headers: headers as Record<string, string> };
  expect(gate.verify({ ...parts, body: "{}" }, "appsync").roleArn).toBe(ROLE_ARN);
  expect(() => gate.verify({ ...parts, body: "{ }" }, "appsync")).toThrow(/signature we calculated does not match/);
});

const refused: [name: string, parts: Parts, code: string, change?: (request: IncomingMessage) => unknown][] = [
  ["another secret", { secret: "guess" }, "InvalidSignatureException"],
  ["another secret at S3", { secret: "guess", service: "s3" }, "SignatureDoesNotMatch"],
  ["another session token", { token: "guess" }, "UnrecognizedClientException"],
  ["no session token", { token: null }, "UnrecognizedClientException"],
  ["another region", { region: "eu-central-1" }, "InvalidSignatureException"],
  ["a changed path", {}, "InvalidSignatureException", (request) => (request.url = "/other")],
  ["a changed query", {}, "InvalidSignatureException", (request) => (request.url = "/?a=1")],
  ["a changed method", {}, "InvalidSignatureException", (request) => (request.method = "PUT")],
  [
    "a changed header",
    { headers: { "x-amz-target": "A" } },
    "InvalidSignatureException",
    (request) => (request.headers["x-amz-target"] = "B"),
  ],
  [
    "an added header at S3",
    { service: "s3" },
    "AccessDenied",
    (request) => (request.headers["x-amz-acl"] = "public-read"),
  ],
  [
    "a truncated signature",
    {},
    "InvalidSignatureException",
    (request) => (request.headers.authorization = request.headers.authorization!.slice(0, -2)),
  ],
  ["no signature", {}, "MissingAuthenticationToken", (request) => delete request.headers.authorization],
  ["no signature at S3", { service: "s3" }, "AccessDenied", (request) => delete request.headers.authorization],
  [
    "an unreadable credential",
    {},
    "IncompleteSignature",
    (request) => (request.headers.authorization = "AWS4-HMAC-SHA256 Credential=x"),
  ],
];

test.each(refused)("refuses %s", async (_, parts, code, change = () => undefined) => {
  const request = await sign(parts);
  change(request);
  expect(() => gate.authenticate(request, "", parts.service ?? "dynamodb")).toThrow(expect.objectContaining({ code }));
});

test("rejects a changed body, whether its digest is declared or not", async () => {
  const dynamodb = await sign({ body: "{}" });
  expect(() => gate.authenticate(dynamodb, "{ }", "dynamodb")).toThrow(
    expect.objectContaining({ code: "InvalidSignatureException" }),
  );
  const s3 = await sign({ service: "s3", method: "PUT", path: "/files/k", body: "a" });
  expect(() => gate.authenticate(s3, "b", "s3")).toThrow(
    expect.objectContaining({ code: "XAmzContentSHA256Mismatch" }),
  );
});

test("rejects an unsigned body anywhere but at S3", async () => {
  const request = await sign({ body: "{}", headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } });
  expect(() => gate.authenticate(request, "{}", "dynamodb")).toThrow(
    expect.objectContaining({ code: "InvalidSignatureException" }),
  );
});

test("rejects a request meant for another service", async () => {
  const request = await sign({});
  expect(() => gate.authenticate(request, "", "ecs")).toThrow("Credential should be scoped to correct service: 'ecs'.");
});

test.each([
  ["dynamodb", "InvalidSignatureException"],
  ["s3", "RequestTimeTooSkewed"],
])("rejects a clock that is 16 minutes off at %s", async (service, code) => {
  for (const offMs of [-16 * 60_000, 16 * 60_000]) {
    const request = await sign({ service }, nowMs + offMs);
    expect(() => gate.authenticate(request, "", service)).toThrow(expect.objectContaining({ code, status: 403 }));
  }
});

test("rejects unknown and expired keys, and forgets their secrets", async () => {
  const keys = gate.issue(ROLE_ARN, "s", { durationSeconds: 60 });
  const signer = signerFor({}, keys);
  const request = arrived((await signer.sign(plainRequest({}), { signingDate: new Date(nowMs) })) as Signed);
  expect(gate.secretOf(keys.accessKeyId)?.secretAccessKey).toBe(keys.secretAccessKey);
  nowMs += 60_000;
  expect(() => gate.authenticate(request, "", "dynamodb")).toThrow(
    expect.objectContaining({ code: "ExpiredTokenException" }),
  );
  expect(gate.secretOf(keys.accessKeyId)).toBeUndefined();
  const unknown = signerFor({}, { ...keys, accessKeyId: "ASIANOBODY" });
  const other = arrived((await unknown.sign(plainRequest({}), { signingDate: new Date(nowMs) })) as Signed);
  expect(() => gate.authenticate(other, "", "dynamodb")).toThrow(
    expect.objectContaining({ code: "UnrecognizedClientException" }),
  );
});

test("lets only services that its trust policy names assume a role", () => {
  expect(gate.issue(ROLE_ARN, "s", { service: "lambda.amazonaws.com" }).accessKeyId).toMatch(/^ASIA/);
  expect(() => gate.issue(ROLE_ARN, "s", { service: "ecs-tasks.amazonaws.com" })).toThrow(
    "The role Shop-Role cannot be assumed by ecs-tasks.amazonaws.com: its trust policy does not allow it.",
  );
});
