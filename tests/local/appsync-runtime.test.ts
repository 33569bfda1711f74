import { helpers as ddb } from "../../local/appsync/runtime/dynamodb-requests.ts";
import * as values from "../../local/appsync/runtime/dynamodb-values.ts";
import {
  base64Decode,
  base64Encode,
  escapeJavaScript,
  urlDecode,
  urlEncode,
} from "../../local/appsync/runtime/encoding.ts";
import { filterExpression } from "../../local/appsync/runtime/filter-expression.ts";
import { autoId, autoKsuid, autoUlid } from "../../local/appsync/runtime/ids.ts";
import { formatJavaDate, parseJavaDate } from "../../local/appsync/runtime/java-date-format.ts";
import { matches, replaceAll, replaceFirst } from "../../local/appsync/runtime/java-regex.ts";
import { DYNAMODB_NAMES, RUNTIME_NAMES } from "../../local/appsync/runtime/names.ts";
import { makeRuntime } from "../../local/appsync/runtime/runtime.ts";
import type { HandlerEffects } from "../../local/appsync/runtime/runtime.ts";
import {
  checkSubscriptionFilter,
  matchesFilter,
  toSubscriptionFilter,
} from "../../local/appsync/runtime/subscription-filter.ts";

describe("values for DynamoDB", () => {
  test.each<[unknown, unknown]>([
    ["test", { S: "test" }],
    [12345, { N: 12345 }],
    [4.56, { N: 4.56 }],
    [true, { BOOL: true }],
    [null, { NULL: null }],
    [["foo", 123, { bar: "baz" }], { L: [{ S: "foo" }, { N: 123 }, { M: { bar: { S: "baz" } } }] }],
    [{ foo: "bar", beep: ["boop"], gone: undefined }, { M: { foo: { S: "bar" }, beep: { L: [{ S: "boop" }] } } }],
  ])("%j becomes %j", (plain, typed) => expect(values.toDynamoDB(plain)).toEqual(typed));

  test("sets, binaries and S3 objects have their own functions", () => {
    expect(values.toStringSet(["a", "b"])).toEqual({ SS: ["a", "b"] });
    expect(values.toNumberSet([1, 23, 4.56])).toEqual({ NS: [1, 23, 4.56] });
    expect(values.toBinarySet(["foo"])).toEqual({ BS: ["foo"] });
    expect(values.toBinary("foo")).toEqual({ B: "foo" });
    expect(values.toString(null)).toBeNull();
    expect(values.toS3Object("foo", "bar", "baz", "beep")).toEqual({
      S: '{"s3":{"key":"foo","bucket":"bar","region":"baz","version":"beep"}}',
    });
    expect(values.toMapValues({ tags: values.toStringSet(["a"]) })).toEqual({ tags: { SS: ["a"] } });
  });
});

describe("filters as DynamoDB expressions", () => {
  test.each<[filter: unknown, expression: string, values: Record<string, unknown>]>([
    [{ v: { eq: "x" } }, "(#v = :v_eq)", { ":v_eq": { S: "x" } }],
    [{ v: { ne: 1 } }, "(#v <> :v_ne)", { ":v_ne": { N: 1 } }],
    [{ v: { eq: null } }, "(#v = :v_eq)", { ":v_eq": { NULL: null } }],
    [{ v: { ge: 1, le: 5 } }, "((#v >= :v_ge) AND (#v <= :v_le))", { ":v_ge": { N: 1 }, ":v_le": { N: 5 } }],
    [{ v: { contains: "x" } }, "(contains(#v,:v_contains))", { ":v_contains": { S: "x" } }],
    [{ v: { notContains: "x" } }, "(NOT contains(#v,:v_notContains))", { ":v_notContains": { S: "x" } }],
    [{ v: { beginsWith: "x" } }, "(begins_with(#v,:v_beginsWith))", { ":v_beginsWith": { S: "x" } }],
    [
      { v: { between: [1, 9, 5] } },
      "(#v BETWEEN :v_between_start AND :v_between_end)",
      { ":v_between_start": { N: 1 }, ":v_between_end": { N: 9 } },
    ],
    [{ v: { in: ["a", "b"] } }, "(#v IN (:v_in_0, :v_in_1))", { ":v_in_0": { S: "a" }, ":v_in_1": { S: "b" } }],
    [{ v: { in: [] } }, "(null)", {}],
    [{ v: { attributeExists: true } }, "(attribute_exists(#v))", {}],
    [{ v: { attributeExists: false } }, "(attribute_not_exists(#v))", {}],
    [{ v: { attributeType: "_null" } }, "(attribute_type(#v,:v_attributeType))", { ":v_attributeType": { S: "NULL" } }],
    [{ v: { size: { gt: 2 } } }, "(size(#v) > :v_size_gt)", { ":v_size_gt": { N: 2 } }],
    [{ v: { size: { size: { gt: 1 } } } }, "(size(#v) > :v_size_size_gt)", { ":v_size_size_gt": { N: 1 } }],
    [{ a: { eq: 1 }, b: { eq: 2 } }, "(#a = :a_eq) AND (#b = :b_eq)", { ":a_eq": { N: 1 }, ":b_eq": { N: 2 } }],
    [{ and: [{ a: { eq: 1 } }] }, "(#a = :and_0_a_eq)", { ":and_0_a_eq": { N: 1 } }],
    [
      { or: [{ and: [{ a: { eq: 1 } }, { b: { eq: 2 } }] }, { c: { eq: 3 } }] },
      "(((#a = :or_0_and_0_a_eq) AND (#b = :or_0_and_1_b_eq)) OR (#c = :or_1_c_eq))",
      { ":or_0_and_0_a_eq": { N: 1 }, ":or_0_and_1_b_eq": { N: 2 }, ":or_1_c_eq": { N: 3 } },
    ],
    [{ not: { not: { a: { eq: 1 } } } }, "(NOT (NOT (#a = :not_not_a_eq)))", { ":not_not_a_eq": { N: 1 } }],
    [{ "a.b": { eq: 1 } }, "(#a.b = :a.b_eq)", { ":a.b_eq": { N: 1 } }],
    [{}, "", {}],
    [{ v: {} }, "", {}],
    [{ not: {} }, "(NOT )", {}],
    [{ a: { eq: 1 }, b: {} }, "(#a = :a_eq) AND ", { ":a_eq": { N: 1 } }],
  ])("%j", (filter, expression, expressionValues) => {
    expect(filterExpression(filter)).toMatchObject({ expression, expressionValues });
  });

  test.each<[unknown]>([
    [null],
    [[]],
    ["text"],
    [{ v: { foo: 1 } }],
    [{ v: "x" }],
    [{ and: { a: { eq: 1 } } }],
    [{ and: [null] }],
    [{ not: [{ a: { eq: 1 } }] }],
    [{ v: { between: [1] } }],
    [{ v: { in: "x" } }],
    [{ v: { attributeExists: "yes" } }],
    [{ v: { attributeType: "S" } }],
    [{ v: { size: 3 } }],
  ])("%j becomes null", (filter) => expect(filterExpression(filter)).toBeNull());

  test("util returns them as JSON", () => {
    const { util } = makeRuntime(effects());
    expect(util.transform.toDynamoDBConditionExpression({ id: { attributeExists: false } })).toBe(
      '{"expression":"(attribute_not_exists(#id))","expressionNames":{"#id":"id"},"expressionValues":{}}',
    );
    expect(util.transform.toDynamoDBFilterExpression("no")).toBeNull();
  });
});

describe("requests of @aws-appsync/utils/dynamodb", () => {
  const key = { id: { S: "1" } };

  test.each<[string, unknown, unknown]>([
    ["get", ddb.get({ key: { id: "1" } }), { operation: "GetItem", key }],
    [
      "get with options",
      ddb.get({ key: { id: "1" }, consistentRead: true, projection: ["a", "b.c"] }),
      {
        operation: "GetItem",
        key,
        consistentRead: true,
        projection: { expression: "#a, #b.#c", expressionNames: { "#a": "a", "#b": "b", "#c": "c" } },
      },
    ],
    [
      "put with a condition",
      ddb.put({ key: { id: "1" }, item: { n: 1 }, condition: { id: { attributeExists: false } } }),
      {
        operation: "PutItem",
        key,
        attributeValues: { n: { N: 1 } },
        condition: {
          expression: "(attribute_not_exists(#id))",
          expressionNames: { "#id": "id" },
          expressionValues: {},
        },
      },
    ],
    [
      "update",
      ddb.update({
        key: { id: "1" },
        update: {
          name: "Ann",
          gone: ddb.operations.remove(),
          count: ddb.operations.increment(),
          left: ddb.operations.decrement(2),
          list: ddb.operations.append([1]),
          front: ddb.operations.prepend([0]),
          info: { city: "Rome", address: ddb.operations.replace({ zip: "1" }) },
          tags: [ddb.operations.updateListItem("b", 1)],
          skipped: undefined,
          none: null,
        },
      }),
      {
        operation: "UpdateItem",
        key,
        update: {
          expression:
            "SET #expName_1 = :expValue_1, #expName_3 = #expName_3 + :expValue_2, #expName_4 = #expName_4 - :expValue_3, " +
            "#expName_5 = list_append(#expName_5, :expValue_4), #expName_6 = list_append(:expValue_5, #expName_6), " +
            "#expName_7.#expName_8 = :expValue_6, #expName_7.#expName_9 = :expValue_7, #expName_10[1] = :expValue_8, " +
            "#expName_11 = :expValue_9 REMOVE #expName_2",
          expressionNames: {
            "#expName_1": "name",
            "#expName_2": "gone",
            "#expName_3": "count",
            "#expName_4": "left",
            "#expName_5": "list",
            "#expName_6": "front",
            "#expName_7": "info",
            "#expName_8": "city",
            "#expName_9": "address",
            "#expName_10": "tags",
            "#expName_11": "none",
          },
          expressionValues: {
            ":expValue_1": { S: "Ann" },
            ":expValue_2": { N: 1 },
            ":expValue_3": { N: 2 },
            ":expValue_4": { L: [{ N: 1 }] },
            ":expValue_5": { L: [{ N: 0 }] },
            ":expValue_6": { S: "Rome" },
            ":expValue_7": { M: { zip: { S: "1" } } },
            ":expValue_8": { S: "b" },
            ":expValue_9": { NULL: null },
          },
        },
      },
    ],
    ["remove", ddb.remove({ key: { id: "1" } }), { operation: "DeleteItem", key }],
    [
      "query",
      ddb.query({
        query: { pk: { eq: "A" }, sk: { beginsWith: "B" } },
        index: "byB",
        limit: 3,
        nextToken: null,
        scanIndexForward: false,
      }),
      {
        operation: "Query",
        query: {
          expression: "(#pk = :pk_eq) AND (begins_with(#sk,:sk_beginsWith))",
          expressionNames: { "#pk": "pk", "#sk": "sk" },
          expressionValues: { ":pk_eq": { S: "A" }, ":sk_beginsWith": { S: "B" } },
        },
        index: "byB",
        limit: 3,
        scanIndexForward: false,
      },
    ],
    [
      "scan",
      ddb.scan({ limit: 2, totalSegments: 4, segment: 1 }),
      { operation: "Scan", limit: 2, totalSegments: 4, segment: 1 },
    ],
    [
      "batchGet",
      ddb.batchGet({ tables: { T: { keys: [{ id: "1" }] } } }),
      { operation: "BatchGetItem", tables: { T: { keys: [key] } } },
    ],
    ["batchPut", ddb.batchPut({ tables: { T: [{ id: "1" }] } }), { operation: "BatchPutItem", tables: { T: [key] } }],
    [
      "batchDelete",
      ddb.batchDelete({ tables: { T: [{ id: "1" }] } }),
      { operation: "BatchDeleteItem", tables: { T: [key] } },
    ],
    [
      "transactGet",
      ddb.transactGet({ items: [{ table: "T", key: { id: "1" } }] }),
      { operation: "TransactGetItems", transactItems: [{ table: "T", key }] },
    ],
    [
      "transactWrite",
      ddb.transactWrite({
        items: [
          { putItem: { table: "T", key: { id: "1" }, item: {} } },
          { deleteItem: { table: "T", key: { id: "1" } } },
          { conditionCheck: { table: "T", key: { id: "1" }, condition: { n: { gt: 0 } } } },
        ],
      }),
      {
        operation: "TransactWriteItems",
        transactItems: [
          { table: "T", operation: "PutItem", key, attributeValues: {} },
          { table: "T", operation: "DeleteItem", key },
          {
            table: "T",
            operation: "ConditionCheck",
            key,
            condition: {
              expression: "(#n > :n_gt)",
              expressionNames: { "#n": "n" },
              expressionValues: { ":n_gt": { N: 0 } },
            },
          },
        ],
      },
    ],
  ])("%s", (_name, request, expected) => expect(request).toEqual(expected));

  test("a condition that is not a filter is an error, not an unconditional write", () => {
    expect(() => ddb.put({ key: {}, item: {}, condition: { n: { over: 1 } } })).toThrow(/is not a filter object/);
  });
});

describe("subscription filters", () => {
  const condition = (fieldName: string, operator: string, value: unknown) => ({ fieldName, operator, value });
  const groups = (...all: unknown[][]) => ({ filterGroup: all.map((filters) => ({ filters })) });
  const [a, b, c] = [condition("a", "eq", 1), condition("b", "eq", 2), condition("c", "eq", 3)];

  test.each<[unknown, unknown]>([
    [{ a: { eq: 1 }, b: { eq: 2 } }, groups([a, b])],
    [{ and: [{ a: { eq: 1 } }, { b: { eq: 2 } }] }, groups([a, b])],
    [{ or: [{ a: { eq: 1 } }, { b: { eq: 2 } }] }, groups([a], [b])],
    [{ a: { eq: 1, ne: 2 } }, groups([a], [condition("a", "ne", 2)])],
    [{ and: [{ a: { eq: 1 } }, { or: [{ b: { eq: 2 } }, { c: { eq: 3 } }] }] }, groups([a, b], [a, c])],
    [{ not: { a: { eq: 1 } } }, groups([condition("not", "a", { eq: 1 })])],
    [{}, groups()],
    [{ a: {} }, groups()],
    [{ and: [] }, groups()],
    [null, null],
    ['{"a":{"eq":1}}', null],
  ])("%j", (filter, expected) => expect(toSubscriptionFilter(filter)).toEqual(expected));

  test("omit ignored fields and treat each rule as an alternative", () => {
    expect(toSubscriptionFilter({ a: { eq: 1 }, and: [{ b: { eq: 2 } }] }, ["b"])).toEqual(groups([a]));
    expect(toSubscriptionFilter({ a: { eq: 1 }, b: { eq: 2 } }, ["a"])).toEqual(groups([b]));
    const rules = { r1: { ge: 250 }, r2: { eq: "p" } };
    expect(toSubscriptionFilter({ a: { eq: 1 } }, [], rules)).toEqual(
      groups([a, condition("r1", "ge", 250)], [a, condition("r2", "eq", "p")]),
    );
  });

  const value = { n: 5, s: "hello", list: ["x", "y"], flag: false, place: { address: { country: "US" } } };

  test.each<[string, unknown, boolean]>([
    ["n", { eq: 5 }, true],
    ["n", { eq: "5" }, false],
    ["n", { ne: 5 }, false],
    ["n", { lt: 6 }, true],
    ["n", { le: 5 }, true],
    ["n", { gt: 5 }, false],
    ["n", { ge: 5 }, true],
    ["n", { between: [1, 5] }, true],
    ["n", { between: [6, 9] }, false],
    ["n", { in: [4, 5] }, true],
    ["n", { notIn: [4, 5] }, false],
    ["s", { beginsWith: "he" }, true],
    ["s", { contains: "ell" }, true],
    ["s", { notContains: "ell" }, false],
    ["list", { contains: "x" }, true],
    ["list", { containsAny: ["z", "y"] }, true],
    ["list", { notContains: "z" }, true],
    ["flag", { eq: false }, true],
    ["place.address.country", { eq: "US" }, true],
    ["missing", { ne: 1 }, false],
  ])("%s %j", (field, operators, expected) => {
    expect(matchesFilter(toSubscriptionFilter({ [field]: operators })!, value)).toBe(expected);
  });

  test("match when every field of one group matches; two conditions on one field are alternatives", () => {
    const filter = (...filters: unknown[]) => checkSubscriptionFilter({ filterGroup: [{ filters }] });
    expect(matchesFilter(filter(condition("n", "eq", 5), condition("s", "eq", "hello")), value)).toBe(true);
    expect(matchesFilter(filter(condition("n", "eq", 5), condition("s", "eq", "bye")), value)).toBe(false);
    expect(matchesFilter(filter(condition("n", "eq", 1), condition("n", "eq", 5)), value)).toBe(true);
    expect(matchesFilter(filter(condition("n", "eq", 5)), [value])).toBe(false);
  });

  test.each<[unknown, RegExp]>([
    [null, /must be an object with a filterGroup/],
    [groups([condition("a", "bogus", 1)]), /unknown operator "bogus"/],
    [groups([condition("a", "in", [1, 2, 3, 4, 5, 6])]), /6 values for "in"; AppSync allows 5/],
    [groups([condition("a", "between", 1)]), /needs a list/],
    [groups([condition("a".repeat(257), "eq", 1)]), /at most 256 characters/],
  ])("%j is rejected", (filter, message) => expect(() => checkSubscriptionFilter(filter)).toThrow(message));
});

describe("util.time", () => {
  const moment = Date.UTC(2024, 1, 9, 15, 4, 5, 67);

  test.each([
    ["yyyy-MM-dd HH:mm:ss.SSSZ", "UTC", "2024-02-09 15:04:05.067+0000"],
    ["yy/M/d h:m:s a", "UTC", "24/2/9 3:4:5 PM"],
    ["EEE, dd MMM yyyy", "UTC", "Fri, 09 Feb 2024"],
    ["EEEE d MMMM", "UTC", "Friday 9 February"],
    ["yyyy-MM-dd'T'HH:mm:ssXXX", "America/New_York", "2024-02-09T10:04:05-05:00"],
    ["HH:mm z", "America/New_York", "10:04 EST"],
    ["HH:mm XXX", "+05:30", "20:34 +05:30"],
    ["HH 'o''clock'", "UTC", "15 o'clock"],
    ["DDD Q", "UTC", "040 1"],
    ["X", "UTC", "Z"],
  ])("writes %s in %s", (pattern, zone, expected) => expect(formatJavaDate(moment, pattern, zone)).toBe(expected));

  test.each([
    ["2024-02-09 15:04:05", "yyyy-MM-dd HH:mm:ss", "UTC", moment - 67],
    ["2024-02-09T10:04:05-05:00", "yyyy-MM-dd'T'HH:mm:ssXXX", "UTC", moment - 67],
    ["09 Feb 2024 03:04 PM", "dd MMM yyyy hh:mm a", "UTC", moment - 5067],
    ["2024-07-01 00:30", "yyyy-MM-dd HH:mm", "America/New_York", Date.UTC(2024, 6, 1, 4, 30)],
  ])("reads %s as %s", (text, pattern, zone, expected) => expect(parseJavaDate(text, pattern, zone)).toBe(expected));

  test("converts between ISO 8601, seconds and milliseconds", () => {
    const { util } = makeRuntime(effects(moment));
    expect(util.time.nowISO8601()).toBe("2024-02-09T15:04:05.067Z");
    expect(util.time.nowEpochSeconds()).toBe(Math.floor(moment / 1000));
    expect(util.time.nowEpochMilliSeconds()).toBe(moment);
    expect(util.time.parseISO8601ToEpochMilliSeconds("2024-02-09T16:04:05.067+01:00")).toBe(moment);
    expect(util.time.epochMilliSecondsToISO8601(moment)).toBe("2024-02-09T15:04:05.067Z");
    expect(() => util.time.parseISO8601ToEpochMilliSeconds("soon")).toThrow(/not an ISO 8601 time/);
  });
});

test("matches and replaces with Java's regular expressions", () => {
  expect(matches("a*b", "aaaaab")).toBe(true);
  expect(matches("(?i)^HELLO$", "hello")).toBe(true);
  expect(matches("^\\Qa.b\\E$", "axb")).toBe(false);
  expect(matches("^\\p{Alpha}+$", "abc")).toBe(true);
  expect(replaceFirst("a.b.c", ".", "-")).toBe("-.b.c");
  expect(replaceAll("a.b.c", "\\.", "-")).toBe("a-b-c");
  expect(replaceAll("key=value", "(\\w+)=(\\w+)", "$2:$1 \\$")).toBe("value:key $");
  expect(() => matches("(", "x")).toThrow(/is not a regular expression/);
});

test("encodes like Java", () => {
  expect(urlEncode("a b&c=ü~!")).toBe("a+b%26c%3D%C3%BC%7E%21");
  expect(urlDecode("a+b%26c")).toBe("a b&c");
  expect(base64Decode(base64Encode("grüß"))).toBe("grüß");
  expect(escapeJavaScript(`say "it's"\n/ü`)).toBe(`say \\"it\\'s\\"\\n\\/\\u00FC`);
});

test("generates ids of the right form, sortable by time", () => {
  expect(autoId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(autoUlid(1469918176385)).toMatch(/^01ARYZ6S41[0-9A-HJKMNP-TV-Z]{16}$/);
  expect(autoKsuid(1_700_000_000_000)).toMatch(/^[0-9A-Za-z]{27}$/);
  expect(autoKsuid(1_700_000_000_000) < autoKsuid(1_800_000_000_000)).toBe(true);
});

test("every name that the language check accepts exists", () => {
  const { util, extensions, runtime, dynamodb } = makeRuntime(effects());
  const at = (root: object, name: string) => name.split(".").reduce<any>((object, each) => object?.[each], root);
  expect(RUNTIME_NAMES.filter((name) => typeof at({ util, extensions, runtime }, name) !== "function")).toEqual([]);
  expect(DYNAMODB_NAMES.filter((name) => at(dynamodb, name) === undefined)).toEqual([]);
});

function effects(nowMs = 0): HandlerEffects {
  return {
    now: () => nowMs,
    authType: "IAM Authorization",
    unauthorized: () => new Error("Unauthorized") as never,
    appendError: () => undefined,
    setSubscriptionFilter: () => undefined,
    setInvalidationFilter: () => undefined,
    invalidateSubscriptions: () => undefined,
    addResponseHeader: () => undefined,
  };
}
