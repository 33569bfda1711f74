/** AppSync: GraphQL APIs over HTTP and WebSocket. */
import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { allowOrigin, endSocket, listen, readBody, sendJson, urlOf } from "../http.ts";
import type { Listening } from "../http.ts";
import { listenOnRememberedPort } from "../remembered-port.ts";
import { AwsError } from "../service.ts";
import type { CloudContext, CreatedResource, Resource, Service } from "../service.ts";
import { Api } from "./api.ts";
import { authenticate, sourceAddresses } from "./caller.ts";
import { RequestError } from "./errors.ts";
import { answeredFields, attachResolvers, executeOperation, isPrepared, prepare, readRequest } from "./graphql.ts";
import { Operation } from "./operation.ts";
import { KEEP_ALIVE_MS, Realtime } from "./realtime.ts";
import { Subscriptions } from "./subscriptions.ts";

/** What AppSync passes on to a data source at most; a larger request could reach none. */
const BODY_LIMIT_BYTES = 5 * 1024 * 1024;

export interface AppSyncOptions {
  /** Milliseconds between `ka` messages; a minute by default. */
  readonly keepAliveMs?: number;
}

export interface AppSyncService extends Service {
  /** The number of active subscriptions. */
  readonly subscriptionCount: number;
}

/** An API and its subscribers. */
interface ServedApi {
  readonly api: Api;
  readonly subscriptions: Subscriptions;
}

interface Running {
  readonly context: CloudContext;
  readonly server: Listening;
  readonly realtime: Realtime;
  readonly apis: ServedApi[];
}

/** GraphQL APIs with APPSYNC_JS resolvers, IAM and Cognito authentication, and real-time subscriptions. */
export function appsync({ keepAliveMs = KEEP_ALIVE_MS }: AppSyncOptions = {}): AppSyncService {
  let running: Running | undefined;
  const required = () => {
    if (!running) throw new Error("The AppSync service must be started before APIs are created.");
    return running;
  };

  return {
    name: "appsync",
    types: Object.keys(CREATE),

    async start(context) {
      const apis: ServedApi[] = [];
      const realtime = new Realtime({ keepAliveMs }, context.clock);
      const { folder, origins } = context;
      const server = await listenOnRememberedPort(folder, (port) =>
        listen((request, response) => answer(apis, request, response), {
          ...{ port, origins },
          upgrade: (request, socket, head) => upgrade(apis, realtime, request, socket, head),
        }),
      );
      running = { context, server, realtime, apis };
      return server.url;
    },

    async create(resource) {
      const create = CREATE[resource.type];
      if (!create) throw new Error(`The local AppSync does not support ${resource.type}.`);
      return create(required(), resource);
    },

    async ready() {
      for (const { api } of required().apis) {
        api.finish();
        attachResolvers(api);
      }
    },

    async stop() {
      await running?.realtime.close();
      await running?.server.close();
      running?.apis.forEach(({ api }) => api.close());
      running = undefined;
    },

    get subscriptionCount() {
      return (running?.apis ?? []).reduce((count, { subscriptions }) => count + subscriptions.size, 0);
    },
  };
}

type Create = (running: Running, resource: Resource) => CreatedResource;

const CREATE: Readonly<Record<string, Create>> = {
  "AWS::AppSync::GraphQLApi": createApi,
  "AWS::AppSync::GraphQLSchema": (running, { properties }) => {
    const { api } = apiOf(running, properties);
    api.setSchema(properties.Definition);
    return { ref: `${api.identity.id}GraphQLSchema`, attributes: { Id: `${api.identity.id}GraphQLSchema` } };
  },
  "AWS::AppSync::DataSource": (running, { properties }) => {
    const { api } = apiOf(running, properties);
    api.addDataSource(properties);
    const arn = `${api.identity.arn}/datasources/${properties.Name}`;
    return { ref: arn, attributes: { DataSourceArn: arn, Name: String(properties.Name) } };
  },
  "AWS::AppSync::FunctionConfiguration": (running, { properties, path }) => {
    const { api } = apiOf(running, properties);
    const id = stableId(path);
    api.addFunction(id, properties);
    const arn = `${api.identity.arn}/functions/${id}`;
    const { Name, DataSourceName } = properties;
    return {
      ref: arn,
      attributes: { FunctionId: id, FunctionArn: arn, Name: String(Name), DataSourceName: String(DataSourceName) },
    };
  },
  "AWS::AppSync::Resolver": (running, { properties }) => {
    const { api } = apiOf(running, properties);
    api.addResolver(properties);
    const { TypeName, FieldName } = properties;
    const arn = `${api.identity.arn}/types/${TypeName}/resolvers/${FieldName}`;
    return { ref: arn, attributes: { ResolverArn: arn, TypeName: String(TypeName), FieldName: String(FieldName) } };
  },
};

/** The first API is at `/graphql`, as on AWS; any others are below their ids. */
function createApi({ context, server, apis }: Running, { path, properties }: Resource): CreatedResource {
  const id = stableId(path);
  const arn = `arn:aws:appsync:${context.region}:${context.accountId}:apis/${id}`;
  const api = new Api({ id, arn, path: apis.length === 0 ? "/graphql" : `/${id}/graphql` }, properties, context);
  apis.push({ api, subscriptions: new Subscriptions(api) });
  const graphqlUrl = `${server.url}${api.identity.path}`;
  const { host } = new URL(server.url);
  return {
    ref: arn,
    attributes: {
      ApiId: id,
      Arn: arn,
      GraphQLUrl: graphqlUrl,
      RealtimeUrl: `${graphqlUrl.replace("http:", "ws:")}/realtime`,
      GraphQLDns: host,
      RealtimeDns: host,
      GraphQLEndpointArn: `arn:aws:appsync:${context.region}:${context.accountId}:endpoints/graphql-api/${id}`,
    },
  };
}

function apiOf({ apis }: Running, { ApiId }: Resource["properties"]): ServedApi {
  const served = apis.find(({ api }) => api.identity.id === ApiId);
  if (!served) throw new Error(`There is no AppSync API with the id "${ApiId}".`);
  return served;
}

/** Ids look like AppSync's and stay the same across starts. */
function stableId(path: string): string {
  return BigInt(`0x${createHash("sha256").update(path).digest("hex")}`)
    .toString(36)
    .slice(0, 26);
}

async function answer(apis: readonly ServedApi[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  setCorsHeaders(request, response);
  response.setHeader("x-amzn-requestid", randomUUID());
  if (request.method === "OPTIONS") return void response.writeHead(200).end();
  try {
    const { pathname } = urlOf(request);
    const served = apis.find(({ api }) => api.identity.path === pathname);
    if (!served) throw new RequestError(404, "NotFoundException", `There is no GraphQL API at ${pathname}.`);
    if (request.method !== "POST")
      throw new RequestError(405, "MethodNotAllowedException", "Send GraphQL requests with POST.");
    if (!served.api.isFinished)
      throw new RequestError(503, "ServiceUnavailableException", "The API is still being created.");
    await answerGraphQL(served, request, response);
  } catch (error) {
    const known = asRequestError(error);
    response.setHeader("x-amzn-errortype", known.errorType);
    sendJson(response, known.status, { errors: [{ errorType: known.errorType, message: known.message }] });
  }
}

async function answerGraphQL(
  { api, subscriptions }: ServedApi,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request, BODY_LIMIT_BYTES);
  const caller = await authenticate(
    {
      headers: {
        authorization: String(request.headers.authorization ?? ""),
        "x-api-key": String(request.headers["x-api-key"] ?? ""),
      },
      sourceIp: sourceAddresses(request.headers, request.socket.remoteAddress),
      checkSignature: (gate) => gate.authenticate(request, body, "appsync"),
    },
    api.doors(),
  );
  const graphqlRequest = readRequest(body.toString("utf8"));
  const prepared = prepare(api, graphqlRequest);
  if (!isPrepared(prepared)) return sendJson(response, 200, { data: null, errors: prepared });
  if (prepared.operation.operation === "subscription") {
    throw new RequestError(400, "UnsupportedOperation", "Subscriptions must use the real-time endpoint.");
  }
  const operation = new Operation(caller, visibleHeaders(request), graphqlRequest.variables, api.context.clock.now);
  const result = await executeOperation(api, graphqlRequest, prepared, operation);
  if (prepared.operation.operation === "mutation") {
    for (const [name, field] of answeredFields(prepared)) subscriptions.publish(field, (result.data as any)?.[name]);
    operation.invalidations.forEach((invalidation) => subscriptions.invalidate(invalidation));
  }
  sendJson(response, 200, result, { ...operation.responseHeaders, "x-amzn-appsync-tokensconsumed": "1" });
}

/** `ctx.request.headers`: everything except cookies; a repeated header is a list. */
function visibleHeaders({ headersDistinct }: IncomingMessage): Record<string, unknown> {
  const entries = Object.entries(headersDistinct).filter(([name]) => name !== "cookie");
  return Object.fromEntries(entries.map(([name, values = []]) => [name, values.length === 1 ? values[0] : values]));
}

/** On AWS any origin may call; here, only this cloud's websites. */
function setCorsHeaders(request: IncomingMessage, response: ServerResponse): void {
  allowOrigin(request, response);
  response.setHeader(
    "access-control-expose-headers",
    "x-amzn-RequestId,x-amzn-ErrorType,x-amz-user-agent,x-amzn-ErrorMessage,Date,x-amz-schema-version",
  );
  if (request.method !== "OPTIONS") return;
  response.setHeader("access-control-allow-methods", "GET,POST,OPTIONS");
  response.setHeader("access-control-allow-headers", request.headers["access-control-request-headers"] ?? "*");
  response.setHeader("access-control-max-age", "172800");
}

async function upgrade(
  apis: readonly ServedApi[],
  realtime: Realtime,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const { pathname } = urlOf(request);
  const served = apis.find(({ api }) => pathname === `${api.identity.path}/realtime`);
  if (!served?.api.isFinished) return endSocket(socket, 404, `There is no real-time endpoint at ${pathname}.`);
  await realtime.connect(served.api, served.subscriptions, request, socket, head);
}

/** @throws whatever is not an answer to the caller */
function asRequestError(error: unknown): RequestError {
  if (error instanceof RequestError) return error;
  if (error instanceof AwsError) return new RequestError(error.status, error.code, error.message);
  throw error;
}
