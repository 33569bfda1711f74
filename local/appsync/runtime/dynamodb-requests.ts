/** `@aws-appsync/utils/dynamodb`: requests for the DynamoDB data source from plain keys, items and filters. */
import { ResolverError } from "../errors.ts";
import { toBinarySet, toMapValues, toNumberSet, toStringSet } from "./dynamodb-values.ts";
import { filterExpression } from "./filter-expression.ts";
import type { Expression } from "./filter-expression.ts";
import { operations, updateExpression } from "./update-expression.ts";

type Plain = Record<string, any>;

export const helpers = {
  get: (input: Plain) => ({
    operation: "GetItem",
    key: toMapValues(input.key),
    ...kept(input, "consistentRead"),
    ...projection(input),
  }),
  put: (input: Plain) => ({ operation: "PutItem", ...putParts(input), ...kept(input, "_version") }),
  update: (input: Plain) => ({ operation: "UpdateItem", ...updateParts(input), ...kept(input, "_version") }),
  remove: (input: Plain) => ({ operation: "DeleteItem", ...keyParts(input), ...kept(input, "_version") }),
  query: (input: Plain) => ({ operation: "Query", query: expression(input.query, "query"), ...pageParts(input) }),
  scan: (input: Plain) => ({ operation: "Scan", ...pageParts(input), ...kept(input, "totalSegments", "segment") }),
  sync: (input: Plain) => ({
    operation: "Sync",
    ...kept(input, "basePartitionKey", "deltaIndexName", "limit", "nextToken", "lastSync"),
    ...filter(input),
  }),
  batchGet: (input: Plain) => ({
    operation: "BatchGetItem",
    tables: mapTables(input.tables, (table: Plain) => ({
      keys: Array.from(table.keys, (key) => toMapValues(key as Plain)),
      ...kept(table, "consistentRead"),
      ...projection(table),
    })),
  }),
  batchPut: (input: Plain) => ({ operation: "BatchPutItem", tables: mapTables(input.tables, typedList) }),
  batchDelete: (input: Plain) => ({ operation: "BatchDeleteItem", tables: mapTables(input.tables, typedList) }),
  transactGet: (input: Plain) => ({
    operation: "TransactGetItems",
    transactItems: Array.from(input.items as Plain[], (item) => ({
      table: item.table,
      key: toMapValues(item.key),
      ...projection(item),
    })),
  }),
  transactWrite: (input: Plain) => ({
    operation: "TransactWriteItems",
    transactItems: Array.from(input.items as Plain[], transactItem),
  }),
  operations,
  toStringSet,
  toNumberSet,
  toBinarySet,
};

function transactItem(item: Plain): Plain {
  const { putItem, updateItem, deleteItem, conditionCheck } = item;
  if (putItem) return { table: putItem.table, operation: "PutItem", ...putParts(putItem) };
  if (updateItem) return { table: updateItem.table, operation: "UpdateItem", ...updateParts(updateItem) };
  if (deleteItem) return { table: deleteItem.table, operation: "DeleteItem", ...keyParts(deleteItem) };
  if (conditionCheck) return { table: conditionCheck.table, operation: "ConditionCheck", ...keyParts(conditionCheck) };
  throw new ResolverError("An item of transactWrite must have putItem, updateItem, deleteItem or conditionCheck");
}

function keyParts(input: Plain): Plain {
  return { key: toMapValues(input.key), ...condition(input) };
}

function putParts(input: Plain): Plain {
  return { key: toMapValues(input.key), attributeValues: toMapValues(input.item), ...condition(input) };
}

function updateParts(input: Plain): Plain {
  return { key: toMapValues(input.key), update: updateExpression(input.update), ...condition(input) };
}

function pageParts(input: Plain): Plain {
  return {
    ...kept(input, "index", "limit", "nextToken", "scanIndexForward", "consistentRead", "select"),
    ...filter(input),
    ...projection(input),
  };
}

function condition(input: Plain): Plain {
  return input.condition ? { condition: expression(input.condition, "condition") } : {};
}

function filter(input: Plain): Plain {
  return input.filter ? { filter: expression(input.filter, "filter") } : {};
}

function expression(object: unknown, what: string): Expression {
  const rendered = filterExpression(object);
  if (!rendered) throw new ResolverError(`The ${what} ${JSON.stringify(object)} is not a filter object`);
  return rendered;
}

function projection(input: Plain): Plain {
  if (!input.projection?.length) return {};
  const expressionNames: Record<string, string> = {};
  const paths = Array.from(input.projection as string[], (path) =>
    path.split(".").map((name) => {
      expressionNames[`#${name}`] = name;
      return `#${name}`;
    }),
  );
  return { projection: { expression: paths.map((path) => path.join(".")).join(", "), expressionNames } };
}

function typedList(items: readonly Plain[]): unknown[] {
  return Array.from(items, toMapValues);
}

function mapTables(tables: Plain, change: (table: any) => unknown): Plain {
  return Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, change(table)]));
}

/** The named members that are present; null counts as absent. */
function kept(input: Plain, ...names: string[]): Plain {
  return Object.fromEntries(
    names.filter((name) => input[name] !== undefined && input[name] !== null).map((name) => [name, input[name]]),
  );
}
