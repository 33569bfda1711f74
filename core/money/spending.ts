/** What was spent on models, by step, model and day. */
import type { Nanos } from "./money.ts";

/** Calls of one step to one model on one day. */
export interface SpendingEntry {
  readonly stepId: string;
  readonly modelId: string;
  /** In UTC: `2026-11-25`. */
  readonly day: string;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costNanos: Nanos;
}

/** A call that was charged, answered or not. */
export type PaidCall = Omit<SpendingEntry, "day" | "calls">;

/** The spending plus one call made at that time. */
export function withCall(spending: readonly SpendingEntry[], call: PaidCall, nowMs: number): SpendingEntry[] {
  return plus(spending, { ...call, day: new Date(nowMs).toISOString().slice(0, 10), calls: 1 });
}

/** The sum of several spendings, its entries in the order of their first appearance. */
export function sumSpending(all: readonly (readonly SpendingEntry[])[]): SpendingEntry[] {
  return all.flat().reduce<SpendingEntry[]>(plus, []);
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
