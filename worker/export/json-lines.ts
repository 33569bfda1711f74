/** The files in JSON lines: the dataset itself, for fine-tuning, where its records come from, which failed, which were rejected. */
import type { DatasetFormat } from "#core/formats";
import type { FailedRecord, DeliveredRecord, RejectedCandidate } from "#core/shard/record";
import type { Training } from "#core/template/template";
import { alpacaRow, messagesRow, shareGptRow } from "#core/dataset/training";
import type { DatasetFile } from "./dataset-file.ts";
import { provenanceOf, type DatasetSchema } from "./dataset-schema.ts";
import type { RecordTexts } from "./record-texts.ts";
import type { Sink } from "./sink.ts";

/** A record a line: `id`, the columns, and `_meta`. */
export function jsonlFile(
  shape: DatasetSchema,
  name: string,
  sink: Sink,
  format: DatasetFormat = "JSONL",
): DatasetFile {
  const comma = shape.columns.length > 0 ? "," : "";
  return linesFile(name, sink, {
    format,
    made: (_, id, texts) => `{"id":"${id}",${texts.columns}${comma}"_meta":{${texts.provenance}}}`,
  });
}

/** A record a line, as one of the formats for fine-tuning has it. */
export function trainingFile(
  shape: DatasetSchema,
  name: string,
  sink: Sink,
  { format, training }: { readonly format: keyof typeof TRAINING_ROWS; readonly training: Training },
): DatasetFile {
  const row = TRAINING_ROWS[format];
  return linesFile(name, sink, { format, made: (record, id) => textOf(row(training, record.columns, id)) });
}

const TRAINING_ROWS = { MESSAGES: messagesRow, SHAREGPT: shareGptRow, ALPACA: alpacaRow } as const;

export function provenanceFile(sink: Sink): DatasetFile {
  return linesFile("provenance.jsonl", sink, { made: (_, id, texts) => `{"id":"${id}",${texts.provenance}}` });
}

export function failuresFile(shape: DatasetSchema, sink: Sink): DatasetFile {
  return linesFile("failures.jsonl", sink, {
    failed: ({ reason, cause, details, meta }, id) =>
      JSON.stringify({ ...{ id, reason, cause }, ...details, ...provenanceOf(shape, meta) }),
  });
}

/** A candidate a line, under the id of the record whose place it was not given; `attempt` counts from 1. */
export function rejectedFile(shape: DatasetSchema, sink: Sink): DatasetFile {
  return linesFile("rejected.jsonl", sink, {
    rejected: ({ attempt, reason, cause, columns, meta }, id) =>
      JSON.stringify({
        ...{ id, attempt: attempt + 1, reason, cause },
        record: ordered(shape, columns),
        ...provenanceOf(shape, meta),
      }),
  });
}

/** Every row has every column, in the same order. */
function ordered({ columns }: DatasetSchema, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(columns.map(({ name }) => [name, values[name] ?? null]));
}

/** A line's text; `undefined` for a record that cannot be told in this format. */
interface LineOf {
  readonly format?: DatasetFormat;
  made?(record: DeliveredRecord, id: string, texts: RecordTexts): string | undefined;
  failed?(record: FailedRecord, id: string): string;
  rejected?(candidate: RejectedCandidate, id: string): string;
}

function linesFile(name: string, sink: Sink, { format, made, failed, rejected }: LineOf): DatasetFile {
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
    addRecord: made && ((record, id, texts) => write(made(record, id, texts))),
    addFailure: failed && ((record, id) => write(failed(record, id))),
    addRejected: rejected && ((candidate, id) => write(rejected(candidate, id))),
  };
  return file;
}

function textOf(row: object | undefined): string | undefined {
  return row && JSON.stringify(row);
}
