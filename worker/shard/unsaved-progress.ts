/** A shard's progress: its totals since the beginning, and what no part holds yet. */
import { withCause, type CauseCount } from "#core/shard/causes";
import { encodeLine, type PartLine } from "#core/shard/part";
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
  /** What no part holds yet, as lines of one. */
  #lines: string[] = [];
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

  /** @returns the bytes of its line in a part */
  addRecord(record: DeliveredRecord): number {
    this.delivered += 1;
    const rows = columnsOfRows(record);
    this.columns = rows.reduce(inferFromRecord, this.columns);
    this.latest = [...this.latest, ...rows].slice(-LATEST_RECORDS);
    return this.#addLine({ delivered: record });
  }

  /** @returns as `addRecord` */
  addFailure(record: FailedRecord): number {
    this.failed += 1;
    this.causes = withCause(this.causes, record.cause, { records: 1 });
    return this.#addLine({ failed: record });
  }

  addRejected(candidate: RejectedCandidate): void {
    this.rejected += 1;
    this.#addLine({ rejected: candidate });
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

  /** Removes and returns the lines that no part holds yet. */
  takeUnsaved(): readonly string[] {
    const lines = this.#lines;
    this.#lines = [];
    this.#changed = false;
    return lines;
  }

  #addLine(line: PartLine): number {
    const text = encodeLine(line);
    this.#lines.push(text);
    this.markChanged();
    return Buffer.byteLength(text);
  }
}
