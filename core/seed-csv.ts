/**
 * Tables with a header. A column is numbers (or booleans) only if every cell of it is: so postal codes with leading
 * zeros stay text, all of them. That takes a first reading of the whole file, and a second one for the rows.
 */
import { parse, type CsvError } from "csv-parse";
import { pipeline, Readable } from "node:stream";
import { PlotPaletteError } from "./errors.ts";
import type { SeedBatch } from "./seed-reader.ts";
import { MAX_ITEM_CHARACTERS, type SeedItem } from "./seed.ts";

type Kind = "number" | "boolean" | "text";
type OpenText = () => Promise<AsyncIterable<string>>;

/** Not `007`, `+1`, `1,000` or more digits than a number keeps: those are text. */
const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?(?:[eE][+-]?\d{1,2})?$/;
const BOOLEAN = /^(?:true|false)$/i;
const BATCH_ROWS = 500;

/** Empty cells are null. @throws PlotPaletteError BadInput naming the header or the row that cannot be read */
export async function* readCsv(fileName: string, open: OpenText, delimiter: string): AsyncGenerator<SeedBatch> {
  const header = await findKinds(fileName, open, delimiter);
  let items: SeedItem[] = [];
  let row = 0;
  for await (const cells of rowsOf(fileName, await open(), delimiter)) {
    row += 1;
    if (row === 1) continue;
    items.push(Object.fromEntries(header.map(({ name, kind }, n) => [name, valueOf(cells[n] ?? "", kind)])));
    if (items.length < BATCH_ROWS) continue;
    yield { items };
    items = [];
  }
  yield { items };
}

async function findKinds(fileName: string, open: OpenText, delimiter: string): Promise<{ name: string; kind: Kind }[]> {
  let names: string[] | undefined;
  let kinds: (Kind | undefined)[] = [];
  let row = 0;
  for await (const cells of rowsOf(fileName, await open(), delimiter)) {
    if (!names) {
      names = headerOf(fileName, cells);
      kinds = names.map(() => undefined);
      continue;
    }
    row += 1;
    if (cells.length !== names.length)
      refuse(
        `Row ${row} of "${fileName}" has ${cells.length} values, but the header names ${names.length} columns; put texts with ${delimiter === "," ? "commas" : "tabs"} or line breaks in quotes.`,
      );
    for (const [n, cell] of cells.entries())
      if (kinds[n] !== "text" && cell !== "") kinds[n] = kindWith(kinds[n], cell);
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
  const long = names.findIndex((name) => name.length > 200);
  if (long >= 0)
    refuse(
      `The name of column ${long + 1} of "${fileName}" has more than 200 characters; the first row must be the header.`,
    );
  return names;
}

function kindWith(kind: Kind | undefined, cell: string): Kind {
  if (kind !== "boolean" && NUMBER.test(cell)) return "number";
  if (kind !== "number" && BOOLEAN.test(cell)) return "boolean";
  return "text";
}

function valueOf(cell: string, kind: Kind): unknown {
  if (cell === "") return null;
  if (kind === "number") return Number(cell);
  return kind === "boolean" ? cell.toLowerCase() === "true" : cell;
}

async function* rowsOf(fileName: string, text: AsyncIterable<string>, delimiter: string): AsyncGenerator<string[]> {
  const parser = parse({
    bom: true,
    delimiter,
    relax_column_count: true,
    // A quote inside a text without quotes is what people type: 5" pipe.
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MAX_ITEM_CHARACTERS,
  });
  // Whatever goes wrong in the source ends the parser, and so the loop below, with the same error.
  pipeline(Readable.from(text), parser, () => undefined);
  try {
    for await (const cells of parser) yield cells as string[];
  } catch (error) {
    if (!isCsvError(error)) throw error;
    refuse(`The file "${fileName}" is not a readable table: ${error.message}.`);
  }
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && "code" in error && String(error.code).startsWith("CSV_");
}

function refuse(message: string): never {
  throw new PlotPaletteError("BadInput", message);
}
