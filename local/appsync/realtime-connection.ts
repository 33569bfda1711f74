/** One open WebSocket: starts, delivers and stops its subscriptions. */
import type { WebSocket } from "ws";
import { failureText } from "../exhaustion.ts";
import type { AlarmClock } from "../clock/alarm-clock.ts";
import type { Api } from "./api.ts";
import { authenticate } from "./caller.ts";
import type { ApiCaller } from "./caller.ts";
import { RequestError } from "./errors.ts";
import { readRequest } from "./graphql.ts";
import { lowerCaseHeaders, messageCredential } from "./message-credential.ts";
import { openSubscription, SubscriptionRefused } from "./subscriptions.ts";
import type { Subscription, Subscriptions } from "./subscriptions.ts";

/** How long a client waits for `ka` before it drops the connection. */
const CONNECTION_TIMEOUT_MS = 300_000;
/** "Subscriptions per connection: 200" */
const SUBSCRIPTION_LIMIT = 200;
/** AppSync closes every connection after a day. */
const LONGEST_CONNECTION_MS = 24 * 3_600_000;
/** Close code for "policy violation". */
const POLICY_VIOLATION = 1008;

export interface ConnectionOptions {
  readonly api: Api;
  readonly subscriptions: Subscriptions;
  readonly websocket: WebSocket;
  readonly caller: ApiCaller;
  readonly sourceIp: readonly string[];
  readonly alarms: AlarmClock;
  readonly keepAliveMs: number;
}

interface Message {
  readonly type?: string;
  readonly id?: string;
  readonly payload?: { readonly data?: unknown; readonly extensions?: { readonly authorization?: unknown } };
}

export class RealtimeConnection {
  /** Stops each subscription, by id; undefined while it is starting. */
  readonly #running = new Map<string, (() => void) | undefined>();
  readonly #atClose: (() => void)[];

  constructor(readonly options: ConnectionOptions) {
    const { websocket, alarms, caller, api, keepAliveMs } = options;
    const keepAlive = setInterval(() => this.#send({ type: "ka" }), keepAliveMs).unref();
    const lastMs = api.context.clock.now() + LONGEST_CONNECTION_MS;
    this.#atClose = [
      () => clearInterval(keepAlive),
      alarms.at(lastMs, () => websocket.close(POLICY_VIOLATION, "The connection is a day old.")),
      ...(Number.isFinite(caller.expiresAtMs) ? [alarms.at(caller.expiresAtMs, () => this.#expire())] : []),
    ];
    websocket.on("message", (data) => {
      this.#receive(String(data)).catch((error: unknown) => this.#sendError(undefined, error));
    });
    websocket.on("close", () => this.#closed());
    websocket.on("error", () => websocket.terminate());
  }

  async #receive(text: string): Promise<void> {
    const message = readMessage(text);
    switch (message.type) {
      case "connection_init":
        this.#send({ type: "connection_ack", payload: { connectionTimeoutMs: CONNECTION_TIMEOUT_MS } });
        return this.#send({ type: "ka" });
      case "start":
        return this.#start(message);
      case "stop":
        return this.#stop(String(message.id));
      default:
        return this.#sendError(
          message.id,
          new RequestError(400, "UnsupportedOperation", `Unknown message type "${message.type}".`),
        );
    }
  }

  async #start({ id, payload }: Message): Promise<void> {
    const refusal = this.#startProblem(id);
    if (refusal || id === undefined) return this.#sendError(id, refusal);
    this.#running.set(id, undefined);
    try {
      const subscription = await this.#open(payload);
      // Stopped, or the socket closed, while the subscription's resolver was running.
      if (!this.#running.has(id)) return;
      this.#run(id, subscription);
      this.#send({ id, type: "start_ack" });
    } catch (error) {
      this.#running.delete(id);
      this.#sendError(id, error);
    }
  }

  #startProblem(id: string | undefined): RequestError | undefined {
    if (typeof id !== "string" || id === "")
      return new RequestError(400, "BadRequestException", "A start message needs an id.");
    if (this.#running.has(id))
      return new RequestError(400, "DuplicatedOperationError", `The subscription id ${id} is in use.`);
    if (this.#running.size < SUBSCRIPTION_LIMIT) return undefined;
    return new RequestError(
      400,
      "MaxSubscriptionsReachedError",
      `Max number of ${SUBSCRIPTION_LIMIT} subscriptions reached`,
    );
  }

  async #open(payload: Message["payload"]): Promise<Subscription> {
    const { api, sourceIp } = this.options;
    const data = String(payload?.data ?? "");
    const headers = lowerCaseHeaders(payload?.extensions?.authorization);
    const caller = await authenticate(messageCredential(api.identity.path, headers, data, sourceIp), api.doors());
    return openSubscription(api, readRequest(data), caller, headers);
  }

  #run(id: string, subscription: Subscription): void {
    const { subscriptions, alarms } = this.options;
    const remove = subscriptions.add(subscription, {
      deliver: (payload) => this.#send({ id, type: "data", payload }),
      end: () => this.#stop(id),
    });
    const { expiresAtMs } = subscription.caller;
    const forget = Number.isFinite(expiresAtMs) ? alarms.at(expiresAtMs, () => this.#expireOne(id)) : () => undefined;
    this.#running.set(id, () => {
      remove();
      forget();
    });
  }

  #stop(id: string): void {
    this.#running.get(id)?.();
    this.#running.delete(id);
    this.#send({ id, type: "complete" });
  }

  #expireOne(id: string): void {
    this.#running.get(id)?.();
    this.#running.delete(id);
    this.#sendError(id, new RequestError(401, "UnauthorizedException", "Token has expired."));
  }

  #expire(): void {
    this.#sendError(undefined, new RequestError(401, "UnauthorizedException", "Token has expired."));
    this.options.websocket.close(POLICY_VIOLATION, "Token has expired.");
  }

  #closed(): void {
    for (const end of [...this.#atClose, ...this.#running.values()]) end?.();
    this.#running.clear();
  }

  #sendError(id: string | undefined, error: unknown): void {
    this.#send({
      ...(id !== undefined && { id }),
      type: "error",
      payload: { errors: errorsOf(error, this.options.api) },
    });
  }

  #send(message: object): void {
    const { websocket } = this.options;
    if (websocket.readyState === websocket.OPEN) websocket.send(JSON.stringify(message));
  }
}

/** @throws RequestError 400 */
function readMessage(text: string): Message {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    throw new RequestError(400, "BadRequestException", "The message is not JSON.");
  }
  if (typeof message === "object" && message !== null) return message;
  throw new RequestError(400, "BadRequestException", "The message is not a JSON object.");
}

function errorsOf(error: unknown, api: Api): readonly object[] {
  if (error instanceof SubscriptionRefused) return error.errors;
  if (error instanceof RequestError)
    return [{ errorType: error.errorType, message: error.message, errorCode: error.status }];
  api.context.log(`appsync: ${failureText(error)}`);
  return [{ errorType: "InternalFailure", message: "An internal failure occurred.", errorCode: 500 }];
}
