/**
 * Tables with a header. A column is numeric (or boolean) only if every cell is: a column of postal codes with leading zeros
 * stays text. That takes one pass over the whole file, and a second one for the rows.
 */
import { PlotPaletteError } from "../../errors.ts";
import { readRows } from "./csv-rows.ts";
import type { InvalidRows } from "./invalid-rows.ts";
import { setField } from "./item.ts";
import type { OpenText, SeedBatch } from "./source.ts";
import { MAX_FIELD_NAME_CHARACTERS, type SeedItem } from "../seed-set.ts";

type ColumnType = "number" | "boolean" | "text";

interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

/** Not `007`, `+1`, `1,000` or more digits than a number holds: those are text. */
const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?(?:[eE][+-]?\d{1,2})?$/;
const BOOLEAN = /^(?:true|false)$/i;

/**
 * Empty cells are null. A row with more or fewer cells than the header is invalid.
 * @throws PlotPaletteError BadInput naming the header or the row that cannot be read
 */
export async function* readCsv(
  fileName: string,
  open: OpenText,
  delimiter: string,
  invalidRows: InvalidRows,
): AsyncGenerator<SeedBatch> {
  const columns = await findColumns(fileName, await open(), delimiter);
  let row = -1;
  for await (const rows of readRows(fileName, await open(), delimiter)) {
    const items: SeedItem[] = [];
    for (const cells of rows) {
      row += 1;
      if (row === 0) continue;
      if (cells.length === columns.length) items.push(toItem(columns, cells));
      else invalidRows.add({ fileName, row, reason: wrongCount(fileName, row, cells, columns, delimiter) });
    }
    yield { items };
  }
}

/** Infers the columns' types from all valid rows. */
async function findColumns(fileName: string, text: AsyncIterable<string>, delimiter: string): Promise<Column[]> {
  let names: string[] | undefined;
  let types: (ColumnType | undefined)[] = [];
  for await (const rows of readRows(fileName, text, delimiter))
    for (const cells of rows) {
      if (!names) {
        names = headerOf(fileName, cells);
        types = names.map(() => undefined);
      } else if (cells.length === names.length) inferTypes(types, cells);
    }
  if (!names) throwBadInput(`The file "${fileName}" is empty; it needs a header and rows.`);
  return names.map((name, n) => ({ name, type: types[n] ?? "text" }));
}

function headerOf(fileName: string, cells: readonly string[]): string[] {
  const names = cells.map((cell) => cell.trim());
  const unnamed = names.indexOf("");
  if (unnamed >= 0) throwBadInput(`Column ${unnamed + 1} of "${fileName}" has no name in the header; name it.`);
  const duplicate = names.find((name, n) => names.indexOf(name) < n);
  if (duplicate) throwBadInput(`Two columns of "${fileName}" are named "${duplicate}"; each needs its own name.`);
  const long = names.findIndex((name) => name.length > MAX_FIELD_NAME_CHARACTERS);
  if (long >= 0)
    throwBadInput(
      `The name of column ${long + 1} of "${fileName}" has more than ${MAX_FIELD_NAME_CHARACTERS} characters; the first row must be the header.`,
    );
  return names;
}

function inferTypes(types: (ColumnType | undefined)[], cells: readonly string[]): void {
  for (let n = 0; n < cells.length; n += 1) {
    const cell = cells[n] as string;
    if (types[n] !== "text" && cell !== "") types[n] = typeWith(types[n], cell);
  }
}

function typeWith(type: ColumnType | undefined, cell: string): ColumnType {
  if (type !== "boolean" && NUMBER.test(cell)) return "number";
  if (type !== "number" && BOOLEAN.test(cell)) return "boolean";
  return "text";
}

function toItem(columns: readonly Column[], cells: readonly string[]): SeedItem {
  const item: Record<string, unknown> = {};
  for (let n = 0; n < columns.length; n += 1) {
    const { name, type } = columns[n] as Column;
    setField(item, name, valueOf(cells[n] as string, type));
  }
  return item;
}

function valueOf(cell: string, type: ColumnType): unknown {
  if (cell === "") return null;
  if (type === "number") return Number(cell);
  return type === "boolean" ? cell.toLowerCase() === "true" : cell;
}

function wrongCount(
  fileName: string,
  row: number,
  cells: readonly string[],
  columns: readonly Column[],
  delimiter: string,
): string {
  const separators = delimiter === "," ? "commas" : "tabs";
  return `Row ${row} of "${fileName}" has ${cells.length} values, but the header has ${columns.length} columns; quote texts that contain ${separators} or line breaks.`;
}

function throwBadInput(message: string): never {
  throw new PlotPaletteError("BadInput", message);
}
