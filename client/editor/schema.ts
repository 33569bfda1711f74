import { TEMPLATE_SCHEMA } from "#core/template/document/schema";

/** As much of JSON Schema as the template format uses. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | false;
  readonly items?: Schema;
  /** Of a short form beside a long one: `then` the short, `else` the long. */
  readonly then?: Schema;
  readonly else?: Schema;
}

/** What the format says of a place; undefined for places it does not know. */
export function schemaAt(path: readonly (string | number)[]): Schema | undefined {
  let schema: Schema | undefined = TEMPLATE_SCHEMA;
  for (const part of path) schema = schema && within(schema, part);
  if (!schema?.else) return schema;
  // Both forms may stand here: the names of the long one, the values of the short one.
  return { ...schema.else, enum: schema.then?.enum };
}

function within(schema: Schema, part: string | number): Schema | undefined {
  const long = schema.else ?? schema;
  if (typeof part === "number") return long.items;
  return long.properties?.[part] ?? (long.additionalProperties || undefined);
}

/** Whether an expression over `it` stands there: a condition, a list, a column. */
export function isExpressionPath(path: readonly (string | number)[]): boolean {
  const [room, , ...rest] = path;
  if (room === "accept") return path.length <= 2;
  if (room === "record") return path.length === 2 || rest[0] === "value";
  return room === "steps" && EXPRESSIONS.includes(rest.join("."));
}

const EXPRESSIONS = ["when", "forEach", "escalate.when", "repeat.until"];
