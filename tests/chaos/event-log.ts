/** What happened in a run: how often each fault was injected, and the last events. */

export const FAULTS = [
  "SIGKILL",
  "SIGTERM",
  "Spot warning",
  "worker frozen",
  "woke after its lease expired",
  "two workers on one shard",
  "clock skewed",
  "Bedrock throttled",
  "Bedrock answered 500",
  "answer interrupted",
  "tokens overcounted",
  "slow call",
  "S3 failed before the write",
  "S3 failed after the write",
  "S3 request duplicated",
  "S3 read interrupted",
  "DynamoDB failed before the write",
  "DynamoDB failed after the write",
  "DynamoDB request duplicated",
  "DynamoDB read failed",
  "stale index read",
  "event lost",
  "event duplicated",
  "progress report lost",
] as const;
export const ACTS = [
  "budget raised",
  "budget raised early",
  "job paused",
  "job resumed",
  "job extended",
  "completed job extended",
  "failed records retried",
] as const;
/** What follows from faults. */
export const CONSEQUENCES = ["worker crashed", "call aborted"] as const;
export type Kind =
  (typeof FAULTS)[number] | (typeof ACTS)[number] | (typeof CONSEQUENCES)[number] | "candidate rejected";
export type Counts = Partial<Record<Kind, number>>;

/**
 * Faults that lose a worker's memory, its lease or an answer, or count more than the log: after one, the ledger may exceed the
 * models' log.
 */
const LOSSES: readonly Kind[] = [
  "SIGKILL",
  "worker frozen",
  "two workers on one shard",
  "answer interrupted",
  "tokens overcounted",
  ...CONSEQUENCES,
];
const KEPT_EVENTS = 40;

export class EventLog {
  readonly counts: Counts = {};
  /** Broken invariants of the protocol, one sentence each. */
  readonly violations: string[] = [];
  /** Failed records that were retried. */
  retriedRecords = 0;
  #events: string[] = [];

  constructor(readonly nowMs: () => number) {}

  /** Counts an injected fault, or an owner's action. */
  count(kind: Kind, detail = ""): void {
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    this.note(`${kind}${detail && `: ${detail}`}`);
  }

  retried(records: number): void {
    this.retriedRecords += records;
    this.count("failed records retried", `${records} of them`);
  }

  note(event: string): void {
    this.#events = [...this.#events.slice(1 - KEPT_EVENTS), `${(this.nowMs() / 1000).toFixed(3)} s  ${event}`];
  }

  addViolation(sentence: string): void {
    if (this.violations.length < 10) this.violations.push(sentence);
    this.note(`VIOLATION ${sentence}`);
  }

  get lastEvents(): readonly string[] {
    return this.#events;
  }

  get hasLosses(): boolean {
    return LOSSES.some((kind) => this.counts[kind]);
  }
}
