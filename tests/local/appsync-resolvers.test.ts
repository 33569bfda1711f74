import { startApi } from "./appsync-api.ts";
import type { ResolverCode, TestApi } from "./appsync-api.ts";

/** An API whose only field is `Query.run(args: AWSJSON): AWSJSON`. */
async function withResolver<T>(resolver: Omit<ResolverCode, "field">, act: (api: TestApi) => Promise<T>): Promise<T> {
  const api = await startApi({
    schema: "type Query { run(args: AWSJSON): AWSJSON }",
    resolvers: [{ field: "Query.run", ...resolver }],
    properties: { EnvironmentVariables: { STAGE: "test" } },
  });
  try {
    return await act(api);
  } finally {
    await api.stop();
  }
}

/** The result of `Query.run`. */
async function run(resolver: Omit<ResolverCode, "field">, args?: unknown): Promise<unknown> {
  return withResolver(resolver, async (api) => {
    const query = "query ($args: AWSJSON) { run(args: $args) }";
    const { data, errors } = await api.ask(query, args === undefined ? {} : { args: JSON.stringify(args) });
    if (errors) throw Object.assign(new Error(errors[0].message), errors[0]);
    return JSON.parse(data.run);
  });
}

/** Evaluates one expression in a request handler. */
async function evaluate(expression: string, args?: unknown): Promise<unknown> {
  // A bare string would be taken for serialized JSON.
  const [value] = (await run({ request: `return { payload: [${expression}] };` }, args)) as unknown[];
  return value;
}

describe("the language is AppSync's where it differs from JavaScript", () => {
  test.each([
    ["replace takes a Java pattern and changes the first match", `"a.b.c".replace(".", "-")`, "-.b.c"],
    ["replaceAll takes a Java pattern", `"a1b22".replaceAll("[0-9]+", "#")`, "a#b#"],
    ["JSON.parse of invalid JSON returns an empty string", `JSON.parse("{bad")`, ""],
    ["sort works without arguments", `[3, 1, 2].sort()`, [1, 2, 3]],
    ["undefined members are dropped", `({ a: undefined, b: null })`, { b: null }],
    ["the environment is available", `ctx.env`, { STAGE: "test" }],
    ["args and arguments are the same", `[ctx.args.args.n, ctx.arguments.args.n]`, [1, 1]],
    [
      "selection is not part of the written info",
      `ctx.info`,
      { fieldName: "run", parentTypeName: "Query", variables: { args: '{"n":1}' } },
    ],
    ["the caller is known", `util.authType()`, "IAM Authorization"],
  ])("%s", async (_name, expression, expected) => {
    expect(await evaluate(expression, { n: 1 })).toEqual(expected);
  });
});

test("a handler sees copies: its changes outside the stash are lost", async () => {
  const value = await run(
    { request: "ctx.args.args.n = 2; ctx.stash.n = 3;", response: "return [ctx.args.args.n, ctx.stash.n];" },
    { n: 1 },
  );
  expect(value).toEqual([1, 3]);
});

test("no state carries over from one call to the next", async () => {
  const counting = { request: "ctx.stash.n = (ctx.stash.n ?? 0) + 1; return { payload: ctx.stash.n };" };
  await withResolver(counting, async (api) => {
    expect((await api.ask("{ run }")).data.run).toBe("1");
    expect((await api.ask("{ run }")).data.run).toBe("1");
  });
});

test("a handler that crashes is an error of type Code with its location, for the client and in the log", async () => {
  await withResolver({ request: "return ctx.args.missing.deep;" }, async (api) => {
    const { errors } = await api.ask("{ run }");
    expect(errors[0]).toMatchObject({
      errorType: "Code",
      message: expect.stringMatching(/^code\.js:3:\d+: TypeError: Cannot read/),
    });
    expect(api.log.join("\n")).toMatch(/Query\.run \(request\): code\.js:3:\d+: TypeError/);
  });
});

test("console.log goes to the log", async () => {
  await withResolver({ request: `console.log("seen", { n: 1 });` }, async (api) => {
    await api.ask("{ run }");
    expect(api.log).toContain('appsync: Query.run: seen {"n":1}');
  });
});

test("a loop stops after 1,000 iterations", async () => {
  const loop = "let n = 0; for (const x of ctx.args.args) { n += x; } return { payload: n };";
  expect(await run({ request: loop }, Array(1000).fill(1))).toBe(1000);
  await expect(run({ request: loop }, Array(1001).fill(1))).rejects.toThrow(/A loop ran more than 1000 iterations/);
});

test("a response of more than 5 MB is rejected", async () => {
  const grow = `const s = "${"x".repeat(1000)}"; return { payload: ctx.args.args.map((n) => s + s + s + s + s + s) };`;
  await expect(run({ request: grow }, Array(900).fill(1))).rejects.toThrow(/AppSync allows 5242880/);
});

test("util.unauthorized responds like a missing permission", async () => {
  await expect(run({ response: "util.unauthorized();" })).rejects.toMatchObject({
    errorType: "Unauthorized",
    message: "Not Authorized to access run on type Query",
  });
});

test("response headers reach the client", async () => {
  await withResolver({ response: `util.http.addResponseHeader("items-count", 7); return 1;` }, async (api) => {
    const headers = { authorization: "AWS4-HMAC-SHA256 x" };
    const answer = await fetch(api.url, { method: "POST", headers, body: `{"query":"{ run }"}` });
    expect(answer.headers.get("items-count")).toBe("7");
  });
});

test("runtime.earlyReturn ends a unit resolver without its response handler", async () => {
  expect(await run({ request: `runtime.earlyReturn(["early"]);`, response: `return ["late"];` })).toEqual(["early"]);
});

describe("a pipeline", () => {
  const append = (name: string) => ({
    request: `return { payload: ctx.prev.result.concat(["${name}"]) };`,
    response: `ctx.stash.seen = (ctx.stash.seen ?? "") + "${name}"; return ctx.result;`,
  });

  test("passes each function the previous result, and all of them the stash", async () => {
    const value = await run({
      request: `return ["before"];`,
      functions: [append("a"), append("b")],
      response: "return { prev: ctx.prev.result, result: ctx.result, seen: ctx.stash.seen };",
    });
    expect(value).toEqual({ prev: ["before", "a", "b"], result: ["before", "a", "b"], seen: "ab" });
  });

  test("continues after a function's early return, skipping that function's response handler", async () => {
    const value = await run({
      request: "return [];",
      functions: [{ request: `runtime.earlyReturn(["early"]);`, response: `util.error("not reached");` }, append("b")],
      response: "return ctx.prev.result;",
    });
    expect(value).toEqual(["early", "b"]);
  });

  test("skips to its end when told to", async () => {
    const value = await run({
      request: "return [];",
      functions: [{ request: `runtime.earlyReturn(["early"], { skipTo: "END" });` }, append("b")],
      response: "return ctx.prev.result;",
    });
    expect(value).toEqual(["early"]);
  });

  test("skips its functions when its own request handler returns early", async () => {
    const value = await run({
      request: `runtime.earlyReturn(["early"]);`,
      functions: [append("a")],
      response: "return ctx.result;",
    });
    expect(value).toEqual(["early"]);
  });

  test("stops at util.error", async () => {
    const functions = [{ response: `util.error("stop", "Stopped");` }, { request: `ctx.stash.reached = true;` }];
    await expect(run({ functions, response: "return ctx.stash;" })).rejects.toMatchObject({ errorType: "Stopped" });
  });
});
