import type { TestRunStatus } from "../generated/documents.ts";

/** Whether `news` of a try tells an earlier state than the known one: calls and records are only ever added. */
export function isStaleTestRun(known: TestRunVersion, news: TestRunVersion): boolean {
  if (known.status !== news.status) return news.status === "RUNNING";
  return callsOf(news) < callsOf(known);
}

export interface TestRunVersion {
  readonly status: TestRunStatus;
  readonly records: readonly { readonly calls: readonly unknown[] }[];
}

function callsOf({ records }: TestRunVersion): number {
  return records.reduce((sum, { calls }) => sum + calls.length + 1, 0);
}
