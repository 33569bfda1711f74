/**
 * The accesses IAM must allow before a request runs: action, ARN of table or index, partition keys (`dynamodb:LeadingKeys`),
 * attribute names (`dynamodb:Attributes`). As on AWS, a batch is one access per table with all its keys, a transaction one per item.
 */
import type { Access } from "../service.ts";
import type { Database } from "./database.ts";
import type { AttributeValue, Item, ParsedRequest } from "./dynalite.ts";
import { indexNamed } from "./keys.ts";
import type { TransactionWrite } from "./transactions.ts";

type Context = Record<string, string | readonly string[]>;

export class Authorization {
  constructor(
    private readonly database: Database,
    private readonly arnOf: (tableName: string) => string,
  ) {}

  /** For GetItem, PutItem, UpdateItem, DeleteItem. */
  ofItem(operation: string, data: ParsedRequest): Access[] {
    return [this.access(operation, data.TableName, this.itemContext(operation, data))];
  }

  /** For Query and Scan. A Scan has no leading keys. */
  ofSearch(operation: string, data: ParsedRequest): Access[] {
    const index = data.IndexName as string | undefined;
    const context: Context = {
      "dynamodb:Select": data.Select ?? selectOf(data, index ? "ALL_PROJECTED_ATTRIBUTES" : "ALL_ATTRIBUTES"),
      ...attributesContext(namesIn(data, [...Object.keys(data.KeyConditions ?? {})])),
    };
    const leading = data.KeyConditions?.[this.hashKey(data.TableName, index) ?? ""]?.AttributeValueList?.[0];
    if (leading) context["dynamodb:LeadingKeys"] = [scalar(leading)];
    return [this.access(operation, data.TableName, context, index)];
  }

  ofBatchGet(data: ParsedRequest): Access[] {
    return Object.entries(data.RequestItems as Record<string, ParsedRequest>).map(([table, request]) => {
      const keys = request.Keys as Item[];
      return this.access("BatchGetItem", table, {
        ...this.leadingKeys(table, keys),
        "dynamodb:Select": selectOf(request, "ALL_ATTRIBUTES"),
        ...attributesContext(
          namesIn(
            request,
            keys.flatMap((key) => Object.keys(key)),
          ),
        ),
      });
    });
  }

  ofBatchWrite(data: ParsedRequest): Access[] {
    return Object.entries(data.RequestItems as Record<string, ParsedRequest[]>).map(([table, requests]) => {
      const items = requests.map((request) => (request.PutRequest?.Item ?? request.DeleteRequest?.Key ?? {}) as Item);
      return this.access("BatchWriteItem", table, {
        ...this.leadingKeys(table, items),
        ...attributesContext(items.flatMap((item) => Object.keys(item))),
      });
    });
  }

  ofTransactWrite(writes: readonly TransactionWrite[]): Access[] {
    return writes.map(({ kind, data }) => {
      const operation = kind === "ConditionCheck" ? "ConditionCheckItem" : `${kind}Item`;
      const context = this.itemContext(operation, data);
      return this.access(operation, data.TableName, {
        ...context,
        "dynamodb:EnclosingOperation": "TransactWriteItems",
      });
    });
  }

  ofTransactGet(gets: readonly ParsedRequest[]): Access[] {
    return gets.map((data) => {
      const context = this.itemContext("GetItem", data);
      return this.access("GetItem", data.TableName, { ...context, "dynamodb:EnclosingOperation": "TransactGetItems" });
    });
  }

  /** For operations on a table itself. */
  ofTable(operation: string, tableName: string | undefined): Access[] {
    return [{ action: `dynamodb:${operation}`, resource: tableName === undefined ? "*" : this.arnOf(tableName) }];
  }

  private access(operation: string, table: string, context: Context, index?: string): Access {
    const resource = index === undefined ? this.arnOf(table) : `${this.arnOf(table)}/index/${index}`;
    return { action: `dynamodb:${operation}`, resource, context };
  }

  private itemContext(operation: string, data: ParsedRequest): Context {
    const attributes = (data.Item ?? data.Key) as Item;
    return {
      ...this.leadingKeys(data.TableName, [attributes]),
      ...(operation === "GetItem" && { "dynamodb:Select": selectOf(data, "ALL_ATTRIBUTES") }),
      ...(data.ReturnValues && { "dynamodb:ReturnValues": data.ReturnValues }),
      ...attributesContext(namesIn(data, Object.keys(attributes))),
    };
  }

  /** Empty for a table that does not exist: the caller learns that only once authorized. */
  private leadingKeys(table: string, items: readonly Item[]): Context {
    const hashKey = this.hashKey(table);
    if (hashKey === undefined) return {};
    const values = items.map((item) => item[hashKey]).filter((value) => value !== undefined);
    return values.length === 0 ? {} : { "dynamodb:LeadingKeys": distinct(values.map(scalar)) };
  }

  private hashKey(tableName: string, indexName?: string): string | undefined {
    const table = this.database.storedTable(tableName)?.description;
    const keySchema = indexName === undefined || !table ? table?.KeySchema : indexNamed(table, indexName)?.KeySchema;
    return keySchema?.find((element) => element.KeyType === "HASH")?.AttributeName;
  }
}

/** The top-level attributes that a request names anywhere, including its keys. */
function namesIn(data: ParsedRequest, others: readonly string[]): string[] {
  const pathHeads = (paths: readonly unknown[] = []) =>
    paths.map((path) => String(Array.isArray(path) ? path[0] : path));
  return [
    ...others,
    ...pathHeads(data._projection?.paths),
    ...pathHeads(data.AttributesToGet),
    ...pathHeads(data._updates?.paths),
    ...Object.keys(data.AttributeUpdates ?? {}),
    ...Object.keys(data._condition?.pathHeads ?? {}),
    ...Object.keys(data.Expected ?? {}),
    ...Object.keys(data._filter?.pathHeads ?? {}),
    ...Object.keys(data.QueryFilter ?? {}),
    ...Object.keys(data.ScanFilter ?? {}),
  ];
}

function attributesContext(names: readonly string[]): Context {
  return names.length === 0 ? {} : { "dynamodb:Attributes": distinct(names) };
}

function selectOf(data: ParsedRequest, otherwise: string): string {
  return data._projection || data.AttributesToGet ? "SPECIFIC_ATTRIBUTES" : otherwise;
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

function scalar(value: AttributeValue): string {
  return String(Object.values(value)[0]);
}
