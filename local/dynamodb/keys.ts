/** Keys in LevelDB: ASCII, and sorted as DynamoDB sorts items. */
import { createIndexKey, createKey } from "./dynalite.ts";
import type { IndexDescription, Item, TableDescription } from "./dynalite.ts";

export function itemPrefix(table: string): string {
  return `item-${table}~`;
}

export function indexPrefix(table: string, index: string): string {
  return `index-${table}~${index}~`;
}

/** The item's key in its table. */
export function itemKey(item: Item, table: TableDescription): string {
  return createKey(item, table);
}

/**
 * The item's key in an index: the index's key, then the whole key in the table. (dynalite ends with 24 bits of hash instead, so
 * among several thousand items with equal index keys, one would overwrite another.)
 */
export function indexEntryKey(item: Item, table: TableDescription, indexName: string): string {
  const index = indexNamed(table, indexName);
  if (!index) throw new Error(`Table ${table.TableName} has no index ${indexName}.`);
  return `${createIndexKey(item, table, index.KeySchema)}/${createKey(item, table)}`;
}

export function indexNamed(table: TableDescription, name: string): IndexDescription | undefined {
  return [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])].find(
    (index) => index.IndexName === name,
  );
}
