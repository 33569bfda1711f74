/** TransactWriteItems and TransactGetItems: all or nothing, with a reason for each item on failure. */
import { AwsError } from "../service.ts";
import type { Changes } from "./changes.ts";
import type { Database } from "./database.ts";
import { assertCondition, assertItem, assertKey, parseRequest, runAction } from "./dynalite.ts";
import type { Item, ParsedRequest, TableDescription } from "./dynalite.ts";
import type { Idempotency } from "./idempotency.ts";
import type { InFlight, ItemId } from "./in-flight.ts";
import { itemBytes } from "./item-size.ts";
import { itemKey } from "./keys.ts";
import { wantsOldItem } from "./old-item.ts";

const MAX_ITEMS = 100;
const MAX_TRANSACTION_BYTES = 4 * 1024 * 1024;
/** A transaction prepares and commits: each item counts twice. */
const CAPACITY_FACTOR = 2;

const WRITE_KINDS = {
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "DeleteItem",
} as const;
export type WriteKind = keyof typeof WRITE_KINDS;

export interface TransactionWrite {
  readonly kind: WriteKind;
  /** Parsed like the corresponding single operation. */
  readonly data: ParsedRequest;
  readonly returnOldItem: boolean;
}

interface Reason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: Item;
}

/** @throws AwsError `ValidationException` */
export function parseTransactWrite(body: Record<string, any>): TransactionWrite[] {
  return transactItems(body).map((entry) => {
    const kinds = Object.keys(entry).filter((kind) => entry[kind] !== null && entry[kind] !== undefined);
    const kind = kinds[0] as WriteKind | undefined;
    if (kinds.length !== 1 || !kind || !(kind in WRITE_KINDS)) {
      throw invalid("TransactItems can only contain one of Check, Put, Update or Delete");
    }
    const request = entry[kind] as Record<string, any>;
    const returnOldItem = wantsOldItem(request);
    if (kind === "ConditionCheck" && !request.ConditionExpression) {
      throw invalid("The ConditionCheck of a transaction must have a ConditionExpression");
    }
    if (kind === "Update" && !request.UpdateExpression) {
      throw invalid("The Update of a transaction must have an UpdateExpression");
    }
    const data = parseRequest(WRITE_KINDS[kind], { ...request, ReturnConsumedCapacity: body.ReturnConsumedCapacity });
    return { kind, data, returnOldItem };
  });
}

/** @throws AwsError `ValidationException` */
export function parseTransactGet(body: Record<string, any>): ParsedRequest[] {
  return transactItems(body).map((entry) => {
    if (!entry.Get) throw invalid("TransactItems can only contain Get");
    return parseRequest("GetItem", { ...entry.Get, ReturnConsumedCapacity: body.ReturnConsumedCapacity });
  });
}

/** @throws AwsError `TransactionCanceledException` with `CancellationReasons`, one for each item, in order */
export function transactWrite(
  { database, inFlight, idempotency }: { database: Database; inFlight: InFlight; idempotency: Idempotency },
  body: Record<string, any>,
  writes: readonly TransactionWrite[],
): Promise<object> {
  const tables = writes.map((write) => database.table(write.data.TableName).description);
  const ids = writes.map((write, index) => idOf(tables[index]!, write.data.Item ?? write.data.Key));
  assertDistinct(ids);
  const transact = (remember: (changes: Changes) => void) => {
    cancelIfAny(ids.map((id) => (id !== undefined && inFlight.isBeingWritten(id) ? CONFLICT : NONE)));
    const known = ids.filter((id) => id !== undefined);
    return inFlight.transact(known, () =>
      database.write(async (changes) => {
        const outcomes = [];
        for (const [index, write] of writes.entries())
          outcomes.push(await apply(database, changes, tables[index]!, write));
        cancelIfAny(outcomes.map((outcome) => outcome.reason));
        assertTransactionSize(changes.bytes);
        remember(changes);
        return consumed(outcomes.map((outcome) => outcome.result));
      }),
    );
  };
  return idempotency.once(body, transact, () => ({}));
}

/** A consistent snapshot of all items. @throws AwsError `TransactionCanceledException` when one is being written */
export async function transactGet(
  { database, inFlight }: { database: Database; inFlight: InFlight },
  gets: readonly ParsedRequest[],
): Promise<object> {
  const ids = gets.map((get) => idOf(database.table(get.TableName).description, get.Key));
  assertDistinct(ids);
  cancelIfAny(ids.map((id) => (id !== undefined && inFlight.isBeingWritten(id) ? CONFLICT : NONE)));
  // None of these items is being written, and all reads start before anything else can run.
  const results = await Promise.all(gets.map((get) => runAction("GetItem", database.asDynaliteStore(), get)));
  assertTransactionSize(results.reduce((sum, { Item: item }) => sum + (item ? itemBytes(item) : 0), 0));
  return { Responses: results.map(({ Item: item }) => (item ? { Item: item } : {})), ...consumed(results) };
}

const NONE: Reason = { Code: "None" };
const CONFLICT: Reason = { Code: "TransactionConflict", Message: "Transaction is ongoing for the item" };

/** Applies one write to the collected changes; an error becomes its reason. */
async function apply(
  database: Database,
  changes: Changes,
  table: TableDescription,
  { kind, data, returnOldItem }: TransactionWrite,
): Promise<{ reason: Reason; result?: any }> {
  const attributes = (data.Item ?? data.Key) as Item;
  try {
    if (kind === "Put") assertItem(attributes, table);
    else assertKey(attributes, table);
    if (kind !== "ConditionCheck") {
      return { reason: NONE, result: await runAction(WRITE_KINDS[kind], database.asDynaliteStore(changes), data) };
    }
    assertCondition(data, changes.item(table.TableName, itemKey(attributes, table)));
    return { reason: NONE };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (error.code !== "ConditionalCheckFailedException") {
      return { reason: { Code: "ValidationError", Message: error.message } };
    }
    const old = returnOldItem ? changes.item(table.TableName, itemKey(attributes, table)) : undefined;
    return { reason: { Code: "ConditionalCheckFailed", Message: error.message, ...(old && { Item: old }) } };
  }
}

function transactItems(body: Record<string, any>): Record<string, any>[] {
  const items = body.TransactItems as Record<string, any>[] | undefined;
  if (!Array.isArray(items) || items.length === 0) {
    throw invalid(constraint("Member must have length greater than or equal to 1"));
  }
  if (items.length > MAX_ITEMS) throw invalid(constraint(`Member must have length less than or equal to ${MAX_ITEMS}`));
  return items;
}

function constraint(rule: string): string {
  return `1 validation error detected: Value at 'transactItems' failed to satisfy constraint: ${rule}`;
}

/** `undefined` when the attributes hold no valid key; the write itself then reports the error. */
function idOf(table: TableDescription, attributes: Item): ItemId | undefined {
  try {
    return `${table.TableName}~${itemKey(attributes, table)}`;
  } catch {
    return undefined;
  }
}

function assertDistinct(ids: readonly (ItemId | undefined)[]): void {
  const known = ids.filter((id) => id !== undefined);
  if (new Set(known).size === known.length) return;
  throw invalid("Transaction request cannot include multiple operations on one item");
}

function assertTransactionSize(bytes: number): void {
  if (bytes <= MAX_TRANSACTION_BYTES) return;
  throw invalid("The aggregate size of the items in the transaction has exceeded the maximum allowed size of 4 MB");
}

function cancelIfAny(reasons: readonly Reason[]): void {
  if (reasons.every((reason) => reason.Code === "None")) return;
  const codes = reasons.map((reason) => reason.Code).join(", ");
  throw new AwsError(
    400,
    "TransactionCanceledException",
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { CancellationReasons: reasons },
  );
}

function consumed(results: readonly any[]): object {
  const units = new Map<string, number>();
  for (const result of results) {
    const capacity = result?.ConsumedCapacity;
    if (!capacity) continue;
    units.set(capacity.TableName, (units.get(capacity.TableName) ?? 0) + CAPACITY_FACTOR * capacity.CapacityUnits);
  }
  if (units.size === 0) return {};
  return { ConsumedCapacity: [...units].map(([TableName, CapacityUnits]) => ({ TableName, CapacityUnits })) };
}

function invalid(message: string): AwsError {
  return new AwsError(400, "ValidationException", message);
}
