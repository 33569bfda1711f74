/** What is spent outside of jobs, by test runs and generated seeds: rows of the jobs table. */
import type { CostSample } from "./estimate.ts";
import type { Nanos } from "./money.ts";

/**
 * What an ad hoc run spends, and whether its function is alive. Money is reserved before a call and settled after it; what is
 * still reserved when the function dies counts as spent.
 */
export interface AdHocRunRow {
  budgetNanos: Nanos;
  /** What calls in flight may cost. */
  reservedNanos: Nanos;
  spentNanos: Nanos;
  /** The function invocation that works on it; absent before there is one. */
  runId?: string;
  /** It is running, or about to, until then at least; whatever is still open later is dead. */
  leaseUntilMs: number;
}

/** Remembers what a client token started: a test run, or the generation of a seed set. */
export interface AdHocTokenRow {
  pk: string;
  sk: "TOKEN";
  resourceId: string;
  /** A digest of the input: reusing the token with another input is an error. */
  inputDigest: string;
  expiresAt: number;
}

export interface CostSampleRow extends CostSample {
  pk: string;
  sk: "SAMPLE";
  /** Seconds since 1970; each test run extends it. */
  expiresAt: number;
}

export interface AdHocSpendingRow {
  pk: string;
  sk: string;
  testRunsNanos: Nanos;
  generatedSeedsNanos: Nanos;
}
