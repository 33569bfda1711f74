/** What money went to models for: by step, model and day, so that it can be told whenever somebody asks. */
import type { Nanos } from "./money.ts";

/** Calls of one step to one model on one day. */
export interface SpentOn {
  readonly stepId: string;
  readonly modelId: string;
  /** In UTC: `2026-11-25`. */
  readonly day: string;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costNanos: Nanos;
}

/** A call that was paid, answered or not. */
export type PaidCall = Omit<SpentOn, "day" | "calls">;

/** The spending with one more call, made at that time. */
export function withCall(spending: readonly SpentOn[], call: PaidCall, nowMs: number): SpentOn[] {
  return plus(spending, { ...call, day: new Date(nowMs).toISOString().slice(0, 10), calls: 1 });
}

/** Several spendings as one, in the order in which their entries first came. */
export function sumSpending(all: readonly (readonly SpentOn[])[]): SpentOn[] {
  return all.flat().reduce<SpentOn[]>(plus, []);
}

function plus(spending: readonly SpentOn[], more: SpentOn): SpentOn[] {
  const at = spending.findIndex((one) => isAlike(one, more));
  const known = spending[at];
  return known ? spending.with(at, together(known, more)) : [...spending, more];
}

function isAlike(one: SpentOn, other: SpentOn): boolean {
  return one.stepId === other.stepId && one.modelId === other.modelId && one.day === other.day;
}

function together(one: SpentOn, other: SpentOn): SpentOn {
  return {
    ...one,
    calls: one.calls + other.calls,
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    costNanos: one.costNanos + other.costNanos,
  };
}
