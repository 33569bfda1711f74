/** What happened in a run: how often each fault struck, and the last events in words. */

export const FAULTS = [
  "SIGKILL",
  "SIGTERM",
  "Spot warning",
  "worker frozen",
  "woke after its lease was gone",
  "two workers on one shard",
  "clock moved",
  "Bedrock throttled",
  "Bedrock answered 500",
  "answer cut off",
  "S3 failed before the write",
  "S3 failed after the write",
  "S3 was asked twice",
  "S3 broke off while it was read",
  "DynamoDB failed before the write",
  "DynamoDB failed after the write",
  "DynamoDB was asked twice",
  "DynamoDB could not be read",
  "index read late",
  "event lost",
  "event repeated",
  "progress report lost",
] as const;
export const ACTS = [
  "budget raised",
  "budget raised early",
  "job paused",
  "job resumed",
  "job extended",
  "completed job extended",
  "failed records tried again",
] as const;
export type Kind = (typeof FAULTS)[number] | (typeof ACTS)[number] | "worker broke" | "candidate rejected";
export type Counts = Partial<Record<Kind, number>>;

/** What loses a worker's memory, its lease or an answer: after it, the ledger may hold more than the log. */
const LOSSES: readonly Kind[] = [
  "SIGKILL",
  "worker frozen",
  "two workers on one shard",
  "answer cut off",
  "worker broke",
];
const KEPT_EVENTS = 40;

export class Diary {
  readonly counts: Counts = {};
  /** What broke the protocol's promises, in sentences. */
  readonly breaches: string[] = [];
  /** Records that were failed when they were tried again. */
  triedRecords = 0;
  #events: string[] = [];

  constructor(readonly nowMs: () => number) {}

  /** A fault has struck, or an act was done. */
  count(kind: Kind, detail = ""): void {
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    this.note(`${kind}${detail && `: ${detail}`}`);
  }

  triedAgain(records: number): void {
    this.triedRecords += records;
    this.count("failed records tried again", `${records} of them`);
  }

  note(event: string): void {
    this.#events = [...this.#events.slice(1 - KEPT_EVENTS), `${(this.nowMs() / 1000).toFixed(3)} s  ${event}`];
  }

  breach(sentence: string): void {
    if (this.breaches.length < 10) this.breaches.push(sentence);
    this.note(`BREACH ${sentence}`);
  }

  get lastEvents(): readonly string[] {
    return this.#events;
  }

  get hasLosses(): boolean {
    return LOSSES.some((kind) => this.counts[kind]);
  }
}
