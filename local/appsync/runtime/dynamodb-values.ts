/** util.dynamodb: values in DynamoDB's typed form, with numbers as AppSync writes them ({ N: 10 }, { NULL: null }). */

export type TypedValue = Record<string, unknown>;

export function toDynamoDB(value: unknown): TypedValue {
  if (value === null || value === undefined) return toNull();
  if (typeof value === "string") return { S: value };
  if (typeof value === "number") return { N: value };
  if (typeof value === "boolean") return { BOOL: value };
  if (Array.isArray(value)) return { L: Array.from(value, toDynamoDB) };
  return isTypedSet(value as TypedValue)
    ? (value as TypedValue)
    : { M: toMapValues(value as Record<string, unknown>) as TypedValue };
}

/** Sets come ready to store from `toStringSet` and its like in `@aws-appsync/utils/dynamodb`. */
const SETS = new WeakSet<object>();

export function markSet<T extends TypedValue | null>(value: T): T {
  if (value) SETS.add(value);
  return value;
}

function isTypedSet(value: TypedValue): boolean {
  return SETS.has(value);
}

export function toMapValues(object: Record<string, unknown> | null | undefined): TypedValue | null {
  if (object === null || object === undefined) return null;
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, toDynamoDB(value)]));
}

export function toMap(object: Record<string, unknown> | null | undefined): TypedValue | null {
  return object === null || object === undefined ? null : { M: toMapValues(object) };
}

export function toList(list: readonly unknown[] | null | undefined): TypedValue | null {
  return list ? { L: Array.from(list, toDynamoDB) } : null;
}

export function toString(value: string | null | undefined): TypedValue | null {
  return typed("S", value);
}

export function toNumber(value: number | null | undefined): TypedValue | null {
  return typed("N", value);
}

export function toBoolean(value: boolean | null | undefined): TypedValue | null {
  return typed("BOOL", value);
}

export function toBinary(value: string | null | undefined): TypedValue | null {
  return typed("B", value);
}

export function toStringSet(values: readonly string[] | null | undefined): TypedValue | null {
  return markSet(typed("SS", values));
}

export function toNumberSet(values: readonly number[] | null | undefined): TypedValue | null {
  return markSet(typed("NS", values));
}

export function toBinarySet(values: readonly string[] | null | undefined): TypedValue | null {
  return markSet(typed("BS", values));
}

export function toNull(): TypedValue {
  return { NULL: null };
}

export function toS3Object(key: string, bucket: string, region: string, version?: string): TypedValue {
  return { S: JSON.stringify({ s3: { key, bucket, region, ...(version === undefined ? {} : { version }) } }) };
}

export function fromS3ObjectJson(text: string): unknown {
  return JSON.parse(text).s3 ?? null;
}

function typed(type: string, value: unknown): TypedValue | null {
  return value === null || value === undefined ? null : { [type]: value };
}
