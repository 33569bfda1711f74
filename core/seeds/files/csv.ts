/**
 * Tables with a header. A column is numbers (or booleans) only if every cell of it is: so postal codes with leading
 * zeros stay text, all of them. That takes a first reading of the whole file, and a second one for the rows.
 */
import { PlotPaletteError } from "../../errors.ts";
import { readRows } from "./csv-rows.ts";
import type { InvalidRows } from "./invalid-rows.ts";
import { setField } from "./item.ts";
import type { OpenText, SeedBatch } from "./source.ts";
import { MAX_FIELD_NAME_CHARACTERS, type SeedItem } from "../seed-set.ts";

type Kind = "number" | "boolean" | "text";

interface Column {
  readonly name: string;
  readonly kind: Kind;
}

/** Not `007`, `+1`, `1,000` or more digits than a number keeps: those are text. */
const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?(?:[eE][+-]?\d{1,2})?$/;
const BOOLEAN = /^(?:true|false)$/i;

/**
 * Empty cells are null. A row with more or fewer cells than the header is faulty.
 * @throws PlotPaletteError BadInput naming the header or the row that cannot be read
 */
export async function* readCsv(
  fileName: string,
  open: OpenText,
  delimiter: string,
  faults: InvalidRows,
): AsyncGenerator<SeedBatch> {
  const columns = await findColumns(fileName, await open(), delimiter);
  let row = -1;
  for await (const rows of readRows(fileName, await open(), delimiter)) {
    const items: SeedItem[] = [];
    for (const cells of rows) {
      row += 1;
      if (row === 0) continue;
      if (cells.length === columns.length) items.push(toItem(columns, cells));
      else faults.add({ fileName, row, reason: wrongCount(fileName, row, cells, columns, delimiter) });
    }
    yield { items };
  }
}

/** The columns' kinds, told by all rows but the faulty ones. */
async function findColumns(fileName: string, text: AsyncIterable<string>, delimiter: string): Promise<Column[]> {
  let names: string[] | undefined;
  let kinds: (Kind | undefined)[] = [];
  for await (const rows of readRows(fileName, text, delimiter))
    for (const cells of rows) {
      if (!names) {
        names = headerOf(fileName, cells);
        kinds = names.map(() => undefined);
      } else if (cells.length === names.length) tellKinds(kinds, cells);
    }
  if (!names) refuse(`The file "${fileName}" is empty; it needs a header and rows.`);
  return names.map((name, n) => ({ name, kind: kinds[n] ?? "text" }));
}

function headerOf(fileName: string, cells: readonly string[]): string[] {
  const names = cells.map((cell) => cell.trim());
  const nameless = names.indexOf("");
  if (nameless >= 0) refuse(`Column ${nameless + 1} of "${fileName}" has no name in the header; give it one.`);
  const twice = names.find((name, n) => names.indexOf(name) < n);
  if (twice) refuse(`Two columns of "${fileName}" are called "${twice}"; each needs a name of its own.`);
  const long = names.findIndex((name) => name.length > MAX_FIELD_NAME_CHARACTERS);
  if (long >= 0)
    refuse(
      `The name of column ${long + 1} of "${fileName}" has more than ${MAX_FIELD_NAME_CHARACTERS} characters; the first row must be the header.`,
    );
  return names;
}

function tellKinds(kinds: (Kind | undefined)[], cells: readonly string[]): void {
  for (let n = 0; n < cells.length; n += 1) {
    const cell = cells[n] as string;
    if (kinds[n] !== "text" && cell !== "") kinds[n] = kindWith(kinds[n], cell);
  }
}

function kindWith(kind: Kind | undefined, cell: string): Kind {
  if (kind !== "boolean" && NUMBER.test(cell)) return "number";
  if (kind !== "number" && BOOLEAN.test(cell)) return "boolean";
  return "text";
}

function toItem(columns: readonly Column[], cells: readonly string[]): SeedItem {
  const item: Record<string, unknown> = {};
  for (let n = 0; n < columns.length; n += 1) {
    const { name, kind } = columns[n] as Column;
    setField(item, name, valueOf(cells[n] as string, kind));
  }
  return item;
}

function valueOf(cell: string, kind: Kind): unknown {
  if (cell === "") return null;
  if (kind === "number") return Number(cell);
  return kind === "boolean" ? cell.toLowerCase() === "true" : cell;
}

function wrongCount(
  fileName: string,
  row: number,
  cells: readonly string[],
  columns: readonly Column[],
  delimiter: string,
): string {
  const separators = delimiter === "," ? "commas" : "tabs";
  return `Row ${row} of "${fileName}" has ${cells.length} values, but the header names ${columns.length} columns; put texts with ${separators} or line breaks in quotes.`;
}

function refuse(message: string): never {
  throw new PlotPaletteError("BadInput", message);
}
