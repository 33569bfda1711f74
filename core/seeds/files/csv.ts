/** Tables with a header. They are read twice: once for the types of their columns, once for their rows. */
import { PlotPaletteError } from "../../errors.ts";
import { Columns, valueOf, type Column } from "./csv-columns.ts";
import { findDelimiter, isDeclaration } from "./csv-dialect.ts";
import { nameOfDelimiter, readRows, type Row, type UnclosedQuote } from "./csv-rows.ts";
import { setField } from "./item.ts";
import type { SeedBatch, TextFile } from "./source.ts";
import type { SeedItem } from "../seed-set.ts";

/**
 * Empty cells are null, also those that a short row lacks, and rows without any value are passed over. A row with more values
 * than the header has columns is invalid.
 * @param given the delimiter; by default it is found out
 * @throws PlotPaletteError BadInput naming the header or the line that cannot be read
 */
export async function* readCsv(file: TextFile, given?: string): AsyncGenerator<SeedBatch> {
  const delimiter = given ?? (await findDelimiter(file.fileName, file.open));
  const table = { file, delimiter, columns: await findColumns(file, delimiter) };
  let isBelowHeader = false;
  for await (const rows of readRows(file.fileName, await file.open(), delimiter)) {
    const items: SeedItem[] = [];
    for (const row of rows) {
      if (isBelowHeader) items.push(...itemOf(table, row));
      else isBelowHeader = isHeader(row, delimiter);
    }
    yield { items };
  }
}

interface Table {
  readonly file: TextFile;
  readonly delimiter: string;
  /** By position; undefined for a column that is left out. */
  readonly columns: readonly (Column | undefined)[];
}

/** Takes the types from all valid rows. */
async function findColumns({ fileName, open, notes }: TextFile, delimiter: string): Promise<Table["columns"]> {
  let columns: Columns | undefined;
  for await (const rows of readRows(fileName, await open(), delimiter))
    for (const row of rows) {
      if (columns && "cells" in row && !isBlank(row) && !isTooWide(row, columns.count)) columns.add(row.cells);
      if (columns) continue;
      if ("unclosed" in row) throwBadInput(unclosedQuote(fileName, row));
      if (isHeader(row, delimiter)) columns = new Columns(fileName, row.cells, delimiter);
    }
  if (!columns) throwBadInput(`The file "${fileName}" is empty; it needs a header and rows.`);
  return columns.finish(notes);
}

/** The first row with a value, unless it declares the delimiter. */
function isHeader(row: Row | UnclosedQuote, delimiter: string): boolean {
  return "cells" in row && !isBlank(row) && !isDeclaration(row, delimiter);
}

/** The row's item; none when it has no values, or is invalid and skipped. */
function itemOf({ file, delimiter, columns }: Table, row: Row | UnclosedQuote): SeedItem[] {
  const { fileName, invalidRows, notes } = file;
  const reason =
    "unclosed" in row
      ? unclosedQuote(fileName, row)
      : isTooWide(row, columns.length) && tooWide(fileName, row, columns.length, delimiter);
  if (reason) invalidRows.add({ fileName, row: row.line, reason });
  if (reason || "unclosed" in row || isBlank(row)) return [];
  if (row.cells.length < columns.length)
    notes.count(fileName, "line", row.line, "there are fewer values than columns; the others are null");
  return [toItem(columns, row.cells)];
}

function isBlank({ cells }: Row): boolean {
  return cells.every((cell) => cell.trim() === "");
}

/** Whether there are values without a column; empty cells are none. */
function isTooWide({ cells }: Row, columns: number): boolean {
  return cells.length > columns && cells.slice(columns).some((cell) => cell.trim() !== "");
}

function toItem(columns: Table["columns"], cells: readonly string[]): SeedItem {
  const item: Record<string, unknown> = {};
  for (const [n, column] of columns.entries())
    if (column) setField(item, column.name, valueOf(cells[n] ?? "", column.type));
  return item;
}

function tooWide(fileName: string, { line, cells }: Row, columns: number, delimiter: string): string {
  const values = cells.findLastIndex((cell) => cell.trim() !== "") + 1;
  return `Line ${line} of "${fileName}" has ${values} values, but the header has ${columns} columns; quote texts that contain ${nameOfDelimiter(delimiter)} or line breaks.`;
}

function unclosedQuote(fileName: string, { line }: UnclosedQuote): string {
  return `A quote that opens in line ${line} of "${fileName}" is not closed; close it, and double quotes inside a quoted text ("").`;
}

function throwBadInput(message: string): never {
  throw new PlotPaletteError("BadInput", message);
}
