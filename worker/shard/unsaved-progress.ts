/** A shard's progress: its totals since the beginning, and what no part holds yet. */
import { withCause, type CauseCount } from "#core/shard/causes";
import { inferFromRecord, type InferredTypes } from "#core/dataset/columns";
import type { FailedRecord, DeliveredRecord, RejectedCandidate } from "#core/shard/record";
import { columnsOfRows } from "#core/shard/rows";
import type { ShardRow } from "#core/shard/shard-row";
import { withCall, type PaidCall, type SpendingEntry } from "#core/money/spending";

const LATEST_RECORDS = 3;

export class UnsavedProgress {
  delivered: number;
  failed: number;
  rejected: number;
  mended: number;
  attempts: number;
  readonly priorUnsuccessfulAttempts: number;
  causes: readonly CauseCount[];
  inputTokens: number;
  outputTokens: number;
  spending: SpendingEntry[];
  columns: InferredTypes;
  /** The columns of the latest rows. */
  latest: Readonly<Record<string, unknown>>[] = [];
  #delivered: DeliveredRecord[] = [];
  #failures: FailedRecord[] = [];
  #rejected: RejectedCandidate[] = [];
  #changed = false;

  constructor(row: ShardRow) {
    this.delivered = row.delivered;
    this.failed = row.failed;
    // Rows of jobs started before records could be rejected have neither.
    this.rejected = row.rejected ?? 0;
    this.mended = row.mended ?? 0;
    this.causes = row.causes ?? [];
    this.attempts = row.attempts;
    this.priorUnsuccessfulAttempts = row.priorUnsuccessfulAttempts ?? 0;
    this.inputTokens = row.inputTokens;
    this.outputTokens = row.outputTokens;
    this.spending = row.spending;
    this.columns = row.columns as InferredTypes;
  }

  addRecord(record: DeliveredRecord): void {
    this.#delivered.push(record);
    this.delivered += 1;
    const rows = columnsOfRows(record);
    this.columns = rows.reduce(inferFromRecord, this.columns);
    this.latest = [...this.latest, ...rows].slice(-LATEST_RECORDS);
    this.markChanged();
  }

  addFailure(record: FailedRecord): void {
    this.#failures.push(record);
    this.failed += 1;
    this.causes = withCause(this.causes, record.cause, { records: 1 });
    this.markChanged();
  }

  addRejected(candidate: RejectedCandidate): void {
    this.#rejected.push(candidate);
    this.rejected += 1;
    this.markChanged();
  }

  addMended(): void {
    this.mended += 1;
    this.markChanged();
  }

  /** Counts an attempt that ended; with a cause if it was unsuccessful. */
  addAttempt(cause?: string): void {
    this.attempts += 1;
    if (cause !== undefined) this.causes = withCause(this.causes, cause, { attempts: 1 });
    this.markChanged();
  }

  addCall(call: PaidCall, nowMs: number): void {
    this.inputTokens += call.inputTokens;
    this.outputTokens += call.outputTokens;
    this.spending = withCall(this.spending, call, nowMs);
  }

  /** A restart would lose something that is not written yet. */
  markChanged(): void {
    this.#changed = true;
  }

  get hasChanges(): boolean {
    return this.#changed;
  }

  /** Removes and returns what no part holds yet. */
  takeUnsaved(): { delivered: DeliveredRecord[]; failed: FailedRecord[]; rejected: RejectedCandidate[] } {
    const unsaved = { delivered: this.#delivered, failed: this.#failures, rejected: this.#rejected };
    this.#delivered = [];
    this.#failures = [];
    this.#rejected = [];
    this.#changed = false;
    return unsaved;
  }
}
