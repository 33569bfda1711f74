/** What a run does to its job: drawn from the seed up front. */
import { randomBelow, randomOf } from "#core/random";
import { MAX_WINDOW_SLOTS } from "#core/shard/window";
import type { Guard } from "./guards.ts";

export interface Plan {
  readonly seed: number;
  /** The guard to remove, to test the chaos runs themselves. */
  readonly without?: Guard;
  /** Without faults that lose a worker's memory or an answer; then spend and log agree to the nano-dollar. */
  readonly isGentle: boolean;
  readonly records: number;
  /** Its template accepts six in ten candidates. */
  readonly isChoosy: boolean;
  readonly shards: readonly { readonly from: number; readonly to: number }[];
  /** Maximum workers at a time. */
  readonly tasks: number;
  readonly concurrency: number;
  /** How far a shard's work may go beyond its lowest open slot; few slots make it go on in other shards. */
  readonly windowSlots: number;
  /** The share of calls that take `slowMs`, and not a second or two. */
  readonly slowShare: number;
  readonly slowMs: number;
  /** In worst cases of a record. */
  readonly budgetBounds: number;
  readonly owner: readonly OwnerAct[];
  /** For the first workers, in start order; later ones are left alone. */
  readonly fates: readonly Fate[];
  /** How likely each fault is, per request or event. */
  readonly rates: Rates;
  /** The longest a task takes to start; at 0 all start in lockstep. */
  readonly startMs: number;
  /** The table's maximum latency: in between, others write. */
  readonly storeMs: number;
  /** How far the index of open jobs may lag. */
  readonly indexLagMs: number;
}

/** What the job's owner does. */
export type OwnerAct =
  | { readonly act: "raise"; readonly byBounds: number; readonly afterMs: number }
  /** While workers run, whatever they have read by then. */
  | { readonly act: "raise early"; readonly byBounds: number; readonly atMs: number }
  /** While workers run, or a while after the job has completed. */
  | { readonly act: "extend"; readonly byRecords: number; readonly atMs: number }
  | { readonly act: "extend"; readonly byRecords: number; readonly afterMs: number }
  | { readonly act: "pause"; readonly atMs: number; readonly forMs: number }
  /** A while after the job has completed with failed records: only then does the model answer about every film. */
  | { readonly act: "retry"; readonly afterMs: number };

/** What happens to a worker at its `atCall`-th request: before or after that has taken effect. */
export type Fate = { readonly atCall: number; readonly afterEffect: boolean; readonly skewMs: number } & (
  | { readonly how: "lives" | "SIGKILL" }
  | { readonly how: "SIGTERM" }
  | { readonly how: "Spot"; readonly killedAfterMs: number }
  /** It wakes `replacedMs` after another worker took its lease, or after `mostMs` if none does. */
  | { readonly how: "freeze"; readonly replacedMs: number; readonly mostMs: number }
);

export interface Rates {
  readonly throttled: number;
  readonly serverError: number;
  readonly cutAnswer: number;
  /** Of a server that counts many times the tokens a call may have. */
  readonly overcounted: number;
  readonly storeBefore: number;
  readonly storeAfter: number;
  readonly storeTwice: number;
  readonly storeUnreadable: number;
  readonly objectBefore: number;
  readonly objectAfter: number;
  readonly objectTwice: number;
  readonly objectUnreadable: number;
  readonly reportLost: number;
  readonly eventLost: number;
  readonly eventTwice: number;
  readonly extraTask: number;
}

/** Enough for any job here, whatever is written off. */
const PLENTY_BOUNDS = 100_000;
/** The last raise always suffices, so that every run ends. */
const LAST_RAISE: OwnerAct = { act: "raise", byBounds: PLENTY_BOUNDS, afterMs: 5_000 };
const RECORD_COUNTS = [24, 40, 64];
const FATES = 9;

/** How many records the job has at its end. */
export function recordsInTheEnd({ records, owner }: Plan): number {
  return owner.reduce((sum, act) => sum + (act.act === "extend" ? act.byRecords : 0), records);
}

/** Whether some of its records fail until they are retried. */
export function failsAtFirst({ owner }: Pick<Plan, "owner">): boolean {
  return owner.some(({ act }) => act === "retry");
}

/**
 * Every third run starts with too small a budget, every third is paused or extended or both, every third fails in part and is
 * retried, every third is choosy; every fourth is gentle, and every seventh has a server that counts too many tokens.
 */
export function planOf(seed: number): Plan {
  const random = randomOf("chaos", seed);
  const between = (from: number, to: number) => from + randomBelow(to - from + 1, random);
  const isGentle = seed % 4 === 0;
  const isPoor = seed % 3 === 0;
  const third = Math.floor(seed / 3) % 3;
  const isControlled = third === 0;
  const isChoosy = Math.floor(seed / 9) % 3 === 0;
  const records = RECORD_COUNTS[randomBelow(RECORD_COUNTS.length, random)] ?? 24;
  const raises: OwnerAct[] = Array.from({ length: between(0, 3) }, () => ({
    act: "raise",
    byBounds: between(2, 16),
    afterMs: between(0, 40_000),
  }));
  const pauses: OwnerAct[] = Array.from({ length: between(1, 2) }, (_, n) => ({
    act: "pause",
    atMs: between(500, 20_000) + n * 60_000,
    forMs: between(100, 90_000),
  }));
  return {
    seed,
    isGentle,
    records,
    isChoosy,
    shards: cut(records, between(1, 5), random),
    tasks: between(2, 4),
    concurrency: between(2, 6),
    ...slowness(seed, isGentle),
    budgetBounds: isPoor ? between(1, 24) + random() : PLENTY_BOUNDS,
    owner: [
      ...(isPoor ? [...raisesEarly(seed), ...raises, LAST_RAISE] : []),
      ...(isControlled && seed % 3 !== 1 ? pauses : []),
      ...(isControlled && seed % 3 !== 2 ? extensions(seed) : []),
      ...(third === 1 ? [retry(seed)] : []),
    ],
    fates: Array.from({ length: FATES }, () => fate(isGentle, random)),
    // Every seventh run has such a server, unless spend and log must agree.
    rates: { ...ratesOf(isGentle, random), overcounted: !isGentle && seed % 7 === 2 ? 0.1 : 0 },
    startMs: random() < 0.5 ? 0 : between(0, 4_000),
    storeMs: random() < 0.5 ? 30 : between(0, 400),
    indexLagMs: between(0, 90_000),
  };
}

/**
 * Two runs in five have slow calls, many of which outlast their lease, and as many a window of a few slots. A gentle run's calls
 * end while its workers may still wait for them.
 */
function slowness(seed: number, isGentle: boolean): Pick<Plan, "windowSlots" | "slowShare" | "slowMs"> {
  const random = randomOf("slowness", seed);
  return {
    windowSlots: seed % 5 < 2 ? 3 + randomBelow(10, random) : MAX_WINDOW_SLOTS,
    slowShare: seed % 5 === 1 || seed % 5 === 2 ? 0.02 + random() * 0.08 : 0,
    slowMs: (isGentle ? 20_000 : 40_000) + randomBelow(isGentle ? 60_000 : 160_000, random),
  };
}

/** In every other of those runs only: an early raise keeps workers from meeting at the end of the budget. */
function raisesEarly(seed: number): OwnerAct[] {
  const random = randomOf("raises early", seed);
  const raises = seed % 2 === 1 ? 1 + randomBelow(2, random) : 0;
  return Array.from({ length: raises }, () => ({
    act: "raise early",
    byBounds: 1 + randomBelow(12, random),
    atMs: 200 + randomBelow(40_000, random),
  }));
}

/** Few records, so that most of a run is the start or end of some work, which is where additions are risky. */
function extensions(seed: number): OwnerAct[] {
  const random = randomOf("extensions", seed);
  return Array.from({ length: 1 + randomBelow(2, random) }, () => ({
    act: "extend",
    byRecords: 1 + randomBelow(12, random),
    ...(random() < 0.6 ? { atMs: 200 + randomBelow(60_000, random) } : { afterMs: randomBelow(40_000, random) }),
  }));
}

function retry(seed: number): OwnerAct {
  return { act: "retry", afterMs: randomBelow(40_000, randomOf("retries", seed)) };
}

function fate(isGentle: boolean, random: () => number): Fate {
  // As many faults among the first ten calls as among the next hundred: the start is where the protocol is most fragile.
  const atCall = Math.round(Math.exp(random() * Math.log(160)));
  const skewMs = isGentle || random() < 0.6 ? 0 : Math.round((random() - 0.5) * (random() < 0.5 ? 20_000 : 240_000));
  const common = { atCall, afterEffect: random() < 0.5, skewMs };
  const luck = random();
  if (luck < 0.12) return { ...common, how: "lives" };
  if (luck < 0.27) return { ...common, how: "SIGTERM" };
  if (luck < 0.42) return { ...common, how: "Spot", killedAfterMs: isGentle ? 120_000 : randomBelow(120_000, random) };
  if (isGentle) return { ...common, how: "lives" };
  if (luck < 0.72) return { ...common, how: "SIGKILL" };
  const mostMs = random() < 0.2 ? randomBelow(60_000, random) : 240_000;
  return { ...common, how: "freeze", replacedMs: random() < 0.5 ? 0 : randomBelow(3_000, random), mostMs };
}

function ratesOf(isGentle: boolean, random: () => number): Omit<Rates, "overcounted"> {
  const upTo = (most: number) => random() * most;
  const unlessGentle = (most: number) => (isGentle ? 0 : upTo(most));
  return {
    throttled: upTo(0.08),
    serverError: upTo(0.05),
    cutAnswer: unlessGentle(0.04),
    storeBefore: upTo(0.05),
    storeAfter: upTo(0.05),
    storeTwice: upTo(0.05),
    storeUnreadable: unlessGentle(0.008),
    objectBefore: unlessGentle(0.02),
    objectAfter: unlessGentle(0.02),
    objectTwice: upTo(0.1),
    objectUnreadable: unlessGentle(0.01),
    reportLost: upTo(0.1),
    eventLost: upTo(0.4),
    eventTwice: upTo(0.4),
    extraTask: upTo(0.5),
  };
}

/** Splits the range into shards at random, none of them empty. */
function cut(records: number, shards: number, random: () => number): { from: number; to: number }[] {
  const ends = new Set([records]);
  while (ends.size < shards) ends.add(1 + randomBelow(records - 1, random));
  const sorted = [...ends].sort((one, other) => one - other);
  return sorted.map((to, n) => ({ from: sorted[n - 1] ?? 0, to }));
}
