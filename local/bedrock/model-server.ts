/**
 * Requests to a model's server, over kept connections. Node's own HTTP, because `fetch` with its streams costs more processor time
 * than everything else that a forwarded call does.
 */
import http from "node:http";
import type { IncomingMessage } from "node:http";
import https from "node:https";

export interface ServerRequest {
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Aborts the request, also at the server: its connection is closed. */
  readonly signal?: AbortSignal;
}

export interface ServerAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** The server kept the request for longer than any answer takes. */
export class NoAnswerInTime extends Error {}

/** As long as Bedrock itself lets a model write; whoever called may leave earlier. */
const ANSWER_LIMIT_MS = 60 * 60_000;
/**
 * How long a connection may take to open, and stay open unused. Below the five seconds after which Python's and Node's servers
 * close one, so that a request seldom meets its end.
 */
const QUIET_LIMIT_MS = 4_000;
/** All calls of a machine's tasks at once, and no connection closed only to be opened again. */
const CONNECTIONS_KEPT = 4_096;
/** A connection that closes later than this may have done so over a request that was read, and perhaps paid for. */
const UNREAD_MS = 1_000;
const CLOSED: ReadonlySet<string | undefined> = new Set(["ECONNRESET", "EPIPE"]);
const MOST_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 307, 308]);

const agentOptions = { keepAlive: true, maxFreeSockets: CONNECTIONS_KEPT, timeout: QUIET_LIMIT_MS };
const agents = { http: new http.Agent(agentOptions), https: new https.Agent(agentOptions) };

/**
 * Sends a request and reads the whole answer; follows redirects with the same method and body.
 * @throws NoAnswerInTime, or Error when there was no whole answer
 */
export async function askServer(url: string, request: ServerRequest, redirects = 0): Promise<ServerAnswer> {
  const answer = await onceMoreIfClosed(url, request);
  const { location } = answer.headers;
  if (!REDIRECTS.has(answer.status) || location === undefined || redirects >= MOST_REDIRECTS) return answer;
  const next = new URL(location, url);
  const { authorization: _, ...others } = request.headers;
  const headers = next.origin === new URL(url).origin ? request.headers : others;
  return askServer(next.href, { ...request, headers }, redirects + 1);
}

/** A server may close a kept connection just when a request is on its way, unread; that request is sent again on a new one. */
async function onceMoreIfClosed(url: string, request: ServerRequest): Promise<ServerAnswer> {
  try {
    return await ask(url, request);
  } catch (error) {
    if (!(error instanceof ClosedUnread)) throw error;
    return await ask(url, request, { onNewConnection: true });
  }
}

class ClosedUnread extends Error {}

function ask(
  url: string,
  { method, headers, body, signal }: ServerRequest,
  { onNewConnection = false } = {},
): Promise<ServerAnswer> {
  const isSecure = url.startsWith("https:");
  const options = {
    method,
    agent: onNewConnection ? false : isSecure ? agents.https : agents.http,
    headers: body === undefined ? headers : { ...headers, "content-length": Buffer.byteLength(body) },
    signal,
  };
  return new Promise((resolve, reject) => {
    const sentAtMs = performance.now();
    const sent = (isSecure ? https : http).request(url, options, (response) => {
      read(response)
        .then(resolve, reject)
        .finally(() => clearTimeout(limit));
    });
    const limit = setTimeout(() => sent.destroy(new NoAnswerInTime()), ANSWER_LIMIT_MS);
    sent.on("timeout", () => {
      if (sent.socket?.connecting) sent.destroy(new Error(`no connection within ${QUIET_LIMIT_MS / 1000} s`));
    });
    sent.once("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(limit);
      const isUnread = sent.reusedSocket && CLOSED.has(error.code) && performance.now() - sentAtMs < UNREAD_MS;
      reject(isUnread ? new ClosedUnread(error.message, { cause: error }) : error);
    });
    sent.end(body);
  });
}

async function read(response: IncomingMessage): Promise<ServerAnswer> {
  const chunks: Buffer[] = [];
  response.on("data", (chunk: Buffer) => chunks.push(chunk));
  await new Promise<void>((resolve, reject) => response.once("end", resolve).once("error", reject));
  const { statusCode: status = 0, headers } = response;
  return { status, headers, text: Buffer.concat(chunks).toString() };
}
