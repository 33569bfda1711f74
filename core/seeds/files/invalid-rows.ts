/**
 * What becomes of rows that cannot be used. By default the first one ends the reading with its reason; a seed set may ask
 * to pass over them instead, as long as most of each file is sound: otherwise the file is not what its owner thinks it is.
 */
import { PlotPaletteError } from "../../errors.ts";
import { formatNumber } from "../../numbers.ts";

/** What was passed over. */
export interface SkippedRows {
  readonly count: number;
  /** The first of them. */
  readonly first: readonly InvalidRow[];
}

export interface InvalidRow {
  readonly fileName: string;
  /** Counted from 1 as the file has them: lines of JSONL, items of JSON, rows of a table without its header. */
  readonly row: number;
  /** A sentence that names file and row. */
  readonly reason: string;
}

const SHOWN_ROWS = 20;
/** JSON.parse quotes what it could not read. */
const MAX_REASON_CHARACTERS = 300;

export class InvalidRows {
  readonly #skip: boolean;
  readonly #first: InvalidRow[] = [];
  #count = 0;
  #countInFile = 0;

  /** @param skip passes over faulty rows instead of refusing the first */
  constructor(skip = false) {
    this.#skip = skip;
  }

  /** Undefined when every row was sound. */
  get skipped(): SkippedRows | undefined {
    return this.#count > 0 ? { count: this.#count, first: this.#first } : undefined;
  }

  /** @throws PlotPaletteError BadInput with the reason, unless faulty rows are skipped */
  add(fault: InvalidRow): void {
    const reason = shorten(fault.reason);
    if (!this.#skip) throw new PlotPaletteError("BadInput", reason);
    this.#count += 1;
    this.#countInFile += 1;
    if (this.#first.length < SHOWN_ROWS) this.#first.push({ ...fault, reason });
  }

  /** @throws PlotPaletteError BadInput when more than half of the file's rows are faulty */
  endFile(fileName: string, soundRows: number): void {
    const faulty = this.#countInFile;
    this.#countInFile = 0;
    if (faulty <= soundRows) return;
    const rows = formatNumber(faulty + soundRows);
    throw new PlotPaletteError(
      "BadInput",
      `${formatNumber(faulty)} of the ${rows} rows of "${fileName}" are faulty, too many to pass over; the first: ${this.#firstOf(fileName)}`,
    );
  }

  #firstOf(fileName: string): string {
    return this.#first.find((row) => row.fileName === fileName)?.reason ?? "see the rows before.";
  }
}

function shorten(reason: string): string {
  return reason.length <= MAX_REASON_CHARACTERS ? reason : `${reason.slice(0, MAX_REASON_CHARACTERS - 1)}…`;
}
