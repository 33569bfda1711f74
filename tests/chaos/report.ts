/** The report printed after the runs. */
import { ACTS, CONSEQUENCES, FAULTS, type Counts, type Kind } from "./event-log.ts";
import type { Outcome } from "./run.ts";

const REJECTED: Kind = "candidate rejected";

export function addCounts(sum: Counts, more: Counts): void {
  for (const [kind, count] of Object.entries(more) as [Kind, number][]) sum[kind] = (sum[kind] ?? 0) + count;
}

/** Faults and actions that were planned for but never happened. */
export function neverInjected(counts: Counts): Kind[] {
  return [...FAULTS, ...ACTS, REJECTED].filter((kind) => !counts[kind]);
}

export function printCounts(counts: Counts): void {
  for (const kind of [...FAULTS, ...CONSEQUENCES, ...ACTS, REJECTED])
    console.log(`${String(counts[kind] ?? 0).padStart(8)}  ${kind}`);
}

export function failureText({ plan, violations, lastEvents }: Outcome): string {
  return [
    ...violations.map((violation) => `  ${violation}`),
    `Plan for seed ${plan.seed}:`,
    JSON.stringify(plan),
    `Last ${lastEvents.length} events:`,
    ...lastEvents.map((event) => `  ${event}`),
    `Reproduce it with: npm run chaos -- --runs 1 --seed ${plan.seed}`,
  ].join("\n");
}

export function printFailure(outcome: Outcome): void {
  console.error(failureText(outcome));
}
