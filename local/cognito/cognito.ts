/** Amazon Cognito user pools: users sign up, sign in and manage their account; programs manage users with IAM permissions. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { failureText } from "../exhaustion.ts";
import { allowOrigin, listen, parseJson, readBody, sendJson } from "../http.ts";
import type { Listening } from "../http.ts";
import { listenOnRememberedPort } from "../remembered-port.ts";
import { AwsError } from "../service.ts";
import type { CloudContext, Service } from "../service.ts";
import { accountOperations } from "./account.ts";
import { adminOperations } from "./admin.ts";
import { readText } from "./call.ts";
import type { Answer, Body } from "./call.ts";
import { noResource, wrongParameter } from "./errors.ts";
import { findPool } from "./pool.ts";
import type { Pool } from "./pool.ts";
import { createResource, RESOURCE_TYPES } from "./resources.ts";
import { signInOperations } from "./sign-in.ts";
import { signUpOperations } from "./sign-up.ts";
import { publicKeys, readAccessToken } from "./tokens.ts";

const BODY_LIMIT_BYTES = 128 * 1024;
const CONTENT_TYPE = "application/x-amz-json-1.1";
/** On AWS browsers may call a user pool from any origin; here, from this cloud's websites. */
const CORS_HEADERS = {
  "access-control-allow-headers": "*, authorization",
  "access-control-allow-methods": "GET, POST, OPTIONS",
  "access-control-expose-headers": "x-amzn-requestid, x-amzn-errortype, x-amzn-errormessage, date",
  "access-control-max-age": "172800",
};

/**
 * The service. Users, sessions, keys and its port persist in the context's folder; mail goes to `outbox.jsonl` there, one line
 * per mail: at, to, subject, body, code.
 */
export function cognito(): Service {
  const pools = new Map<string, Pool>();
  const clientOperations = { ...signUpOperations, ...signInOperations() };
  let context: CloudContext;
  let listening: Listening | undefined;

  async function answer(operation: string, body: Body, request: IncomingMessage, bytes: Buffer): Promise<Answer> {
    const forClients = own(clientOperations, operation);
    if (forClients) return forClients({ ...findClient(pools, readText(body, "ClientId")), body });
    const forUsers = own(accountOperations, operation);
    if (forUsers) return forUsers({ ...(await readAccessToken(pools, readText(body, "AccessToken"))), body });
    const forAdmins = own(adminOperations, operation);
    if (!forAdmins) throw unknownOperation(operation);
    const caller = context.gate.authenticate(request, bytes, "cognito-idp");
    const poolId = readText(body, "UserPoolId");
    const resource = pools.get(poolId)?.arn ?? poolArn(context, poolId);
    context.gate.authorize(caller, { action: `cognito-idp:${operation}`, resource });
    return forAdmins({ pool: findPool(pools, poolId), body });
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    allowOrigin(request, response);
    for (const [name, value] of Object.entries(CORS_HEADERS)) response.setHeader(name, value);
    if (request.method === "OPTIONS") return void response.writeHead(204).end();
    try {
      if (request.method === "GET") return sendJson(response, 200, readDocument(pools, request.url ?? "/"));
      const bytes = await readBody(request, BODY_LIMIT_BYTES);
      const target = String(request.headers["x-amz-target"] ?? "");
      const operation = target.split(".").at(-1) ?? "";
      const answered = await answer(operation, parseJson(bytes), request, bytes);
      sendJson(response, 200, answered, { "content-type": CONTENT_TYPE });
    } catch (error) {
      sendError(response, error, context);
    }
  }

  return {
    name: "cognito-identity-provider",
    types: RESOURCE_TYPES,
    async start(given) {
      context = given;
      const { folder, origins } = given;
      listening = await listenOnRememberedPort(folder, (port) => listen(handle, { port, origins }));
      return listening.url;
    },
    async create(resource) {
      if (!listening) throw new Error("Cognito must be started before its pools are created.");
      return createResource(resource, pools, context, listening.url);
    },
    async stop() {
      await listening?.close();
      listening = undefined;
      pools.clear();
    },
  };
}

function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function findClient(pools: ReadonlyMap<string, Pool>, id: string) {
  for (const pool of pools.values()) {
    const client = pool.clients.get(id);
    if (client) return { pool, client };
  }
  throw noResource(`User pool client ${id} does not exist.`);
}

function poolArn({ region, accountId }: CloudContext, poolId: string): string {
  return `arn:aws:cognito-idp:${region}:${accountId}:userpool/${poolId}`;
}

/** The public documents under a pool's address. */
function readDocument(pools: ReadonlyMap<string, Pool>, url: string): unknown {
  const [, poolId, folder, name] = (url.split("?")[0] ?? "").split("/");
  const pool = pools.get(poolId ?? "");
  if (pool && folder === ".well-known" && name === "jwks.json") return publicKeys(pool);
  if (pool && folder === ".well-known" && name === "openid-configuration") return describeIssuer(pool);
  throw new AwsError(404, "ResourceNotFoundException", `There is nothing at ${url}.`);
}

function describeIssuer(pool: Pool) {
  return {
    issuer: pool.issuer,
    jwks_uri: `${pool.issuer}/.well-known/jwks.json`,
    id_token_signing_alg_values_supported: ["RS256"],
    response_types_supported: ["code", "token"],
    scopes_supported: ["openid", "email", "phone", "profile"],
    subject_types_supported: ["public"],
    // Not on AWS, where mail arrives.
    mail_file: pool.outbox,
  };
}

function unknownOperation(operation: string): AwsError {
  return operation === ""
    ? wrongParameter("The request has no x-amz-target header.")
    : new AwsError(400, "UnknownOperationException", `The local Cognito does not support ${operation}.`);
}

function sendError(response: ServerResponse, error: unknown, context: CloudContext): void {
  const known =
    error instanceof AwsError ? error : new AwsError(500, "InternalErrorException", "Something went wrong.");
  if (known !== error) context.log(`cognito: ${failureText(error)}`);
  const body = { __type: known.code, message: known.message, ...known.extra };
  sendJson(response, known.status, body, { "content-type": CONTENT_TYPE, "x-amzn-errortype": known.code });
}
