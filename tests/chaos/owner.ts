/** The job's owner: pauses and resumes, raises the budget, requests more records, and retries failed ones. */
import { ownerStatus } from "#core/keys";
import type { World } from "../worker/world.ts";
import type { EventLog } from "./event-log.ts";
import { ANSWERS } from "./job.ts";
import type { OwnerAct, Plan } from "./plan.ts";

export interface OwnerContext {
  readonly world: World;
  readonly plan: Plan;
  readonly eventLog: EventLog;
  /** The worst case of one record. */
  readonly boundNanos: number;
  /** The owner has changed the job. */
  acted(): void;
}

/** A request the API rejects is repeated after this long. */
const REPEAT_MS = 3_000;

export class Owner {
  readonly #raises: (OwnerAct & { act: "raise" })[];
  /** How many records to add after the job has completed, and how long after. */
  readonly #extensions: { readonly byRecords: number; readonly afterMs: number }[] = [];
  /** How long after the job's end its failed records are retried. */
  readonly #retries: (OwnerAct & { act: "retry" })[];
  #awaited = 0;

  constructor(readonly context: OwnerContext) {
    const { owner } = context.plan;
    this.#raises = owner.filter((act) => act.act === "raise");
    this.#retries = owner.filter((act) => act.act === "retry");
    for (const act of owner) {
      if (act.act === "pause") this.#pauseLater(act);
      if (act.act === "raise early") this.#raiseLater(act);
      if (act.act === "extend" && "atMs" in act) this.#extendLater(act.byRecords, act.atMs);
      if (act.act === "extend" && "afterMs" in act) this.#extensions.push(act);
    }
  }

  /** Whether the owner plans nothing more. */
  get isContent(): boolean {
    return this.#extensions.length === 0 && this.#awaited === 0;
  }

  /** Reacts to a change of the job. */
  look(): void {
    const { status } = this.context.world.job;
    if (status === "BUDGET_EXCEEDED") this.#raiseToGoOn();
    const extension = status === "COMPLETED" ? this.#extensions.shift() : undefined;
    if (extension) this.#extendLater(extension.byRecords, extension.afterMs);
    if (status === "COMPLETED" && failedIn(this.context.world) > 0) this.#retry();
  }

  #retry(): void {
    const { world, eventLog } = this.context;
    const retry = this.#retries.shift();
    if (!retry) return;
    this.#awaited += 1;
    world.clock.after(retry.afterMs, () => {
      this.#awaited -= 1;
      eventLog.retried(failedIn(world));
      world.model.behaviour = ANSWERS;
      world.retryFailed();
      this.context.acted();
    });
  }

  #raiseToGoOn(): void {
    const { world, eventLog, boundNanos } = this.context;
    const raise = this.#raises.shift();
    if (!raise) return;
    world.clock.after(raise.afterMs, () => {
      // An extension may have come first, with too little money.
      if (world.job.status !== "BUDGET_EXCEEDED") return void this.#raises.unshift(raise);
      world.resume(Math.ceil(raise.byBounds * boundNanos));
      eventLog.count("budget raised", `by ${raise.byBounds} worst cases`);
      this.context.acted();
    });
  }

  #raiseLater({ byBounds, atMs }: OwnerAct & { act: "raise early" }): void {
    const { world, eventLog, boundNanos } = this.context;
    world.clock.after(atMs, () => {
      if (!["QUEUED", "RUNNING", "PAUSED"].includes(world.job.status)) return;
      world.raise(Math.ceil(byBounds * boundNanos));
      eventLog.count("budget raised early", `by ${byBounds} worst cases`);
      this.context.acted();
    });
  }

  #extendLater(byRecords: number, ms: number): void {
    const { world, eventLog } = this.context;
    this.#awaited += 1;
    world.clock.after(ms, () => {
      this.#awaited -= 1;
      const { status, recordCount } = world.job;
      if (!["QUEUED", "RUNNING", "PAUSED", "COMPLETED"].includes(status))
        return this.#extendLater(byRecords, REPEAT_MS);
      world.extend(recordCount + byRecords);
      eventLog.count(status === "COMPLETED" ? "completed job extended" : "job extended", `by ${byRecords} records`);
      this.context.acted();
    });
  }

  #pauseLater({ atMs, forMs }: OwnerAct & { act: "pause" }): void {
    const { world, eventLog } = this.context;
    world.clock.after(atMs, () => {
      if (!["QUEUED", "RUNNING"].includes(world.job.status)) return;
      world.setJob({ status: "PAUSED", ownerStatus: ownerStatus(world.job.owner, "PAUSED"), queueKey: undefined });
      eventLog.count("job paused");
      this.context.acted();
      world.clock.after(forMs, () => {
        world.resume();
        eventLog.count("job resumed");
        this.context.acted();
      });
    });
  }
}

function failedIn({ shards }: World): number {
  return shards.reduce((sum, { failed }) => sum + failed, 0);
}
