import type { CheckTemplateQuery } from "../generated/documents.ts";
import type { DebouncedQuery } from "../hooks/useDebouncedQuery.ts";

/** What is known about the current source; `unknown` when it could not be checked. */
export type CheckState = "checking" | "valid" | "invalid" | "unknown";

export function checkStateOf({
  data,
  isCurrent,
  error,
}: DebouncedQuery<Pick<CheckTemplateQuery["checkTemplate"], "problems">>): CheckState {
  if (error) return "unknown";
  if (!isCurrent || !data) return "checking";
  return data.problems.length === 0 ? "valid" : "invalid";
}

/** Why nothing can be done with the source; null when it is fine. `purpose` completes “Fix the errors …”. */
export function checkMessage(check: CheckState, purpose: string): string | null {
  switch (check) {
    case "valid":
      return null;
    case "checking":
      return "Checking…";
    case "invalid":
      return `Fix the errors ${purpose}.`;
    case "unknown":
      return "The template could not be checked.";
  }
}
