/** Plain HTTP on 127.0.0.1: what every service of the local cloud listens with. */
import http from "node:http";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Larger than the largest body any played service takes in one piece (an S3 part is streamed, not read). */
const DEFAULT_BODY_LIMIT_BYTES = 64 * 1024 * 1024;

export interface Listening {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  readonly server: http.Server;
  /** Stops listening and drops open connections. */
  close(): Promise<void>;
}

/**
 * Serves `handler` on 127.0.0.1; port 0 (the default) takes any free one. What the handler throws is answered with 500.
 * @throws Error with a sentence for people when the port is in use or may not be opened
 */
export function listen(
  handler: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  port = 0,
): Promise<Listening> {
  const server = http.createServer((request, response) => {
    handler(request, response).catch((error: unknown) => {
      // Who hung up in the middle of a request needs no answer, and it is nobody's fault.
      if (!request.socket.destroyed) answerFailure(response, error);
    });
  });
  // The SDK keeps sockets in its pool; closing them first from this side would surface there as ECONNRESET.
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
 * @param limitBytes 64 MiB unless told; a larger body rejects with a sentence
 */
export async function readBody(request: IncomingMessage, limitBytes = DEFAULT_BODY_LIMIT_BYTES): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limitBytes) {
      throw new Error(
        `A request body may have ${limitBytes} bytes here; this one has more. Send it in smaller pieces.`,
      );
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

/** Services answer their own errors; what comes here is a mistake in one of them. */
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
    return new Error(`Port ${port} may not be opened by this user. Choose a port above 1023.`, { cause: error });
  }
  return error;
}
