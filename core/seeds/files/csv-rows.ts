/** A table's text as rows of cells, by csv-parse: RFC 4180, and what people type instead of it. */
import { pipeline, Readable } from "node:stream";
import { parse, type CsvError } from "csv-parse";
import { PlotPaletteError } from "../../errors.ts";
import { MAX_ITEM_CHARACTERS } from "../seed-set.ts";

/** So many rows are handed on together: a wait for each would cost more than cutting it. */
const ROWS_AT_ONCE = 200;

/** @throws PlotPaletteError BadInput for a quote without end and a row without end */
export async function* readRows(
  fileName: string,
  text: AsyncIterable<string>,
  delimiter: string,
): AsyncGenerator<string[][]> {
  const parser = parse({
    delimiter,
    relax_column_count: true,
    // A quote inside a text without quotes is what people type: 5" pipe.
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MAX_ITEM_CHARACTERS,
  });
  // Whatever goes wrong in the source ends the parser, and so the loop below, with the same error.
  pipeline(Readable.from(text), parser, () => undefined);
  let rows: string[][] = [];
  try {
    for await (const cells of parser) {
      rows.push(cells as string[]);
      if (rows.length < ROWS_AT_ONCE) continue;
      yield rows;
      rows = [];
    }
  } catch (error) {
    if (!isCsvError(error)) throw error;
    throw new PlotPaletteError("BadInput", `The file "${fileName}" is not a readable table: ${error.message}.`);
  }
  yield rows;
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && "code" in error && String(error.code).startsWith("CSV_");
}
