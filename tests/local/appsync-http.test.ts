import { AwsError } from "../../local/service.ts";
import { SIGNED, startApi, startUserPool } from "./appsync-api.ts";
import type { ApiOptions, TestApi, UserPool } from "./appsync-api.ts";
import { openGate } from "./open-gate.ts";

const SCHEMA = `
  type Job @aws_iam @aws_cognito_user_pools { id: ID! count: Int meta: AWSJSON secret: String @aws_iam owner: User title: String! }
  type User @aws_iam @aws_cognito_user_pools { name: String }
  type Query {
    echo(text: String, meta: AWSJSON, at: AWSDateTime): AWSJSON @aws_iam @aws_cognito_user_pools
    job: Job @aws_iam @aws_cognito_user_pools
    admins: String @aws_cognito_user_pools(cognito_groups: ["admins"])
    machines: String
    piped: String
    failing(data: AWSJSON): Job
    who: AWSJSON @aws_iam @aws_cognito_user_pools
    info: Job
  }
  type Mutation { touch(id: ID!): Job }
`;

const RESOLVERS: ApiOptions["resolvers"] = [
  { field: "Query.echo", request: "return { payload: ctx.args };" },
  {
    field: "Query.job",
    request: `return { payload: { id: "1", count: 3, meta: { a: [1] }, secret: "s", owner: { name: "Ann" } } };`,
  },
  { field: "Query.admins", response: `return "admins only";` },
  { field: "Query.machines", response: `return "machines only";` },
  { field: "Query.piped", response: "return ctx.prev.result;", functions: [{ response: `return "x";` }] },
  {
    field: "Query.failing",
    response: `util.appendError("first", "Odd"); util.error("no", "Bad", { id: "7", hidden: 1, owner: { name: "Ann", hidden: 2 } }, { why: "so" });`,
  },
  {
    field: "Query.who",
    request: "return { payload: { identity: ctx.identity, type: util.authType(), x: ctx.request.headers } };",
  },
  {
    field: "Query.info",
    request: "ctx.stash.list = ctx.info.selectionSetList;",
    response: `return { id: ctx.info.fieldName, title: "t", meta: ctx.stash.list };`,
  },
  { field: "Mutation.touch", request: "return { payload: { id: ctx.args.id } };" },
];

const SITE = "http://localhost:3000";

let pool: UserPool;
let api: TestApi;

beforeAll(async () => {
  pool = await startUserPool();
  api = await startApi(apiOptions());
});

afterAll(async () => {
  await api?.stop();
  await pool?.stop();
});

function apiOptions(overrides: Partial<ApiOptions> = {}): ApiOptions {
  return {
    schema: SCHEMA,
    resolvers: RESOLVERS,
    properties: {
      AdditionalAuthenticationProviders: [
        {
          AuthenticationType: "AMAZON_COGNITO_USER_POOLS",
          UserPoolConfig: { UserPoolId: pool.id, AwsRegion: "us-east-1", AppIdClientRegex: "client" },
        },
      ],
    },
    ...overrides,
    context: {
      endpoints: { "cognito-identity-provider": pool.endpoint },
      origins: new Set([SITE]),
      ...overrides.context,
    },
  };
}

async function asUser(query: string, claims?: Record<string, unknown>): Promise<any> {
  return api.ask(query, {}, { authorization: await pool.token(claims) });
}

test("answers a query, parsing AWSJSON arguments and serializing AWSJSON results", async () => {
  const query = `query ($meta: AWSJSON) { echo(text: "hi", meta: $meta) }`;
  const { data } = await api.ask(query, { meta: `{"deep":{"n":1}}` });
  expect(JSON.parse(data.echo)).toEqual({ text: "hi", meta: { deep: { n: 1 } } });
});

test("answers nested fields from the parent resolver's result", async () => {
  expect(await api.ask("{ job { __typename id count meta owner { name } } }")).toEqual({
    data: { job: { __typename: "Job", id: "1", count: 3, meta: '{"a":[1]}', owner: { name: "Ann" } } },
  });
});

test("reports a missing required field with AppSync's message", async () => {
  const { data, errors } = await api.ask("{ job { id title } }");
  expect(data).toEqual({ job: null });
  expect(errors).toEqual([
    {
      path: ["job", "title"],
      data: null,
      errorType: null,
      errorInfo: null,
      locations: [{ line: 1, column: 12, sourceName: null }],
      message: "Cannot return null for non-nullable type: 'String' within parent 'Job' (/job/title)",
    },
  ]);
});

test.each([
  ["an unknown field", "{ nothing }", "Validation error of type FieldUndefined: "],
  ["a missing argument", "mutation { touch { id } }", "Validation error of type MissingFieldArgument: "],
  ["an argument of the wrong type", "{ echo(text: 1) }", "Validation error of type WrongType: "],
  ["an invalid scalar", `{ echo(at: "yesterday") }`, "Validation error of type WrongType: "],
  ["no selection", "{ job }", "Validation error of type SubSelectionRequired: "],
  ["a syntax error", "{ job { ", "Validation error of type InvalidSyntax: "],
])("rejects %s without running anything", async (_name, query, message) => {
  const answer = await api.ask(query);
  expect(answer.data).toBeNull();
  expect(answer.errors[0].message.startsWith(message)).toBe(true);
  expect(answer.errors[0].path).toBeNull();
});

test("reports a missing variable as AppSync does", async () => {
  const { errors } = await api.ask("mutation ($id: ID!) { touch(id: $id) { id } }");
  expect(errors[0].message).toBe("Variable 'id' has coerced Null value for NonNull type 'ID!'");
});

test("returns a raised error with its type, info and selected data, after appended errors", async () => {
  const { data, errors } = await api.ask("{ failing { id owner { name } } }");
  expect(data).toEqual({ failing: null });
  const place = { path: ["failing"], locations: [{ line: 1, column: 3, sourceName: null }] };
  expect(errors).toContainEqual({
    ...place,
    message: "no",
    errorType: "Bad",
    data: { id: "7", owner: { name: "Ann" } },
    errorInfo: { why: "so" },
  });
  expect(errors).toContainEqual({ ...place, message: "first", errorType: "Odd", data: null, errorInfo: null });
});

test("shows a resolver what the client selected, with paths", async () => {
  const { data } = await api.ask(
    "{ info { id meta alias: title ...More ... on Job { count } } } fragment More on Job { owner { name } }",
  );
  expect(JSON.parse(data.info.meta)).toEqual(["id", "meta", "alias", "owner", "owner/name", "count"]);
});

describe("users", () => {
  test("are admitted and identified by an id token", async () => {
    const { data } = await asUser("{ who }", { "cognito:groups": ["team"] });
    const { identity, type } = JSON.parse(data.who);
    expect(type).toBe("User Pool Authorization");
    expect(identity).toMatchObject({
      sub: "ann-sub",
      username: "ann",
      groups: ["team"],
      defaultAuthStrategy: "ALLOW",
      sourceIp: ["127.0.0.1"],
    });
    expect(identity.issuer).toBe(`${pool.endpoint}/${pool.id}`);
  });

  test("are admitted by an access token, also with the scheme Bearer", async () => {
    const token = await pool.token({
      token_use: "access",
      client_id: "client",
      username: "bob",
      "cognito:username": undefined,
    });
    const { data } = await api.ask("{ who }", {}, { authorization: `Bearer ${token}` });
    expect(JSON.parse(data.who).identity).toMatchObject({ username: "bob", groups: null });
  });

  test.each([
    ["without a token", "", "Valid authorization header not provided."],
    ["with an invalid token", "nonsense", "Unable to parse JWT token."],
  ])("are rejected %s", async (_name, authorization, message) => {
    const answer = await fetch(api.url, {
      method: "POST",
      headers: authorization ? { authorization } : {},
      body: `{"query":"{ who }"}`,
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("x-amzn-errortype")).toBe("UnauthorizedException");
    expect(await answer.json()).toEqual({ errors: [{ errorType: "UnauthorizedException", message }] });
  });

  test("are rejected with an expired token, or one of another client or pool", async () => {
    expect((await asUser("{ who }", { exp: 1000 })).errors[0].message).toBe("Token has expired.");
    expect((await asUser("{ who }", { aud: "client2" })).errors[0].message).toBe(
      "Valid authorization header not provided.",
    );
    expect((await asUser("{ who }", { iss: `${pool.endpoint}/us-east-1_Other` })).errors[0].errorType).toBe(
      "UnauthorizedException",
    );
    const stranger = await startUserPool();
    const answer = await api.ask(
      "{ who }",
      {},
      { authorization: await stranger.token({ iss: `${pool.endpoint}/${pool.id}` }) },
    );
    await stranger.stop();
    expect(answer.errors[0].errorType).toBe("UnauthorizedException");
  });

  test("cannot access fields of the default mode, of other groups, or of types closed to them", async () => {
    const { data, errors } = await asUser("{ machines admins job { id secret } }", { "cognito:groups": ["team"] });
    expect(data).toEqual({ machines: null, admins: null, job: { id: "1", secret: null } });
    expect(errors.map((each: any) => [each.path.join("."), each.errorType, each.message])).toEqual([
      ["machines", "Unauthorized", "Not Authorized to access machines on type Query"],
      ["admins", "Unauthorized", "Not Authorized to access admins on type Query"],
      ["job.secret", "Unauthorized", "Not Authorized to access secret on type Job"],
    ]);
  });

  test("can access fields of their group", async () => {
    expect((await asUser("{ admins }", { "cognito:groups": ["admins"] })).data.admins).toBe("admins only");
  });
});

describe("signed requests", () => {
  test("need appsync:GraphQL on each top-level field, and on no other", async () => {
    const gate = openGate();
    const other = await startApi(apiOptions({ context: { gate, endpoints: {} } }));
    await other.ask("{ machines again: machines job { id owner { name } } }");
    await other.stop();
    const fields = gate.asked.map(
      ({ action, resource }) => `${action} ${resource.split(":apis/")[1]?.split("/").slice(1).join("/")}`,
    );
    expect(fields).toEqual([
      "appsync:GraphQL types/Query/fields/machines",
      "appsync:GraphQL types/Query/fields/machines",
      "appsync:GraphQL types/Query/fields/job",
    ]);
    expect(gate.asked[0]?.resource).toMatch(/^arn:aws:appsync:us-east-1:000000000000:apis\/[a-z0-9]{26}\//);
  });

  test("get Unauthorized for a field that no policy allows, with IAM's message", async () => {
    const gate = openGate();
    gate.authorize = (_caller, access) => {
      if (access?.resource.endsWith("/machines"))
        throw new AwsError(403, "AccessDeniedException", "User X is not authorized");
    };
    const other = await startApi(apiOptions({ context: { gate, endpoints: {} } }));
    const { data, errors } = await other.ask("{ machines job { id } }");
    await other.stop();
    expect(data).toEqual({ machines: null, job: { id: "1" } });
    expect(errors[0]).toMatchObject({
      errorType: "Unauthorized",
      message: "Not Authorized to access machines on type Query",
      errorInfo: "User X is not authorized",
    });
  });

  test("are rejected as a whole when the signature is wrong", async () => {
    const gate = openGate();
    gate.authenticate = () => {
      throw new AwsError(403, "UnrecognizedClientException", "The security token included in the request is invalid.");
    };
    const other = await startApi(apiOptions({ context: { gate, endpoints: {} } }));
    const answer = await fetch(other.url, { method: "POST", headers: SIGNED, body: `{"query":"{ job { id } }"}` });
    await other.stop();
    expect(answer.status).toBe(403);
    expect((await answer.json()).errors[0].errorType).toBe("UnrecognizedClientException");
  });

  test("cannot access fields for signed-in users only", async () => {
    expect((await api.ask("{ admins }")).errors[0].errorType).toBe("Unauthorized");
  });
});

test("allows the pages of its cloud, and answers a preflight", async () => {
  const answer = await fetch(api.url, {
    method: "OPTIONS",
    headers: { origin: SITE, "access-control-request-headers": "authorization" },
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("access-control-allow-origin")).toBe(SITE);
  expect(answer.headers.get("access-control-allow-headers")).toBe("authorization");
});

test("hides cookies from resolvers", async () => {
  const { data } = await api.ask("{ who }", {}, { ...SIGNED, cookie: "a=b", custom: "seen" });
  const { x } = JSON.parse(data.who);
  expect(x.custom).toBe("seen");
  expect(x.cookie).toBeUndefined();
});

test("rejects bodies that are not GraphQL requests", async () => {
  const post = async (body: string) => (await fetch(api.url, { method: "POST", headers: SIGNED, body })).json();
  expect((await post("not json")).errors[0].errorType).toBe("MalformedHttpRequestException");
  expect((await post("[]")).errors[0].message).toBe("Unable to parse GraphQL query.");
});

test.each([
  ["variables", '"x"', "The variables of a GraphQL query must be an object."],
  ["variables", "[1]", "The variables of a GraphQL query must be an object."],
  ["variables", "7", "The variables of a GraphQL query must be an object."],
  ["operationName", "{}", "The operationName of a GraphQL query must be a string."],
])("rejects a body whose %s are %s", async (member, value, message) => {
  const body = `{"query":"{ machines }","${member}":${value}}`;
  const answer = await fetch(api.url, { method: "POST", headers: SIGNED, body });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toEqual({ errors: [{ errorType: "MalformedHttpRequestException", message }] });
});

test("accepts variables that are null or absent", async () => {
  for (const rest of ["", ',"variables":null,"operationName":null']) {
    const answer = await fetch(api.url, { method: "POST", headers: SIGNED, body: `{"query":"{ machines }"${rest}}` });
    expect(await answer.json()).toEqual({ data: { machines: "machines only" } });
  }
});

test("enforces the API's limits on depth, resolvers and introspection", async () => {
  const strict = await startApi(
    apiOptions({ properties: { QueryDepthLimit: "2", ResolverCountLimit: 1, IntrospectionConfig: "DISABLED" } }),
  );
  expect((await strict.ask("{ job { owner { name } } }")).errors[0].errorType).toBe("MaxQueryDepthReached");
  const inFragments =
    "{ job { ...A ...B } } fragment A on Job { id } fragment B on Job { ...A ... on Job { owner { ...C } } } fragment C on User { name }";
  expect((await strict.ask(inFragments)).errors[0].message).toBe("The query is 3 levels deep; the API allows 2.");
  expect((await strict.ask("{ job { id } }")).errors).toBeUndefined();
  const two = await strict.ask("{ a: machines b: machines }");
  expect([two.data.a, two.data.b]).toEqual(["machines only", null]);
  expect((await strict.ask("{ __schema { queryType { name } } }")).errors[0].message).toMatch(/FieldUndefined/);
  await strict.stop();
});

test("has a stable id and address, and a second API next to the first", async () => {
  const again = await startApi(apiOptions());
  expect(again.attributes.ApiId).toBe(api.attributes.ApiId);
  expect(again.attributes).toMatchObject({ GraphQLUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/graphql$/) });
  expect(again.attributes.RealtimeUrl).toBe(again.attributes.GraphQLUrl!.replace("http", "ws") + "/realtime");
  const second = await again.service.create({
    path: "Test/Second",
    logicalId: "Second",
    type: "AWS::AppSync::GraphQLApi",
    properties: { Name: "second", AuthenticationType: "AWS_IAM" },
  });
  expect(second.attributes.GraphQLUrl).toMatch(new RegExp(`/${second.attributes.ApiId}/graphql$`));
  await again.stop();
});

describe("rejects what is not supported, with a message", () => {
  const refused = async (overrides: Partial<ApiOptions>) =>
    startApi(apiOptions(overrides)).then((started) => started.stop());

  test("a field of Query without resolver", async () => {
    await expect(refused({ resolvers: RESOLVERS.slice(1) })).rejects.toThrow(
      'The field Query.echo of the API "test" has no resolver; every field of Query needs one.',
    );
  });

  test("a resolver without field", async () => {
    await expect(refused({ resolvers: [...RESOLVERS, { field: "Query.gone" }] })).rejects.toThrow(
      /The resolver Query\.gone has no field/,
    );
  });

  test("a resolver that is not valid APPSYNC_JS, with its line", async () => {
    const resolvers = [{ field: "Query.echo", request: `throw "no";` }];
    await expect(refused({ resolvers })).rejects.toThrow(
      'The resolver Query.echo is not valid APPSYNC_JS at line 3, column 32: "throw" is not part of APPSYNC_JS; use util.error(message).',
    );
  });

  test("a resolver on an unknown data source", async () => {
    const resolvers = [...RESOLVERS.slice(1), { field: "Query.echo", dataSource: "Nowhere" }];
    await expect(refused({ resolvers })).rejects.toThrow(/uses the data source "Nowhere", which the API does not have/);
  });

  test("two resolvers on one field", async () => {
    await expect(refused({ resolvers: [...RESOLVERS, RESOLVERS[0]!] })).rejects.toThrow(
      /Query\.echo has two resolvers/,
    );
  });

  test("API keys", async () => {
    await expect(refused({ properties: { AuthenticationType: "API_KEY" } })).rejects.toThrow(
      /authenticates with API_KEY/,
    );
  });

  test("a schema with a scalar of its own", async () => {
    await expect(refused({ schema: "scalar Long type Query { a: Long }" })).rejects.toThrow(/defines the scalar Long/);
  });

  test("a subscription to a mutation of another type", async () => {
    const schema = `${SCHEMA} type Subscription { onTouch: User @aws_subscribe(mutations: ["touch"]) }`;
    await expect(refused({ schema })).rejects.toThrow(
      /Subscription\.onTouch returns User, but its mutation touch returns Job/,
    );
  });
});
