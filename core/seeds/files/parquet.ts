/**
 * A Parquet file consists of row groups of columns of pages, with its metadata in the footer. A row group is read in slices of
 * rows, and a slice column by column, so that memory holds one slice plus the decompressed pages of one column.
 */
import { parquetMetadataAsync, parquetRead, parquetSchema, type FileMetaData, type SchemaTree } from "hyparquet";
import type { ColumnMetaData, DecodedArray, ParquetParsers, RowGroup } from "hyparquet/src/types.js";
import { PlotPaletteError } from "../../errors.ts";
import type { InvalidRows } from "./invalid-rows.ts";
import { faultOf, setField, TOO_LONG } from "./item.ts";
import type { ReadingNotes } from "./notes.ts";
import { GuardedFile, guardedCompressors, sentenceOf } from "./parquet-file.ts";
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

/** A Parquet file, and where to tell what is wrong with it or unusual about it. */
export interface ParquetInput {
  readonly fileName: string;
  readonly open: OpenRanges;
  readonly invalidRows: InvalidRows;
  readonly notes: ReadingNotes;
}

/**
 * A column that cannot be read is left out, and told.
 * @throws PlotPaletteError BadInput for anything but Parquet, and when no column can be read
 */
export async function* readParquet({ fileName, open, invalidRows, notes }: ParquetInput): AsyncGenerator<SeedBatch> {
  const file = new GuardedFile(fileName, await open());
  const metadata = await file.guard(() => parquetMetadataAsync(file));
  const columns = new ReadableColumns(file, notes, await file.guard(async () => columnsOf(fileName, metadata)));
  columns.leaveOutLarge(metadata.row_groups);
  let firstRow = 0;
  for (const group of metadata.row_groups) {
    const rows = Number(group.num_rows);
    const sliceRows = sliceRowsOf(group, columns);
    await file.prefetch(...extentOf(group), PREFETCH_BYTES);
    for (let from = firstRow; from < firstRow + rows; from += sliceRows) {
      const to = Math.min(from + sliceRows, firstRow + rows);
      const slice = await readSlice(metadata, columns, from, to);
      yield* itemsOf(fileName, columns.all, slice, { from, to }, invalidRows);
    }
    firstRow += rows;
  }
}

interface Column {
  readonly name: string;
  readonly convert: Convert;
}

/** The columns that can be read, so far. */
class ReadableColumns {
  readonly file: GuardedFile;
  readonly #notes: ReadingNotes;
  #columns: readonly Column[];

  constructor(file: GuardedFile, notes: ReadingNotes, columns: readonly (Column | UnreadableColumn)[]) {
    this.file = file;
    this.#notes = notes;
    this.#columns = columns.filter((column): column is Column => "convert" in column);
    for (const column of columns) if ("reason" in column) this.leaveOut(column.name, column.reason);
  }

  get all(): readonly Column[] {
    return this.#columns;
  }

  has(name: string | undefined): boolean {
    return this.#columns.some((column) => column.name === name);
  }

  /** @throws PlotPaletteError BadInput when it was the last one */
  leaveOut(name: string, reason: string): void {
    this.#columns = this.#columns.filter((column) => column.name !== name);
    this.#notes.add(`The column "${name}" of "${this.file.name}" was left out, since it cannot be read: ${reason}`);
    if (this.#columns.length === 0)
      throwBadInput(`No column of the file "${this.file.name}" can be read; "${name}": ${reason}`);
  }

  /** A column of a row group is held at once, unless it is too large for that. */
  leaveOutLarge(groups: readonly RowGroup[]): void {
    for (const [number, { columns }] of groups.entries())
      for (const { meta_data: column } of columns) {
        const bytes = column ? bytesHeld(column) : 0;
        const name = column?.path_in_schema[0];
        if (bytes <= MAX_COLUMN_BYTES || name === undefined || !this.has(name)) continue;
        this.leaveOut(
          name,
          `row group ${number + 1} has ${Math.round(bytes / 1e6)} MB of it, more than ${MAX_COLUMN_BYTES / 1e6}; write the file with smaller row groups.`,
        );
      }
  }
}

interface UnreadableColumn {
  readonly name: string;
  readonly reason: string;
}

function columnsOf(fileName: string, metadata: FileMetaData): (Column | UnreadableColumn)[] {
  const nodes = parquetSchema(metadata).children;
  const names = nodes.map(({ element }) => element.name);
  const columns = nodes.map((node, n) => columnOf(node, names[n] ?? ""));
  clearDecimalTypes(metadata.schema);
  const duplicate = names.find((name, n) => names.indexOf(name) < n);
  if (duplicate) throwBadInput(`Two columns of "${fileName}" are named "${duplicate}"; each needs its own name.`);
  const long = names.findIndex((name) => name.length > MAX_FIELD_NAME_CHARACTERS);
  if (long >= 0)
    throwBadInput(
      `The name of column ${long + 1} of "${fileName}" has more than ${MAX_FIELD_NAME_CHARACTERS} characters; shorten it.`,
    );
  return columns;
}

function columnOf(node: SchemaTree, name: string): Column | UnreadableColumn {
  try {
    return { name, convert: converterOf(node) };
  } catch (error) {
    return { name, reason: sentenceOf(error) };
  }
}

/** How many rows of a group to decode at once. */
function sliceRowsOf(group: RowGroup, columns: ReadableColumns): number {
  const rows = Math.max(1, Number(group.num_rows));
  const read = group.columns.flatMap(({ meta_data }) => meta_data ?? []).filter(({ path_in_schema: [name] }) => columns.has(name)); // prettier-ignore
  const bytes = read.reduce((sum, column) => sum + decodedBytes(column), 0);
  return Math.max(1, Math.floor((rows * SLICE_BYTES) / Math.max(bytes, 1)));
}

/** Lists and structs are decoded in one go. */
function bytesHeld(column: ColumnMetaData): number {
  return column.path_in_schema.length > 1 ? decodedBytes(column) : Number(column.total_compressed_size);
}

function decodedBytes(column: ColumnMetaData): number {
  const isNested = column.path_in_schema.length > 1;
  return Number(column.total_uncompressed_size) + Number(column.num_values) * valueBytes(column.type, isNested);
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
  metadata: FileMetaData,
  columns: ReadableColumns,
  rowStart: number,
  rowEnd: number,
): Promise<Slice> {
  const { file } = columns;
  const slice = new Map<string, ArrayLike<unknown>>();
  for (const { name, convert } of columns.all) {
    const values = new Array<unknown>(rowEnd - rowStart);
    const keep = (chunk: { columnData: DecodedArray; rowStart: number }) => {
      const skip = Math.max(0, rowStart - chunk.rowStart);
      const end = Math.min(chunk.columnData.length, rowEnd - chunk.rowStart);
      for (let n = skip; n < end; n += 1) values[chunk.rowStart + n - rowStart] = convert(chunk.columnData[n]);
    };
    const options = { file, metadata, compressors: guardedCompressors(file.name), parsers: RAW, utf8: false };
    const fault = await file.attempt(() => parquetRead({ ...options, columns: [name], rowStart, rowEnd, onChunk: keep })); // prettier-ignore
    if (fault === undefined) slice.set(name, values);
    else columns.leaveOut(name, fault);
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
      for (const { name } of columns) setField(item, name, slice.get(name)?.[row - from] ?? null);
      const fault = faultOf(item) ?? (textLengthOf(item) > MAX_ITEM_CHARACTERS ? TOO_LONG : undefined);
      if (fault === undefined) items.push(item);
      else invalidRows.add({ fileName, row: row + 1, reason: `Row ${row + 1} of "${fileName}" ${fault}` });
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
