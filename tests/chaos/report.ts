/** What a person reads after the runs. */
import { ACTS, FAULTS, type Counts, type Kind } from "./event-log.ts";
import type { Outcome } from "./run.ts";

const REJECTED: Kind = "candidate rejected";

export function addCounts(sum: Counts, more: Counts): void {
  for (const [kind, count] of Object.entries(more) as [Kind, number][]) sum[kind] = (sum[kind] ?? 0) + count;
}

/** What was meant to happen and never did. */
export function unstruck(counts: Counts): Kind[] {
  return [...FAULTS, ...ACTS, REJECTED].filter((kind) => !counts[kind]);
}

export function printCounts(counts: Counts): void {
  for (const kind of [...FAULTS, "worker broke" as const, ...ACTS, REJECTED])
    console.log(`${String(counts[kind] ?? 0).padStart(8)}  ${kind}`);
}

export function failureText({ plan, faults, lastEvents }: Outcome): string {
  return [
    ...faults.map((fault) => `  ${fault}`),
    `The plan of seed ${plan.seed}:`,
    JSON.stringify(plan),
    `The last ${lastEvents.length} events:`,
    ...lastEvents.map((event) => `  ${event}`),
    `Repeat it with: npm run chaos -- --runs 1 --seed ${plan.seed}`,
  ].join("\n");
}

export function printFailure(outcome: Outcome): void {
  console.error(failureText(outcome));
}
