/** AppSync's expressions ({ expression, expressionNames, expressionValues }) as parameters of an SDK request. */
import { ResolverError } from "../errors.ts";
import { sdkItem } from "./attribute-values.ts";
import type { Item } from "./attribute-values.ts";

export interface ExpressionPart {
  readonly member: string;
  readonly expression: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Item;
}

/** @param value the expression, or the JSON string that `util.transform` returns; absent or empty gives nothing */
export function part(member: string, value: unknown): ExpressionPart | undefined {
  const parsed = typeof value === "string" ? JSON.parse(value) : value;
  if (!parsed?.expression) return undefined;
  if (typeof parsed.expression !== "string")
    throw new ResolverError(`The expression of ${member} must be text`, "MappingTemplate");
  return {
    member,
    expression: parsed.expression,
    names: parsed.expressionNames ?? {},
    values: sdkItem(parsed.expressionValues),
  };
}

/** Merges the parts for one request: expressions by name, and all names and values together. */
export function expressions(...parts: readonly (ExpressionPart | undefined)[]): Record<string, any> {
  const present = parts.filter((each) => each !== undefined);
  const names = Object.assign({}, ...present.map((each) => each.names));
  const values = Object.assign({}, ...present.map((each) => each.values));
  return {
    ...Object.fromEntries(present.map(({ member, expression }) => [member, expression])),
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}
