/**
 * A table's text as rows of cells: RFC 4180, plus common deviations from it. Our own, because a quote that is never closed
 * must be told where it opens: a parser that only goes on would take everything up to the next quote for one cell.
 */
import { PlotPaletteError } from "../../errors.ts";
import { formatNumber } from "../../numbers.ts";
import { MAX_ITEM_CHARACTERS } from "../seed-set.ts";

export interface Row {
  /** The line it starts in, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Where a quote opens that is not closed, from 1. Its line was passed over. */
export interface UnclosedQuote {
  readonly line: number;
  readonly unclosed: true;
}

/** The rows by chunk, without empty lines. @throws PlotPaletteError BadInput for a row that is too long */
export async function* readRows(
  fileName: string,
  text: AsyncIterable<string>,
  delimiter: string,
): AsyncGenerator<(Row | UnclosedQuote)[]> {
  const splitter = new RowSplitter(fileName, delimiter);
  for await (const chunk of text) yield splitter.push(chunk);
  yield splitter.end();
}

/** The rows of a table's start; the last one is left out, since it may be incomplete, unless the text is all there is. */
export function rowsOfStart(fileName: string, text: string, isWhole: boolean, delimiter: string): Row[] {
  const splitter = new RowSplitter(fileName, delimiter);
  const rows = [...splitter.push(text), ...(isWhole ? splitter.end() : [])];
  return rows.filter((row): row is Row => "cells" in row);
}

const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

class RowSplitter {
  readonly #fileName: string;
  readonly #delimiter: string;
  readonly #delimiterCode: number;
  /** What is not split yet: starts with a row. */
  #text = "";
  #isLast = false;
  #line = 1;

  constructor(fileName: string, delimiter: string) {
    this.#fileName = fileName;
    this.#delimiter = delimiter;
    this.#delimiterCode = delimiter.charCodeAt(0);
  }

  push(chunk: string): (Row | UnclosedQuote)[] {
    this.#text += chunk;
    return this.#split();
  }

  end(): (Row | UnclosedQuote)[] {
    this.#isLast = true;
    return this.#split();
  }

  #split(): (Row | UnclosedQuote)[] {
    const rows: (Row | UnclosedQuote)[] = [];
    let at = 0;
    while (at < this.#text.length) {
      const end = this.#readRow(at, rows);
      if (end === undefined) break;
      at = end;
    }
    this.#text = this.#text.slice(at);
    return rows;
  }

  /** Adds the row that starts there. @returns its end; undefined when it ends in a later chunk */
  #readRow(start: number, rows: (Row | UnclosedQuote)[]): number | undefined {
    const cells: string[] = [];
    let lines = 0;
    for (let at = start; ;) {
      const isQuoted = this.#text.charCodeAt(at) === QUOTE;
      const cell = isQuoted ? this.#quotedCell(at) : this.#plainCell(at);
      if (cell === undefined && !this.#isTooLong(start)) return undefined;
      if (cell === undefined || cell.text === undefined) {
        if (!isQuoted) this.#throwTooLong();
        rows.push({ line: this.#line + lines, unclosed: true });
        return this.#afterLine(at, lines);
      }
      cells.push(cell.text);
      if (isQuoted) lines += lineBreaksIn(cell.text);
      if (this.#text.charCodeAt(cell.end) === this.#delimiterCode) {
        at = cell.end + 1;
        continue;
      }
      const end = this.#endOfLine(cell.end);
      if (end === undefined) return undefined;
      if (cells.length > 1 || cells[0] !== "") rows.push({ line: this.#line, cells });
      this.#line += lines + 1;
      return end;
    }
  }

  /** Everything up to a delimiter or line break; a quote inside is text, as in `5" pipe`. */
  #plainCell(from: number): { text: string; end: number } | undefined {
    const text = this.#text;
    let end = from;
    for (; end < text.length; end += 1) {
      const code = text.charCodeAt(end);
      if (code === this.#delimiterCode || code === LINE_FEED || code === CARRIAGE_RETURN) break;
    }
    return end < text.length || this.#isLast ? { text: text.slice(from, end), end } : undefined;
  }

  /** The text between quotes; without `text` when they are not closed. */
  #quotedCell(open: number): { text?: string; end: number } | undefined {
    const text = this.#text;
    let cell = "";
    for (let from = open + 1; ;) {
      const quote = text.indexOf('"', from);
      if (quote < 0 || (quote === text.length - 1 && !this.#isLast))
        return this.#isLast ? { end: text.length } : undefined;
      cell += text.slice(from, quote);
      if (text.charCodeAt(quote + 1) !== QUOTE) {
        return this.#isEnd(quote + 1) ? { text: cell, end: quote + 1 } : this.#afterQuote(open, quote, cell);
      }
      cell += '"';
      from = quote + 2;
    }
  }

  /**
   * Text behind the closing quote: then the quotes belong to the text. Not across lines: there the quote is rather one that a
   * later cell opens.
   */
  #afterQuote(open: number, quote: number, cell: string): { text?: string; end: number } | undefined {
    const rest = this.#plainCell(quote + 1);
    if (!rest) return undefined;
    if (!/[\r\n]/.test(cell)) return { text: this.#text.slice(open, rest.end), end: rest.end };
    return rest.text.trim() === "" ? { text: cell, end: rest.end } : { end: rest.end };
  }

  #isEnd(at: number): boolean {
    if (at >= this.#text.length) return true;
    const code = this.#text.charCodeAt(at);
    return code === this.#delimiterCode || code === LINE_FEED || code === CARRIAGE_RETURN;
  }

  /** Behind the line break there; undefined when only the next chunk tells whether it is one or two characters. */
  #endOfLine(at: number): number | undefined {
    if (this.#text.charCodeAt(at) !== CARRIAGE_RETURN) return Math.min(at + 1, this.#text.length);
    if (at + 1 === this.#text.length) return this.#isLast ? at + 1 : undefined;
    return this.#text.charCodeAt(at + 1) === LINE_FEED ? at + 2 : at + 1;
  }

  /** Behind the line of a quote that is not closed, from where rows are read on. */
  #afterLine(open: number, linesBefore: number): number {
    const length = /\r\n|\r|\n|$/.exec(this.#text.slice(open)) as RegExpExecArray; // it always finds the end
    this.#line += linesBefore + 1;
    return open + length.index + length[0].length;
  }

  #isTooLong(start: number): boolean {
    return this.#text.length - start > MAX_ITEM_CHARACTERS;
  }

  #throwTooLong(): never {
    throw new PlotPaletteError(
      "BadInput",
      `Line ${this.#line} of "${this.#fileName}" has more than ${formatNumber(MAX_ITEM_CHARACTERS)} characters; split its texts, or check that the file is a table separated by ${nameOfDelimiter(this.#delimiter)}.`,
    );
  }
}

function lineBreaksIn(text: string): number {
  if (!text.includes("\n") && !text.includes("\r")) return 0;
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}

const DELIMITER_NAMES: Readonly<Record<string, string>> = {
  ",": "commas",
  ";": "semicolons",
  "\t": "tabs",
  "|": "vertical bars",
};

/** As a plural: "commas". */
export function nameOfDelimiter(delimiter: string): string {
  return DELIMITER_NAMES[delimiter] ?? `"${delimiter}"`;
}
