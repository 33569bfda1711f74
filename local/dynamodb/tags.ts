/** Tags of tables. */
import type { Database } from "./database.ts";

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export async function tagTable(database: Database, name: string, tags: readonly Tag[]): Promise<object> {
  const table = database.table(name);
  const added = Object.fromEntries(tags.map((tag) => [tag.Key, tag.Value]));
  await database.putTable({ ...table, tags: { ...table.tags, ...added } });
  return {};
}

export async function untagTable(database: Database, name: string, keys: readonly string[]): Promise<object> {
  const table = database.table(name);
  const kept = Object.entries(table.tags).filter(([key]) => !keys.includes(key));
  await database.putTable({ ...table, tags: Object.fromEntries(kept) });
  return {};
}

export function listTags(database: Database, name: string): object {
  return { Tags: Object.entries(database.table(name).tags).map(([Key, Value]) => ({ Key, Value })) };
}
