import type { TableDescription } from "./dynalite.ts";

/** A table as the database keeps it. */
export interface StoredTable {
  readonly description: TableDescription;
  readonly timeToLive?: { readonly AttributeName: string };
  readonly tags: Readonly<Record<string, string>>;
}
