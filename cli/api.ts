/** The product's API as a command-line program uses it: signed in like the browser, news by subscription, no polling. */
import { Amplify } from "aws-amplify";
import { fetchAuthSession, signIn } from "aws-amplify/auth";
import { cognitoUserPoolsTokenProvider } from "aws-amplify/auth/cognito";
import { ConsoleLogger } from "aws-amplify/utils";
import WebSocket from "ws";
import { PlotPaletteError, type ErrorCode } from "#core/errors";
import { RealtimeConnection } from "../client/link/RealtimeConnection.ts";
import type { Outputs } from "./instance.ts";

/** How long a lost connection is tried again before it is given up. */
const PATIENCE_MS = 20_000;

export interface Api {
  /** @throws PlotPaletteError with the API's own sentence */
  call<T>(document: string, variables?: Record<string, unknown>): Promise<T>;
  /** Calls `onNews` for each event and `onLive` after every (re)connect, when what was missed must be fetched. Answers the way out. */
  listen<T>(
    document: string,
    variables: Record<string, unknown>,
    on: { news(data: T): void; live(): void; error(error: Error): void },
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
    url: outputs.realtimeUrl,
    host: new URL(outputs.graphqlUrl).host,
    getToken: token,
    // The two differ only in members that a connection does not use.
    WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
  });
  return {
    call: async (document, variables = {}) => post(outputs.graphqlUrl, await token(), document, variables),
    listen(document, variables, on) {
      let patience: NodeJS.Timeout | undefined;
      const unwatch = connection.watch((state) => {
        if (state === "live") {
          clearTimeout(patience);
          patience = undefined;
          on.live();
        }
        if (state === "lost") patience ??= setTimeout(() => on.error(noAnswer(outputs.realtimeUrl)), PATIENCE_MS);
      });
      const stop = connection.subscribe(
        { query: document, variables },
        {
          next: ({ data }) => data && on.news(data as never),
          error: ([error]) =>
            on.error(new PlotPaletteError("Internal", error?.message ?? "The subscription was refused.")),
          complete: () => undefined,
        },
      );
      return () => {
        clearTimeout(patience);
        unwatch();
        stop();
      };
    },
    close: () => connection.close(),
  };
}

function configure(outputs: Outputs): void {
  // It would warn of every pool that is not at Amazon's own address.
  ConsoleLogger.LOG_LEVEL = "ERROR";
  const { userPoolId, userPoolClientId, userPoolEndpoint } = outputs;
  Amplify.configure({ Auth: { Cognito: { userPoolId, userPoolClientId, userPoolEndpoint } } });
  const kept = new Map<string, string>();
  cognitoUserPoolsTokenProvider.setKeyValueStorage({
    setItem: async (key, value) => void kept.set(key, value),
    getItem: async (key) => kept.get(key) ?? null,
    removeItem: async (key) => void kept.delete(key),
    clear: async () => kept.clear(),
  });
}

async function post<T>(url: string, token: string, query: string, variables: Record<string, unknown>): Promise<T> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: token },
    body: JSON.stringify({ query, variables }),
  }).catch((cause: Error) => {
    throw noAnswer(url, cause);
  });
  const { data, errors } = (await response.json()) as { data?: T; errors?: { message: string; errorType?: string }[] };
  const [error] = errors ?? [];
  if (error) throw new PlotPaletteError(codeOf(error.errorType), error.message);
  if (!data) throw new PlotPaletteError("Internal", `The API answered with status ${response.status} and no data.`);
  return data;
}

function noAnswer(url: string, cause?: Error): PlotPaletteError {
  return new PlotPaletteError(
    "Internal",
    `Plot Palette at ${url} does not answer any more; it may have been stopped.`,
    {
      cause,
    },
  );
}

function codeOf(errorType: string | undefined): ErrorCode {
  return errorType === "BadInput" || errorType === "NotFound" || errorType === "Conflict" ? errorType : "Internal";
}

function notSignedIn(): never {
  throw new PlotPaletteError("Internal", "The session has ended; start the command again.");
}
