/** Stands before the table: lets every write through, and holds the rows against the protocol's promises after each. */
import type { Change } from "#core/change";
import type { Row } from "../../worker/ports.ts";
import type { World } from "../worker/world.ts";
import type { Diary } from "./event-log.ts";

export interface LedgerHooks {
  /** A worker's lease was taken by another. */
  leaseTaken(from: string, by: string, shard: string): void;
  /** The job's row has changed. */
  jobChanged(): void;
}

export class Ledger {
  constructor(
    readonly world: World,
    readonly diary: Diary,
    readonly hooks: LedgerHooks,
  ) {}

  /** The write of a worker. */
  async write(task: string, change: Change): Promise<boolean> {
    const { store } = this.world;
    const names = change.writes.map(({ key }) => `${key.pk}|${key.sk}`);
    const before = names.map((name) => store.rows.get(name));
    const done = await store.write(change);
    const after = names.map((name) => store.rows.get(name));
    this.diary.note(`${task} ${done ? "wrote" : "was refused"} ${names.join(", ")}`);
    for (const [n, name] of names.entries()) if (before[n] !== after[n]) this.#changed(task, name, before[n], after[n]);
    this.#checkMoney(task);
    return done;
  }

  #changed(task: string, name: string, before: Row | undefined, after: Row | undefined): void {
    if (name.endsWith("|JOB") && before?.status !== after?.status) {
      this.diary.note(`the job is ${after?.status}`);
      this.hooks.jobChanged();
    }
    if (before?.leaseTask === undefined || before.leaseTask === task) return;
    if (after?.generation === before.generation)
      this.diary.breach(`${task} wrote to ${name}, whose lease is held by ${before.leaseTask}.`);
    this.hooks.leaseTaken(before.leaseTask as string, task, name);
  }

  #checkMoney(task: string): void {
    const { world } = this;
    const { budgetNanos, remainingNanos, writtenOffNanos } = world.budget;
    const grantedNanos = world.shards.reduce((sum, { grantNanos }) => sum + grantNanos, 0);
    const worthNanos = world.spentNanos + writtenOffNanos + grantedNanos;
    if (world.accountedNanos !== budgetNanos)
      this.diary.breach(
        `After ${task} wrote, ${world.accountedNanos} of the budget of ${budgetNanos} is accounted for.`,
      );
    if (remainingNanos < 0) this.diary.breach(`After ${task} wrote, ${remainingNanos} of the budget remains.`);
    if (world.shards.some(({ grantNanos }) => grantNanos < 0))
      this.diary.breach(`After ${task} wrote, a shard has spent more than it was granted.`);
    if (world.loggedNanos > worthNanos)
      this.diary.breach(`The models' log says ${world.loggedNanos}; granted, spent and written off are ${worthNanos}.`);
  }
}
