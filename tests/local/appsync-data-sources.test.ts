import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dynamodb } from "../../local/dynamodb/dynamodb.ts";
import { listen, readBody, sendJson } from "../../local/http.ts";
import type { Listening } from "../../local/http.ts";
import type { Service } from "../../local/service.ts";
import { startApi } from "./appsync-api.ts";
import type { TestApi } from "./appsync-api.ts";
import { openGate, testContext } from "./open-gate.ts";

const RUN = `return ctx.args.args.request;`;
/** The result and the error as the response handler saw them. */
const SHOW = `return { result: ctx.result, error: ctx.error };`;
const HELPER = `return ddb.update(ctx.args.args.input);`;

const folder = mkdtempSync(join(tmpdir(), "appsync-data-"));
const issued: string[] = [];
const invocations: { path: string; type: string | undefined; payload: any }[] = [];
let tables: Service;
let functions: Listening;
let api: TestApi;

beforeAll(async () => {
  const gate = openGate();
  const issue = gate.issue;
  gate.issue = (roleArn, ...rest) => {
    issued.push(roleArn);
    return issue(roleArn, ...rest);
  };
  tables = dynamodb();
  const tablesUrl = await tables.start(testContext(folder, { gate }));
  await tables.create({
    path: "Test/Jobs",
    logicalId: "Jobs",
    type: "AWS::DynamoDB::Table",
    properties: {
      TableName: "Jobs",
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "sk", AttributeType: "S" },
      ],
    },
  });
  functions = await listen(async (request, response) => {
    const payload = JSON.parse((await readBody(request)).toString() || "null");
    invocations.push({ path: request.url!, type: request.headers["x-amz-invocation-type"] as string, payload });
    if (payload?.fail)
      return sendJson(
        response,
        200,
        { errorMessage: "it broke", errorType: "TypeError" },
        { "x-amz-function-error": "Unhandled" },
      );
    if (payload?.deny)
      return sendJson(response, 403, { message: "not allowed" }, { "x-amzn-errortype": "AccessDeniedException" });
    sendJson(response, 200, { got: payload });
  });
  const sourced = (field: string, request: string, dataSource = "Jobs") => ({
    field,
    request,
    response: SHOW,
    dataSource,
  });
  api = await startApi({
    schema: `type Query { run(args: AWSJSON): AWSJSON call(args: AWSJSON): AWSJSON unhandled: AWSJSON after: AWSJSON }
      type Mutation { update(args: AWSJSON): AWSJSON }`,
    resolvers: [
      sourced("Query.run", RUN),
      sourced("Query.call", RUN, "Function"),
      {
        field: "Query.unhandled",
        request: `return { operation: "Invoke", payload: { fail: true } };`,
        response: "return ctx.result;",
        dataSource: "Function",
      },
      {
        field: "Query.after",
        functions: [
          { request: `return { operation: "Invoke", payload: { fail: true } };`, dataSource: "Function" },
          { request: "return { payload: ctx.error };", response: "return [ctx.result, ctx.error];" },
        ],
        response: "return { last: ctx.prev.result, error: ctx.error };",
      },
      sourced("Mutation.update", HELPER),
    ],
    dataSources: [
      {
        Name: "Jobs",
        Type: "AMAZON_DYNAMODB",
        ServiceRoleArn: "arn:aws:iam::000000000000:role/Jobs",
        DynamoDBConfig: { TableName: "Jobs" },
      },
      {
        Name: "Function",
        Type: "AWS_LAMBDA",
        ServiceRoleArn: "arn:aws:iam::000000000000:role/Function",
        LambdaConfig: { LambdaFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:dispatch" },
      },
    ],
    context: { gate, endpoints: { dynamodb: tablesUrl, lambda: functions.url } },
  });
});

afterAll(async () => {
  await api?.stop();
  await tables?.stop();
  await functions?.close();
  await rm(folder, { recursive: true });
});

async function ask(field: "run" | "call" | "update", args: unknown): Promise<any> {
  const kind = field === "update" ? "mutation" : "query";
  const answer = await api.ask(`${kind} ($args: AWSJSON) { ${field}(args: $args) }`, { args: JSON.stringify(args) });
  if (answer.errors) throw new Error(answer.errors[0].message);
  return JSON.parse(answer.data[field]);
}

const request = (value: Record<string, unknown>) => ask("run", { request: value });
const key = (sk: string, pk = "A") => ({ pk: { S: pk }, sk: { S: sk } });
const put = (sk: string, attributes: object = {}, pk = "A") =>
  request({ operation: "PutItem", key: key(sk, pk), attributeValues: attributes });

describe("DynamoDB", () => {
  test("puts and gets an item of every type, as the role of the data source", async () => {
    const attributes = {
      n: { N: 1.5 },
      text: { N: "7" },
      yes: { BOOL: true },
      none: { NULL: null },
      list: { L: [{ S: "a" }, { M: { deep: { N: 1 } } }] },
      tags: { SS: ["x"] },
      bytes: { B: "AQI=" },
    };
    const plain = {
      pk: "A",
      sk: "all",
      n: 1.5,
      text: 7,
      yes: true,
      none: null,
      list: ["a", { deep: 1 }],
      tags: ["x"],
      bytes: "AQI=",
    };
    expect(await put("all", attributes)).toEqual({ result: plain });
    expect(await request({ operation: "GetItem", key: key("all"), consistentRead: true })).toEqual({ result: plain });
    expect(new Set(issued)).toEqual(new Set(["arn:aws:iam::000000000000:role/Jobs"]));
    expect(issued.length).toBe(1);
  });

  test("returns null for a missing item", async () => {
    expect(await request({ operation: "GetItem", key: key("absent") })).toEqual({ result: null });
  });

  test("updates with the helper and returns the whole item", async () => {
    await put("update", { n: { N: 1 }, owner: { S: "ann" } });
    const input = { key: { pk: "A", sk: "update" }, update: { title: "new" }, condition: { owner: { eq: "ann" } } };
    expect((await ask("update", { input })).result).toEqual({
      pk: "A",
      sk: "update",
      n: 1,
      owner: "ann",
      title: "new",
    });
  });

  test("returns a failed condition's error along with the current item", async () => {
    await put("taken", { owner: { S: "ann" } });
    const input = { key: { pk: "A", sk: "taken" }, update: { title: "new" }, condition: { owner: { eq: "bob" } } };
    const { result, error } = await ask("update", { input });
    expect(result).toEqual({ pk: "A", sk: "taken", owner: "ann" });
    expect(error.type).toBe("DynamoDB:ConditionalCheckFailedException");
    expect(error.message).toMatch(
      /^The conditional request failed \(Service: DynamoDb, Status Code: 400, Request ID: .+\)$/,
    );
  });

  test("counts a put as done when the item already equals it, and a delete when there is no item", async () => {
    const absent = { condition: { expression: "attribute_not_exists(pk)" } };
    const attributeValues = { n: { N: 1 }, version: { N: 1 } };
    await put("twice", attributeValues);
    const again = { operation: "PutItem", key: key("twice"), attributeValues };
    expect(await request({ ...again, ...absent })).toEqual({ result: { pk: "A", sk: "twice", n: 1, version: 1 } });
    const newer = { ...again, attributeValues: { n: { N: 1 }, version: { N: 2 } } };
    expect((await request({ ...newer, ...absent })).error.type).toBe("DynamoDB:ConditionalCheckFailedException");
    const ignoring = { condition: { ...absent.condition, equalsIgnore: ["version"] } };
    expect((await request({ ...newer, ...ignoring })).error).toBeUndefined();
    const mine = {
      expression: "#o = :o",
      expressionNames: { "#o": "owner" },
      expressionValues: { ":o": { S: "ann" } },
    };
    expect(await request({ operation: "DeleteItem", key: key("never"), condition: mine })).toEqual({ result: null });
  });

  test("deletes an item and returns it", async () => {
    await put("gone", { n: { N: 1 } });
    expect(await request({ operation: "DeleteItem", key: key("gone") })).toEqual({
      result: { pk: "A", sk: "gone", n: 1 },
    });
  });

  test("pages through a query with opaque tokens that are valid for it alone", async () => {
    for (const sk of ["1", "2", "3"]) await put(sk, { n: { N: Number(sk) } }, "page");
    const query = {
      operation: "Query",
      query: { expression: "pk = :p", expressionValues: { ":p": { S: "page" } } },
      limit: 2,
    };
    const first = (await request(query)).result;
    expect(first.items.map((each: any) => each.sk)).toEqual(["1", "2"]);
    expect(first.scannedCount).toBe(2);
    expect(Buffer.from(first.nextToken, "base64url").toString()).not.toMatch(/page/);
    const second = (await request({ ...query, nextToken: first.nextToken })).result;
    expect(second).toMatchObject({ items: [{ sk: "3" }], nextToken: null });
    await expect(request({ ...query, nextToken: "made-up" })).rejects.toThrow("Invalid pagination token given.");
    await expect(request({ operation: "Scan", nextToken: first.nextToken })).rejects.toThrow(
      "Invalid pagination token given.",
    );
  });

  test("scans with a filter in util.transform's JSON", async () => {
    await put("s", { colour: { S: "red" } }, "scan");
    const filter = JSON.stringify({
      expression: "#c = :c",
      expressionNames: { "#c": "colour" },
      expressionValues: { ":c": { S: "red" } },
    });
    expect((await request({ operation: "Scan", filter })).result.items).toEqual([
      { pk: "scan", sk: "s", colour: "red" },
    ]);
  });

  test("writes, gets and deletes batches, with null where nothing was found", async () => {
    const item = { ...key("b1"), n: { N: 1 } };
    const written = await request({ operation: "BatchPutItem", tables: { Jobs: [item] } });
    expect(written.result.data).toEqual({ Jobs: [{ pk: "A", sk: "b1", n: 1 }] });
    const got = await request({ operation: "BatchGetItem", tables: { Jobs: { keys: [key("b0"), key("b1")] } } });
    expect(got.result).toEqual({ data: { Jobs: [null, { pk: "A", sk: "b1", n: 1 }] }, unprocessedKeys: { Jobs: [] } });
    await request({ operation: "BatchDeleteItem", tables: { Jobs: [key("b1")] } });
    expect((await request({ operation: "GetItem", key: key("b1") })).result).toBeNull();
  });

  test("writes and reads a transaction", async () => {
    const items = [
      { table: "Jobs", operation: "PutItem", key: key("t1"), attributeValues: { n: { N: 1 } } },
      {
        table: "Jobs",
        operation: "UpdateItem",
        key: key("t2"),
        update: { expression: "SET n = :n", expressionValues: { ":n": { N: 2 } } },
      },
    ];
    expect(await request({ operation: "TransactWriteItems", transactItems: items })).toEqual({
      result: {
        keys: [
          { pk: "A", sk: "t1" },
          { pk: "A", sk: "t2" },
        ],
        cancellationReasons: null,
      },
    });
    const reads = ["t1", "t0"].map((sk) => ({ table: "Jobs", key: key(sk) }));
    expect((await request({ operation: "TransactGetItems", transactItems: reads })).result).toEqual({
      items: [{ pk: "A", sk: "t1", n: 1 }, null],
      cancellationReasons: null,
    });
  });

  test("reports why a transaction was canceled, with the conflicting item unless told not to", async () => {
    await put("held", { owner: { S: "ann" } });
    const check = (returnValues?: boolean) => ({
      table: "Jobs",
      operation: "ConditionCheck",
      key: key("held"),
      condition: {
        expression: "attribute_not_exists(pk)",
        ...(returnValues !== undefined && { returnValuesOnConditionCheckFailure: returnValues }),
      },
    });
    const other = { table: "Jobs", operation: "PutItem", key: key("not-written"), attributeValues: {} };
    const { result, error } = await request({ operation: "TransactWriteItems", transactItems: [check(), other] });
    expect(result.keys).toBeNull();
    expect(result.cancellationReasons).toEqual([
      {
        type: "ConditionalCheckFailed",
        message: "The conditional request failed",
        item: { pk: "A", sk: "held", owner: "ann" },
      },
      { type: "None", message: "None" },
    ]);
    expect(error.type).toBe("DynamoDB:TransactionCanceledException");
    const silent = await request({ operation: "TransactWriteItems", transactItems: [check(false), other] });
    expect(silent.result.cancellationReasons[0].item).toBeUndefined();
    expect((await request({ operation: "GetItem", key: key("not-written") })).result).toBeNull();
  });

  test("names operations and values that it does not support", async () => {
    await expect(request({ operation: "Sync" })).rejects.toThrow(
      "Unsupported operation 'Sync' on the DynamoDB data source",
    );
    await expect(request({ operation: "GetItem", key: { pk: "A" } })).rejects.toThrow(
      /"pk" must be a typed DynamoDB value/,
    );
  });
});

describe("Lambda", () => {
  const call = (value: unknown) => ask("call", { request: value });

  test("passes on the payload and the function's result", async () => {
    expect(await call({ operation: "Invoke", payload: { n: 1 } })).toEqual({ result: { got: { n: 1 } } });
    expect(invocations.at(-1)).toMatchObject({ type: "RequestResponse", payload: { n: 1 } });
    expect(invocations.at(-1)?.path).toContain(
      encodeURIComponent("arn:aws:lambda:us-east-1:000000000000:function:dispatch"),
    );
  });

  test("does not wait for an Event", async () => {
    expect(await call({ operation: "Invoke", invocationType: "Event", payload: 1 })).toEqual({ result: null });
    expect(invocations.at(-1)?.type).toBe("Event");
  });

  test("passes a function's failure to the response handler", async () => {
    const failed = { result: null, error: { message: "it broke", type: "Lambda:Unhandled" } };
    expect(await call({ operation: "Invoke", payload: { fail: true } })).toEqual(failed);
  });

  test("passes a denied call to the response handler", async () => {
    const { error } = await call({ operation: "Invoke", payload: { deny: true } });
    expect(error.type).toBe("Lambda:AccessDeniedException");
  });

  test("ignores a failure that the response handler does not check, as AppSync does", async () => {
    expect(await api.ask("{ unhandled }")).toEqual({ data: { unhandled: null } });
  });

  test("forgets a failure once the function's response handler has seen it", async () => {
    expect(JSON.parse((await api.ask("{ after }")).data.after)).toEqual({ last: [null, null] });
  });

  test("rejects other operations", async () => {
    expect((await call({ operation: "BatchInvoke" })).error.message).toMatch(/must have the operation "Invoke"/);
  });
});
