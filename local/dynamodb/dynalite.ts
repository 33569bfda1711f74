/**
 * The only access to dynalite's internals (pinned to exactly 4.0.0): its parsers, validation messages and item actions. Storage
 * is our own: dynalite writes an item and its index entries one by one and shortens index keys to 24 bits of hash, so a killed
 * process could leave them inconsistent and two items could share an index entry.
 */
import { createRequire } from "node:module";
import { AwsError } from "../service.ts";

const require = createRequire(import.meta.url);
const internals = require("dynalite/db") as Internals;
const validations = require("dynalite/validations") as {
  checkTypes(body: object, types: object): ParsedRequest;
  checkValidations(data: ParsedRequest, types: object, custom: unknown, store: { options: StoreOptions }): void;
};

/** `{ S: "text" }`, `{ N: "1" }` …: exactly one member. */
export type AttributeValue = Record<string, any>;
export type Item = Record<string, AttributeValue>;
/** A validated request; members with an underscore are parsed expressions. */
export type ParsedRequest = Record<string, any>;

export interface KeyElement {
  AttributeName: string;
  KeyType: "HASH" | "RANGE";
}

export interface IndexDescription {
  IndexName: string;
  KeySchema: KeyElement[];
  Projection: { ProjectionType: "ALL" | "KEYS_ONLY" | "INCLUDE"; NonKeyAttributes?: string[] };
  [member: string]: unknown;
}

/** As returned by DescribeTable. */
export interface TableDescription {
  TableName: string;
  KeySchema: KeyElement[];
  AttributeDefinitions: { AttributeName: string; AttributeType: string }[];
  GlobalSecondaryIndexes?: IndexDescription[];
  LocalSecondaryIndexes?: IndexDescription[];
  [member: string]: any;
}

type Callback<T> = (error: unknown, value?: T) => void;

/** The parts of its store that dynalite's actions use. */
export interface DynaliteStore {
  options: StoreOptions;
  getTable(name: string, callback: Callback<TableDescription>): void;
  getItemDb(table: string): {
    lock(key: string, work: (release: <F>(callback: F) => F) => void): void;
    get(key: string, callback: Callback<Item>): void;
    put(key: string, item: Item, callback: Callback<void>): void;
    del(key: string, callback: Callback<void>): void;
    createValueStream(range: Range): NodeJS.ReadableStream;
  };
  getIndexDb(
    kind: string,
    table: string,
    index: string,
  ): {
    put(key: string, item: Item, callback: Callback<void>): void;
    del(key: string, callback: Callback<void>): void;
    createValueStream(range: Range): NodeJS.ReadableStream;
  };
}

export interface Range {
  gt?: string;
  gte?: string;
  lt?: string;
  lte?: string;
  reverse?: boolean;
  limit?: number;
}

interface StoreOptions {
  maxItemSize: number;
}

interface Internals {
  create(options: { path: string }): { db: LevelDatabase };
  createKey(item: Item, table: TableDescription, keySchema?: KeyElement[]): string;
  createIndexKey(item: Item, table: TableDescription, keySchema: KeyElement[]): string;
  validateKey(key: Item, table: TableDescription): DynaliteError | undefined;
  validateItem(item: Item, table: TableDescription): DynaliteError | undefined;
  checkConditional(data: ParsedRequest, existing: Item | undefined): DynaliteError | undefined | null;
}

/** The parts of `level` used here; values are JSON. */
export interface LevelDatabase {
  open(): Promise<void>;
  close(): Promise<void>;
  getSync(key: string): any;
  batch(operations: BatchOperation[]): Promise<void>;
  values(range: Range): { nextv(count: number): Promise<any[]>; close(): Promise<void> };
  iterator(range: Range): { nextv(count: number): Promise<[string, any][]>; close(): Promise<void> };
}

export type BatchOperation = { type: "put"; key: string; value: unknown } | { type: "del"; key: string };

interface DynaliteError extends Error {
  statusCode?: number;
  body?: { __type: string; message?: string; Message?: string };
}

// A BatchGetItem response may reach 16 MB, which dynalite computes as 1 MB plus one largest item. The limit of one item
// (400 KB in UTF-8) is checked in item-size.ts: dynalite counts UTF-16 units.
export const STORE_OPTIONS: StoreOptions = { maxItemSize: 15 * 1024 * 1024 };

export const createKey = internals.createKey;
export const createIndexKey = internals.createIndexKey;

/** Opens or creates the LevelDB in a folder. */
export function levelDatabase(folder: string): LevelDatabase {
  return internals.create({ path: folder }).db;
}

/**
 * Checks a request as DynamoDB does and parses its expressions.
 * @throws AwsError 400 `ValidationException`, `SerializationException`
 */
export function parseRequest(operation: string, body: object): ParsedRequest {
  const { types, custom } = require(`dynalite/validations/${lowerFirst(operation)}`) as {
    types: object;
    custom: unknown;
  };
  try {
    const data = validations.checkTypes(body, types);
    validations.checkValidations(data, types, custom, { options: STORE_OPTIONS });
    return data;
  } catch (error) {
    throw awsError(error);
  }
}

/** Runs one of dynalite's item actions, which reads and writes through `store` only. */
export function runAction(operation: string, store: DynaliteStore, data: ParsedRequest): Promise<any> {
  type Action = (store: DynaliteStore, data: ParsedRequest, callback: Callback<any>) => void;
  const action = require(`dynalite/actions/${lowerFirst(operation)}`) as Action;
  return new Promise((resolve, reject) => {
    action(store, data, (error, result) => (error ? reject(awsError(error)) : resolve(result)));
  });
}

/** @throws AwsError `ValidationException` when the key does not match the table */
export function assertKey(key: Item, table: TableDescription): void {
  throwIfAny(internals.validateKey(key, table));
}

/** @throws AwsError `ValidationException` when the item lacks a key attribute or has one of the wrong type */
export function assertItem(item: Item, table: TableDescription): void {
  throwIfAny(internals.validateItem(item, table));
}

/** @throws AwsError `ConditionalCheckFailedException` */
export function assertCondition(data: ParsedRequest, existing: Item | undefined): void {
  throwIfAny(internals.checkConditional(data, existing));
}

function throwIfAny(error: DynaliteError | undefined | null): void {
  if (error) throw awsError(error);
}

function awsError(error: unknown): unknown {
  const { statusCode, body } = error as DynaliteError;
  if (!statusCode || !body) return error;
  return new AwsError(statusCode, body.__type.split("#").pop() ?? "", body.message ?? body.Message ?? "");
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
