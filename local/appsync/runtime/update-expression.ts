/** Translates `ddb.update({ update })`, and the `operations` it may contain. */
import { toDynamoDB } from "./dynamodb-values.ts";
import type { Expression } from "./filter-expression.ts";

/** Operations travel inside plain objects; the symbol distinguishes them from a user's data. */
const OPERATION = Symbol("operation");

interface Operation {
  readonly [OPERATION]: string;
  readonly payload?: unknown;
  readonly index?: number;
}

export const operations = {
  add: (payload: unknown) => make("replace", payload),
  replace: (payload: unknown) => make("replace", payload),
  remove: () => make("remove"),
  increment: (by = 1) => make("increment", by),
  decrement: (by = 1) => make("decrement", by),
  append: (payload: unknown) => make("append", payload),
  prepend: (payload: unknown) => make("prepend", payload),
  updateListItem: (payload: unknown, index: number) => ({ ...make("replace", payload), index }),
};

function make(kind: string, payload?: unknown): Operation {
  return { [OPERATION]: kind, payload };
}

/**
 * `SET #expName_1 = :expValue_1 REMOVE #expName_2`. A plain object changes only the members it names; a list or
 * `operations.replace` replaces the value.
 */
export function updateExpression(update: Record<string, unknown>): Expression {
  const sets: string[] = [];
  const removes: string[] = [];
  const expressionNames: Record<string, string> = {};
  const expressionValues: Record<string, unknown> = {};

  const nameFor = (attribute: string) => {
    const name = `#expName_${Object.keys(expressionNames).length + 1}`;
    expressionNames[name] = attribute;
    return name;
  };
  const valueFor = (value: unknown) => {
    const name = `:expValue_${Object.keys(expressionValues).length + 1}`;
    expressionValues[name] = toDynamoDB(value);
    return name;
  };
  const apply = (path: string, { [OPERATION]: kind, payload }: Operation) => {
    if (kind === "remove") removes.push(path);
    else sets.push(`${path} = ${setClause(kind, path, valueFor(payload))}`);
  };
  const visit = (object: Record<string, unknown>, prefix: string) => {
    for (const [attribute, value] of Object.entries(object)) {
      if (value === undefined) continue;
      const path = prefix + nameFor(attribute);
      if (isOperation(value)) apply(path, value);
      else if (isListOfOperations(value)) for (const each of value) apply(`${path}[${each.index ?? 0}]`, each);
      else if (isPlainObject(value)) visit(value, `${path}.`);
      else apply(path, make("replace", value));
    }
  };

  visit(update, "");
  const clauses = [sets.length ? `SET ${sets.join(", ")}` : "", removes.length ? `REMOVE ${removes.join(", ")}` : ""];
  return { expression: clauses.filter(Boolean).join(" "), expressionNames, expressionValues };
}

function setClause(kind: string, path: string, value: string): string {
  switch (kind) {
    case "increment":
      return `${path} + ${value}`;
    case "decrement":
      return `${path} - ${value}`;
    case "append":
      return `list_append(${path}, ${value})`;
    case "prepend":
      return `list_append(${value}, ${path})`;
    default:
      return value;
  }
}

function isOperation(value: unknown): value is Operation {
  return typeof value === "object" && value !== null && OPERATION in value;
}

function isListOfOperations(value: unknown): value is Operation[] {
  return Array.isArray(value) && value.length > 0 && value.every(isOperation);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !("SS" in value || "NS" in value || "BS" in value)
  );
}
