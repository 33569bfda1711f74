/** What is spent beside jobs, by test runs and generated seeds: rows of the jobs table. */
import type { CostSample } from "./estimate.ts";
import type { Nanos } from "./money.ts";

/**
 * What a run beside jobs spends, and whether the function that does it lives. Its money is reserved before a call and settled
 * after; what is reserved when the function dies counts as spent.
 */
export interface AdHocRunRow {
  budgetNanos: Nanos;
  /** What calls in flight may cost. */
  reservedNanos: Nanos;
  spentNanos: Nanos;
  /** The function's run that works at it; absent before one does. */
  runId?: string;
  /** It is at work, or about to be, until then at least; what is still open later is dead. */
  leaseUntilMs: number;
}

/** Remembers what a client token has started: a try, or a seed set to generate. */
export interface AdHocTokenRow {
  pk: string;
  sk: "TOKEN";
  resourceId: string;
  /** A digest of the input: the same token with another input is an error. */
  inputDigest: string;
  expiresAt: number;
}

export interface CostSampleRow extends CostSample {
  pk: string;
  sk: "SAMPLE";
  /** Seconds since 1970; each try begins it anew. */
  expiresAt: number;
}

export interface AdHocSpendingRow {
  pk: string;
  sk: string;
  testRunsNanos: Nanos;
  generatedSeedsNanos: Nanos;
}
