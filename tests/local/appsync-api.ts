/** A small API to test AppSync with: its service, its resources, and ways to call it. */
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { appsync } from "../../local/appsync/appsync.ts";
import type { AppSyncOptions, AppSyncService } from "../../local/appsync/appsync.ts";
import { listen, sendJson } from "../../local/http.ts";
import type { CloudContext } from "../../local/service.ts";
import { testContext } from "./open-gate.ts";

export interface ResolverCode {
  /** `Query.getJob` */
  readonly field: string;
  /** Body of the request handler, with `ctx`; nothing by default. */
  readonly request?: string;
  /** Body of the response handler; returns `ctx.result` by default. */
  readonly response?: string;
  /** `NONE` by default. */
  readonly dataSource?: string;
  /** Makes it a pipeline of these functions. */
  readonly functions?: readonly Omit<ResolverCode, "field" | "functions">[];
}

export interface ApiOptions extends AppSyncOptions {
  readonly schema: string;
  readonly resolvers: readonly ResolverCode[];
  readonly properties?: Record<string, unknown>;
  readonly dataSources?: readonly Record<string, unknown>[];
  readonly context?: Partial<CloudContext>;
}

export interface TestApi {
  readonly service: AppSyncService;
  readonly url: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** What the service logged. */
  readonly log: string[];
  /** Posts an operation and returns the response body. */
  ask(query: string, variables?: object, headers?: Record<string, string>): Promise<any>;
  stop(): Promise<void>;
}

/** What the open gate accepts as a signature. */
export const SIGNED = { authorization: "AWS4-HMAC-SHA256 Credential=AKIA/x" };

export function handlerCode({
  request = "",
  response = "return ctx.result;",
}: Pick<ResolverCode, "request" | "response">): string {
  return `import { util, extensions, runtime } from "@aws-appsync/utils";
import * as ddb from "@aws-appsync/utils/dynamodb";
export function request(ctx) { ${request} }
export function response(ctx) { ${response} }`;
}

/** Starts AppSync with one API; everything is ready once it resolves. */
export async function startApi({
  schema,
  resolvers,
  properties,
  dataSources = [],
  context,
  ...options
}: ApiOptions): Promise<TestApi> {
  const folder = mkdtempSync(join(tmpdir(), "appsync-"));
  const log: string[] = [];
  const service = appsync(options);
  await service.start(testContext(folder, { log: (line) => log.push(line), ...context }));
  const make = (type: string, name: string, values: Record<string, unknown>) =>
    service.create({ path: `Test/${name}`, logicalId: name, type: `AWS::AppSync::${type}`, properties: values });
  const stop = async () => {
    await service.stop();
    await rm(folder, { recursive: true });
  };
  try {
    const api = await make("GraphQLApi", "Api", { Name: "test", AuthenticationType: "AWS_IAM", ...properties });
    const ApiId = api.attributes.ApiId;
    await make("GraphQLSchema", "Schema", { ApiId, Definition: schema });
    for (const each of [{ Name: "NONE", Type: "NONE" }, ...dataSources])
      await make("DataSource", `Source${each.Name}`, { ApiId, ...each });
    for (const each of resolvers) await createResolver(make, ApiId!, each);
    await service.ready!();
    const url = api.attributes.GraphQLUrl!;
    const ask: TestApi["ask"] = async (query, variables = {}, headers = SIGNED) => {
      const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
      return answer.json();
    };
    return { service, url, attributes: api.attributes, log, ask, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Make = (
  type: string,
  name: string,
  values: Record<string, unknown>,
) => Promise<{ attributes: Readonly<Record<string, string>> }>;

async function createResolver(make: Make, ApiId: string, resolver: ResolverCode): Promise<void> {
  const [TypeName, FieldName] = resolver.field.split(".");
  const Runtime = { Name: "APPSYNC_JS", RuntimeVersion: "1.0.0" };
  const ids: string[] = [];
  for (const [index, each] of (resolver.functions ?? []).entries()) {
    const name = `${TypeName}${FieldName}${index}`;
    const values = { ApiId, Name: name, DataSourceName: each.dataSource ?? "NONE", Code: handlerCode(each), Runtime };
    ids.push((await make("FunctionConfiguration", name, values)).attributes.FunctionId!);
  }
  const kind = resolver.functions
    ? { Kind: "PIPELINE", PipelineConfig: { Functions: ids } }
    : { Kind: "UNIT", DataSourceName: resolver.dataSource ?? "NONE" };
  await make("Resolver", `${TypeName}${FieldName}`, {
    ApiId,
    TypeName,
    FieldName,
    Code: handlerCode(resolver),
    Runtime,
    ...kind,
  });
}

export interface UserPool {
  /** Of the Cognito service; the pool's keys are below it. */
  readonly endpoint: string;
  readonly id: string;
  /** A signed token; `claims` add to or replace the usual ones. */
  token(claims?: Record<string, unknown>): Promise<string>;
  stop(): Promise<void>;
}

/** A user pool that publishes its key and signs any token. */
export async function startUserPool(id = "us-east-1_Test"): Promise<UserPool> {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const key = { ...(await exportJWK(publicKey)), kid: "one", alg: "RS256", use: "sig" };
  const server = await listen(async (request, response) => {
    const isKeys = request.url === `/${id}/.well-known/jwks.json`;
    sendJson(response, isKeys ? 200 : 404, isKeys ? { keys: [key] } : {});
  });
  return {
    endpoint: server.url,
    id,
    token: (claims = {}) => {
      const nowSeconds = Math.floor(Date.now() / 1000);
      const usual = {
        sub: "ann-sub",
        "cognito:username": "ann",
        aud: "client",
        token_use: "id",
        exp: nowSeconds + 3600,
      };
      return new SignJWT({ ...usual, iss: `${server.url}/${id}`, ...claims })
        .setProtectedHeader({ alg: "RS256", kid: "one" })
        .sign(privateKey);
    },
    stop: () => server.close(),
  };
}
