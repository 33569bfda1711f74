/** What a shard's worker has got done: totals since ever, and what no part holds yet. */
import { withCause, type CauseCount } from "#core/shard/causes";
import { withRecord, type ColumnKinds } from "#core/dataset/columns";
import type { FailedRecord, MadeRecord, RejectedCandidate } from "#core/shard/record";
import type { ShardRow } from "#core/shard/shard-row";
import { withCall, type PaidCall, type SpendingEntry } from "#core/money/spending";

const LATEST = 3;

export class Journal {
  delivered: number;
  failed: number;
  refused: number;
  attempts: number;
  readonly priorUnsuccessfulAttempts: number;
  causes: readonly CauseCount[];
  inputTokens: number;
  outputTokens: number;
  spending: SpendingEntry[];
  columns: ColumnKinds;
  /** The columns of the latest records. */
  latest: Readonly<Record<string, unknown>>[] = [];
  #made: MadeRecord[] = [];
  #failures: FailedRecord[] = [];
  #refused: RejectedCandidate[] = [];
  #moved = false;

  constructor(row: ShardRow) {
    this.delivered = row.delivered;
    this.failed = row.failed;
    // Rows of jobs that began before records could be refused have neither.
    this.refused = row.refused ?? 0;
    this.causes = row.causes ?? [];
    this.attempts = row.attempts;
    this.priorUnsuccessfulAttempts = row.priorUnsuccessfulAttempts ?? 0;
    this.inputTokens = row.inputTokens;
    this.outputTokens = row.outputTokens;
    this.spending = row.spending;
    this.columns = row.columns as ColumnKinds;
  }

  make(record: MadeRecord): void {
    this.#made.push(record);
    this.delivered += 1;
    this.columns = withRecord(this.columns, record.columns);
    this.latest = [...this.latest, record.columns].slice(-LATEST);
    this.moved();
  }

  fail(record: FailedRecord): void {
    this.#failures.push(record);
    this.failed += 1;
    this.causes = withCause(this.causes, record.cause, { records: 1 });
    this.moved();
  }

  refuse(candidate: RejectedCandidate): void {
    this.#refused.push(candidate);
    this.refused += 1;
    this.moved();
  }

  /** An attempt has ended; with a cause when it came to nothing. */
  attempted(cause?: string): void {
    this.attempts += 1;
    if (cause !== undefined) this.causes = withCause(this.causes, cause, { attempts: 1 });
    this.moved();
  }

  pay(call: PaidCall, nowMs: number): void {
    this.inputTokens += call.inputTokens;
    this.outputTokens += call.outputTokens;
    this.spending = withCall(this.spending, call, nowMs);
  }

  /** A restart would lose something that is not written yet. */
  moved(): void {
    this.#moved = true;
  }

  get hasMoved(): boolean {
    return this.#moved;
  }

  /** Takes out what no part holds yet. */
  cut(): { made: MadeRecord[]; failed: FailedRecord[]; refused: RejectedCandidate[] } {
    const cut = { made: this.#made, failed: this.#failures, refused: this.#refused };
    this.#made = [];
    this.#failures = [];
    this.#refused = [];
    this.#moved = false;
    return cut;
  }
}
