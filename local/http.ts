/** Plain HTTP on 127.0.0.1, for every service of the local cloud. */
import http from "node:http";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { isExhaustion, reportExhaustion } from "./exhaustion.ts";
import { foreignCaller } from "./origins.ts";
import { AwsError } from "./service.ts";

/** Larger than any body that a service without a limit of its own reads as a whole. */
const DEFAULT_BODY_LIMIT_BYTES = 1024 * 1024;
/** How long the rest of an oversize body is read and dropped: a client that is still sending might not see the answer. */
const DROP_MS = 1_000;

export interface Listening {
  /** `http://127.0.0.1:PORT`, without a trailing slash. */
  readonly url: string;
  readonly server: http.Server;
  /** Stops listening and drops open connections. */
  close(): Promise<void>;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>;

export interface ListenOptions {
  /** Any free one by default. */
  readonly port?: number | undefined;
  /** Origins whose pages may call the server; none by default. */
  readonly origins?: ReadonlySet<string>;
  /** Takes connections that are to become WebSockets; without it, such requests are answered like any other. */
  readonly upgrade?: UpgradeHandler;
}

/**
 * Serves `handler` on 127.0.0.1. Whatever a request is and whatever answering it throws, the process keeps running (`answerSafely`).
 * @throws Error when the port is in use or may not be opened
 */
export function listen(
  handler: Handler,
  { port = 0, origins = NO_ORIGINS, upgrade }: ListenOptions = {},
): Promise<Listening> {
  const server = http.createServer((request, response) => answerSafely(handler, origins, request, response));
  if (upgrade) {
    server.on("upgrade", (request, socket, head) => upgradeSafely(upgrade, origins, request, socket, head));
  }
  // The SDK pools sockets; if this side closed idle ones, its next request could fail with ECONNRESET.
  server.keepAliveTimeout = 0;
  return new Promise((resolve, reject) => {
    // It stays: a connection that cannot be accepted for lack of descriptors is an error of the server.
    server.on("error", (error: NodeJS.ErrnoException) => {
      reportExhaustion(error);
      reject(listenError(error, port));
    });
    server.listen(port, "127.0.0.1", () => {
      const { port: actualPort } = server.address() as AddressInfo;
      resolve({ url: `http://127.0.0.1:${actualPort}`, server, close: () => close(server) });
    });
  });
}

const NO_ORIGINS: ReadonlySet<string> = new Set();

/**
 * Answers one request; never throws, and handles every error. A caller that may not call is rejected before its request is
 * read. What the handler throws becomes an answer: an AwsError its own, anything else a 500 or 503.
 */
export function answerSafely(
  handler: Handler,
  origins: ReadonlySet<string>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  // Without a listener, an aborted upload or a write after the end would end the process.
  request.on("error", ignore);
  response.on("error", ignore);
  answers.set(request, response);
  const foreign = foreignCaller(request, origins);
  const answered = foreign === undefined ? attempt(handler, request, response) : Promise.reject(forbidden(foreign));
  answered.catch((error: unknown) => {
    try {
      answerFailure(response, error);
    } catch (cause) {
      console.error(cause);
      response.destroy();
    }
  });
}

/** A handler that throws at once is like one that rejects. */
async function attempt(handler: Handler, request: IncomingMessage, response: ServerResponse): Promise<void> {
  await handler(request, response);
}

function upgradeSafely(
  upgrade: UpgradeHandler,
  origins: ReadonlySet<string>,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  socket.on("error", () => socket.destroy());
  const foreign = foreignCaller(request, origins);
  if (foreign !== undefined) return endSocket(socket, 403, foreign);
  (async () => upgrade(request, socket, head))().catch((error: unknown) => {
    const known = knownError(error);
    if (!socket.destroyed) endSocket(socket, known.status, known.message);
  });
}

/** Answers a request to upgrade with an error, and closes the connection. */
export function endSocket(socket: Duplex, status: number, message: string): void {
  const head = [
    `HTTP/1.1 ${status} ${http.STATUS_CODES[status] ?? "Error"}`,
    "connection: close",
    "content-type: text/plain; charset=utf-8",
    `content-length: ${Buffer.byteLength(message)}`,
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${message}`);
}

/** A request's response, for those who have only the request. */
const answers = new WeakMap<IncomingMessage, ServerResponse>();

/**
 * The whole body of a request.
 * @param limitBytes 1 MiB by default
 * @param tooLarge the service's own error; `RequestEntityTooLargeException` by default
 * @throws AwsError 413 for a larger body, whose connection is closed after the answer
 */
export async function readBody(
  request: IncomingMessage,
  limitBytes = DEFAULT_BODY_LIMIT_BYTES,
  tooLarge: (limitBytes: number) => AwsError = bodyTooLarge,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let dropUntilMs = Infinity;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= limitBytes) chunks.push(chunk);
    else if (dropUntilMs === Infinity) {
      chunks.length = 0;
      dropUntilMs = performance.now() + DROP_MS;
    } else if (performance.now() > dropUntilMs) break;
  }
  if (bytes <= limitBytes) return Buffer.concat(chunks);
  // HTTP/2 knows no such header: there, the stream ends with its answer.
  if (request.httpVersionMajor < 2) answers.get(request)?.setHeader("connection", "close");
  throw tooLarge(limitBytes);
}

function bodyTooLarge(limitBytes: number): AwsError {
  return new AwsError(
    413,
    "RequestEntityTooLargeException",
    `The request body exceeds ${limitBytes} bytes. Send it in smaller parts.`,
  );
}

/** @throws AwsError 400 `SerializationException`; an empty body is an empty object */
export function parseJson(body: Buffer): any {
  let value: unknown;
  try {
    value = JSON.parse(body.toString() || "{}");
  } catch (cause) {
    throw Object.assign(notAnObject(), { cause });
  }
  if (typeof value === "object" && value !== null) return value;
  throw notAnObject();
}

function notAnObject(): AwsError {
  return new AwsError(400, "SerializationException", "The request's body is not a JSON object.");
}

/** A request's address. Any text is one: a path such as `//` is kept as it is. */
export function urlOf(request: IncomingMessage): URL {
  const target = request.url ?? "/";
  const [path = "", query = ""] = target.split(/\?(.*)/s);
  const url = new URL("http://127.0.0.1");
  url.pathname = path;
  url.search = query;
  return url;
}

/** @throws AwsError 400 for text with an invalid percent-encoding */
export function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError(400, "InvalidRequestException", `The address has an invalid percent-encoding: ${text}`);
  }
}

/** Answers with JSON; the content type is `application/json` unless `headers` says otherwise. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: OutgoingHttpHeaders = {},
): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { "content-type": "application/json", "content-length": bytes.length, ...headers });
  response.end(bytes);
}

/** Lets a page read the answer; whether its origin may call at all was decided before (`foreignCaller`). */
export function allowOrigin({ headers: { origin } }: IncomingMessage, response: ServerResponse): void {
  response.setHeader("vary", "Origin");
  if (origin !== undefined) response.setHeader("access-control-allow-origin", origin);
}

function close(server: http.Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function answerFailure(response: ServerResponse, error: unknown): void {
  // A client that disconnected midway needs no answer, and it is not an error.
  if (response.destroyed) return;
  const known = knownError(error);
  if (response.writableEnded) return;
  if (response.headersSent) return void response.destroy();
  sendJson(
    response,
    known.status,
    { __type: known.code, message: known.message, ...known.extra },
    { "x-amzn-errortype": known.code },
  );
}

/** Services handle their own errors; but for a lack of disk or descriptors, an error that gets here is a bug in one of them. */
function knownError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  if (isExhaustion(error)) {
    reportExhaustion(error);
    return new AwsError(503, "ServiceUnavailableException", "The local cloud has no room left; retry later.");
  }
  console.error(error);
  return new AwsError(500, "InternalFailure", error instanceof Error ? error.message : String(error));
}

function forbidden(message: string): AwsError {
  return new AwsError(403, "AccessDeniedException", message);
}

function ignore(): void {}

function listenError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === "EADDRINUSE") {
    return new Error(`Port ${port} is in use by another program. Stop that program or choose another port.`, {
      cause: error,
    });
  }
  if (error.code === "EACCES") {
    return new Error(`This user may not open port ${port}. Choose a port above 1023.`, { cause: error });
  }
  return error;
}
