/** The dispatcher's decisions, on a fleet in memory: which jobs get tasks, and what it reads to know. */
import fc from "fast-check";
import type { JobPriority } from "../../core/job/job.ts";
import { randomOf } from "../../core/random.ts";
import { SmallFleet } from "./small-fleet.ts";

const LIMITS = { perOwner: 3, overall: 8 };
const MINUTE_MS = 60_000;
const OWNERS = ["ann", "bob", "eve", "lea", "kim", "tom"];

/** Something that happens: what, and to which of the owners, jobs or tasks. */
type Happening = readonly [what: (typeof HAPPENINGS)[number], which: number, how: number];
const HAPPENINGS = [
  ...["create", "create", "create", "pause", "resume", "prioritize", "park", "unpark", "extend"],
  ...["shard done", "export", "publish", "stop", "stop", "crash", "hang", "lost create", "lost resume"],
] as const;

const happenings = fc.array(
  fc.tuple(fc.constantFrom(...HAPPENINGS), fc.nat({ max: 1_000 }), fc.nat({ max: 5 })) as fc.Arbitrary<Happening>,
  { minLength: 10, maxLength: 60 },
);

/** Changes the rows, and returns what the dispatcher is told of it: nothing if that got lost. */
function apply(fleet: SmallFleet, [what, which, how]: Happening): (() => Promise<void>) | undefined {
  const pick = <T>(all: readonly T[]): T | undefined => all[which % Math.max(1, all.length)];
  const jobs = (...statuses: string[]) => [...fleet.jobs.values()].filter(({ status }) => statuses.includes(status));
  const open = pick(jobs("QUEUED", "RUNNING"));
  const priority = (["HIGH", "NORMAL", "LOW"] as const)[how % 3] as JobPriority;
  const told = (jobId: string) => () => fleet.jobChanged(jobId);
  switch (what) {
    case "create":
    case "lost create": {
      const jobId = fleet.create(pick(OWNERS) as string, 1 + how, priority);
      return what === "create" ? told(jobId) : undefined;
    }
    case "pause":
      if (open) fleet.rest(open.jobId, "PAUSED");
      return open && told(open.jobId);
    case "resume":
    case "lost resume": {
      const paused = pick(jobs("PAUSED"));
      if (paused) fleet.open(paused.jobId);
      return paused && what === "resume" ? told(paused.jobId) : undefined;
    }
    case "prioritize":
      if (open) fleet.prioritize(open.jobId, priority);
      return open && told(open.jobId);
    case "park":
      if (open && open.parkedShards < open.openShards)
        fleet.change(open.jobId, { status: "RUNNING", parkedShards: open.parkedShards + 1 });
      return undefined;
    case "unpark":
      if (open) fleet.change(open.jobId, { parkedShards: 0 });
      return () => fleet.sweep();
    case "extend":
      if (open) fleet.change(open.jobId, { openShards: open.openShards + how, parkedShards: 0 });
      return open && told(open.jobId);
    case "shard done":
      if (open && open.openShards > 1)
        fleet.change(open.jobId, { status: "RUNNING", openShards: open.openShards - 1, parkedShards: 0 });
      return () => fleet.sweep();
    case "export":
      if (open) fleet.change(open.jobId, { status: "EXPORTING" });
      return undefined;
    case "publish": {
      const exporting = pick(jobs("EXPORTING"));
      if (exporting) fleet.rest(exporting.jobId, "COMPLETED");
      return undefined;
    }
    case "stop":
    case "crash": {
      const task = pick([...fleet.tasks.keys()]);
      return task ? () => fleet.taskStopped(task, what === "stop") : undefined;
    }
    case "hang":
      // All tasks older than three minutes count as hung: none of them has a lease here.
      fleet.atMs += (how * MINUTE_MS) / 2;
      return () => fleet.sweep();
  }
}

test("whatever happens, tasks start for the jobs and in the order that the rule gives for all rows at once", async () => {
  let started = 0;
  const property = fc.asyncProperty(happenings, async (all) => {
    const fleet = new SmallFleet(LIMITS);
    for (const happening of all) {
      const tell = apply(fleet, happening);
      if (!tell) continue;
      const right = await rightStarts(fleet, happening, tell);
      expect(right.started).toEqual(right.expected);
      started += right.started.length;
    }
  });
  await fc.assert(property, { numRuns: 200, seed: 20261201 });
  expect(started).toBeGreaterThan(1_500);
}, 60_000);

/** What the dispatcher starts, and what it should: of jobs it was not told of, it learns by the sweep. */
async function rightStarts(fleet: SmallFleet, [what]: Happening, tell: () => Promise<void>) {
  const before = fleet.starts.length;
  let expected: string[] = [];
  const { place } = fleet;
  fleet.place = async (occasion) => {
    const isKnown = ({ jobId, queueKey }: { jobId: string; queueKey?: string }) =>
      queueKey !== "NEW" && jobId !== occasion.resting?.jobId;
    expected = fleet.rightStarts(isKnown);
    await place.call(fleet, occasion);
  };
  await tell();
  fleet.place = place;
  return { what, started: fleet.starts.slice(before), expected };
}

test("with indexes that lag and dispatchers that meet, no limit is passed, no job gets more than it can use, and nobody is forgotten", async () => {
  const property = fc.asyncProperty(happenings, fc.nat(), async (all, seed) => {
    const random = randomOf("meet", seed);
    const pause = async () => {
      for (let n = Math.floor(random() * 4); n > 0; n -= 1) await Promise.resolve();
    };
    const fleet = new SmallFleet(LIMITS, pause);
    guard(fleet);
    const running: Promise<void>[] = [];
    for (const happening of all) {
      if (random() < 0.3) fleet.lag(random() < 0.5);
      const tell = apply(fleet, happening);
      if (tell && random() < 0.9) running.push(tell());
      if (random() < 0.3) await Promise.all(running.splice(0));
    }
    await Promise.all(running);
    fleet.lag(false);
    for (let n = 0; n < 8; n += 1) {
      fleet.atMs += MINUTE_MS / 4;
      await fleet.sweep();
    }
    expect(fleet.rightStarts()).toEqual([]);
  });
  await fc.assert(property, { numRuns: 300, seed: 20261201 });
}, 60_000);

/** Checks each start against the rows at that moment. */
function guard(fleet: SmallFleet): void {
  const { start } = fleet;
  fleet.start = async (job, seen, since) => {
    const outcome = await start.call(fleet, job, seen, since);
    if (outcome !== "started") return outcome;
    const own = [...fleet.tasks.values()].filter(({ owner }) => owner === job.owner);
    expect(fleet.tasks.size).toBeLessThanOrEqual(LIMITS.overall);
    expect(own.length).toBeLessThanOrEqual(LIMITS.perOwner);
    return outcome;
  };
}

describe("with 20,000 queued jobs of 1,000 owners", () => {
  const limits = { perOwner: 4, overall: 50 };
  const total = ({ units }: SmallFleet) => units.indexes + units.jobs + units.fleet;

  async function crowd(): Promise<SmallFleet> {
    const fleet = new SmallFleet(limits);
    for (let n = 0; n < 20_000; n += 1) {
      const jobId = fleet.create(`owner-${n % 1_000}`, 2, (["HIGH", "NORMAL", "LOW"] as const)[n % 3]);
      fleet.enqueue(jobId);
    }
    fleet.atMs += 10 * MINUTE_MS;
    return fleet;
  }

  test("an event reads at most 200 units, and nothing of the queue when no slot is free", async () => {
    const fleet = await crowd();
    const costs: number[] = [];
    const costOf = async (event: () => Promise<void>) => {
      const before = total(fleet);
      await event();
      costs.push(total(fleet) - before);
    };
    await costOf(() => fleet.place({}));
    expect(fleet.tasks.size).toBe(50);
    for (let n = 0; n < 200; n += 1) await costOf(() => fleet.taskStopped([...fleet.tasks.keys()][n % 50] as string));
    expect(fleet.tasks.size).toBe(50);
    expect(Math.max(...costs)).toBeLessThanOrEqual(200);
    expect(Math.max(...costs.slice(1))).toBeLessThanOrEqual(20);
    const { indexes, jobs } = fleet.units;
    await fleet.jobChanged(fleet.create("owner-1", 1));
    expect(fleet.units).toMatchObject({ indexes, jobs });
  }, 60_000);
});
