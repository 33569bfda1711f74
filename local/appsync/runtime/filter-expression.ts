/** Filter objects as DynamoDB expressions, character for character as AppSync renders them. */
import { toDynamoDB } from "./dynamodb-values.ts";

export interface Expression {
  readonly expression: string;
  readonly expressionNames: Record<string, string>;
  readonly expressionValues: Record<string, unknown>;
}

/** Thrown inside this file only: the whole filter then becomes null, as in AppSync. */
class NotAFilter extends Error {}

/**
 * `{ status: { eq: "OPEN" }, and: […], or: […], not: {…} }` as an expression. Value names carry the path to the value
 * (`:and_0_status_eq`).
 * @returns null for anything that is not a filter (an unknown operator, a value instead of operators …)
 */
export function filterExpression(filter: unknown): Expression | null {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  try {
    return {
      expression: renderObject(filter, [], { names, values }),
      expressionNames: names,
      expressionValues: values,
    };
  } catch (error) {
    if (error instanceof NotAFilter) return null;
    throw error;
  }
}

interface Collected {
  readonly names: Record<string, string>;
  readonly values: Record<string, unknown>;
}

function renderObject(filter: unknown, path: readonly string[], collected: Collected): string {
  return renderEntries(filter, path, collected).join(" AND ");
}

function renderEntries(filter: unknown, path: readonly string[], collected: Collected): string[] {
  return definedEntries(filter).map(([name, value]) => {
    if (name === "and" || name === "or") return renderGroup(name, value, path, collected);
    if (name === "not") return renderNot(value, [...path, "not"], collected);
    collected.names[`#${name}`] = name;
    const conditions = renderOperators(value, `#${name}`, [...path, name], collected);
    return conditions.length > 1 ? `(${conditions.join(" AND ")})` : (conditions[0] ?? "");
  });
}

function renderGroup(name: "and" | "or", members: unknown, path: readonly string[], collected: Collected): string {
  if (!Array.isArray(members)) throw new NotAFilter();
  const parts = Array.from(members, (member, index) => renderObject(member, [...path, name, String(index)], collected));
  return parts.length > 1 ? `(${parts.join(name === "and" ? " AND " : " OR ")})` : (parts[0] ?? "");
}

function renderNot(filter: unknown, path: readonly string[], collected: Collected): string {
  const parts = renderEntries(filter, path, collected);
  const inner = parts.length > 1 ? `(${parts.join(" AND ")})` : (parts[0] ?? "");
  return `(NOT ${inner})`;
}

const COMPARISONS: Readonly<Record<string, string>> = { eq: "=", ne: "<>", lt: "<", le: "<=", gt: ">", ge: ">=" };

const ATTRIBUTE_TYPES: Readonly<Record<string, string>> = {
  _null: "NULL",
  string: "S",
  stringSet: "SS",
  number: "N",
  numberSet: "NS",
  binary: "B",
  binarySet: "BS",
  boolean: "BOOL",
  list: "L",
  map: "M",
};

function renderOperators(operators: unknown, operand: string, path: readonly string[], collected: Collected): string[] {
  return definedEntries(operators).flatMap(([operator, value]) => {
    if (operator === "size") {
      const sized = operand.startsWith("size(") ? operand : `size(${operand})`;
      return renderOperators(value, sized, [...path, "size"], collected);
    }
    return `(${renderOperator(operator, value, operand, [...path, operator], collected)})`;
  });
}

function renderOperator(
  operator: string,
  value: unknown,
  operand: string,
  path: readonly string[],
  collected: Collected,
): string {
  const put = (item: unknown, ...suffix: string[]) => {
    const name = `:${[...path, ...suffix].join("_")}`;
    collected.values[name] = toDynamoDB(item);
    return name;
  };
  const comparison = COMPARISONS[operator];
  if (comparison) return `${operand} ${comparison} ${put(value)}`;
  switch (operator) {
    case "contains":
      return `contains(${operand},${put(value)})`;
    case "notContains":
      return `NOT contains(${operand},${put(value)})`;
    case "beginsWith":
      return `begins_with(${operand},${put(value)})`;
    case "between": {
      const bounds = listOf(value);
      if (bounds.length < 2) throw new NotAFilter();
      return `${operand} BETWEEN ${put(bounds[0], "start")} AND ${put(bounds[1], "end")}`;
    }
    case "in": {
      const items = listOf(value).map((item, index) => put(item, String(index)));
      return items.length > 0 ? `${operand} IN (${items.join(", ")})` : "null";
    }
    case "attributeExists":
      if (typeof value !== "boolean") throw new NotAFilter();
      return `${value ? "attribute_exists" : "attribute_not_exists"}(${operand})`;
    case "attributeType": {
      const type = ATTRIBUTE_TYPES[String(value)];
      if (!type) throw new NotAFilter();
      return `attribute_type(${operand},${put(type)})`;
    }
    default:
      throw new NotAFilter();
  }
}

function listOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new NotAFilter();
  return Array.from(value);
}

function definedEntries(object: unknown): [string, unknown][] {
  if (typeof object !== "object" || object === null || Array.isArray(object)) throw new NotAFilter();
  return Object.entries(object).filter(([, value]) => value !== undefined);
}
