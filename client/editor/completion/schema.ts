import { TEMPLATE_SCHEMA } from "#core/template/document/schema";

/** The subset of JSON Schema that the template format uses. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | false;
  readonly items?: Schema;
  /** For a short form and a long form of the same key: `then` is the short one, `else` the long one. */
  readonly then?: Schema;
  readonly else?: Schema;
}

/** The schema at a path; undefined for unknown paths. */
export function schemaAt(path: readonly (string | number)[]): Schema | undefined {
  let schema: Schema | undefined = TEMPLATE_SCHEMA;
  for (const part of path) schema = schema && within(schema, part);
  if (!schema?.else) return schema;
  // Both forms are possible here: the keys of the long one, the values of the short one.
  return { ...schema.else, enum: schema.then?.enum };
}

function within(schema: Schema, part: string | number): Schema | undefined {
  const long = schema.else ?? schema;
  if (typeof part === "number") return long.items;
  return long.properties?.[part] ?? (long.additionalProperties || undefined);
}

/** Whether the path holds an expression over `it`: a condition, a list, a draw, rows or a column. */
export function isExpressionPath(path: readonly (string | number)[]): boolean {
  const [section, , ...rest] = path;
  if (section === "accept") return path.length <= 2;
  if (section === "rows") return path.length === 1;
  if (section === "draws") return path.length === 2;
  if (section === "record") return path.length === 2 || rest[0] === "value";
  return section === "steps" && EXPRESSIONS.includes(rest.join("."));
}

const EXPRESSIONS = ["when", "forEach", "escalate.when", "repeat.until"];
