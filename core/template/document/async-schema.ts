/** Finds `$async` in a JSON Schema: Ajv would return a promise, and every answer would seem to fit. */
import type { Path } from "./source.ts";
import { subschemasOf } from "../subschemas.ts";

/** The path to the first schema, at any depth, that has `$async`; undefined when none does. */
export function pathOfAsync(schema: object): Path | undefined {
  if (Object.hasOwn(schema, "$async")) return [];
  for (const { path, schema: inner } of subschemasOf(schema)) {
    const within = pathOfAsync(inner);
    if (within) return [...path, ...within];
  }
  return undefined;
}
