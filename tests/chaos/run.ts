/** One run: one job in a world where everything goes wrong, from its first task until nobody works any more. */
import { hashOf } from "#core/random";
import { ISOLATE_AFTER_CRASHES } from "#core/shard/lease";
import { faultsOf } from "./checks.ts";
import { Diary, type Counts } from "./event-log.ts";
import { Fleet } from "./fleet.ts";
import { BOUND_NANOS, worldOf } from "./job.ts";
import { Ledger } from "./ledger.ts";
import { Owner } from "./owner.ts";
import { failsAtFirst, type Plan } from "./plan.ts";
import { holdStill } from "./freeze-clock.ts";

export interface Outcome {
  readonly plan: Plan;
  readonly counts: Counts;
  /** Promises that were broken; none when all is well. */
  readonly faults: readonly string[];
  readonly lastEvents: readonly string[];
}

/** A job here takes minutes; one that takes so long will never end. */
const LONGEST_MS = 6 * 3_600_000;
/** Calls that nobody listens to any more have been billed by then. */
const BILLED_MS = 10_000;

export async function runChaos(plan: Plan): Promise<Outcome> {
  const world = worldOf({ ...plan, failsAtFirst: failsAtFirst(plan) });
  world.settings.concurrency = plan.concurrency;
  world.model.latencyMs = (callNo) => 200 + (hashOf("latency", plan.seed, callNo) % 2_800);
  const startMs = world.clock.nowMs();
  const diary = new Diary(() => world.clock.nowMs() - startMs);
  const isFragile = () => world.shards.some(({ consecutiveCrashes }) => consecutiveCrashes >= ISOLATE_AFTER_CRASHES);
  holdStill(world.clock);

  const end = deferred();
  const jobChanged = () => {
    fleet.indexJob();
    owner.look();
    endIfOver();
  };
  const endIfOver = () => {
    if (isOver() && !fleet.hasLife) world.clock.after(BILLED_MS, end.say);
  };
  const isOver = () => ["COMPLETED", "FAILED", "CANCELLED"].includes(world.job.status) && owner.isContent;
  const leaseTaken = (from: string, by: string, shard: string) => {
    const body = fleet.body(from);
    if (body?.isAlive) diary.count("two workers on one shard", `${by} took ${shard} from ${from}`);
    body?.replaced();
  };
  const ledger = new Ledger(world, diary, { leaseTaken, jobChanged });
  const fleet = new Fleet({ plan, world, diary, ledger, isFragile }, { ended: endIfOver, isOver });
  const acted = () => {
    fleet.indexJob();
    fleet.tell(() => fleet.dispatch());
  };
  const owner = new Owner({ world, plan, diary, boundNanos: BOUND_NANOS, acted });

  fleet.tell(() => fleet.dispatch());
  world.clock.after(LONGEST_MS, () => {
    diary.breach(`After ${LONGEST_MS / 3_600_000} hours the job is still ${world.job.status}.`);
    end.say();
  });
  const faults = await world.clock.run(end.heard).then(
    async () => [...diary.breaches, ...(await faultsOf(world, plan, diary))],
    (error: unknown) => [...diary.breaches, `The run broke: ${String(error)}`],
  );
  return { plan, counts: diary.counts, faults, lastEvents: diary.lastEvents };
}

function deferred(): { heard: Promise<void>; say: () => void } {
  let say: () => void = () => {};
  const heard = new Promise<void>((resolve) => (say = resolve));
  return { heard, say };
}
