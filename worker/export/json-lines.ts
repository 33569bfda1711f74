/** The JSON Lines files: the dataset itself, fine-tuning formats, provenance, failures, rejected candidates. */
import type { DatasetFormat } from "#core/formats";
import { META_FILES } from "#core/dataset/meta-files";
import type { FailedRecord, DeliveredRecord, RejectedCandidate } from "#core/shard/record";
import type { Training } from "#core/template/template";
import { trainingRowOf, type TrainingFormat } from "#core/dataset/training";
import type { DatasetFile } from "./dataset-file.ts";
import { provenanceOf, type DatasetSchema } from "./dataset-schema.ts";
import type { RecordTexts } from "./record-texts.ts";
import type { Sink } from "./sink.ts";

/** One record per line: `id`, the columns, and `_meta`. */
export function jsonlFile(
  schema: DatasetSchema,
  name: string,
  sink: Sink,
  format: DatasetFormat = "JSONL",
): DatasetFile {
  const comma = schema.columns.length > 0 ? "," : "";
  return linesFile(name, sink, {
    format,
    record: (_, id, texts) => `{"id":"${id}",${texts.columns}${comma}"_meta":{${texts.provenance}}}`,
  });
}

/** One record per line, in one of the formats for fine-tuning. */
export function trainingFile(
  schema: DatasetSchema,
  name: string,
  sink: Sink,
  { format, training }: { readonly format: TrainingFormat; readonly training: Training },
): DatasetFile {
  const row = trainingRowOf(format);
  return linesFile(name, sink, { format, record: (record, id) => textOf(row(training, record.columns, id)) });
}

export function provenanceFile(sink: Sink): DatasetFile {
  return linesFile(META_FILES.provenance, sink, { record: (_, id, texts) => `{"id":"${id}",${texts.provenance}}` });
}

export function failuresFile(schema: DatasetSchema, sink: Sink): DatasetFile {
  return linesFile(META_FILES.failures, sink, {
    failure: ({ reason, cause, details, meta }, id) =>
      JSON.stringify({ ...{ id, reason, cause }, ...details, ...provenanceOf(schema, meta) }),
  });
}

/** One candidate per line, under the ID of the record it would have been; `attempt` counts from 1. */
export function rejectedFile(schema: DatasetSchema, sink: Sink): DatasetFile {
  return linesFile(META_FILES.rejected, sink, {
    rejected: ({ attempt, reason, cause, columns, moreRows, meta }, id) =>
      JSON.stringify({
        ...{ id, attempt: attempt + 1, reason, cause },
        record: moreRows ? [columns, ...moreRows].map((row) => ordered(schema, row)) : ordered(schema, columns),
        ...provenanceOf(schema, meta),
      }),
  });
}

/** Every row has every column, in the same order. */
function ordered({ columns }: DatasetSchema, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(columns.map(({ name }) => [name, values[name] ?? null]));
}

/** A line's text; `undefined` for a record that the format cannot hold. */
interface LineOf {
  readonly format?: DatasetFormat;
  record?(record: DeliveredRecord, id: string, texts: RecordTexts): string | undefined;
  failure?(record: FailedRecord, id: string): string;
  rejected?(candidate: RejectedCandidate, id: string): string;
}

function linesFile(name: string, sink: Sink, { format, ...lineOf }: LineOf): DatasetFile {
  const write = async (line: string | undefined) => {
    if (line === undefined) {
      file.omitted += 1;
      return;
    }
    file.rows += 1;
    await sink.text(`${line}\n`);
  };
  const file: DatasetFile = {
    name,
    format,
    sink,
    rows: 0,
    omitted: 0,
    addRecord: lineOf.record && ((record, id, texts) => write(lineOf.record?.(record, id, texts))),
    addFailure: lineOf.failure && ((record, id) => write(lineOf.failure?.(record, id))),
    addRejected: lineOf.rejected && ((candidate, id) => write(lineOf.rejected?.(candidate, id))),
  };
  return file;
}

function textOf(row: object | undefined): string | undefined {
  return row && JSON.stringify(row);
}
