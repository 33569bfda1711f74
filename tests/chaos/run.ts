/** One run: one job with faults injected everywhere, from its first task until no worker is left. */
import { hashOf } from "#core/random";
import { ISOLATE_AFTER_CRASHES } from "#core/shard/lease";
import { violationsOf } from "./checks.ts";
import { EventLog, type Counts } from "./event-log.ts";
import { Fleet } from "./fleet.ts";
import { BOUND_NANOS, worldOf } from "./job.ts";
import { Ledger } from "./ledger.ts";
import { Owner } from "./owner.ts";
import { failsAtFirst, type Plan } from "./plan.ts";
import { freezeWhileBuilding } from "./freeze-clock.ts";

export interface Outcome {
  readonly plan: Plan;
  readonly counts: Counts;
  /** Broken invariants; none if all is well. */
  readonly violations: readonly string[];
  readonly lastEvents: readonly string[];
}

/** Jobs here take minutes; one that takes this long will never end. */
const TIMEOUT_MS = 6 * 3_600_000;
/** Abandoned calls have been billed by then, slow ones included. */
const BILLED_MS = 300_000;

export async function runChaos(plan: Plan): Promise<Outcome> {
  const world = worldOf({ ...plan, failsAtFirst: failsAtFirst(plan) });
  world.settings.concurrency = plan.concurrency;
  world.settings.windowSlots = plan.windowSlots;
  world.model.latencyMs = (callNo) => {
    if (hashOf("slow", plan.seed, callNo) % 1_000 >= plan.slowShare * 1_000)
      return 200 + (hashOf("latency", plan.seed, callNo) % 2_800);
    eventLog.count("slow call");
    return plan.slowMs;
  };
  const startMs = world.clock.nowMs();
  const eventLog = new EventLog(() => world.clock.nowMs() - startMs);
  const isFragile = () => world.shards.some(({ consecutiveCrashes }) => consecutiveCrashes >= ISOLATE_AFTER_CRASHES);
  freezeWhileBuilding(world.clock);

  const end = deferred();
  const jobChanged = () => {
    fleet.indexJob();
    owner.look();
    endIfOver();
  };
  const endIfOver = () => {
    if (isOver() && !fleet.hasLife) world.clock.after(BILLED_MS, end.resolve);
  };
  const isOver = () => ["COMPLETED", "FAILED", "CANCELLED"].includes(world.job.status) && owner.isContent;
  const leaseTaken = (from: string, by: string, shard: string) => {
    const worker = fleet.worker(from);
    if (worker?.isAlive) eventLog.count("two workers on one shard", `${by} took ${shard} from ${from}`);
    worker?.replaced();
  };
  const ledger = new Ledger(world, eventLog, { leaseTaken, jobChanged });
  const fleet = new Fleet({ plan, world, eventLog, ledger, isFragile }, { ended: endIfOver, isOver });
  const acted = () => {
    fleet.indexJob();
    fleet.notify(() => fleet.dispatch());
  };
  const owner = new Owner({ world, plan, eventLog, boundNanos: BOUND_NANOS, acted });

  fleet.notify(() => fleet.dispatch());
  world.clock.after(TIMEOUT_MS, () => {
    eventLog.addViolation(`After ${TIMEOUT_MS / 3_600_000} hours the job is still ${world.job.status}.`);
    end.resolve();
  });
  const violations = await world.clock.run(end.promise).then(
    async () => [...eventLog.violations, ...(await violationsOf(world, plan, eventLog))],
    (error: unknown) => [...eventLog.violations, `The run crashed: ${String(error)}`],
  );
  return { plan, counts: eventLog.counts, violations, lastEvents: eventLog.lastEvents };
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
