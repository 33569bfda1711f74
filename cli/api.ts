/** The product's API for a command-line program: signed in like the browser, updated by subscription instead of polling. */
import { Amplify } from "aws-amplify";
import { fetchAuthSession, signIn } from "aws-amplify/auth";
import { cognitoUserPoolsTokenProvider } from "aws-amplify/auth/cognito";
import { ConsoleLogger } from "aws-amplify/utils";
import WebSocket from "ws";
import { PlotPaletteError, type ErrorCode } from "#core/errors";
import { RealtimeConnection } from "../client/link/RealtimeConnection.ts";
import type { Outputs } from "./running-instance.ts";

/** How long to try to reconnect a lost connection before failing. */
const RECONNECT_TIMEOUT_MS = 20_000;

export interface Api {
  /** @throws PlotPaletteError with the API's own message */
  call<T>(document: string, variables?: Record<string, unknown>): Promise<T>;
  /**
   * Calls `data` for each event, and `live` after every (re)connect, when what was missed must be fetched.
   * @returns what ends the subscription
   */
  listen<T>(
    document: string,
    variables: Record<string, unknown>,
    on: { data(event: T): void; live(): void; error(error: Error): void },
  ): () => void;
  close(): void;
}

/** Signs in with the pool's own flow (SRP), tokens kept in memory. */
export async function openApi(outputs: Outputs, user: { email: string; password: string }): Promise<Api> {
  configure(outputs);
  await signIn({ username: user.email, password: user.password });
  const token = async (forceRefresh = false) =>
    (await fetchAuthSession({ forceRefresh })).tokens?.idToken?.toString() ?? notSignedIn();
  const connection = new RealtimeConnection({
    endpoint: () => ({ url: outputs.realtimeUrl, host: new URL(outputs.graphqlUrl).host }),
    getToken: token,
    // The two differ only in members that a connection does not use.
    WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
  });
  return {
    call: async (document, variables = {}) => post(outputs.graphqlUrl, await token(), document, variables),
    listen(document, variables, on) {
      let reconnectTimer: NodeJS.Timeout | undefined;
      const forget = connection.afterConnect(async () => on.live());
      const unwatch = connection.watch((state) => {
        if (state === "live") {
          clearTimeout(reconnectTimer);
          reconnectTimer = undefined;
        }
        if (state === "lost")
          reconnectTimer ??= setTimeout(() => on.error(noResponse(outputs.realtimeUrl)), RECONNECT_TIMEOUT_MS);
      });
      const stop = connection.subscribe(
        { query: document, variables },
        {
          next: ({ data }) => data && on.data(data as never),
          error: ([error]) =>
            on.error(new PlotPaletteError("Internal", error?.message ?? "The subscription was rejected.")),
          complete: () => undefined,
        },
      );
      return () => {
        clearTimeout(reconnectTimer);
        forget();
        unwatch();
        stop();
      };
    },
    close: () => connection.close(),
  };
}

function configure(outputs: Outputs): void {
  // It would warn about every user pool that is not at Amazon's own address.
  ConsoleLogger.LOG_LEVEL = "ERROR";
  const { userPoolId, userPoolClientId, userPoolEndpoint } = outputs;
  Amplify.configure({ Auth: { Cognito: { userPoolId, userPoolClientId, userPoolEndpoint } } });
  const stored = new Map<string, string>();
  cognitoUserPoolsTokenProvider.setKeyValueStorage({
    setItem: async (key, value) => void stored.set(key, value),
    getItem: async (key) => stored.get(key) ?? null,
    removeItem: async (key) => void stored.delete(key),
    clear: async () => stored.clear(),
  });
}

async function post<T>(url: string, token: string, query: string, variables: Record<string, unknown>): Promise<T> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: token },
    body: JSON.stringify({ query, variables }),
  }).catch((cause: Error) => {
    throw noResponse(url, cause);
  });
  const { data, errors } = (await response.json()) as { data?: T; errors?: { message: string; errorType?: string }[] };
  const [error] = errors ?? [];
  if (error) throw new PlotPaletteError(codeOf(error.errorType), error.message);
  if (!data) throw new PlotPaletteError("Internal", `The API responded with status ${response.status} and no data.`);
  return data;
}

function noResponse(url: string, cause?: Error): PlotPaletteError {
  return new PlotPaletteError("Internal", `Plot Palette at ${url} no longer responds; it may have been stopped.`, {
    cause,
  });
}

function codeOf(errorType: string | undefined): ErrorCode {
  return errorType === "BadInput" || errorType === "NotFound" || errorType === "Conflict" ? errorType : "Internal";
}

function notSignedIn(): never {
  throw new PlotPaletteError("Internal", "The session has expired; run the command again.");
}
