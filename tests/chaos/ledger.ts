/** Wraps the table: passes every write through, and checks the protocol's invariants after each. */
import type { Change } from "#core/change";
import type { Row } from "../../worker/ports.ts";
import type { World } from "../worker/world.ts";
import type { EventLog } from "./event-log.ts";

export interface LedgerHooks {
  /** A worker's lease was taken by another. */
  leaseTaken(from: string, by: string, shard: string): void;
  /** The job's row has changed. */
  jobChanged(): void;
}

export class Ledger {
  constructor(
    readonly world: World,
    readonly eventLog: EventLog,
    readonly hooks: LedgerHooks,
  ) {}

  /** The write of a worker. */
  async write(task: string, change: Change): Promise<boolean> {
    const { store } = this.world;
    const names = change.writes.map(({ key }) => `${key.pk}|${key.sk}`);
    const before = names.map((name) => store.rows.get(name));
    const done = await store.write(change);
    const after = names.map((name) => store.rows.get(name));
    this.eventLog.note(`${task} ${done ? "wrote" : "failed the condition on"} ${names.join(", ")}`);
    for (const [n, name] of names.entries()) if (before[n] !== after[n]) this.#changed(task, name, before[n], after[n]);
    this.#checkMoney(task);
    return done;
  }

  #changed(task: string, name: string, before: Row | undefined, after: Row | undefined): void {
    if (name.endsWith("|JOB") && before?.status !== after?.status) {
      this.eventLog.note(`the job is ${after?.status}`);
      this.hooks.jobChanged();
    }
    if (before?.leaseTask === undefined || before.leaseTask === task) return;
    if (after?.generation === before.generation)
      this.eventLog.addViolation(`${task} wrote to ${name}, whose lease is held by ${before.leaseTask}.`);
    this.hooks.leaseTaken(before.leaseTask as string, task, name);
  }

  #checkMoney(task: string): void {
    const { world } = this;
    const { budgetNanos, remainingNanos, writtenOffNanos } = world.budget;
    const grantedNanos = world.shards.reduce((sum, { grantNanos }) => sum + grantNanos, 0);
    const coveredNanos = world.spentNanos + writtenOffNanos + grantedNanos;
    if (world.accountedNanos !== budgetNanos)
      this.eventLog.addViolation(
        `After ${task} wrote, ${world.accountedNanos} of the budget of ${budgetNanos} is accounted for.`,
      );
    if (remainingNanos < 0) this.eventLog.addViolation(`After ${task} wrote, ${remainingNanos} of the budget remains.`);
    if (world.shards.some(({ grantNanos }) => grantNanos < 0))
      this.eventLog.addViolation(`After ${task} wrote, a shard has spent more than it was granted.`);
    if (world.loggedNanos > coveredNanos)
      this.eventLog.addViolation(
        `The models' log totals ${world.loggedNanos}, but spend, write-offs and grants only ${coveredNanos}.`,
      );
  }
}
