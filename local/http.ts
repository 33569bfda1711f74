/** Plain HTTP on 127.0.0.1, for every service of the local cloud. */
import http from "node:http";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Larger than any body that a service reads as a whole (an S3 part is streamed). */
const DEFAULT_BODY_LIMIT_BYTES = 64 * 1024 * 1024;

export interface Listening {
  /** `http://127.0.0.1:PORT`, without a trailing slash. */
  readonly url: string;
  readonly server: http.Server;
  /** Stops listening and drops open connections. */
  close(): Promise<void>;
}

/**
 * Serves `handler` on 127.0.0.1; port 0 (the default) means any free one. An error that the handler throws becomes a 500.
 * @throws Error when the port is in use or may not be opened
 */
export function listen(
  handler: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  port = 0,
): Promise<Listening> {
  const server = http.createServer((request, response) => {
    handler(request, response).catch((error: unknown) => {
      // A client that disconnected midway needs no answer, and it is not an error.
      if (!request.socket.destroyed) answerFailure(response, error);
    });
  });
  // The SDK pools sockets; if this side closed idle ones, its next request could fail with ECONNRESET.
  server.keepAliveTimeout = 0;
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(error, port)));
    server.listen(port, "127.0.0.1", () => {
      const { port: actualPort } = server.address() as AddressInfo;
      resolve({ url: `http://127.0.0.1:${actualPort}`, server, close: () => close(server) });
    });
  });
}

/**
 * The whole body of a request.
 * @param limitBytes 64 MiB by default
 * @throws Error for a larger body
 */
export async function readBody(request: IncomingMessage, limitBytes = DEFAULT_BODY_LIMIT_BYTES): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limitBytes) {
      throw new Error(`The request body exceeds ${limitBytes} bytes. Send it in smaller parts.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
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

function close(server: http.Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Services handle their own errors; an error that gets here is a bug in one of them. */
function answerFailure(response: ServerResponse, error: unknown): void {
  console.error(error);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const message = error instanceof Error ? error.message : String(error);
  sendJson(response, 500, { __type: "InternalFailure", message });
}

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
