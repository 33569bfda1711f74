/**
 * A Parquet file consists of row groups of columns of pages, with its metadata in the footer. A row group is read in slices of
 * rows, and a slice column by column, so that memory holds one slice plus the decompressed pages of one column.
 */
import { parquetMetadataAsync, parquetRead, parquetSchema, type FileMetaData } from "hyparquet";
import type { DecodedArray, ParquetParsers, RowGroup } from "hyparquet/src/types.js";
import { PlotPaletteError } from "../../errors.ts";
import type { InvalidRows } from "./invalid-rows.ts";
import { setField, TOO_LONG } from "./item.ts";
import { GuardedFile, guardedCompressors } from "./parquet-file.ts";
import { converterOf, clearDecimalTypes, type Convert } from "./parquet-values.ts";
import type { OpenRanges, SeedBatch } from "./source.ts";
import { MAX_FIELD_NAME_CHARACTERS, MAX_ITEM_CHARACTERS, type SeedItem } from "../seed-set.ts";

/** The estimated size of a slice's decoded values. */
const SLICE_BYTES = 96_000_000;
/** The most bytes of one column of a row group: it is read in one go, and lists and structs are decoded in one go. */
export const MAX_COLUMN_BYTES = 256_000_000;
/** A row group up to this size is fetched in one go. */
const PREFETCH_BYTES = 64_000_000;
const BATCH_ROWS = 500;

/** @throws PlotPaletteError BadInput for anything but Parquet, and for row groups that are too large */
export async function* readParquet(
  fileName: string,
  open: OpenRanges,
  invalidRows: InvalidRows,
): AsyncGenerator<SeedBatch> {
  const file = new GuardedFile(fileName, await open());
  const metadata = await file.guard(() => parquetMetadataAsync(file));
  const columns = await file.guard(async () => columnsOf(fileName, metadata));
  let firstRow = 0;
  for (const [number, group] of metadata.row_groups.entries()) {
    const rows = Number(group.num_rows);
    const sliceRows = sliceRowsOf(fileName, number, group);
    await file.prefetch(...extentOf(group), PREFETCH_BYTES);
    for (let from = firstRow; from < firstRow + rows; from += sliceRows) {
      const to = Math.min(from + sliceRows, firstRow + rows);
      yield* itemsOf(fileName, columns, await readSlice(file, metadata, columns, from, to), { from, to }, invalidRows);
    }
    firstRow += rows;
  }
}

interface Column {
  readonly name: string;
  readonly convert: Convert;
}

function columnsOf(fileName: string, metadata: FileMetaData): Column[] {
  const columns = parquetSchema(metadata).children.map((node) => ({
    name: node.element.name,
    convert: converterOf(node),
  }));
  clearDecimalTypes(metadata.schema);
  const duplicate = columns.find(({ name }, n) => columns.findIndex((other) => other.name === name) < n);
  if (duplicate) throwBadInput(`Two columns of "${fileName}" are named "${duplicate.name}"; each needs its own name.`);
  const long = columns.findIndex(({ name }) => name.length > MAX_FIELD_NAME_CHARACTERS);
  if (long >= 0)
    throwBadInput(
      `The name of column ${long + 1} of "${fileName}" has more than ${MAX_FIELD_NAME_CHARACTERS} characters; shorten it.`,
    );
  return columns;
}

/** How many rows of a group to decode at once. @throws PlotPaletteError BadInput when a column alone is too large */
function sliceRowsOf(fileName: string, number: number, group: RowGroup): number {
  const rows = Math.max(1, Number(group.num_rows));
  let bytes = 0;
  for (const { meta_data: column } of group.columns) {
    if (!column) continue;
    const isNested = column.path_in_schema.length > 1;
    const decoded =
      Number(column.total_uncompressed_size) + Number(column.num_values) * valueBytes(column.type, isNested);
    const bytesHeld = isNested ? decoded : Number(column.total_compressed_size);
    if (bytesHeld > MAX_COLUMN_BYTES)
      throwBadInput(
        `Row group ${number + 1} of "${fileName}" has ${Math.round(bytesHeld / 1e6)} MB in the column "${column.path_in_schema[0]}", more than the ${MAX_COLUMN_BYTES / 1e6} MB that can be read; write the file with smaller row groups.`,
      );
    bytes += decoded;
  }
  return Math.max(1, Math.floor((rows * SLICE_BYTES) / Math.max(bytes, 1)));
}

/** Overhead per value besides its bytes; a value inside lists and structs adds arrays and objects. */
function valueBytes(type: string, isNested: boolean): number {
  if (isNested) return 80;
  return ["INT32", "FLOAT", "DOUBLE", "BOOLEAN"].includes(type) ? 8 : 40;
}

/** The byte range of the group's columns in the file. */
function extentOf(group: RowGroup): [number, number] {
  const columns = group.columns.flatMap(({ meta_data }) => meta_data ?? []);
  const starts = columns.map((column) => Number(column.dictionary_page_offset || column.data_page_offset));
  const ends = columns.map((column, n) => (starts[n] ?? 0) + Number(column.total_compressed_size));
  return [Math.min(...starts), Math.max(...ends)];
}

type Slice = ReadonlyMap<string, ArrayLike<unknown>>;

async function readSlice(
  file: GuardedFile,
  metadata: FileMetaData,
  columns: readonly Column[],
  rowStart: number,
  rowEnd: number,
): Promise<Slice> {
  const slice = new Map<string, ArrayLike<unknown>>();
  for (const { name } of columns) {
    const values = new Array<unknown>(rowEnd - rowStart);
    const keep = (chunk: { columnData: DecodedArray; rowStart: number }) => {
      const skip = Math.max(0, rowStart - chunk.rowStart);
      const end = Math.min(chunk.columnData.length, rowEnd - chunk.rowStart);
      for (let n = skip; n < end; n += 1) values[chunk.rowStart + n - rowStart] = chunk.columnData[n];
    };
    const options = { file, metadata, compressors: guardedCompressors(file.name), parsers: RAW, utf8: false };
    await file.guard(() => parquetRead({ ...options, columns: [name], rowStart, rowEnd, onChunk: keep }));
    slice.set(name, values);
  }
  return slice;
}

/** Times stay numbers: their unit follows from the schema (see parquet-values.ts). */
const RAW = {
  timestampFromMilliseconds: raw,
  timestampFromMicroseconds: raw,
  timestampFromNanoseconds: raw,
  dateFromDays: raw,
} as unknown as Partial<ParquetParsers>; // their types require dates

function raw(value: unknown): unknown {
  return value;
}

function* itemsOf(
  fileName: string,
  columns: readonly Column[],
  slice: Slice,
  { from, to }: { from: number; to: number },
  invalidRows: InvalidRows,
): Generator<SeedBatch> {
  for (let start = from; start < to; start += BATCH_ROWS) {
    const items: SeedItem[] = [];
    for (let row = start; row < Math.min(start + BATCH_ROWS, to); row += 1) {
      const item: Record<string, unknown> = {};
      for (const { name, convert } of columns) setField(item, name, convert(slice.get(name)?.[row - from]));
      if (textLengthOf(item) <= MAX_ITEM_CHARACTERS) items.push(item);
      else invalidRows.add({ fileName, row: row + 1, reason: `Row ${row + 1} of "${fileName}" ${TOO_LONG}` });
    }
    yield { items };
  }
}

function textLengthOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 1;
  let length = 0;
  for (const inner of Object.values(value)) length += textLengthOf(inner);
  return length;
}

function throwBadInput(message: string): never {
  throw new PlotPaletteError("BadInput", message);
}
