/**
 * HTTP/1.1 and HTTP/2 without TLS on one port. The SDK's Bedrock client speaks HTTP/2 unless told otherwise; the first
 * bytes of a connection tell which of the two it is.
 */
import http from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import http2 from "node:http2";
import type { ServerHttp2Session } from "node:http2";
import net from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { reportExhaustion } from "../exhaustion.ts";
import { answerSafely } from "../http.ts";

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Aborted when the client goes away before the answer is complete. */
  readonly signal: AbortSignal;
}

export interface ListeningTwice {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Stops listening and drops open connections. */
  close(): Promise<void>;
}

const HTTP2_PREFACE = "PRI";
/** Far more than a client has in flight: the server's limit must not become the client's. */
const MOST_STREAMS = 10_000;

/**
 * Serves both. Like in `listen`, whatever the handler throws, the process goes on.
 * @param options.port 0 for any free one
 * @param options.origins whose pages may call
 */
export async function listenTwice(
  handler: (exchange: Exchange) => Promise<void>,
  { port, origins }: { readonly port: number; readonly origins: ReadonlySet<string> },
): Promise<ListeningTwice> {
  const answer = (request: IncomingMessage, response: ServerResponse) =>
    answerSafely(async () => handler(exchange(request, response)), origins, request, response);
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  const http1Server = http.createServer(answer);
  const http2Server = http2.createServer({ settings: { maxConcurrentStreams: MOST_STREAMS } }, (request, response) => {
    // HTTP/2's compatibility objects have all that is used of HTTP/1.1's: method, url, headers, reading and writing.
    answer(request as unknown as IncomingMessage, response as unknown as ServerResponse);
  });
  http1Server.keepAliveTimeout = 0;
  http2Server.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  });

  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.once("readable", () => {
      const start: Buffer | null = socket.read();
      if (start === null) return;
      socket.unshift(start);
      const isHttp2 = start.subarray(0, HTTP2_PREFACE.length).toString() === HTTP2_PREFACE;
      (isHttp2 ? http2Server : http1Server).emit("connection", socket);
    });
  });
  await new Promise<void>((resolve, reject) => {
    // It stays: a connection that cannot be accepted for lack of descriptors is an error of the server.
    server.on("error", (error) => {
      reportExhaustion(error);
      reject(error);
    });
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: actualPort } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${actualPort}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const session of sessions) session.destroy();
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function exchange(request: IncomingMessage, response: ServerResponse): Exchange {
  const controller = new AbortController();
  // Not `writableFinished`: a stream that was reset counts as finished.
  response.once("close", () => {
    if (!response.writableEnded) controller.abort();
  });
  // A reset stream emits an error here too.
  request.on("error", () => controller.abort());
  return { request, response, signal: controller.signal };
}
