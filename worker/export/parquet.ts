/** Apache Parquet with typed columns, Snappy compression and statistics, in row groups that are written as soon as they are full. */
import type { RowGroup, SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter, schemaFromColumnData, type BasicType, type ColumnSource } from "hyparquet-writer";
import type { ColumnKind } from "#core/dataset/columns";
import type { ChatMessage } from "#core/dataset/conversation";
import type { DatasetFile } from "./dataset-file.ts";
import type { DatasetSchema } from "./dataset-schema.ts";
import type { Sink } from "./sink.ts";
import { SnappyCompressor } from "./snappy.ts";
import { TextColumn } from "./text-column.ts";

/** A row group is held in memory; it is full at this many rows, or at about this many bytes. */
const GROUP_ROWS = 5_000;
const GROUP_BYTES = 4_000_000;

const TYPES: Readonly<Record<Exclude<ColumnKind, "messages">, BasicType>> = {
  string: "STRING",
  integer: "INT64",
  number: "DOUBLE",
  boolean: "BOOLEAN",
  json: "STRING",
};

export function parquetFile(schema: DatasetSchema, name: string, sink: Sink): DatasetFile {
  const ids = new TextColumn();
  const columns = schema.columns.map(({ name, type }) => ({ name, values: valuesOf(type) }));
  const bytes = new StreamedBytes(sink);
  const snappy = new SnappyCompressor();
  const writer = new ParquetWriter({
    writer: bytes,
    codec: "SNAPPY",
    compressors: { SNAPPY: (page) => snappy.compress(page) },
    statistics: true,
    schema: [{ name: "root", num_children: 1 + columns.length }, ...[ID, ...schema.columns].flatMap(elementsOf)],
    createdBy: "plot-palette",
  });
  let groupRows = 0;
  let groupBytes = 0;

  const flush = async () => {
    if (groupRows === 0) return;
    const columnData = [{ name: ID.name, values: ids }, ...columns].map(sourceOf);
    await writer.write({ columnData, rowGroupSize: GROUP_ROWS });
    copyStatistics(writer.row_groups.at(-1));
    await bytes.flush();
    for (const values of [ids, ...columns.map(({ values }) => values)]) values.clear();
    groupRows = groupBytes = 0;
  };

  const file: DatasetFile = {
    name,
    format: "PARQUET",
    sink,
    rows: 0,
    omitted: 0,
    addRecord: async (record, id) => {
      file.rows += 1;
      groupRows += 1;
      groupBytes += ids.add(id);
      for (const { name, values } of columns) groupBytes += values.add(record.columns[name] ?? null);
      if (groupRows === GROUP_ROWS || groupBytes >= GROUP_BYTES) await flush();
    },
    end: async () => {
      await flush();
      await writer.finish();
      await bytes.flush();
    },
  };
  return file;
}

const ID = { name: "id", type: "string" } as const;

/** A column in the file's schema, with its members behind it. */
function elementsOf({ name, type }: { readonly name: string; readonly type: ColumnKind }): SchemaElement[] {
  if (type === "messages") return listOf(name, MESSAGE);
  return schemaFromColumnData({
    columnData: [{ name, data: [], type: TYPES[type], nullable: name !== "id" }],
  }).slice(1);
}

function listOf(name: string, members: readonly SchemaElement[][]): SchemaElement[] {
  const list = group("list", "REPEATED", [group("element", "OPTIONAL", members)]);
  return group(name, "OPTIONAL", [list], "LIST");
}

function group(
  name: string,
  repetition_type: SchemaElement["repetition_type"],
  members: readonly SchemaElement[][],
  converted_type?: SchemaElement["converted_type"],
): SchemaElement[] {
  return [{ name, repetition_type, num_children: members.length, converted_type }, ...members.flat()];
}

function text(name: string): SchemaElement[] {
  return [{ name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" }];
}

/** A message as `messageCell` gives it. */
const MESSAGE = [
  text("role"),
  text("content"),
  text("name"),
  text("tool_call_id"),
  listOf("tool_calls", [text("id"), text("type"), group("function", "OPTIONAL", [text("name"), text("arguments")])]),
];

/** A row group's values of one column. */
interface ColumnValues {
  /** @returns about how many bytes it takes */
  add(value: unknown): number;
  values(): unknown[];
  clear(): void;
}

/** Values that do not match a declared type failed their attempt before. */
function valuesOf(type: ColumnKind): ColumnValues {
  if (type === "string") return new TextColumn();
  if (type === "json") return new JsonColumn();
  return new ValueColumn(type);
}

class JsonColumn extends TextColumn {
  override add(value: unknown): number {
    return super.add(value === null ? null : JSON.stringify(value));
  }
}

class ValueColumn implements ColumnValues {
  #values: unknown[] = [];

  constructor(readonly type: ColumnKind) {}

  add(value: unknown): number {
    const cell = value === null ? null : cellOf(value, this.type);
    this.#values.push(cell);
    return this.type === "messages" ? JSON.stringify(cell).length : 8;
  }

  values(): unknown[] {
    return this.#values;
  }

  clear(): void {
    this.#values = [];
  }
}

function cellOf(value: unknown, type: ColumnKind): unknown {
  if (type === "messages") return (value as readonly ChatMessage[]).map(messageCell);
  return type === "integer" ? BigInt(value as number | string) : value;
}

function sourceOf({ name, values }: { readonly name: string; readonly values: ColumnValues }): ColumnSource {
  return { name, data: values.values() };
}

/** The writer keeps each group's lowest and highest texts until the end of the file; the columns reuse the bytes behind them. */
function copyStatistics(group: RowGroup | undefined): void {
  for (const { meta_data } of group?.columns ?? []) {
    const { statistics } = meta_data ?? {};
    if (statistics?.min_value instanceof Uint8Array) statistics.min_value = statistics.min_value.slice();
    if (statistics?.max_value instanceof Uint8Array) statistics.max_value = statistics.max_value.slice();
  }
}

function messageCell({ tool_calls, ...message }: ChatMessage): object {
  const calls = tool_calls?.map(({ function: called, ...call }) => ({
    ...call,
    function: called && { ...called, arguments: argumentsOf(called.arguments) },
  }));
  return { ...message, tool_calls: calls };
}

function argumentsOf(given: unknown): string | undefined {
  return given === undefined || typeof given === "string" ? given : JSON.stringify(given);
}

/** Passes what the writer appends on to the sink; file offsets keep counting. */
class StreamedBytes extends ByteWriter {
  constructor(readonly sink: Sink) {
    super(1 << 16);
  }

  async flush(): Promise<void> {
    const bytes = this.getBytes().slice();
    this.index = 0;
    if (bytes.length > 0) await this.sink.data(bytes);
  }
}
