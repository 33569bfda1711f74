/** Apache Parquet with typed columns, Snappy compression and statistics, in row groups that are written as soon as they are full. */
import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter, schemaFromColumnData, type BasicType, type ColumnSource } from "hyparquet-writer";
import type { ColumnKind } from "#core/dataset/columns";
import type { ChatMessage } from "#core/dataset/conversation";
import type { DatasetFile } from "./dataset-file.ts";
import type { DatasetSchema } from "./dataset-schema.ts";
import type { Sink } from "./sink.ts";
import { SnappyCompressor } from "./snappy.ts";

/** A row group is held in memory; it is full at this many rows, or at about this many characters. */
const GROUP_ROWS = 5_000;
const GROUP_CHARACTERS = 4_000_000;

const TYPES: Readonly<Record<Exclude<ColumnKind, "messages">, BasicType>> = {
  string: "STRING",
  integer: "INT64",
  number: "DOUBLE",
  boolean: "BOOLEAN",
  json: "STRING",
};

export function parquetFile(schema: DatasetSchema, name: string, sink: Sink): DatasetFile {
  const columns: readonly { name: string; type: ColumnKind }[] = [{ name: "id", type: "string" }, ...schema.columns];
  const names = columns.map(({ name }) => name);
  const source = (data: unknown[][]): ColumnSource[] => names.map((name, n) => ({ name, data: data[n] ?? [] }));
  const bytes = new StreamedBytes(sink);
  const snappy = new SnappyCompressor();
  const writer = new ParquetWriter({
    writer: bytes,
    codec: "SNAPPY",
    compressors: { SNAPPY: (page) => snappy.compress(page) },
    statistics: true,
    schema: [{ name: "root", num_children: columns.length }, ...columns.flatMap(elementsOf)],
    createdBy: "plot-palette",
  });
  let group: unknown[][] = names.map(() => []);
  let characters = 0;

  const flush = async () => {
    if (group[0]?.length === 0) return;
    await writer.write({ columnData: source(group), rowGroupSize: GROUP_ROWS });
    await bytes.flush();
    group = names.map(() => []);
    characters = 0;
  };

  const file: DatasetFile = {
    name,
    format: "PARQUET",
    sink,
    rows: 0,
    omitted: 0,
    addRecord: async (record, id) => {
      file.rows += 1;
      const row = [id, ...schema.columns.map(({ name, type }) => cell(record.columns[name], type))];
      row.forEach((value, n) => {
        group[n]?.push(value);
        characters += sizeOf(value);
      });
      if (file.rows % GROUP_ROWS === 0 || characters >= GROUP_CHARACTERS) await flush();
    },
    end: async () => {
      await flush();
      await writer.finish();
      await bytes.flush();
    },
  };
  return file;
}

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

/** A value in its column's type; values that do not match a declared type failed their attempt before. */
function cell(value: unknown, type: ColumnKind): unknown {
  if (value === null || value === undefined) return null;
  if (type === "messages") return (value as readonly ChatMessage[]).map(messageCell);
  if (type === "integer") return BigInt(value as number | string);
  if (type === "json") return JSON.stringify(value);
  return value;
}

function messageCell({ tool_calls, ...message }: ChatMessage): object {
  const calls = tool_calls?.map(({ function: called, ...call }) => ({
    ...call,
    function: called && { ...called, arguments: argumentsOf(called.arguments) },
  }));
  return { ...message, tool_calls: calls };
}

function sizeOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  return typeof value === "object" && value !== null ? JSON.stringify(value).length : 8;
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
