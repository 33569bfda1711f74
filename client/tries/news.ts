import type { TryStatus } from "../generated/documents.ts";

/** Whether `news` of a try tells an earlier state than the known one: calls and records are only ever added. */
export function isOldTry(known: TryMark, news: TryMark): boolean {
  if (known.status !== news.status) return news.status === "RUNNING";
  return callsOf(news) < callsOf(known);
}

export interface TryMark {
  readonly status: TryStatus;
  readonly records: readonly { readonly calls: readonly unknown[] }[];
}

function callsOf({ records }: TryMark): number {
  return records.reduce((sum, { calls }) => sum + calls.length + 1, 0);
}
