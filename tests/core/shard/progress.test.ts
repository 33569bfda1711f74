import { reportedSpending } from "#core/money/spending";
import { reportedCauses } from "#core/shard/causes";
import { soleCauseMessage, tooManyFailuresMessage } from "#core/job/failure-tolerance";
import { latestRecords, Rate } from "#core/shard/progress";
import { buildSchema, getNamedType, isObjectType, type GraphQLObjectType } from "graphql";
import { readFileSync } from "node:fs";

test("the latest records come newest first, three at most", () => {
  expect(latestRecords([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }])).toEqual(['{"n":4}', '{"n":3}', '{"n":2}']);
});

test.each([
  ["long texts", { text: "ä".repeat(100_000) }],
  ["many columns", Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`column${n}`, "x".repeat(500)]))],
  ["deep values", { deep: { list: Array.from({ length: 1_000 }, () => "😀".repeat(50)) } }],
])("%s are cut to valid JSON within the limit", (_, columns) => {
  const texts = latestRecords([columns, columns, columns]);
  expect(Buffer.byteLength(JSON.stringify(texts))).toBeLessThanOrEqual(2_200);
  for (const text of texts) expect(Object.keys(JSON.parse(text))).toEqual(Object.keys(columns));
});

test("the latest records leave room for what else has no fixed length", () => {
  const records = Array.from({ length: 3 }, () => ({ text: "x".repeat(5_000) }));
  const texts = latestRecords(records, 1_500);
  expect(texts).toHaveLength(3);
  expect(Buffer.byteLength(JSON.stringify(texts))).toBeLessThanOrEqual(700);
});

test("whatever there is to tell, a watcher's message has less than 5 KB", () => {
  const causes = Array.from({ length: 20 }, (_, n) => ({
    cause: `${n} ${"x".repeat(158)}`,
    attempts: 1e6,
    records: 1e6,
  }));
  const told = reportedCauses(causes);
  const spending = reportedSpending(
    Array.from({ length: 20 }, (_, n) => ({
      ...{ stepId: `step${n}`, modelId: "us.anthropic.claude-sonnet-4-5-20250929-v1:0", day: "2026-11-25" },
      ...{ calls: 1e6, inputTokens: 1e9, outputTokens: 1e9, costNanos: 5e12 },
    })),
  );
  const latest = latestRecords(
    Array.from({ length: 3 }, () => ({ text: "x".repeat(5_000) })),
    Buffer.byteLength(JSON.stringify([told, spending])),
  );
  const words = [
    tooManyFailuresMessage(1e6, 1e6, [causes], 100),
    soleCauseMessage(1e6, "x".repeat(9_000), true),
    soleCauseMessage(1e6, "x".repeat(9_000), false),
  ];
  for (const statusReason of words) {
    const message = longest(jobChange, {
      "JobChange.statusReason": statusReason,
      ...{ "ShardProgress.causes": told, "ShardProgress.spending": spending, "ShardProgress.latest": latest },
    });
    expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThan(5_000);
  }
});

const DIRECTIVES = `directive @aws_cognito_user_pools(cognito_groups: [String!]) on FIELD_DEFINITION | OBJECT
directive @aws_iam on FIELD_DEFINITION | OBJECT
directive @aws_subscribe(mutations: [String!]!) on FIELD_DEFINITION
scalar AWSDate scalar AWSDateTime scalar AWSJSON scalar AWSURL\n`;
const schema = buildSchema(DIRECTIVES + readFileSync(new URL("../../../schema.graphql", import.meta.url), "utf8"));
const jobChange = schema.getType("JobChange") as GraphQLObjectType;

/** The whole object as a browser asks for it, with these values of fields and otherwise the longest there are. */
function longest(type: GraphQLObjectType, values: Readonly<Record<string, unknown>>): object {
  const fields = Object.values(type.getFields()).map((field) => {
    const inner = getNamedType(field.type);
    const value = values[`${type.name}.${field.name}`];
    if (!isObjectType(inner)) return [field.name, value ?? LONGEST[inner.name] ?? "2026-11-23T12:00:00.000Z"];
    if (!Array.isArray(value)) return [field.name, longest(inner, values)];
    return [field.name, value.map((one: object) => ({ __typename: inner.name, ...one }))];
  });
  return { __typename: type.name, ...Object.fromEntries(fields) };
}

const LONGEST: Readonly<Record<string, unknown>> = { Int: 1e6, Float: 5e12 };

test("a rate is the growth over the last seconds", () => {
  const rate = new Rate(5_000);
  expect(rate.sample(0, 100)).toBe(0);
  expect(rate.sample(1_000, 110)).toBe(10);
  for (let second = 2; second <= 10; second++) rate.sample(second * 1_000, 110 + second * 20);
  expect(rate.sample(11_000, 330)).toBe(20);
});
