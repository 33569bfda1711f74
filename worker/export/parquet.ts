/** Apache Parquet with typed columns, Snappy compression and statistics, in row groups that are written as soon as they are full. */
import { ByteWriter, ParquetWriter, schemaFromColumnData, type BasicType, type ColumnSource } from "hyparquet-writer";
import type { ColumnType } from "#core/template/template";
import type { DatasetFile } from "./dataset-file.ts";
import type { DatasetSchema } from "./dataset-schema.ts";
import type { Sink } from "./sink.ts";

/** A row group is held in memory; it is full at this many rows, or at about this many characters. */
const GROUP_ROWS = 5_000;
const GROUP_CHARACTERS = 4_000_000;

const TYPES: Readonly<Record<ColumnType, BasicType>> = {
  string: "STRING",
  integer: "INT64",
  number: "DOUBLE",
  boolean: "BOOLEAN",
  json: "STRING",
};

export function parquetFile(schema: DatasetSchema, name: string, sink: Sink): DatasetFile {
  const types: ColumnType[] = ["string", ...schema.columns.map(({ type }) => type)];
  const names = ["id", ...schema.columns.map(({ name }) => name)];
  const source = (data: unknown[][]): ColumnSource[] =>
    names.map((name, n) => ({ name, data: data[n] ?? [], type: TYPES[types[n] ?? "string"], nullable: n > 0 }));
  const bytes = new StreamedBytes(sink);
  const writer = new ParquetWriter({
    writer: bytes,
    codec: "SNAPPY",
    statistics: true,
    schema: schemaFromColumnData({ columnData: source([]) }),
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
        characters += typeof value === "string" ? value.length : 8;
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

/** A value in its column's type; values that do not match a declared type failed their attempt before. */
function cell(value: unknown, type: ColumnType): unknown {
  if (value === null || value === undefined) return null;
  if (type === "integer") return BigInt(value as number);
  if (type === "json") return JSON.stringify(value);
  return value;
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
