/** The writes of one request or transaction: collected first, then stored as one batch. */
import type { BatchOperation, IndexDescription, Item, TableDescription } from "./dynalite.ts";
import { indexEntryKey, indexPrefix, itemPrefix } from "./keys.ts";
import { assertItemSize, itemBytes } from "./item-size.ts";
import type { StoredTable } from "./stored-table.ts";

/** Entries of global indexes are kept separate, since they may be delayed. */
export interface CollectedOperations {
  readonly base: readonly BatchOperation[];
  readonly globalIndexes: readonly BatchOperation[];
}

interface Stored {
  table(name: string): StoredTable;
  get(key: string): any;
}

export class Changes {
  private readonly items = new Map<string, Item | undefined>();
  private readonly base: BatchOperation[] = [];
  private readonly globalIndexes: BatchOperation[] = [];
  /** Bytes of all items put so far, as DynamoDB counts them. */
  bytes = 0;

  constructor(private readonly stored: Stored) {}

  /** The item as this request sees it, including its own changes. */
  item(table: string, key: string): Item | undefined {
    const id = itemPrefix(table) + key;
    return this.items.has(id) ? this.items.get(id) : this.stored.get(id);
  }

  /** @throws AwsError `ValidationException` when the item is larger than 400 KB */
  putItem(table: string, key: string, item: Item): void {
    const bytes = itemBytes(item);
    assertItemSize(bytes);
    this.bytes += bytes;
    this.replace(table, key, item);
  }

  deleteItem(table: string, key: string): void {
    if (this.item(table, key)) this.replace(table, key, undefined);
  }

  /** A record to store atomically with the items. */
  putRecord(key: string, value: unknown): void {
    this.base.push({ type: "put", key, value });
  }

  operations(): CollectedOperations {
    return { base: this.base, globalIndexes: this.globalIndexes };
  }

  private replace(tableName: string, key: string, item: Item | undefined): void {
    const { description } = this.stored.table(tableName);
    const before = this.item(tableName, key);
    const id = itemPrefix(tableName) + key;
    this.items.set(id, item);
    this.base.push(item ? { type: "put", key: id, value: item } : { type: "del", key: id });
    for (const index of description.LocalSecondaryIndexes ?? []) {
      this.base.push(...indexOperations(description, index, before, item));
    }
    for (const index of description.GlobalSecondaryIndexes ?? []) {
      this.globalIndexes.push(...indexOperations(description, index, before, item));
    }
  }
}

/** The updates of one index when an item changes from `before` to `after`. */
export function indexOperations(
  table: TableDescription,
  index: IndexDescription,
  before: Item | undefined,
  after: Item | undefined,
): BatchOperation[] {
  const operations: BatchOperation[] = [];
  const prefix = indexPrefix(table.TableName, index.IndexName);
  const keyBefore = before && belongs(before, table, index) ? indexEntryKey(before, table, index.IndexName) : undefined;
  const keyAfter = after && belongs(after, table, index) ? indexEntryKey(after, table, index.IndexName) : undefined;
  if (keyBefore !== undefined && keyBefore !== keyAfter) operations.push({ type: "del", key: prefix + keyBefore });
  if (after && keyAfter !== undefined) {
    operations.push({ type: "put", key: prefix + keyAfter, value: project(after, table, index) });
  }
  return operations;
}

/** An index contains the items that have all of its key attributes, of the declared types. */
function belongs(item: Item, table: TableDescription, index: IndexDescription): boolean {
  return index.KeySchema.every(({ AttributeName: name }) => {
    const type = table.AttributeDefinitions.find((definition) => definition.AttributeName === name)?.AttributeType;
    return type !== undefined && item[name]?.[type] !== undefined;
  });
}

function project(item: Item, table: TableDescription, index: IndexDescription): Item {
  if (index.Projection.ProjectionType === "ALL") return item;
  const keys = [...index.KeySchema, ...table.KeySchema].map((element) => element.AttributeName);
  const names = new Set([...keys, ...(index.Projection.NonKeyAttributes ?? [])]);
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)));
}
