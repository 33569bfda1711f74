/**
 * Simulates the eventual consistency of global indexes: their entries become readable some milliseconds after the item. Pending
 * entries are stored with the item, so a killed process loses none.
 */
import { setTimeout as wait } from "node:timers/promises";
import { isExhaustion, reportExhaustion } from "../exhaustion.ts";
import type { CollectedOperations } from "./changes.ts";
import type { BatchOperation } from "./dynalite.ts";

const PENDING_PREFIX = "pending~";
const RETRY_MS = 1_000;

interface Store {
  batch(operations: BatchOperation[]): Promise<void>;
  entries<T>(prefix: string): AsyncGenerator<[string, T]>;
}

export class IndexDelay {
  private sequence = 0;
  private isStopped = false;
  private readonly timers = new Set<NodeJS.Timeout>();
  /** Applies entries in the order in which items were written. */
  private lastApplied: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: Store,
    private readonly delayMs: number,
  ) {}

  /** What to store now, and how to apply the rest once that is stored. */
  split({ base, globalIndexes }: CollectedOperations): { now: BatchOperation[]; later?: { schedule(): void } } {
    if (this.delayMs === 0 || globalIndexes.length === 0) return { now: [...base, ...globalIndexes] };
    const key = PENDING_PREFIX + String(++this.sequence).padStart(16, "0");
    return {
      now: [...base, { type: "put", key, value: globalIndexes }],
      later: { schedule: () => this.applyLater(key, globalIndexes) },
    };
  }

  /** Applies everything pending immediately. */
  async catchUp(): Promise<void> {
    await this.settle();
    for await (const [key, operations] of this.store.entries<BatchOperation[]>(PENDING_PREFIX)) {
      await this.store.batch([...operations, { type: "del", key }]);
    }
  }

  /** Pending entries stay stored; the next start applies them. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.settle();
  }

  private async settle(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    await this.lastApplied;
  }

  private applyLater(key: string, operations: readonly BatchOperation[]): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.lastApplied = this.lastApplied.then(() => this.apply(key, operations));
    }, this.delayMs);
    this.timers.add(timer);
  }

  /** Until there is room for them: later entries must not overtake these. */
  private async apply(key: string, operations: readonly BatchOperation[]): Promise<void> {
    while (!this.isStopped) {
      try {
        return await this.store.batch([...operations, { type: "del", key }]);
      } catch (error) {
        if (!isExhaustion(error)) throw error;
        reportExhaustion(error);
        await wait(RETRY_MS);
      }
    }
  }
}
