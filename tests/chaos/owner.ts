/** The job's owner: pauses and resumes, raises a budget that was too small, asks for more records, and tries failed ones again. */
import { ownerStatus } from "#core/keys";
import type { World } from "../worker/world.ts";
import type { Diary } from "./event-log.ts";
import { ANSWERS } from "./job.ts";
import type { OwnerAct, Plan } from "./plan.ts";

export interface OwnerContext {
  readonly world: World;
  readonly plan: Plan;
  readonly diary: Diary;
  /** The worst case of one record. */
  readonly boundNanos: number;
  /** The owner has changed the job. */
  acted(): void;
}

/** What the API refuses is asked for again after a while. */
const AGAIN_MS = 3_000;

export class Owner {
  readonly #raises: (OwnerAct & { act: "raise" })[];
  /** Numbers of records to ask for once the job has completed, and after how long. */
  readonly #extensions: { readonly byRecords: number; readonly afterMs: number }[] = [];
  /** How long after its end a job with failed records is tried again. */
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

  /** Wants nothing more of the job. */
  get isContent(): boolean {
    return this.#extensions.length === 0 && this.#awaited === 0;
  }

  /** Looks at the job after it has changed. */
  look(): void {
    const { status } = this.context.world.job;
    if (status === "BUDGET_EXCEEDED") this.#raiseToGoOn();
    const extension = status === "COMPLETED" ? this.#extensions.shift() : undefined;
    if (extension) this.#extendLater(extension.byRecords, extension.afterMs);
    if (status === "COMPLETED" && failedIn(this.context.world) > 0) this.#retry();
  }

  #retry(): void {
    const { world, diary } = this.context;
    const retry = this.#retries.shift();
    if (!retry) return;
    this.#awaited += 1;
    world.clock.after(retry.afterMs, () => {
      this.#awaited -= 1;
      diary.triedAgain(failedIn(world));
      world.model.behaviour = ANSWERS;
      world.retryFailed();
      this.context.acted();
    });
  }

  #raiseToGoOn(): void {
    const { world, diary, boundNanos } = this.context;
    const raise = this.#raises.shift();
    if (!raise) return;
    world.clock.after(raise.afterMs, () => {
      // An extension may have gone first, with money that did not reach.
      if (world.job.status !== "BUDGET_EXCEEDED") return void this.#raises.unshift(raise);
      world.resume(Math.ceil(raise.byBounds * boundNanos));
      diary.count("budget raised", `by ${raise.byBounds} worst cases`);
      this.context.acted();
    });
  }

  #raiseLater({ byBounds, atMs }: OwnerAct & { act: "raise early" }): void {
    const { world, diary, boundNanos } = this.context;
    world.clock.after(atMs, () => {
      if (!["QUEUED", "RUNNING", "PAUSED"].includes(world.job.status)) return;
      world.raise(Math.ceil(byBounds * boundNanos));
      diary.count("budget raised early", `by ${byBounds} worst cases`);
      this.context.acted();
    });
  }

  #extendLater(byRecords: number, ms: number): void {
    const { world, diary } = this.context;
    this.#awaited += 1;
    world.clock.after(ms, () => {
      this.#awaited -= 1;
      const { status, recordCount } = world.job;
      if (!["QUEUED", "RUNNING", "PAUSED", "COMPLETED"].includes(status)) return this.#extendLater(byRecords, AGAIN_MS);
      world.extend(recordCount + byRecords);
      diary.count(status === "COMPLETED" ? "completed job extended" : "job extended", `by ${byRecords} records`);
      this.context.acted();
    });
  }

  #pauseLater({ atMs, forMs }: OwnerAct & { act: "pause" }): void {
    const { world, diary } = this.context;
    world.clock.after(atMs, () => {
      if (!["QUEUED", "RUNNING"].includes(world.job.status)) return;
      world.setJob({ status: "PAUSED", ownerStatus: ownerStatus(world.job.owner, "PAUSED"), openKey: undefined });
      diary.count("job paused");
      this.context.acted();
      world.clock.after(forMs, () => {
        world.resume();
        diary.count("job resumed");
        this.context.acted();
      });
    });
  }
}

function failedIn({ shards }: World): number {
  return shards.reduce((sum, { failed }) => sum + failed, 0);
}
