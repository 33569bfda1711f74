/** What a shard's worker has got done: totals since ever, and what no part holds yet. */
import { withRecord, type ColumnKinds } from "#core/columns";
import type { FailedRecord, MadeRecord } from "#core/record";
import type { ShardRow } from "#core/rows";
import { withCall, type PaidCall, type SpentOn } from "#core/spending";

const LATEST = 3;
/** So many failures without a single record, and there is no point in going on. */
const HOPELESS_START = 20;
/** From so many records on, more failures than records end the job. */
const HOPELESS_AFTER = 50;

export class Journal {
  delivered: number;
  failed: number;
  attempts: number;
  inputTokens: number;
  outputTokens: number;
  spending: SpentOn[];
  columns: ColumnKinds;
  /** The columns of the latest records. */
  latest: Readonly<Record<string, unknown>>[] = [];
  lastReason = "";
  #made: MadeRecord[] = [];
  #failures: FailedRecord[] = [];
  #moved = false;

  constructor(row: ShardRow) {
    this.delivered = row.delivered;
    this.failed = row.failed;
    this.attempts = row.attempts;
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
    this.lastReason = record.reason;
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
  cut(): { made: MadeRecord[]; failed: FailedRecord[] } {
    const cut = { made: this.#made, failed: this.#failures };
    this.#made = [];
    this.#failures = [];
    this.#moved = false;
    return cut;
  }

  /** The failures have passed their limit. */
  get isHopeless(): boolean {
    if (this.delivered === 0) return this.failed >= HOPELESS_START;
    return this.delivered + this.failed >= HOPELESS_AFTER && this.failed > this.delivered;
  }
}
