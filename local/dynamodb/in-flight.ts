/**
 * The items being written right now, so that overlapping transactions are rejected as in DynamoDB: no two transactions work on
 * an item at once, and no single write interferes with a transaction.
 */
import { AwsError } from "../service.ts";

/** `TABLE~KEY` of an item. */
export type ItemId = string;

export class InFlight {
  private readonly transactions = new Set<ItemId>();
  private readonly writes = new Map<ItemId, number>();

  isInTransaction(id: ItemId): boolean {
    return this.transactions.has(id);
  }

  isBeingWritten(id: ItemId): boolean {
    return this.transactions.has(id) || this.writes.has(id);
  }

  /** @throws AwsError `TransactionConflictException` when a transaction holds one of the items */
  async write<T>(ids: readonly ItemId[], work: () => Promise<T>): Promise<T> {
    if (ids.some((id) => this.transactions.has(id))) {
      throw new AwsError(400, "TransactionConflictException", "Transaction is ongoing for the item");
    }
    for (const id of ids) this.writes.set(id, (this.writes.get(id) ?? 0) + 1);
    try {
      return await work();
    } finally {
      for (const id of ids) this.release(id);
    }
  }

  /** The caller has checked that no other transaction holds an item. */
  async transact<T>(ids: readonly ItemId[], work: () => Promise<T>): Promise<T> {
    for (const id of ids) this.transactions.add(id);
    try {
      return await work();
    } finally {
      for (const id of ids) this.transactions.delete(id);
    }
  }

  private release(id: ItemId): void {
    const count = this.writes.get(id) ?? 0;
    if (count > 1) this.writes.set(id, count - 1);
    else this.writes.delete(id);
  }
}
