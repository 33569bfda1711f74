/**
 * Converts Parquet values to JSON, column by column, by the file's schema: times to ISO 8601, decimals and integers to numbers
 * (those of more digits than a number has to texts), bytes to text if they are UTF-8, otherwise to base64.
 */
import type { SchemaElement, SchemaTree } from "hyparquet";
import { isListLike, isMapLike } from "hyparquet/src/schema.js";
import { keepsDigits } from "./exact-number.ts";
import { setField } from "./item.ts";

export type Convert = (value: unknown) => unknown;

/** The converter for the values of a column or of a nested node. */
export function converterOf(node: SchemaTree): Convert {
  const convert = innerConverterOf(node);
  const isList = node.element.repetition_type === "REPEATED" && node.path.length > 0;
  return orNull(isList ? listOf(convert) : convert);
}

function innerConverterOf(node: SchemaTree): Convert {
  const [inner] = node.children;
  if (!inner) return leafConverterOf(node.element);
  if (isListLike(node)) return listOf(elementConverterOf(inner));
  if (isMapLike(node)) return mapOf(converterOf(childCalled(inner, "value")));
  if (node.element.logical_type?.type === "VARIANT") return plain;
  return structOf(node.children.map((child) => [child.element.name, converterOf(child)]));
}

/** A list's repeated group wraps its element when it has one child, and is the element otherwise. */
function elementConverterOf(repeated: SchemaTree): Convert {
  const [only] = repeated.children;
  if (only && repeated.children.length === 1) return converterOf(only);
  return orNull(innerConverterOf(repeated));
}

function childCalled(group: SchemaTree, name: string): SchemaTree {
  const child = group.children.find(({ element }) => element.name === name);
  if (!child) throw new Error(`a map has no ${name}`);
  return child;
}

function orNull(convert: Convert): Convert {
  return (value) => (value === null || value === undefined ? null : convert(value));
}

function listOf(convert: Convert): Convert {
  return (value) => Array.from(value as ArrayLike<unknown>, convert);
}

function structOf(fields: readonly (readonly [string, Convert])[]): Convert {
  return (value) => {
    const object: Record<string, unknown> = {};
    for (const [name, convert] of fields) setField(object, name, convert((value as Record<string, unknown>)[name]));
    return object;
  };
}

function mapOf(convert: Convert): Convert {
  return (value) => {
    const object: Record<string, unknown> = {};
    for (const [name, inner] of Object.entries(value as object)) setField(object, name, convert(inner));
    return object;
  };
}

function leafConverterOf({
  logical_type: logical,
  converted_type: converted,
  type,
  scale = 0,
}: SchemaElement): Convert {
  if (converted === "DECIMAL" || logical?.type === "DECIMAL") return decimal(scale);
  if (logical?.type === "TIMESTAMP") return timestamp(logical.unit, logical.isAdjustedToUTC);
  if (converted === "TIMESTAMP_MILLIS") return timestamp("MILLIS");
  if (converted === "TIMESTAMP_MICROS") return timestamp("MICROS");
  if (type === "INT96") return timestamp("NANOS");
  if (converted === "DATE" || logical?.type === "DATE") return date;
  if (logical?.type === "TIME") return timeOfDay(logical.unit);
  if (converted === "TIME_MILLIS") return timeOfDay("MILLIS");
  if (converted === "TIME_MICROS") return timeOfDay("MICROS");
  return plain;
}

/**
 * Clears the decimal types of a schema once its converters exist: hyparquet would multiply by 0.01, which turns 57 into
 * 0.5700000000000001.
 */
export function clearDecimalTypes(schema: readonly SchemaElement[]): void {
  for (const element of schema) {
    if (element.converted_type !== "DECIMAL" && element.logical_type?.type !== "DECIMAL") continue;
    delete element.converted_type;
    delete element.logical_type;
  }
}

/** An integer (also one in bytes) divided by 10^`scale`; a text where a number would be rounded. */
function decimal(scale: number): Convert {
  return (value) => {
    const integer = value instanceof Uint8Array ? integerOf(value) : BigInt(value as number | bigint);
    const text = decimalText(integer, scale);
    return keepsDigits(text) ? Number(text) : text;
  };
}

/** `-0.05` of -5 and 2 */
function decimalText(integer: bigint, scale: number): string {
  const digits = String(integer < 0n ? -integer : integer).padStart(scale + 1, "0");
  const fraction = scale > 0 ? `.${digits.slice(-scale)}` : "";
  return (integer < 0n ? "-" : "") + digits.slice(0, digits.length - scale) + fraction;
}

/** Two's complement, most significant byte first. */
function integerOf(bytes: Uint8Array): bigint {
  const value = BigInt(`0x0${Buffer.from(bytes).toString("hex")}`);
  return BigInt.asIntN(8 * bytes.length, value);
}

type Unit = "MILLIS" | "MICROS" | "NANOS";
const DIGITS_BELOW_MS = { MILLIS: 0, MICROS: 3, NANOS: 6 } as const;

/** `2024-01-31T10:20:30.123456Z`; without Z when the file declares local time. */
function timestamp(unit: Unit, isUtc = true): Convert {
  return (value) => {
    const { ms, below } = splitTime(value, unit);
    const iso = isoOf(ms);
    return iso === undefined ? String(value) : iso.slice(0, -1) + below + (isUtc ? "Z" : "");
  };
}

/** `10:20:30.123456` */
function timeOfDay(unit: Unit): Convert {
  return (value) => {
    const { ms, below } = splitTime(value, unit);
    return (isoOf(ms)?.slice(11, -1) ?? String(value)) + below;
  };
}

/** `2024-01-31` */
function date(days: unknown): unknown {
  return isoOf(Number(days) * 86_400_000)?.split("T")[0] ?? String(days);
}

/** Milliseconds, and the digits after them unless they are zeros. */
function splitTime(value: unknown, unit: Unit): { ms: number; below: string } {
  const digits = DIGITS_BELOW_MS[unit];
  const units = BigInt(value as number | bigint);
  const perMs = 10n ** BigInt(digits);
  const rest = ((units % perMs) + perMs) % perMs;
  return { ms: Number((units - rest) / perMs), below: rest === 0n ? "" : String(rest).padStart(digits, "0") };
}

/** Undefined for times out of range. */
function isoOf(ms: number): string | undefined {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** A value with no further type in the schema. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (value instanceof Uint8Array) return textOf(value);
  if (value instanceof Date) return isoOf(value.getTime()) ?? null;
  if (Array.isArray(value)) return value.map(orNull(plain));
  if (typeof value === "object" && value !== null) return mapOf(orNull(plain))(value);
  return value;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return Buffer.from(bytes).toString("base64");
  }
}
