/** The job's owner: pauses and resumes, and raises a budget that was too small. */
import { ownerStatus } from "#core/rows";
import type { World } from "../worker/world.ts";
import type { Diary } from "./diary.ts";
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

export class Owner {
  readonly #raises: (OwnerAct & { act: "raise" })[];

  constructor(readonly context: OwnerContext) {
    const { owner } = context.plan;
    this.#raises = owner.filter((act) => act.act === "raise");
    for (const act of owner) if (act.act === "pause") this.#pauseLater(act);
  }

  /** Looks at the job after it has changed. */
  look(): void {
    const { world, diary, boundNanos } = this.context;
    if (world.job.status !== "BUDGET_EXCEEDED") return;
    const raise = this.#raises.shift();
    if (!raise) return;
    world.clock.after(raise.afterMs, () => {
      world.resume(Math.ceil(raise.byBounds * boundNanos));
      diary.count("budget raised", `by ${raise.byBounds} worst cases`);
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
