/** AWS Security Token Service: AssumeRole with session tags, and GetCallerIdentity. Speaks the query protocol. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { randomUUID } from "node:crypto";
import { listen, readBody } from "../http.ts";
import type { Listening } from "../http.ts";
import type { AssumeRequest, IamGate } from "./gate.ts";
import { listenOnRememberedPort } from "../remembered-port.ts";
import { AwsError } from "../service.ts";
import type { Caller, Service } from "../service.ts";

export function sts(gate: IamGate): Service {
  let listening: Listening | undefined;
  return {
    name: "sts",
    types: [],
    start: async ({ accountId, folder, origins }) => {
      listening = await listenOnRememberedPort(folder, (port) =>
        listen((request, response) => answer(gate, accountId, request, response), { port, origins }),
      );
      return listening.url;
    },
    create: async ({ type }) => {
      throw new Error(`The local STS does not support ${type}.`);
    },
    stop: async () => listening?.close(),
  };
}

const NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";
const BODY_LIMIT_BYTES = 256 * 1024;

async function answer(
  gate: IamGate,
  accountId: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const body = await readBody(request, BODY_LIMIT_BYTES);
    const caller = gate.authenticate(request, body, "sts");
    sendXml(response, 200, act(gate, accountId, caller, new URLSearchParams(body.toString())));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const kind = error.status < 500 ? "Sender" : "Receiver";
    const detail = element("Type", kind) + element("Code", error.code) + element("Message", error.message);
    sendXml(
      response,
      error.status,
      wrap("ErrorResponse", `<Error>${detail}</Error>${element("RequestId", randomUUID())}`),
    );
  }
}

function act(gate: IamGate, accountId: string, caller: Caller, form: URLSearchParams): string {
  const action = form.get("Action");
  if (action === "GetCallerIdentity") return result(action, callerIdentity(gate, caller, accountId));
  if (action === "AssumeRole") return result(action, assumedRole(gate, caller, readAssumeRole(form)));
  throw new AwsError(
    400,
    "InvalidAction",
    `Could not find operation ${action}: the local STS supports AssumeRole and GetCallerIdentity.`,
  );
}

/** Needs no permission. */
function callerIdentity(gate: IamGate, caller: Caller, accountId: string): string {
  return element("Arn", caller.principalArn) + element("UserId", gate.userIdOf(caller)) + element("Account", accountId);
}

function assumedRole(gate: IamGate, caller: Caller, request: AssumeRequest): string {
  const { credentials, caller: assumed } = gate.assumeRole(caller, request);
  const keys =
    element("AccessKeyId", credentials.accessKeyId) +
    element("SecretAccessKey", credentials.secretAccessKey) +
    element("SessionToken", credentials.sessionToken) +
    element("Expiration", new Date(credentials.expiresAtMs).toISOString());
  const user = element("AssumedRoleId", gate.userIdOf(assumed)) + element("Arn", assumed.principalArn);
  return `<Credentials>${keys}</Credentials><AssumedRoleUser>${user}</AssumedRoleUser>`;
}

const MIN_SECONDS = 900;
const MAX_SECONDS = 43_200;
const MAX_TAGS = 50;

function readAssumeRole(form: URLSearchParams): AssumeRequest {
  const roleArn = form.get("RoleArn") ?? "";
  const sessionName = form.get("RoleSessionName") ?? "";
  const durationSeconds = Number(form.get("DurationSeconds") ?? 3600);
  const tags = Object.fromEntries(
    members(form, "Tags.member", ".Key").map((key, index) => [key, form.get(`Tags.member.${index + 1}.Value`) ?? ""]),
  );
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) {
    throw invalid(
      `Value '${sessionName}' at 'roleSessionName' should have 2 to 64 letters, digits or characters of +=,.@-_`,
    );
  }
  if (!(durationSeconds >= MIN_SECONDS && durationSeconds <= MAX_SECONDS)) {
    throw invalid(
      `Value '${form.get("DurationSeconds")}' at 'durationSeconds' should be between ${MIN_SECONDS} and ${MAX_SECONDS}`,
    );
  }
  if (Object.keys(tags).length > MAX_TAGS)
    throw invalid(`A session may have ${MAX_TAGS} tags, not ${Object.keys(tags).length}`);
  if (members(form, "PolicyArns.member", ".arn").length > 0) {
    throw invalid("The local STS supports session policies as Policy, not as PolicyArns");
  }
  const externalId = form.get("ExternalId");
  return {
    roleArn,
    sessionName,
    durationSeconds,
    tags,
    transitiveTagKeys: members(form, "TransitiveTagKeys.member", ""),
    ...(externalId !== null && { externalId }),
    ...(form.get("Policy") && { sessionPolicy: parseJson(form.get("Policy")!) }),
  };
}

/** `Tags.member.1.Key`, `Tags.member.2.Key` … until one is missing. */
function members(form: URLSearchParams, list: string, suffix: string): string[] {
  const values: string[] = [];
  for (;;) {
    const value = form.get(`${list}.${values.length + 1}${suffix}`);
    if (value === null) return values;
    values.push(value);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AwsError(400, "MalformedPolicyDocument", "The session policy must be JSON.");
  }
}

function invalid(message: string): AwsError {
  return new AwsError(400, "ValidationError", `${message}.`);
}

function result(action: string, content: string): string {
  const metadata = `<ResponseMetadata>${element("RequestId", randomUUID())}</ResponseMetadata>`;
  return wrap(`${action}Response`, `<${action}Result>${content}</${action}Result>${metadata}`);
}

function wrap(name: string, content: string): string {
  return `<${name} xmlns="${NAMESPACE}">${content}</${name}>`;
}

function element(name: string, text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
  return `<${name}>${text.replace(/[&<>]/g, (char) => entities[char]!)}</${name}>`;
}

function sendXml(response: ServerResponse, status: number, xml: string): void {
  response.writeHead(status, { "content-type": "text/xml", "content-length": Buffer.byteLength(xml) }).end(xml);
}
