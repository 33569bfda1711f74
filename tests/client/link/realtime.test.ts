import { jest } from "@jest/globals";
import type { ApolloLink } from "@apollo/client";
import { ApolloClient, gql, InMemoryCache } from "@apollo/client";
import { CombinedGraphQLErrors } from "@apollo/client/errors";
import { AppSyncRealtimeLink } from "../../../client/link/AppSyncRealtimeLink.ts";
import {
  RealtimeConnection,
  type RealtimeOptions,
  type RealtimeState,
} from "../../../client/link/RealtimeConnection.ts";
import { FakeSocket } from "./fake-socket.ts";

const REQUEST = { query: "subscription { onJobChanged { jobId } }", variables: {} };

beforeEach(() => {
  jest.useFakeTimers();
  FakeSocket.made.length = 0;
});
afterEach(() => {
  jest.useRealTimers();
});

describe("the connection", () => {
  test("sends the token and the API's host in a subprotocol, as AppSync requires", async () => {
    const { connection } = connect();
    connection.subscribe(REQUEST, sink());
    await settle();
    expect(socket().url).toBe("wss://x.appsync-realtime-api.us-east-1.amazonaws.com/graphql");
    expect(socket().protocols[0]).toBe("graphql-ws");
    expect(socket().protocols[1]).toMatch(/^header-[A-Za-z0-9_-]+$/);
    expect(socket().header).toEqual({ Authorization: "token-1", host: "x.appsync-api.us-east-1.amazonaws.com" });
  });

  test("starts a subscription with its own token after the acknowledgment", async () => {
    const { connection } = connect();
    connection.subscribe(REQUEST, sink());
    await settle();
    socket().onopen?.();
    expect(socket().sent).toEqual([{ type: "connection_init" }]);
    await acknowledge();
    const [start] = socket().sentOf("start");
    expect(JSON.parse(start?.payload?.data ?? "")).toEqual(REQUEST);
    expect(start?.payload?.extensions).toEqual({
      authorization: { Authorization: "token-2", host: "x.appsync-api.us-east-1.amazonaws.com" },
    });
  });

  test("shares one socket among all subscriptions and routes updates to each", async () => {
    const { connection } = connect();
    const [first, second] = [sink(), sink()];
    connection.subscribe(REQUEST, first);
    connection.subscribe(REQUEST, second);
    await acknowledge();
    expect(FakeSocket.made).toHaveLength(1);
    const [, { id } = { id: "" }] = socket().sentOf("start");
    socket().say({ type: "data", id, payload: { data: { n: 1 } } });
    expect(first.news).toEqual([]);
    expect(second.news).toEqual([{ data: { n: 1 } }]);
  });

  test("is live once every subscription is acknowledged, not before", async () => {
    const { connection, states } = connect();
    connection.subscribe(REQUEST, sink());
    connection.subscribe(REQUEST, sink());
    await acknowledge();
    const starts = socket().sentOf("start");
    socket().say({ type: "start_ack", id: starts[0]?.id });
    expect(states).toEqual(["connecting"]);
    socket().say({ type: "start_ack", id: starts[1]?.id });
    expect(states).toEqual(["connecting", "live"]);
  });

  test("restarts every subscription after the socket was lost, and reports the loss", async () => {
    const { connection, states } = connect();
    connection.subscribe(REQUEST, sink());
    await goLive();
    socket().close();
    expect(states.at(-1)).toBe("lost");
    await pass(500);
    await goLive();
    expect(FakeSocket.made).toHaveLength(2);
    expect(states).toEqual(["connecting", "live", "lost", "live"]);
  });

  test("is live after a loss only when everything is acknowledged again", async () => {
    const { connection, states } = connect();
    connection.subscribe(REQUEST, sink());
    connection.subscribe(REQUEST, sink());
    await goLive();
    socket().close();
    await pass(500);
    await acknowledge();
    socket().say({ type: "start_ack", id: socket().sentOf("start")[0]?.id });
    expect(states.at(-1)).toBe("lost");
  });

  test("backs off from failure to failure, up to 30 seconds", async () => {
    const { connection } = connect();
    connection.subscribe(REQUEST, sink());
    await settle();
    for (const pauseMs of [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
      const before = FakeSocket.made.length;
      socket().close();
      await pass(pauseMs - 1);
      expect(FakeSocket.made).toHaveLength(before);
      await pass(1);
      expect(FakeSocket.made).toHaveLength(before + 1);
    }
  });

  test("resets the backoff once it was live", async () => {
    const { connection } = connect();
    connection.subscribe(REQUEST, sink());
    await settle();
    socket().close();
    await pass(500);
    await goLive();
    socket().close();
    await pass(500);
    expect(FakeSocket.made).toHaveLength(3);
  });

  test("starts nothing on a socket that was lost while the token was fetched", async () => {
    const given: ((token: string) => void)[] = [];
    const getToken = () => new Promise<string>((resolve) => given.push(resolve));
    const { connection } = connect({ getToken });
    connection.subscribe(REQUEST, sink());
    await settle();
    given[0]?.("token");
    await acknowledge();
    const lost = socket();
    lost.close();
    given[1]?.("token");
    await settle();
    expect(lost.sentOf("start")).toEqual([]);
  });

  test("adds jitter to its attempts", async () => {
    const { connection } = connect({ random: () => 0 });
    connection.subscribe(REQUEST, sink());
    await settle();
    socket().close();
    await pass(250);
    expect(FakeSocket.made).toHaveLength(2);
  });

  test("counts as lost when the server is silent for longer than its keepalive timeout", async () => {
    const { connection, states } = connect();
    connection.subscribe(REQUEST, sink());
    await goLive(60_000);
    await pass(50_000);
    socket().say({ type: "ka" });
    await pass(59_999);
    expect(states.at(-1)).toBe("live");
    await pass(1);
    expect(states.at(-1)).toBe("lost");
    expect(FakeSocket.made[0]?.isClosed).toBe(true);
  });

  test("asks for a fresh token when the last one was rejected", async () => {
    const { connection, asked } = connect();
    connection.subscribe(REQUEST, sink());
    await settle();
    socket().say({ type: "connection_error", payload: { errors: [{ errorType: "UnauthorizedException" }] } });
    await pass(500);
    expect(asked).toEqual([false, true]);
    expect(FakeSocket.made).toHaveLength(2);
  });

  test("retries when no token is available", async () => {
    let fails = true;
    const getToken = () => (fails ? Promise.reject(new Error("no network")) : Promise.resolve("token"));
    const { connection, states } = connect({ getToken });
    connection.subscribe(REQUEST, sink());
    await settle();
    expect(states.at(-1)).toBe("lost");
    fails = false;
    await pass(500);
    expect(FakeSocket.made).toHaveLength(1);
  });

  test("retries after an error without a close", async () => {
    const { connection, states } = connect();
    connection.subscribe(REQUEST, sink());
    await settle();
    socket().onerror?.();
    expect(states.at(-1)).toBe("lost");
    await pass(500);
    expect(FakeSocket.made).toHaveLength(2);
  });

  test("skips the backoff when the network is back", async () => {
    const { connection } = connect();
    connection.subscribe(REQUEST, sink());
    await goLive();
    socket().close();
    connection.goOnline();
    await settle();
    expect(FakeSocket.made).toHaveLength(2);
  });

  test("is offline at once without a network, passes on what still arrives, and reconnects when it is back", async () => {
    const { connection, states } = connect();
    const received = sink();
    connection.subscribe(REQUEST, received);
    await goLive();
    connection.goOffline();
    expect(connection.state).toBe("offline");
    socket().say({ type: "data", id: socket().sentOf("start")[0]?.id, payload: { data: { n: 1 } } });
    expect(received.news).toHaveLength(1);
    connection.goOnline();
    expect(FakeSocket.made[0]?.isClosed).toBe(true);
    await goLive();
    expect(states).toEqual(["connecting", "live", "offline", "lost", "live"]);
  });

  test("stays offline while it reconnects without a network", async () => {
    const { connection, states } = connect();
    connection.subscribe(REQUEST, sink());
    await goLive();
    connection.goOffline();
    socket().close();
    await pass(500);
    await goLive();
    expect(FakeSocket.made).toHaveLength(2);
    expect(states.at(-1)).toBe("offline");
  });

  test("is live only when everything on screen has been fetched again", async () => {
    const { connection, states } = connect();
    const fetches = [deferred(), deferred()];
    const remove = fetches.map(({ promise }) => connection.afterConnect(() => promise));
    connection.subscribe(REQUEST, sink());
    await goLive();
    expect(states).toEqual(["connecting"]);
    fetches[0]?.resolve();
    await settle();
    expect(states).toEqual(["connecting"]);
    // The other one left the screen.
    remove[1]?.();
    expect(states).toEqual(["connecting", "live"]);
  });

  test("is lost again when the fetch after a reconnect does not reach the API, and tries both once more", async () => {
    const { connection, states } = connect();
    const answers = [Promise.resolve(), Promise.reject(new TypeError("Failed to fetch")), Promise.resolve()];
    answers.forEach((answer) => answer.catch(() => undefined));
    connection.afterConnect(() => answers.shift() ?? Promise.resolve());
    connection.subscribe(REQUEST, sink());
    await goLive();
    socket().close();
    await pass(500);
    await goLive();
    expect(states).toEqual(["connecting", "live", "lost"]);
    await pass(1_000);
    await goLive();
    expect(states).toEqual(["connecting", "live", "lost", "live"]);
    expect(answers).toEqual([]);
  });

  test("ignores a fetch of an earlier connection", async () => {
    const { connection, states } = connect();
    const fetches = [deferred(), deferred()];
    let fetched = 0;
    connection.afterConnect(() => fetches[fetched++]?.promise ?? Promise.resolve());
    connection.subscribe(REQUEST, sink());
    await goLive();
    socket().close();
    await pass(500);
    await goLive();
    fetches[0]?.resolve();
    await settle();
    expect(states).toEqual(["connecting", "lost"]);
    fetches[1]?.resolve();
    await settle();
    expect(states).toEqual(["connecting", "lost", "live"]);
  });

  test("fetches again for a subscription that is added later, and stays live meanwhile", async () => {
    const { connection, states } = connect();
    let fetched = 0;
    connection.afterConnect(() => Promise.resolve(fetched++));
    connection.subscribe(REQUEST, sink());
    await goLive();
    connection.subscribe(REQUEST, sink());
    await settle();
    socket().say({ type: "start_ack", id: socket().sentOf("start")[1]?.id });
    await settle();
    expect(fetched).toBe(2);
    expect(states).toEqual(["connecting", "live"]);
  });

  test("asks where to connect before each attempt, and says whether the last one failed", async () => {
    const asked: boolean[] = [];
    const endpoint = (afterFailure: boolean) => {
      const port = 7000 + asked.push(afterFailure);
      return { url: `ws://127.0.0.1:${port}/graphql`, host: `127.0.0.1:${port}` };
    };
    const { connection } = connect({ endpoint });
    connection.subscribe(REQUEST, sink());
    await settle();
    socket().onerror?.();
    await pass(500);
    await goLive();
    expect(asked).toEqual([false, true]);
    expect(socket().url).toBe("ws://127.0.0.1:7002/graphql");
    expect(socket().sentOf("start")[0]?.payload?.extensions).toMatchObject({
      authorization: { host: "127.0.0.1:7002" },
    });
  });

  test("ends a rejected subscription and keeps the others", async () => {
    const { connection, states } = connect();
    const [refused, kept] = [sink(), sink()];
    connection.subscribe(REQUEST, refused);
    connection.subscribe(REQUEST, kept);
    await acknowledge();
    const starts = socket().sentOf("start");
    socket().say({ type: "start_ack", id: starts[1]?.id });
    socket().say({
      type: "error",
      id: starts[0]?.id,
      payload: { errors: [{ errorType: "NotFound", message: "No such job." }] },
    });
    expect(refused.errors).toEqual([[{ errorType: "NotFound", message: "No such job." }]]);
    expect(states.at(-1)).toBe("live");
    socket().close();
    await pass(500);
    await acknowledge();
    expect(socket().sentOf("start")).toHaveLength(1);
  });

  test("stops one of several subscriptions, and closes the socket after the last", async () => {
    const { connection, states } = connect();
    const stopFirst = connection.subscribe(REQUEST, sink());
    const stopSecond = connection.subscribe(REQUEST, sink());
    await goLive();
    stopFirst();
    expect(socket().sentOf("stop")).toHaveLength(1);
    stopSecond();
    expect(socket().isClosed).toBe(true);
    expect(states.at(-1)).toBe("idle");
    await pass(120_000);
    expect(FakeSocket.made).toHaveLength(1);
  });

  test("does not connect for a subscription that has ended in the meantime", async () => {
    const { connection } = connect();
    connection.subscribe(REQUEST, sink())();
    await settle();
    expect(FakeSocket.made).toEqual([]);
  });
});

describe("the link", () => {
  const query = gql`
    subscription OnJobChanged($jobId: ID) {
      onJobChanged(jobId: $jobId) {
        jobId
      }
    }
  `;

  test("sends a subscription's query and variables and receives its data", async () => {
    const { client } = apollo();
    const news: unknown[] = [];
    client.subscribe({ query, variables: { jobId: "01J" } }).subscribe((result) => news.push(result.data));
    await goLive();
    const request = JSON.parse(socket().sentOf("start")[0]?.payload?.data ?? "") as {
      query: string;
      variables: object;
    };
    expect(request.query).toContain("onJobChanged(jobId: $jobId)");
    expect(request.variables).toEqual({ jobId: "01J" });
    const change = { __typename: "JobChange", jobId: "01J" };
    socket().say({ type: "data", id: socket().sentOf("start")[0]?.id, payload: { data: { onJobChanged: change } } });
    expect(news).toEqual([{ onJobChanged: change }]);
  });

  test("passes on an error with its type", async () => {
    const { client } = apollo();
    const errors: unknown[] = [];
    client.subscribe({ query }).subscribe((result) => errors.push(result.error));
    await acknowledge();
    const id = socket().sentOf("start")[0]?.id;
    socket().say({ type: "error", id, payload: { errors: [{ errorType: "NotFound", message: "No such job." }] } });
    expect(CombinedGraphQLErrors.is(errors[0]) && errors[0].errors).toEqual([
      { errorType: "NotFound", message: "No such job." },
    ]);
  });

  test("stops the subscription when nobody listens anymore", async () => {
    const { client, connection } = apollo();
    const subscription = client.subscribe({ query }).subscribe(() => undefined);
    await goLive();
    subscription.unsubscribe();
    expect(connection.state).toBe("idle");
  });

  function apollo() {
    const { connection } = connect();
    const link: ApolloLink = new AppSyncRealtimeLink(connection);
    return { connection, client: new ApolloClient({ cache: new InMemoryCache(), link }) };
  }
});

function connect(options: Partial<RealtimeOptions> = {}) {
  const asked: boolean[] = [];
  const getToken = (fresh: boolean) => Promise.resolve(`token-${asked.push(fresh)}`);
  const connection = new RealtimeConnection({
    endpoint: () => ({
      url: "wss://x.appsync-realtime-api.us-east-1.amazonaws.com/graphql",
      host: "x.appsync-api.us-east-1.amazonaws.com",
    }),
    getToken,
    // The connection uses no more of a WebSocket than the double has.
    WebSocket: FakeSocket as unknown as typeof WebSocket,
    random: () => 1,
    ...options,
  });
  const states: RealtimeState[] = [];
  connection.watch((state) => states.push(state));
  return { connection, states, asked };
}

function sink() {
  const news: unknown[] = [];
  const errors: unknown[] = [];
  return {
    news,
    errors,
    next: (payload: unknown) => void news.push(payload),
    error: (list: unknown) => void errors.push(list),
    complete: () => undefined,
  };
}

function deferred() {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settled) => (resolve = settled));
  return { promise, resolve };
}

/** The socket made last. */
function socket(): FakeSocket {
  const last = FakeSocket.made.at(-1);
  if (!last) throw new Error("No socket was made.");
  return last;
}

async function acknowledge(connectionTimeoutMs = 300_000): Promise<void> {
  await settle();
  socket().onopen?.();
  socket().say({ type: "connection_ack", payload: { connectionTimeoutMs } });
  await settle();
}

async function goLive(connectionTimeoutMs?: number): Promise<void> {
  await acknowledge(connectionTimeoutMs);
  for (const { id } of socket().sentOf("start")) socket().say({ type: "start_ack", id });
  await settle();
}

/** Lets promises that are ready go on, without time passing. */
const settle = () => jest.advanceTimersByTimeAsync(0);
const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
