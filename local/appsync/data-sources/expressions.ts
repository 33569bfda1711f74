/** AppSync's expressions ({ expression, expressionNames, expressionValues }) as members of an SDK request. */
import { ResolverError } from "../errors.ts";
import { sdkItem } from "./attribute-values.ts";
import type { Item } from "./attribute-values.ts";

export interface ExpressionPart {
  readonly member: string;
  readonly expression: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Item;
}

/** @param value the expression, also as the JSON text that `util.transform` answers; nothing when absent or empty */
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

/** The parts as one request has them: expressions by name, and all names and values together. */
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
