/**
 * Tables, items and index entries in one LevelDB. Every request's writes go in as a single batch, so a process killed at
 * any instant leaves items and indexes consistent. Writes are checked and stored one at a time, so a condition that was true
 * when checked is still true when its write is stored.
 */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { AwsError } from "../service.ts";
import { Changes } from "./changes.ts";
import { levelDatabase, STORE_OPTIONS } from "./dynalite.ts";
import type { BatchOperation, DynaliteStore, Item, LevelDatabase, Range } from "./dynalite.ts";
import { IndexDelay } from "./index-delay.ts";
import { indexEntryKey, indexPrefix, itemPrefix } from "./keys.ts";
import type { StoredTable } from "./stored-table.ts";

const TABLE_PREFIX = "table~";
/** Sorts after every character of a key: keys are ASCII. */
const END = "\xff";
const ITERATOR_CHUNK = 64;
/** While opening, LevelDB writes out what its log holds (up to 4 MB), and its list of files. */
const ROOM_TO_OPEN_BYTES = 8 * 1024 * 1024;

export class Database {
  private readonly tables = new Map<string, StoredTable>();
  private readonly indexDelay: IndexDelay;
  private lastWrite: Promise<unknown> = Promise.resolve();
  /** Why the last write failed, until the database was opened again. */
  private failure: unknown;

  private constructor(
    private readonly folder: string,
    private level: LevelDatabase,
    indexDelayMs: number,
  ) {
    this.indexDelay = new IndexDelay(this, indexDelayMs);
  }

  /**
   * Opens a folder's database and applies what an earlier process left pending.
   * @throws Error when another process has it open
   */
  static async open(folder: string, indexDelayMs: number): Promise<Database> {
    const level = levelDatabase(folder);
    await level.open().catch((error: Error) => {
      throw new Error(`The tables in ${folder} could not be opened. Is another local cloud using this folder?`, {
        cause: error,
      });
    });
    const database = new Database(folder, level, indexDelayMs);
    for await (const table of database.values<StoredTable>(TABLE_PREFIX)) {
      database.tables.set(table.description.TableName, table);
    }
    await database.indexDelay.catchUp();
    return database;
  }

  async close(): Promise<void> {
    await this.lastWrite;
    await this.indexDelay.stop();
    await this.level.close();
  }

  tableNames(): string[] {
    return [...this.tables.keys()].sort();
  }

  storedTable(name: string): StoredTable | undefined {
    return this.tables.get(name);
  }

  /** @throws AwsError `ResourceNotFoundException` */
  table(name: string): StoredTable {
    const table = this.tables.get(name);
    if (!table) throw new AwsError(400, "ResourceNotFoundException", "Requested resource not found");
    return table;
  }

  async putTable(table: StoredTable): Promise<void> {
    const name = table.description.TableName;
    await this.batch([{ type: "put", key: TABLE_PREFIX + name, value: table }]);
    this.tables.set(name, table);
  }

  /** Deletes a table with all its items and index entries. */
  async removeTable(name: string): Promise<void> {
    const { description } = this.table(name);
    await this.indexDelay.catchUp();
    await this.batch([{ type: "del", key: TABLE_PREFIX + name }]);
    this.tables.delete(name);
    await this.clear(itemPrefix(name));
    for (const index of description.GlobalSecondaryIndexes ?? []) await this.clear(indexPrefix(name, index.IndexName));
    for (const index of description.LocalSecondaryIndexes ?? []) await this.clear(indexPrefix(name, index.IndexName));
  }

  /** Runs `decide` exclusively and stores its changes as one batch, or nothing if it throws. */
  write<T>(decide: (changes: Changes) => Promise<T>): Promise<T> {
    return this.alone(async () => {
      const changes = new Changes(this);
      const result = await decide(changes);
      await this.commit(changes);
      return result;
    });
  }

  /** Runs `work` after all earlier writes and before all later ones. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.lastWrite.then(() => this.recover()).then(work);
    this.lastWrite = result.catch(() => undefined);
    return result;
  }

  private async commit(changes: Changes): Promise<void> {
    const { now, later } = this.indexDelay.split(changes.operations());
    if (now.length > 0) await this.batch(now);
    later?.schedule();
  }

  get(key: string): any {
    return this.level.getSync(key);
  }

  async batch(operations: BatchOperation[]): Promise<void> {
    try {
      await this.level.batch(operations);
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  /**
   * After a failed write, LevelDB would write on behind what it left of it, which the next start could not read. Opened again, it
   * drops that. While there is no room to do so, writes fail and reads still work.
   * @throws Error when there is no room yet
   */
  private async recover(): Promise<void> {
    if (this.failure === undefined) return;
    const room = join(this.folder, "room");
    try {
      await writeFile(room, Buffer.alloc(ROOM_TO_OPEN_BYTES));
    } finally {
      await rm(room, { force: true });
    }
    // One whose opening failed has nothing to close.
    await this.level.close().catch(() => undefined);
    this.level = levelDatabase(this.folder);
    await this.level.open();
    this.failure = undefined;
  }

  /** The values whose keys begin with `prefix`, in key order, as of the first read. */
  async *values<T>(prefix: string, range: Range = {}): AsyncGenerator<T> {
    const iterator = this.level.values(prefixed(prefix, range));
    try {
      for (;;) {
        const values = (await iterator.nextv(ITERATOR_CHUNK)) as T[];
        if (values.length === 0) return;
        yield* values;
      }
    } finally {
      await iterator.close();
    }
  }

  async *entries<T>(prefix: string): AsyncGenerator<[string, T]> {
    const iterator = this.level.iterator(prefixed(prefix, {}));
    try {
      for (;;) {
        const entries = (await iterator.nextv(ITERATOR_CHUNK)) as [string, T][];
        if (entries.length === 0) return;
        yield* entries;
      }
    } finally {
      await iterator.close();
    }
  }

  async clear(prefix: string): Promise<void> {
    let operations: BatchOperation[] = [];
    for await (const [key] of this.entries(prefix)) {
      operations.push({ type: "del", key });
      if (operations.length >= 1000) {
        await this.batch(operations);
        operations = [];
      }
    }
    await this.batch(operations);
  }

  /**
   * Adapts this database to dynalite's actions. Writes are collected in `changes`; without it they are rejected.
   * @param exclusiveStartKey continues a Query or Scan exactly after that index entry
   */
  asDynaliteStore(changes?: Changes, exclusiveStartKey?: Item): DynaliteStore {
    const stream = (prefix: string, range: Range) => Readable.from(this.values(prefix, range));
    return {
      options: STORE_OPTIONS,
      getTable: (name, callback) => {
        const table = this.tables.get(name);
        if (table) callback(null, table.description);
        else callback(new AwsError(400, "ResourceNotFoundException", "Requested resource not found"));
      },
      getItemDb: (table) => ({
        // Writes are exclusive, so there is nothing to lock.
        lock: (_key, work) => work((callback) => callback),
        get: (key, callback) => callback(null, changes ? changes.item(table, key) : this.get(itemPrefix(table) + key)),
        put: (key, item, callback) => attempt(callback, () => changes!.putItem(table, key, item)),
        del: (key, callback) => attempt(callback, () => changes!.deleteItem(table, key)),
        createValueStream: (range) => stream(itemPrefix(table), range),
      }),
      getIndexDb: (_kind, table, index) => ({
        // Index entries are derived from the item (changes.ts).
        put: (_key, _item, callback) => callback(null),
        del: (_key, callback) => callback(null),
        createValueStream: (range) =>
          stream(
            indexPrefix(table, index),
            exclusiveStartKey ? this.continueAfter(table, index, exclusiveStartKey, range) : range,
          ),
      }),
    };
  }

  private continueAfter(tableName: string, indexName: string, startKey: Item, range: Range): Range {
    const key = indexEntryKey(startKey, this.table(tableName).description, indexName);
    return range.reverse ? { ...range, lt: key } : { ...range, gt: key };
  }
}

function prefixed(prefix: string, range: Range): Range {
  const { gt, gte, lt, lte, ...rest } = range;
  const lower = gt !== undefined ? { gt: prefix + gt } : { gte: prefix + (gte ?? "") };
  const upper = lte !== undefined ? { lte: prefix + lte } : { lt: prefix + (lt ?? END) };
  return { ...rest, ...lower, ...upper };
}

function attempt(callback: (error: unknown) => void, work: () => void): void {
  try {
    work();
  } catch (error) {
    callback(error);
    return;
  }
  callback(null);
}
