import { readFileSync } from "node:fs";
import { isExhaustion, reportExhaustion } from "../exhaustion.ts";
import { appendWhole } from "../files.ts";
import type { ContextKeys } from "./context.ts";
import type { Decision } from "./policy.ts";

/** One line of `iam-calls.jsonl`. */
export interface RecordedCall {
  /** The path of the caller's role: `Shop/Compute/WorkerRole1A2B`. */
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  /** Condition keys of the caller and the request, without the time and others that differ with every call. */
  readonly context: ContextKeys;
  readonly decision: Decision["effect"];
  /** The statements that decided, `ROLE-PATH/POLICY/INDEX`. */
  readonly statements: readonly string[];
}

/**
 * A worker may write thousands of objects with different names, all decided by the same statements. Beyond this many lines for
 * one role, action and set of statements, another adds no information.
 */
const LINES_PER_DECISION = 500;

/** Records each distinct call once, even across restarts. */
export class CallRecord {
  private readonly seen = new Set<string>();
  private readonly linesOf = new Map<string, number>();

  constructor(private readonly file: string) {
    for (const line of readLines(file)) this.count(JSON.parse(line));
  }

  /** @returns whether a call like this need not be added again: false if there was no room for it */
  add(call: RecordedCall): boolean {
    if ((this.linesOf.get(decisionKey(call)) ?? 0) >= LINES_PER_DECISION) return true;
    if (this.seen.has(callKey(call))) return true;
    try {
      appendWhole(this.file, `${JSON.stringify(call)}\n`);
    } catch (error) {
      // The call itself may need no room. The next one like it is recorded instead.
      if (!isExhaustion(error)) throw error;
      reportExhaustion(error);
      return false;
    }
    this.count(call);
    return true;
  }

  private count(call: RecordedCall): void {
    this.seen.add(callKey(call));
    const key = decisionKey(call);
    this.linesOf.set(key, (this.linesOf.get(key) ?? 0) + 1);
  }
}

/**
 * Whether an allowed call would still be allowed without one of its statements. Any Allow is enough; assuming a role needs one
 * in the caller's policies and one in the role's trust policy.
 */
export function survivesWithout(call: RecordedCall, statementId: string): boolean {
  const rest = call.statements.filter((id) => id !== statementId);
  if (!call.action.startsWith("sts:")) return rest.length > 0;
  const isTrust = (id: string) => /\/trust\/\d+$/.test(id);
  return rest.some(isTrust) && rest.some((id) => !isTrust(id));
}

function callKey(call: RecordedCall): string {
  return JSON.stringify([call.role, call.action, call.resource, call.context, call.decision]);
}

function decisionKey(call: RecordedCall): string {
  return JSON.stringify([call.role, call.action, call.decision, call.statements]);
}

/** Ignores a last line that was truncated by a kill. */
function readLines(file: string): string[] {
  try {
    return readFileSync(file, "utf8")
      .split("\n")
      .slice(0, -1)
      .filter((line) => line.endsWith("}"));
  } catch {
    return [];
  }
}
