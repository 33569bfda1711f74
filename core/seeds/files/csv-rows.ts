/** A table's text as rows of cells, by csv-parse: RFC 4180, plus common deviations from it. */
import { pipeline, Readable } from "node:stream";
import { parse, type CsvError } from "csv-parse";
import { PlotPaletteError } from "../../errors.ts";
import { MAX_ITEM_CHARACTERS } from "../seed-set.ts";

/** Rows per batch: awaiting each row would cost more than parsing it. */
const BATCH_ROWS = 200;

/** @throws PlotPaletteError BadInput for an unclosed quote or a row that is too long */
export async function* readRows(
  fileName: string,
  text: AsyncIterable<string>,
  delimiter: string,
): AsyncGenerator<string[][]> {
  const parser = parse({
    delimiter,
    relax_column_count: true,
    // People type quotes inside unquoted text: 5" pipe.
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MAX_ITEM_CHARACTERS,
  });
  // An error of the source ends the parser, and so the loop below, with the same error.
  pipeline(Readable.from(text), parser, () => undefined);
  let rows: string[][] = [];
  try {
    for await (const cells of parser) {
      rows.push(cells as string[]);
      if (rows.length < BATCH_ROWS) continue;
      yield rows;
      rows = [];
    }
  } catch (error) {
    if (!isCsvError(error)) throw error;
    throw new PlotPaletteError("BadInput", `The file "${fileName}" is not a valid table: ${error.message}.`);
  }
  yield rows;
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && "code" in error && String(error.code).startsWith("CSV_");
}
