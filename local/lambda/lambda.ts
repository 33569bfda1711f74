/** Emulates AWS Lambda: Node.js functions from the assembly's assets, invoked over Lambda's HTTP API or by other services. */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { decodePath, listen, readBody, sendJson, urlOf, type Listening } from "../http.ts";
import { listenOnRememberedPort } from "../remembered-port.ts";
import { AwsError, type CloudContext, type Service } from "../service.ts";
import { EventQueue } from "./event-queue.ts";
import { Functions, resourceTypes } from "./functions.ts";
import type { Outcome } from "./instance.ts";
import { assertServiceMayInvoke, type ServiceCaller } from "./resource-policy.ts";

const MAX_SYNCHRONOUS_BYTES = 6 * 1024 * 1024;
const MAX_ASYNCHRONOUS_BYTES = 1024 * 1024;
const INVOKE_PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

export interface LambdaService extends Service {
  /** Starts an instance of each function in the background, so that first events do not wait for theirs. */
  warm(): void;
  /**
   * Invokes a function for a service of this cloud (`CloudContext.invoke`). Returns what the handler returned; with
   * `asynchronous` it returns immediately, and Lambda itself retries when the function fails.
   * @throws AwsError 403 when the function's permissions do not cover the caller; an Error with the name of the handler's error
   */
  invokeFunction(arn: string, payload: unknown, as: ServiceCaller & { asynchronous?: boolean }): Promise<unknown>;
}

export function lambda(): LambdaService {
  let context: CloudContext;
  let listening: Listening;
  let queue: EventQueue;
  let functions: Functions;

  return {
    name: "lambda",
    types: resourceTypes,
    async start(started) {
      context = started;
      queue = new EventQueue(context);
      functions = new Functions(context, queue);
      const { folder, origins } = context;
      listening = await listenOnRememberedPort(folder, (port) => listen(answer, { port, origins }));
      return listening.url;
    },
    async create(resource) {
      return functions.create(resource);
    },
    async stop() {
      queue.stop();
      await Promise.all([listening.close(), functions.stop()]);
    },
    warm() {
      void functions.warm();
    },
    async invokeFunction(arn, payload, { asynchronous, ...caller }) {
      const { target, qualifier } = functions.find(arn);
      assertServiceMayInvoke(target.config.arn, functions.permissionsOf(target.config.name), caller, context.accountId);
      const event = { requestId: randomUUID(), payload: JSON.stringify(payload ?? null), qualifier };
      if (asynchronous) return queue.add(target, event);
      const outcome = await target.invoke(event.payload, event);
      const answered = JSON.parse(outcome.payload);
      if (!outcome.failed) return answered;
      throw Object.assign(new Error(answered.errorMessage), { name: answered.errorType ?? "Error" });
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    response.setHeader("x-amzn-requestid", requestId);
    try {
      await answerInvoke(request, response, requestId);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const body = { Type: "User", message: error.message, Message: error.message, ...error.extra };
      sendJson(response, error.status, body, { "x-amzn-errortype": error.code });
    }
  }

  async function answerInvoke(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    const body = await readBody(request, MAX_SYNCHRONOUS_BYTES, tooLarge);
    const caller = context.gate.authenticate(request, body, "lambda");
    const { target, qualifier } = functions.find(...readInvokeUrl(request));
    const resource = qualifier ? `${target.config.arn}:${qualifier}` : target.config.arn;
    context.gate.authorize(caller, { action: "lambda:InvokeFunction", resource });
    const invocationType = request.headers["x-amz-invocation-type"] ?? "RequestResponse";
    if (invocationType === "DryRun") return void response.writeHead(204).end();
    const payload = parsePayload(body, invocationType === "Event" ? MAX_ASYNCHRONOUS_BYTES : MAX_SYNCHRONOUS_BYTES);
    if (invocationType === "Event") {
      queue.add(target, { requestId, payload, qualifier });
      return void response.writeHead(202, { "content-length": 0 }).end();
    }
    sendOutcome(request, response, await target.invoke(payload, { requestId, qualifier }));
  }
}

/** The function's name or ARN, and the qualifier. */
function readInvokeUrl(request: IncomingMessage): [name: string, qualifier: string | undefined] {
  const url = urlOf(request);
  const name = INVOKE_PATH.exec(url.pathname)?.[1];
  if (name === undefined || request.method !== "POST") throw unknownOperation(request);
  return [decodePath(name), url.searchParams.get("Qualifier") ?? undefined];
}

function sendOutcome(request: IncomingMessage, response: ServerResponse, outcome: Outcome): void {
  response.setHeader("content-type", "application/json");
  response.setHeader("x-amz-executed-version", "$LATEST");
  if (outcome.failed) response.setHeader("x-amz-function-error", "Unhandled");
  if (request.headers["x-amz-log-type"] === "Tail") {
    response.setHeader("x-amz-log-result", Buffer.from(outcome.logTail).toString("base64"));
  }
  response.end(outcome.payload);
}

function parsePayload(body: Buffer, limitBytes: number): string {
  if (body.length > limitBytes) throw tooLarge(limitBytes);
  const payload = body.length === 0 ? "{}" : body.toString("utf8");
  try {
    JSON.parse(payload);
    return payload;
  } catch (error) {
    const reason = `Could not parse request body into json: ${(error as Error).message}`;
    throw new AwsError(400, "InvalidRequestContentException", reason);
  }
}

function tooLarge(limitBytes: number): AwsError {
  return new AwsError(
    413,
    "RequestTooLargeException",
    `Request must be smaller than ${limitBytes} bytes for the InvokeFunction operation`,
  );
}

function unknownOperation(request: IncomingMessage): AwsError {
  return new AwsError(
    404,
    "UnknownOperationException",
    `The local Lambda supports Invoke only, not ${request.method} ${request.url}.`,
  );
}
