/**
 * Converts typed values between resolvers and the SDK: a resolver may write { N: 10 } and { NULL: null }, the wire wants strings
 * and true.
 */
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { ResolverError } from "../errors.ts";

export type Item = Record<string, AttributeValue>;

export function sdkItem(values: Readonly<Record<string, unknown>> | null | undefined): Item {
  return Object.fromEntries(Object.entries(values ?? {}).map(([name, value]) => [name, sdkValue(value, name)]));
}

function sdkValue(value: unknown, name: string): AttributeValue {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  const [type, content] = entries[0] ?? [];
  if (entries.length !== 1) throw untyped(value, name);
  switch (type) {
    case "S":
      return { S: String(content) };
    case "N":
      return { N: String(content) };
    case "BOOL":
      return { BOOL: Boolean(content) };
    case "NULL":
      return { NULL: true };
    case "B":
      return { B: Buffer.from(content, "base64") };
    case "SS":
      return { SS: content.map(String) };
    case "NS":
      return { NS: content.map(String) };
    case "BS":
      return { BS: content.map((each: string) => Buffer.from(each, "base64")) };
    case "L":
      return { L: content.map((each: unknown) => sdkValue(each, name)) };
    case "M":
      return { M: sdkItem(content) };
    default:
      throw untyped(value, name);
  }
}

function untyped(value: unknown, name: string): ResolverError {
  return new ResolverError(
    `"${name}" must be a typed DynamoDB value such as { S: "text" }; it is ${JSON.stringify(value)}`,
    "MappingTemplate",
  );
}

/** An item as plain JSON: sets become lists, bytes become base64. */
export function plainItem(item: Item | undefined): Record<string, unknown> | null {
  return item ? (plainValue(unmarshall(item, { wrapNumbers: Number })) as Record<string, unknown>) : null;
}

function plainValue(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (value instanceof Set) return Array.from(value, plainValue);
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plainValue(each)]));
}

/** Are both absent, or equal apart from the ignored attributes? */
export function sameItem(
  one: Record<string, unknown> | null,
  other: Record<string, unknown> | null,
  ignored: readonly string[],
): boolean {
  if (!one || !other) return one === other;
  const comparable = (item: Record<string, unknown>) =>
    JSON.stringify(sorted(Object.fromEntries(Object.entries(item).filter(([name]) => !ignored.includes(name)))));
  return comparable(one) === comparable(other);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [name, sorted(each)]),
  );
}
