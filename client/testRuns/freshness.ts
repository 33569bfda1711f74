import type { TestRunStatus } from "../generated/documents.ts";

/** Whether an incoming update of a test run is older than the known state: calls and records are only ever added. */
export function isStaleTestRun(known: TestRunVersion, incoming: TestRunVersion): boolean {
  if (known.status !== incoming.status) return incoming.status === "RUNNING";
  return callsOf(incoming) < callsOf(known);
}

export interface TestRunVersion {
  readonly status: TestRunStatus;
  readonly records: readonly { readonly calls: readonly unknown[] }[];
}

function callsOf({ records }: TestRunVersion): number {
  return records.reduce((sum, { calls }) => sum + calls.length + 1, 0);
}
