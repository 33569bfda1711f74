/** The schemas inside a JSON Schema, by the keywords that hold them. */

/** A schema inside another: the keyword, and the path from the other one. */
export interface Subschema {
  readonly keyword: string;
  readonly path: readonly (string | number)[];
  readonly schema: object;
}

/** Keywords that hold schemas by arbitrary names. */
const BY_NAME = ["properties", "patternProperties", "dependentSchemas", "dependencies", "$defs", "definitions"];
/** Keywords that hold data. */
const DATA = ["const", "enum", "default", "examples"];

/** One level down; unknown keywords may hold schemas too. */
export function subschemasOf(schema: object): Subschema[] {
  return Object.entries(schema).flatMap(([keyword, value]: [string, unknown]) => {
    if (!isObject(value) || DATA.includes(keyword)) return [];
    if (!Array.isArray(value) && !BY_NAME.includes(keyword)) return [{ keyword, path: [keyword], schema: value }];
    return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
      const step = Array.isArray(value) ? Number(key) : key;
      return isObject(inner) ? [{ keyword, path: [keyword, step], schema: inner }] : [];
    });
  });
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
