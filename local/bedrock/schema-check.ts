/** Whether a value matches a JSON Schema, for the keywords that models are given. */
import type { JsonSchema } from "./converse.ts";

/** @param root the schema that `$ref`s refer to */
export function fits(schema: JsonSchema, value: unknown, root: JsonSchema): boolean {
  if (typeof schema === "boolean") return schema;
  if (value === null && schema.nullable === true) return true;
  const target = typeof schema.$ref === "string" ? resolveRef(schema.$ref, root) : true;
  return (
    fits(target, value, root) &&
    fitsType(schema.type, value) &&
    (schema.const === undefined || isSame(schema.const, value)) &&
    (schema.enum === undefined || schema.enum.some((allowed: unknown) => isSame(allowed, value))) &&
    fitsCombination(schema, value, root) &&
    fitsKind(schema, value, root)
  );
}

/** The target of a local reference (`#/$defs/Name`); `true`, which accepts anything, for a dangling one. */
export function resolveRef(ref: string, root: JsonSchema): JsonSchema {
  const steps = ref
    .replace(/^#\/?/, "")
    .split("/")
    .filter((step) => step !== "");
  let place: any = root;
  for (const step of steps) place = place?.[decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~")];
  return ref.startsWith("#") && place !== undefined ? place : true;
}

export function isSame(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && isSame(left[key as never], right[key as never]))
  );
}

function fitsType(type: string | readonly string[] | undefined, value: unknown): boolean {
  if (type === undefined) return true;
  const types = typeof type === "string" ? [type] : type;
  return types.some((name) => name === typeName(value) || (name === "integer" && Number.isInteger(value)));
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function fitsCombination(schema: { [key: string]: any }, value: unknown, root: JsonSchema): boolean {
  const matches = (branch: JsonSchema) => fits(branch, value, root);
  return (
    (schema.allOf ?? []).every(matches) &&
    (schema.anyOf === undefined || schema.anyOf.some(matches)) &&
    (schema.oneOf === undefined || schema.oneOf.filter(matches).length === 1) &&
    (schema.not === undefined || !matches(schema.not))
  );
}

function fitsKind(schema: { [key: string]: any }, value: unknown, root: JsonSchema): boolean {
  if (typeof value === "string") return fitsText(schema, value);
  if (typeof value === "number") return fitsNumber(schema, value);
  if (Array.isArray(value)) return fitsList(schema, value, root);
  if (typeof value === "object" && value !== null) return fitsObject(schema, value as Record<string, unknown>, root);
  return true;
}

function fitsText(schema: { [key: string]: any }, value: string): boolean {
  const length = [...value].length;
  if (length < (schema.minLength ?? 0) || length > (schema.maxLength ?? Infinity)) return false;
  return schema.pattern === undefined || matches(schema.pattern, value);
}

/** An invalid pattern accepts everything. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, "u").test(value);
  } catch {
    return true;
  }
}

function fitsNumber(schema: { [key: string]: any }, value: number): boolean {
  const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum = -Infinity, exclusiveMaximum = Infinity } = schema;
  if (value < minimum || value > maximum || value <= exclusiveMinimum || value >= exclusiveMaximum) return false;
  return schema.multipleOf === undefined || Number.isInteger(value / schema.multipleOf);
}

function fitsList(schema: { [key: string]: any }, value: readonly unknown[], root: JsonSchema): boolean {
  if (value.length < (schema.minItems ?? 0) || value.length > (schema.maxItems ?? Infinity)) return false;
  if (schema.uniqueItems && value.some((item, index) => value.slice(0, index).some((other) => isSame(item, other))))
    return false;
  const first: readonly JsonSchema[] = schema.prefixItems ?? [];
  return value.every((item, index) => fits(first[index] ?? schema.items ?? true, item, root));
}

function fitsObject(schema: { [key: string]: any }, value: Record<string, unknown>, root: JsonSchema): boolean {
  const properties: Readonly<Record<string, JsonSchema>> = schema.properties ?? {};
  if ((schema.required ?? []).some((name: string) => !Object.hasOwn(value, name))) return false;
  return Object.entries(value).every(([name, member]) => {
    const rule = Object.hasOwn(properties, name) ? properties[name] : schema.additionalProperties;
    return fits(rule ?? true, member, root);
  });
}
