/** The files in JSON lines: the dataset itself, where its records come from, and which failed. */
import { idOf, provenanceOf, type DatasetFile, type Shape } from "./dataset-file.ts";
import type { Sink } from "./sink.ts";

/** A record a line: `id`, the columns, and `_meta`. */
export function jsonlFile(shape: Shape, sink: Sink): DatasetFile {
  return linesFile("dataset.jsonl", sink, {
    format: "JSONL",
    made: (record) => ({
      id: idOf(shape, record),
      ...ordered(shape, record.columns),
      _meta: provenanceOf(shape, record.meta),
    }),
  });
}

export function provenanceFile(shape: Shape, sink: Sink): DatasetFile {
  return linesFile("provenance.jsonl", sink, {
    made: (record) => ({ id: idOf(shape, record), ...provenanceOf(shape, record.meta) }),
  });
}

export function failuresFile(shape: Shape, sink: Sink): DatasetFile {
  return linesFile("failures.jsonl", sink, {
    failed: (record) => ({ id: idOf(shape, record), reason: record.reason, ...provenanceOf(shape, record.meta) }),
  });
}

type Content = Pick<DatasetFile, "format"> & {
  made?(record: Parameters<NonNullable<DatasetFile["made"]>>[0]): object;
  failed?(record: Parameters<NonNullable<DatasetFile["failed"]>>[0]): object;
};

function linesFile(name: string, sink: Sink, { format, made, failed }: Content): DatasetFile {
  const line = async (value: object) => {
    file.rows += 1;
    await sink.text(`${JSON.stringify(value)}\n`);
  };
  const file: DatasetFile = {
    name,
    format,
    sink,
    rows: 0,
    made: made && ((record) => line(made(record))),
    failed: failed && ((record) => line(failed(record))),
  };
  return file;
}

/** Every row has every column, in the same order. */
function ordered({ columns }: Shape, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(columns.map(({ name }) => [name, values[name] ?? null]));
}
