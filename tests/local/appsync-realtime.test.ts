import { AwsError } from "../../local/service.ts";
import type { SignedParts } from "../../local/service.ts";
import { SIGNED, startApi, startUserPool } from "./appsync-api.ts";
import type { ApiOptions, TestApi, UserPool } from "./appsync-api.ts";
import { TestSocket } from "./appsync-socket.ts";
import { openGate } from "./open-gate.ts";

const SCHEMA = `
  type Job @aws_iam @aws_cognito_user_pools {
    id: ID! owner: String status: String done: Int must: String! meta: AWSJSON place: Place inside: String @aws_iam
  }
  type Place @aws_iam @aws_cognito_user_pools { city: String }
  type Query { nothing: String }
  type Mutation {
    report(id: ID!, owner: String, status: String, done: Int, text: String, city: String): Job
    dismiss(owner: String): Job
  }
  type Subscription {
    onJob(id: ID, owner: String): Job @aws_subscribe(mutations: ["report"]) @aws_iam @aws_cognito_user_pools
    onMine: Job @aws_subscribe(mutations: ["report"]) @aws_cognito_user_pools
    onBig(min: Int!): Job @aws_subscribe(mutations: ["report"]) @aws_iam
    onRefused: Job @aws_subscribe(mutations: ["report"]) @aws_iam
  }
`;

const MINE = `util.transform.toSubscriptionFilter({ owner: { eq: ctx.identity.sub } })`;

const RESOLVERS: ApiOptions["resolvers"] = [
  { field: "Query.nothing" },
  {
    field: "Mutation.report",
    request: `const { text, city, ...job } = ctx.args; return { payload: { ...job, must: "m", meta: { text }, place: { city }, inside: "i" } };`,
  },
  {
    field: "Mutation.dismiss",
    response: `extensions.invalidateSubscriptions({ subscriptionField: "onMine", payload: { owner: ctx.args.owner } }); return { id: "0" };`,
  },
  {
    field: "Subscription.onMine",
    response: `extensions.setSubscriptionFilter(${MINE}); extensions.setSubscriptionInvalidationFilter(${MINE}); return null;`,
  },
  {
    field: "Subscription.onBig",
    response: `extensions.setSubscriptionFilter(util.transform.toSubscriptionFilter({ or: [{ done: { ge: ctx.args.min } }, { "place.city": { eq: "Rome" } }] })); return null;`,
  },
  { field: "Subscription.onRefused", response: `util.error("Not yours", "NotFound");` },
];

const FULL = "id owner status done must meta place { city }";

let pool: UserPool;
let api: TestApi;
let aheadMs = 0;
const gate = openGate();

beforeAll(async () => {
  pool = await startUserPool();
  api = await start();
});

beforeEach(() => {
  aheadMs = 0;
});

afterAll(async () => {
  await api?.stop();
  await pool?.stop();
});

function start(options: Partial<ApiOptions> = {}): Promise<TestApi> {
  return startApi({
    schema: SCHEMA,
    resolvers: RESOLVERS,
    properties: {
      AdditionalAuthenticationProviders: [
        {
          AuthenticationType: "AMAZON_COGNITO_USER_POOLS",
          UserPoolConfig: { UserPoolId: pool.id, AwsRegion: "us-east-1" },
        },
      ],
    },
    context: {
      gate,
      clock: { now: () => Date.now() + aheadMs },
      endpoints: { "cognito-identity-provider": pool.endpoint },
    },
    ...options,
  });
}

async function connected(authorization: object = SIGNED, to = api): Promise<TestSocket> {
  const socket = await TestSocket.open(to.attributes.RealtimeUrl!, authorization);
  socket.send({ type: "connection_init" });
  expect(await socket.next()).toEqual({ type: "connection_ack", payload: { connectionTimeoutMs: 300000 } });
  expect(await socket.next()).toEqual({ type: "ka" });
  return socket;
}

async function user(claims: Record<string, unknown> = {}): Promise<{ Authorization: string; host: string }> {
  return { Authorization: await pool.token(claims), host: "127.0.0.1" };
}

function report(values: Record<string, unknown>, selection = FULL): Promise<any> {
  const query = `mutation ($id: ID!, $owner: String, $status: String, $done: Int, $text: String, $city: String) {
    report(id: $id, owner: $owner, status: $status, done: $done, text: $text, city: $city) { ${selection} } }`;
  return api.ask(query, values);
}

/** Sends a report that the subscription is sure to receive, so that nothing can still arrive from before it. */
async function marker(socket: TestSocket, id: string, values: Record<string, unknown>): Promise<any> {
  await report({ id: "marker", ...values });
  return socket.next(
    (message) =>
      message.id === id && message.payload?.data && Object.values<any>(message.payload.data)[0]?.id === "marker",
  );
}

test("delivers a mutation's result to subscribers until they stop", async () => {
  const socket = await connected(await user());
  expect(await socket.subscribe("s1", `subscription { onJob { ${FULL} } }`, await user())).toEqual({
    id: "s1",
    type: "start_ack",
  });
  await report({ id: "1", owner: "ann", status: "RUNNING", done: 3, text: "hi", city: "Rome" });
  expect(await socket.data("s1")).toEqual({
    data: {
      onJob: {
        id: "1",
        owner: "ann",
        status: "RUNNING",
        done: 3,
        must: "m",
        meta: '{"text":"hi"}',
        place: { city: "Rome" },
      },
    },
  });
  socket.send({ id: "s1", type: "stop" });
  expect(await socket.next()).toEqual({ id: "s1", type: "complete" });
  await socket.subscribe("s2", "subscription { onJob { id } }", await user());
  await marker(socket, "s2", {});
  expect(socket.rest).toEqual([]);
  await socket.close();
});

test("keeps the order of mutations", async () => {
  const socket = await connected();
  await socket.subscribe("s", "subscription { onJob { done } }", SIGNED);
  for (let done = 0; done < 20; done++) await report({ id: "1", done });
  const seen: number[] = [];
  for (let count = 0; count < 20; count++) seen.push((await socket.data("s")).data.onJob.done);
  expect(seen).toEqual([...Array(20).keys()]);
  await socket.close();
});

test("delivers only what the mutation selected: null elsewhere, an error for non-null fields", async () => {
  const socket = await connected();
  await socket.subscribe("loose", "subscription { onJob { id status place { city } } }", SIGNED);
  await socket.subscribe("strict", "subscription { job: onJob { id must } }", SIGNED);
  await report({ id: "1", status: "RUNNING", city: "Rome" }, "id");
  expect(await socket.data("loose")).toEqual({ data: { onJob: { id: "1", status: null, place: null } } });
  const strict = await socket.data("strict");
  expect(strict.data).toEqual({ job: null });
  expect(strict.errors[0]).toMatchObject({
    path: ["job", "must"],
    message: "Cannot return null for non-nullable type: 'String' within parent 'Job' (/job/must)",
  });
  await socket.close();
});

test("filters by arguments: null matches a missing value, an omitted argument matches any", async () => {
  const socket = await connected();
  await socket.subscribe("one", `subscription ($id: ID) { onJob(id: $id) { id owner } }`, SIGNED, { id: "1" });
  await socket.subscribe("nobody", `subscription { onJob(owner: null) { id owner } }`, SIGNED);
  await socket.subscribe("all", `subscription { onJob { id owner } }`, SIGNED);
  await report({ id: "1", owner: "ann" });
  await report({ id: "2" });
  expect((await socket.data("one")).data.onJob.id).toBe("1");
  expect((await socket.data("nobody")).data.onJob.id).toBe("2");
  await report({ id: "3" }, "id");
  expect((await socket.data("nobody")).data.onJob.id).toBe("3");
  await marker(socket, "all", { owner: "ann" });
  expect(socket.rest.map(({ id, payload }) => [id, payload.data.onJob.id])).toEqual([
    ["all", "1"],
    ["all", "2"],
    ["all", "3"],
  ]);
  await socket.close();
});

test("filters by the caller's identity with an enhanced filter", async () => {
  const ann = await connected(await user());
  const bob = await connected(await user({ sub: "bob-sub" }));
  await ann.subscribe("mine", "subscription { onMine { id } }", await user());
  await bob.subscribe("mine", "subscription { onMine { id } }", await user({ sub: "bob-sub" }));
  await report({ id: "1", owner: "ann-sub" });
  await report({ id: "2", owner: "bob-sub" });
  expect((await ann.data("mine")).data.onMine.id).toBe("1");
  expect((await bob.data("mine")).data.onMine.id).toBe("2");
  await report({ id: "3", owner: "carl" });
  await marker(ann, "mine", { owner: "ann-sub" });
  expect([...ann.rest, ...bob.rest]).toEqual([]);
  await ann.close();
  await bob.close();
});

test("matches any group of an enhanced filter, also on a nested field", async () => {
  const socket = await connected();
  await socket.subscribe("big", "subscription { onBig(min: 5) { id } }", SIGNED);
  await report({ id: "1", done: 4 });
  await report({ id: "2", done: 5 });
  await report({ id: "3", city: "Rome" });
  expect((await socket.data("big")).data.onBig.id).toBe("2");
  expect((await socket.data("big")).data.onBig.id).toBe("3");
  expect(socket.rest).toEqual([]);
  await socket.close();
});

test("ends subscriptions that a mutation invalidates, and no others", async () => {
  const ann = await connected(await user());
  const bob = await connected(await user({ sub: "bob-sub" }));
  await ann.subscribe("mine", "subscription { onMine { id } }", await user());
  await bob.subscribe("mine", "subscription { onMine { id } }", await user({ sub: "bob-sub" }));
  await api.ask(`mutation { dismiss(owner: "ann-sub") { id } }`);
  expect(await ann.next((message) => message.type === "complete")).toEqual({ id: "mine", type: "complete" });
  await report({ id: "1", owner: "ann-sub" });
  await marker(bob, "mine", { owner: "bob-sub" });
  expect(ann.rest).toEqual([]);
  expect(api.service.subscriptionCount).toBe(1);
  await ann.close();
  await bob.close();
});

test("hides fields from callers that may not see them", async () => {
  const socket = await connected(await user());
  await socket.subscribe("s", "subscription { onJob { id inside } }", await user());
  await report({ id: "1" }, "id inside");
  const { data, errors } = await socket.data("s");
  expect(data).toEqual({ onJob: { id: "1", inside: null } });
  expect(errors[0]).toMatchObject({
    errorType: "Unauthorized",
    message: "Not Authorized to access inside on type Job",
  });
  await socket.close();
});

test.each([
  ["what its resolver rejects", "subscription { onRefused { id } }", "NotFound", "Not yours"],
  [
    "a field for other callers",
    "subscription { onMine { id } }",
    "Unauthorized",
    "Not Authorized to access onMine on type Subscription",
  ],
  [
    "a field that the schema does not have",
    "subscription { onNothing { id } }",
    null,
    /^Validation error of type FieldUndefined/,
  ],
  ["a query", "query { nothing }", "UnsupportedOperation", "query not supported through the realtime channel"],
])("rejects %s at start and registers nothing", async (_name, query, errorType, message) => {
  const socket = await connected();
  const { type, payload } = await socket.subscribe("s", query, SIGNED);
  expect(type).toBe("error");
  expect(payload.errors[0].errorType).toBe(errorType);
  expect(payload.errors[0].message).toMatch(message);
  expect(api.service.subscriptionCount).toBe(0);
  await socket.close();
});

test("rejects a start without a valid token, a duplicate id, and unknown messages", async () => {
  const socket = await connected(await user());
  const query = "subscription { onJob { id } }";
  expect((await socket.subscribe("a", query, await user({ exp: 1000 }))).payload.errors[0]).toEqual({
    errorType: "UnauthorizedException",
    message: "Token has expired.",
    errorCode: 401,
  });
  expect((await socket.subscribe("b", query, await user())).type).toBe("start_ack");
  expect((await socket.subscribe("b", query, await user())).payload.errors[0].errorType).toBe(
    "DuplicatedOperationError",
  );
  socket.send({ type: "nonsense" });
  expect((await socket.next()).payload.errors[0].errorType).toBe("UnsupportedOperation");
  await socket.close();
});

test("allows 200 subscriptions per connection and drops all of them when it closes", async () => {
  const socket = await connected();
  for (let index = 0; index < 200; index++)
    await socket.subscribe(`s${index}`, "subscription { onJob { id } }", SIGNED);
  expect(api.service.subscriptionCount).toBe(200);
  const refused = await socket.subscribe("one more", "subscription { onJob { id } }", SIGNED);
  expect(refused.payload.errors[0].errorType).toBe("MaxSubscriptionsReachedError");
  await socket.close();
  // The server learns of the close asynchronously.
  const other = await connected();
  expect(api.service.subscriptionCount).toBe(0);
  await other.close();
});

test("drops a subscription whose socket closes while it is starting", async () => {
  const fresh = await start();
  const socket = await connected(SIGNED, fresh);
  const data = JSON.stringify({ query: "subscription { onJob { id } }" });
  // This API has not fetched the pool's keys yet; the socket is gone before they arrive.
  socket.send({ id: "s", type: "start", payload: { data, extensions: { authorization: await user() } } });
  await socket.close();
  const other = await connected(await user(), fresh);
  await other.subscribe("s", "subscription { onJob { id } }", await user());
  const count = fresh.service.subscriptionCount;
  await fresh.stop();
  expect(count).toBe(1);
});

describe("connecting", () => {
  const url = () => api.attributes.RealtimeUrl!;

  test("accepts the header in the query too", async () => {
    const header = Buffer.from(JSON.stringify(await user())).toString("base64");
    const socket = await TestSocket.open(`${url()}?header=${encodeURIComponent(header)}&payload=e30=`, {}, [
      "graphql-ws",
    ]);
    expect(socket.websocket.protocol).toBe("graphql-ws");
    socket.send({ type: "connection_init" });
    expect((await socket.next()).type).toBe("connection_ack");
    await socket.close();
  });

  test.each([
    ["without credentials", {}, "Valid authorization header not provided."],
    ["with an unreadable token", { Authorization: "nonsense" }, "Unable to parse JWT token."],
  ])("is rejected %s, and the socket closed", async (_name, header, message) => {
    const socket = await TestSocket.open(url(), header);
    expect(await socket.next()).toEqual({
      type: "connection_error",
      payload: { errors: [{ errorType: "UnauthorizedException", message, errorCode: 401 }] },
    });
    await socket.whenClosed();
  });

  test("is verified as a signed POST to /graphql/connect, and a start as one to /graphql", async () => {
    const verified: SignedParts[] = [];
    gate.verify = (parts) => {
      verified.push(parts);
      return gate.secretOf("x")!.caller;
    };
    const socket = await connected({ ...SIGNED, "X-Amz-Date": "20260101T000000Z" });
    await socket.subscribe("s", "subscription { onJob { id } }", SIGNED);
    await socket.close();
    const data = JSON.stringify({ query: "subscription { onJob { id } }", variables: {} });
    expect(verified).toMatchObject([
      {
        method: "POST",
        path: "/graphql/connect",
        query: "",
        body: "{}",
        headers: { ...SIGNED, "x-amz-date": "20260101T000000Z" },
      },
      { method: "POST", path: "/graphql", query: "", body: data, headers: SIGNED },
    ]);
    expect(gate.asked.at(-1)?.resource).toMatch(/\/types\/Subscription\/fields\/onJob$/);
  });

  test("is rejected with a wrong signature", async () => {
    const { verify } = gate;
    gate.verify = () => {
      throw new AwsError(403, "InvalidSignatureException", "The request signature we calculated does not match");
    };
    const socket = await TestSocket.open(url(), SIGNED);
    expect((await socket.next()).payload.errors[0]).toMatchObject({
      errorType: "InvalidSignatureException",
      errorCode: 403,
    });
    gate.verify = verify;
    await socket.whenClosed();
  });

  test("is not found elsewhere", async () => {
    await expect(TestSocket.open(url().replace("/realtime", "/nowhere"), {})).rejects.toThrow("404");
  });
});

test("closes the socket when the connection's token expires, even if the clock is moved", async () => {
  const socket = await connected(await user());
  await socket.subscribe("s", "subscription { onJob { id } }", await user());
  aheadMs = 3_700_000;
  expect(
    (await socket.next((message) => message.type === "error" && message.id === undefined)).payload.errors[0].message,
  ).toBe("Token has expired.");
  expect(await socket.whenClosed()).toEqual({ code: 1008, reason: "Token has expired." });
});

test("ends a subscription whose own token expires before the connection's", async () => {
  const socket = await connected(await user());
  await socket.subscribe(
    "short",
    "subscription { onJob { id } }",
    await user({ exp: Math.floor(Date.now() / 1000) + 60 }),
  );
  aheadMs = 120_000;
  const { id, payload } = await socket.next((message) => message.type === "error");
  expect([id, payload.errors[0].message]).toEqual(["short", "Token has expired."]);
  expect(socket.closed).toBeUndefined();
  await socket.close();
});

test.each(["null", "7", '"x"', "{", "[]", "{}", '{"type":"start","id":"a","payload":7}', '{"type":"start","id":"b"}'])(
  "answers the message %s with an error, and goes on",
  async (text) => {
    const socket = await connected();
    socket.websocket.send(text);
    expect((await socket.next()).payload.errors[0].errorCode).toBeGreaterThanOrEqual(400);
    expect((await socket.subscribe("s", "subscription { onJob { id } }", SIGNED)).type).toBe("start_ack");
    await socket.close();
  },
);

test("sends keep-alive messages", async () => {
  const quick = await start({ keepAliveMs: 20 });
  const socket = await connected(SIGNED, quick);
  expect(await socket.next()).toEqual({ type: "ka" });
  await quick.stop();
  await socket.whenClosed();
});
