/**
 * What to do with rows that cannot be used. By default the first one fails the file with its reason; a seed set may opt to
 * skip them instead, as long as most rows of each file are valid: otherwise the file is not what its owner thinks it is.
 */
import { PlotPaletteError } from "../../errors.ts";
import { formatNumber } from "../../numbers.ts";

/** What was skipped. */
export interface SkippedRows {
  readonly count: number;
  /** The first of them. */
  readonly first: readonly InvalidRow[];
}

export interface InvalidRow {
  readonly fileName: string;
  /** One-based: the line of a text file, the item of JSON, the row of Parquet. */
  readonly row: number;
  /** One sentence that names file and row. */
  readonly reason: string;
}

const SHOWN_ROWS = 20;
/** JSON.parse quotes its input in its messages. */
const MAX_REASON_CHARACTERS = 300;

export class InvalidRows {
  readonly #skip: boolean;
  readonly #first: InvalidRow[] = [];
  #count = 0;
  #countInFile = 0;

  /** @param skip skips invalid rows instead of throwing at the first */
  constructor(skip = false) {
    this.#skip = skip;
  }

  /** Undefined when every row was valid. */
  get skipped(): SkippedRows | undefined {
    return this.#count > 0 ? { count: this.#count, first: this.#first } : undefined;
  }

  /** @throws PlotPaletteError BadInput with the reason, unless invalid rows are skipped */
  add(invalid: InvalidRow): void {
    const reason = shorten(invalid.reason);
    if (!this.#skip) throw new PlotPaletteError("BadInput", reason);
    this.#count += 1;
    this.#countInFile += 1;
    if (this.#first.length < SHOWN_ROWS) this.#first.push({ ...invalid, reason });
  }

  /** @throws PlotPaletteError BadInput when more than half of the file's rows are invalid */
  endFile(fileName: string, validRows: number): void {
    const invalid = this.#countInFile;
    this.#countInFile = 0;
    if (invalid <= validRows) return;
    const rows = formatNumber(invalid + validRows);
    throw new PlotPaletteError(
      "BadInput",
      `${formatNumber(invalid)} of the ${rows} rows of "${fileName}" are invalid, too many to skip; the first: ${this.#firstOf(fileName)}`,
    );
  }

  #firstOf(fileName: string): string {
    return this.#first.find((row) => row.fileName === fileName)?.reason ?? "see the rows before.";
  }
}

function shorten(reason: string): string {
  return reason.length <= MAX_REASON_CHARACTERS ? reason : `${reason.slice(0, MAX_REASON_CHARACTERS - 1)}…`;
}
