/** Finds `$async` in a JSON Schema: Ajv would return a promise, and every answer would seem to fit. */
import type { Path } from "./source.ts";

/** Keywords that hold schemas by arbitrary names. */
const BY_NAME = ["properties", "patternProperties", "dependentSchemas", "$defs", "definitions"];
/** Keywords that hold data. */
const DATA = ["const", "enum", "default", "examples"];

/** The path to the first schema, at any depth, that has `$async`; undefined when none does. */
export function pathOfAsync(schema: unknown): Path | undefined {
  if (typeof schema !== "object" || schema === null) return undefined;
  if (Object.hasOwn(schema, "$async")) return [];
  for (const [key, value] of Object.entries(schema)) {
    const within = DATA.includes(key) ? undefined : pathWithin(value, BY_NAME.includes(key));
    if (within) return [key, ...within];
  }
  return undefined;
}

/** The same for the value of a keyword: a schema, a list of them, or a map. */
function pathWithin(value: unknown, isMap: boolean): Path | undefined {
  if (typeof value !== "object" || value === null || !(isMap || Array.isArray(value))) return pathOfAsync(value);
  for (const [key, schema] of Object.entries(value)) {
    const path = pathOfAsync(schema);
    if (path) return [Array.isArray(value) ? Number(key) : key, ...path];
  }
  return undefined;
}
