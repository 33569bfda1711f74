/**
 * Sends requests that an SDK client has built and signed, and reads each response whole. The SDK's own handler sets four timers
 * per call and pipes the response through another stream, which costs a fifteenth of a call's CPU time.
 */
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { HttpResponse } from "@smithy/core/protocols";
import type { Signal } from "../signal.ts";

/** An SDK request whose body is bytes and whose path needs no query string. */
export interface BufferedRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: Uint8Array;
}

/**
 * One connection per call in flight, reused by later calls. A long answer's connection is silent until the answer is complete, and
 * NAT gateways drop what is silent for 350 seconds: so the kernel probes it each minute, and a peer that is gone is noticed.
 */
const PROBE_AFTER_MS = 60_000;
const CONNECTIONS = { keepAlive: true, keepAliveInitialDelay: PROBE_AFTER_MS, keepAliveMsecs: PROBE_AFTER_MS };

/** A request handler for SDK clients. */
export class HttpHandler {
  readonly metadata = { handlerProtocol: "http/1.1" };
  readonly #plain = new http.Agent(CONNECTIONS);
  readonly #secure = new https.Agent(CONNECTIONS);

  /**
   * Nothing is sent once the signal is aborted, and a request in flight is destroyed then.
   * @throws Node's Error, with its `code`, when the connection fails or ends before the response does; AbortError when aborted
   */
  handle(
    { protocol, hostname, port, method, path, headers, body }: BufferedRequest,
    { abortSignal: signal }: { readonly abortSignal?: Signal } = {},
  ): Promise<{ response: HttpResponse }> {
    const isSecure = protocol === "https:";
    const agent = isSecure ? this.#secure : this.#plain;
    const options = { host: hostname, port, method, path, headers, agent };
    return new Promise((resolve, reject) => {
      if (signal?.aborted) throw new AbortError();
      const fail = (error: Error) => {
        signal?.removeEventListener("abort", abort);
        reject(error);
      };
      const request = (isSecure ? https : http).request(options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", fail);
        response.on("end", () => {
          signal?.removeEventListener("abort", abort);
          resolve({ response: responseOf(response, Buffer.concat(chunks)) });
        });
      });
      const abort = () => {
        request.destroy();
        fail(new AbortError());
      };
      request.on("error", fail);
      signal?.addEventListener("abort", abort);
      request.end(body);
    });
  }

  /** Closes the connections. */
  destroy(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }
}

class AbortError extends Error {
  override readonly name = "AbortError";

  constructor() {
    super("The request was aborted.");
  }
}

function responseOf({ statusCode = 0, statusMessage, headers }: IncomingMessage, body: Buffer): HttpResponse {
  // Only Set-Cookie would be a list, and no AWS service sets one.
  return new HttpResponse({ statusCode, reason: statusMessage, headers: headers as Record<string, string>, body });
}
