/** AppSync's WebSocket: how a client connects, and its messages. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import { urlOf } from "../http.ts";
import { AlarmClock } from "../clock/alarm-clock.ts";
import { authenticate, sourceAddresses } from "./caller.ts";
import type { ApiCaller } from "./caller.ts";
import type { Api } from "./api.ts";
import { RequestError } from "./errors.ts";
import { lowerCaseHeaders, messageCredential } from "./message-credential.ts";
import { RealtimeConnection } from "./realtime-connection.ts";
import type { Subscriptions } from "./subscriptions.ts";

/** As often as AppSync sends one. */
export const KEEP_ALIVE_MS = 60_000;

/** As large as a request over HTTP may be. */
const MESSAGE_LIMIT_BYTES = 5 * 1024 * 1024;

export interface RealtimeOptions {
  readonly keepAliveMs: number;
}

/** Connections of one service, across its APIs. */
export class Realtime {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_LIMIT_BYTES,
    handleProtocols: (offered) => (offered.has("graphql-ws") ? "graphql-ws" : false),
  });
  readonly #alarms: AlarmClock;

  constructor(
    readonly options: RealtimeOptions,
    clock: { now(): number },
  ) {
    this.#alarms = new AlarmClock(clock);
  }

  /** Upgrades a socket to a WebSocket of this API. */
  async connect(
    api: Api,
    subscriptions: Subscriptions,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): Promise<void> {
    const outcome = await this.#caller(api, request).catch((error: unknown) => error);
    if (socket.destroyed) return;
    this.#server.handleUpgrade(request, socket, head, (websocket) => {
      if (outcome instanceof Error) return refuse(websocket, outcome);
      const sourceIp = sourceAddresses(request.headers, request.socket.remoteAddress);
      new RealtimeConnection({
        api,
        subscriptions,
        websocket,
        sourceIp,
        caller: outcome as ApiCaller,
        alarms: this.#alarms,
        ...this.options,
      });
    });
  }

  async close(): Promise<void> {
    this.#alarms.stop();
    for (const client of this.#server.clients) client.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #caller(api: Api, request: IncomingMessage): Promise<ApiCaller> {
    const { headers, body } = connectHeaders(request);
    const sourceIp = sourceAddresses(request.headers, request.socket.remoteAddress);
    return authenticate(messageCredential(`${api.identity.path}/connect`, headers, body, sourceIp), api.doors());
  }
}

/** Headers come as a subprotocol, in the query, or as headers of the handshake itself. */
function connectHeaders(request: IncomingMessage): { headers: Record<string, string>; body: string } {
  const query = urlOf(request).searchParams;
  const protocols = String(request.headers["sec-websocket-protocol"] ?? "")
    .split(",")
    .map((each) => each.trim());
  const subprotocol = protocols.find((each) => each.startsWith("header-"))?.slice("header-".length);
  const encoded = subprotocol ?? query.get("header");
  if (!encoded) return { headers: lowerCaseHeaders(request.headers), body: "{}" };
  const payload = query.get("payload");
  const body = payload ? Buffer.from(payload, "base64").toString("utf8") : "{}";
  return { headers: lowerCaseHeaders(parseHeader(encoded)), body };
}

function parseHeader(encoded: string): unknown {
  try {
    return JSON.parse(Buffer.from(encoded, "base64").toString("utf8"));
  } catch {
    throw new RequestError(400, "BadRequestException", "The connection's header must be a base64-encoded JSON object");
  }
}

function refuse(websocket: WebSocket, error: Error): void {
  const { status, errorType } = error instanceof RequestError ? error : { status: 500, errorType: "InternalFailure" };
  websocket.send(
    JSON.stringify({
      type: "connection_error",
      payload: { errors: [{ errorType, message: error.message, errorCode: status }] },
    }),
  );
  websocket.close();
}
