/** What was spent on models, by step, model and day. */
import type { Nanos } from "./money.ts";

/** Calls of one step to one model on one day; a report may combine several. */
export interface SpendingEntry {
  /** `OTHER_STEPS` where several are combined. */
  readonly stepId: string;
  /** Empty where several steps are combined. */
  readonly modelId: string;
  /** In UTC: `2026-11-25`; null where several are combined. */
  readonly day: string | null;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costNanos: Nanos;
}

/** A call that was charged, answered or not; with `calls` 0, what was paid for it later. */
export type PaidCall = Omit<SpendingEntry, "day" | "calls"> & { readonly calls?: 0 };

/** The spending plus one call made at that time. */
export function withCall(spending: readonly SpendingEntry[], call: PaidCall, nowMs: number): SpendingEntry[] {
  return plus(spending, { calls: 1, ...call, day: new Date(nowMs).toISOString().slice(0, 10) });
}

/** The sum of several spendings, its entries in the order of their first appearance. */
export function sumSpending(all: readonly (readonly SpendingEntry[])[]): SpendingEntry[] {
  return all.flat().reduce<SpendingEntry[]>(plus, []);
}

/** With a shard's other fields they must fit a message to subscribers. */
const MAX_REPORTED_BYTES = 700;
export const OTHER_STEPS = "Other steps";

/**
 * The spending in as much detail as fits, and its sums are right: the earliest days are combined first, then the steps that
 * cost least.
 */
export function reportedSpending(spending: readonly SpendingEntry[]): SpendingEntry[] {
  const days = [...new Set(spending.map(({ day }) => day))].sort();
  const coarser = days.slice(1).map((_, n) => combineDays(spending, days.slice(0, n + 2)));
  return [[...spending], ...coarser].find(fits) ?? combineCheapest(coarser.at(-1) ?? spending);
}

function combineDays(spending: readonly SpendingEntry[], days: readonly (string | null)[]): SpendingEntry[] {
  return sumSpending([spending.map((spent) => (days.includes(spent.day) ? { ...spent, day: null } : spent))]);
}

function combineCheapest(spending: readonly SpendingEntry[]): SpendingEntry[] {
  const sorted = spending.toSorted((one, other) => other.costNanos - one.costNanos);
  for (let shown = sorted.length - 1; shown > 0; shown--) {
    const reported = combineFrom(sorted, shown);
    if (fits(reported)) return reported;
  }
  return combineFrom(sorted, 0);
}

/** The entries before `index`, and the others as one. */
function combineFrom(sorted: readonly SpendingEntry[], index: number): SpendingEntry[] {
  const others = sorted.slice(index).map((spent) => ({ ...spent, stepId: OTHER_STEPS, modelId: "" }));
  return sumSpending([sorted.slice(0, index), others]);
}

function fits(spending: readonly SpendingEntry[]): boolean {
  return new TextEncoder().encode(JSON.stringify(spending)).length <= MAX_REPORTED_BYTES;
}

function plus(spending: readonly SpendingEntry[], more: SpendingEntry): SpendingEntry[] {
  const at = spending.findIndex((one) => isSameKey(one, more));
  const known = spending[at];
  return known ? spending.with(at, sum(known, more)) : [...spending, more];
}

function isSameKey(one: SpendingEntry, other: SpendingEntry): boolean {
  return one.stepId === other.stepId && one.modelId === other.modelId && one.day === other.day;
}

function sum(one: SpendingEntry, other: SpendingEntry): SpendingEntry {
  return {
    ...one,
    calls: one.calls + other.calls,
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    costNanos: one.costNanos + other.costNanos,
  };
}
