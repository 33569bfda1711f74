/** Amazon Bedrock's runtime: Converse, ConverseStream and CountTokens, answered by the sample model or by a real one. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { failureText, isExhaustion, reportExhaustion } from "../exhaustion.ts";
import { readBody, sendJson } from "../http.ts";
import { listenOnRememberedPort } from "../remembered-port.ts";
import { AwsError } from "../service.ts";
import type { CloudContext, Service } from "../service.ts";
import { checkCapabilities } from "./capabilities.ts";
import { openCallLog } from "./call-log.ts";
import type { CallLog } from "./call-log.ts";
import { checkRequest, invalid } from "./converse.ts";
import type { Usage } from "./converse.ts";
import { answerEvents, encodeEvent, metadataEvent } from "./event-stream.ts";
import { realBedrock } from "./forward-bedrock.ts";
import type { RealBedrock } from "./forward-bedrock.ts";
import { openAiModel } from "./forward-openai.ts";
import type { Model, ModelAnswer } from "./model.ts";
import { accessesFor, readModelId } from "./models.ts";
import type { ModelOptions, SampleSettings } from "./options.ts";
import { sampleService } from "./sample-service.ts";
import { countInputTokens, countTokens } from "./tokens.ts";
import { listenTwice } from "./two-protocols.ts";
import type { Exchange, ListeningTwice } from "./two-protocols.ts";

export interface BedrockService extends Service {
  /** Changes settings of the sample model from the next call on. @throws Error for invalid settings */
  configure(settings: Partial<SampleSettings>): void;
}

interface Route {
  readonly modelId: string;
  readonly operation: string;
}

const ACTIONS: Readonly<Record<string, string>> = {
  converse: "bedrock:InvokeModel",
  "converse-stream": "bedrock:InvokeModelWithResponseStream",
  "count-tokens": "bedrock:CountTokens",
  invoke: "bedrock:InvokeModel",
  "invoke-with-response-stream": "bedrock:InvokeModelWithResponseStream",
};
/** Bedrock's own limit on a request. */
const BODY_LIMIT_BYTES = 25_000_000;
const NO_TOKENS: Usage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };

/** @param options which model answers; `parseModelOption` reads them from what a person typed */
export function bedrock(options: ModelOptions = {}): BedrockService {
  const sample = sampleService(options.settings);
  let context: CloudContext;
  let listening: ListeningTwice | undefined;
  let log: CallLog;
  let real: RealBedrock | undefined;
  let model: Model = sample.model;

  async function handle(exchange: Exchange): Promise<void> {
    const startedAt = performance.now();
    let route: Route | undefined;
    try {
      exchange.response.setHeader("x-amzn-requestid", randomUUID());
      const bytes = await readBody(exchange.request, BODY_LIMIT_BYTES);
      route = readRoute(exchange.request.url ?? "/");
      authorize(exchange, route, bytes, context);
      await answer(exchange, route, parseBody(bytes), startedAt);
    } catch (error) {
      // The client has gone, so there is nothing to answer and nothing to log.
      if (exchange.signal.aborted || !listening) return;
      const known = knownError(error, context);
      if (route && isConverse(route)) tryToLog(route, known.code);
      sendError(exchange, known);
    }
  }

  async function answer(exchange: Exchange, route: Route, body: unknown, startedAt: number): Promise<void> {
    if (route.operation === "count-tokens") {
      return sendJson(exchange.response, 200, { inputTokens: await countTokensOf(body, route.modelId, real) });
    }
    if (!isConverse(route))
      throw invalid("The local cloud supports Converse and ConverseStream; InvokeModel is not supported.");
    const request = checkRequest(body);
    // A real model decides for itself what it supports.
    if (!options.forward) checkCapabilities(route.modelId, request, options.limits?.[route.modelId]);
    const isStreamed = route.operation === "converse-stream";
    const given = await model({ modelId: route.modelId, request, isStreamed, signal: exchange.signal });
    if (exchange.signal.aborted || !listening) return;
    logCall(route, given.usage, "ok");
    if (isStreamed) await sendStream(exchange, given, startedAt);
    else sendWhole(exchange, given, startedAt);
  }

  function logCall({ modelId }: Route, { inputTokens, outputTokens }: Usage, status: string): void {
    log.append({ at: new Date(context.clock.now()).toISOString(), modelId, inputTokens, outputTokens, status });
  }

  /** A failed call uses nothing, so that its line may be missing when there is no room for it. */
  function tryToLog(route: Route, status: string): void {
    try {
      logCall(route, NO_TOKENS, status);
    } catch (error) {
      if (!isExhaustion(error)) throw error;
      reportExhaustion(error);
    }
  }

  return {
    name: "bedrock-runtime",
    types: [],
    async start(given) {
      context = given;
      log = openCallLog(options.callLog ?? join(given.folder, "model-calls.jsonl"));
      if (options.forward?.kind === "bedrock") real = realBedrock(options.forward, given.region);
      if (options.forward?.kind === "openai") model = openAiModel(options.forward);
      if (real) model = real.model;
      const { folder, origins } = given;
      listening = await listenOnRememberedPort(folder, (port) => listenTwice(handle, { port, origins }));
      return listening.url;
    },
    async create(resource) {
      throw new Error(`Bedrock's runtime has no resources, so it cannot create ${resource.path}.`);
    },
    async stop() {
      const last = listening;
      if (!last) return;
      listening = undefined;
      await last.close();
      real?.close();
      log.close();
    },
    configure: sample.configure,
  };
}

function readRoute(url: string): Route {
  const [, id, operation] = /^\/model\/([^/?]+)\/([\w-]+)$/.exec(url.split("?")[0] ?? "") ?? [];
  if (id !== undefined && operation !== undefined && Object.hasOwn(ACTIONS, operation)) {
    return { modelId: decode(id), operation };
  }
  throw new AwsError(404, "UnknownOperationException", `Bedrock's runtime has no operation at ${url}.`);
}

function decode(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

const isConverse = ({ operation }: Route) => operation === "converse" || operation === "converse-stream";

function authorize({ request }: Exchange, { modelId, operation }: Route, bytes: Buffer, context: CloudContext): void {
  // HTTP/2 has `:authority` in place of `host`; either may be signed.
  request.headers.host ??= String(request.headers[":authority"]);
  const caller = context.gate.authenticate(request, bytes, "bedrock");
  const action = ACTIONS[operation] as string;
  context.gate.authorize(caller, ...accessesFor(readModelId(modelId), action, context.region, context.accountId));
}

function parseBody(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch (error) {
    throw Object.assign(new AwsError(400, "SerializationException", "The request's body is not JSON."), {
      cause: error,
    });
  }
}

/** The input tokens of a CountTokens request, counted by the real Bedrock if requests go there. */
async function countTokensOf(body: any, modelId: string, real: RealBedrock | undefined): Promise<number> {
  const invokeBody: unknown = body?.input?.invokeModel?.body;
  if (typeof invokeBody === "string") return countTokens(Buffer.from(invokeBody, "base64").toString());
  const request = checkRequest(body?.input?.converse);
  return real ? real.countTokens(modelId, request) : countInputTokens(request);
}

function sendWhole({ response }: Exchange, answer: ModelAnswer, startedAt: number): void {
  sendJson(response, 200, {
    output: { message: { role: "assistant", content: answer.content } },
    stopReason: answer.stopReason,
    usage: answer.usage,
    additionalModelResponseFields: answer.additionalModelResponseFields,
    metrics: { latencyMs: elapsedMs(startedAt) },
  });
}

/** Streams the events of an answer over the time a model would take to write it. */
async function sendStream({ response, signal }: Exchange, answer: ModelAnswer, startedAt: number): Promise<void> {
  response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
  const events = answerEvents(answer);
  const pauseMs = (answer.paceMs ?? 0) / events.length;
  const firstWordAt = performance.now();
  for (const [index, event] of events.entries()) {
    response.write(encodeEvent(event));
    // Timers are coarse: waiting until each event's own due time keeps the total right.
    const aheadMs = firstWordAt + (index + 1) * pauseMs - performance.now();
    if (aheadMs >= 1) await wait(aheadMs, undefined, { signal });
  }
  response.end(encodeEvent(metadataEvent(answer, elapsedMs(startedAt))));
}

function knownError(error: unknown, context: CloudContext): AwsError {
  if (error instanceof AwsError) return error;
  context.log(`bedrock: ${failureText(error)}`);
  if (isExhaustion(error)) {
    return new AwsError(503, "ServiceUnavailableException", "The local Bedrock has no room for its log; retry later.");
  }
  return new AwsError(500, "InternalServerException", "The local Bedrock failed; see its log file.");
}

function sendError({ response }: Exchange, error: AwsError): void {
  if (response.headersSent) return void response.destroy();
  const { retryAfter, ...members } = error.extra;
  sendJson(
    response,
    error.status,
    { message: error.message, ...members },
    {
      "x-amzn-errortype": error.code,
      ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
    },
  );
}

const elapsedMs = (startedAt: number) => Math.round(performance.now() - startedAt);
