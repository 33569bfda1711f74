/** The files in JSON lines: the dataset itself, for fine-tuning, where its records come from, which failed, which were refused. */
import type { DatasetFormat } from "#core/job";
import type { FailedRecord, MadeRecord, RefusedCandidate } from "#core/record";
import type { Training } from "#core/template";
import { alpacaRow, messagesRow, shareGptRow } from "#core/training";
import { provenanceOf, type DatasetFile, type Shape } from "./dataset-file.ts";
import type { Sink } from "./sink.ts";

/** A record a line: `id`, the columns, and `_meta`. */
export function jsonlFile(shape: Shape, name: string, sink: Sink, format: DatasetFormat = "JSONL"): DatasetFile {
  return linesFile(name, sink, {
    format,
    made: (record, id) => ({
      id,
      ...ordered(shape, record.columns),
      _meta: provenanceOf(shape, record.meta),
    }),
  });
}

/** A record a line, as one of the formats for fine-tuning has it. */
export function trainingFile(
  shape: Shape,
  name: string,
  sink: Sink,
  { format, training }: { readonly format: keyof typeof TRAINING_ROWS; readonly training: Training },
): DatasetFile {
  const row = TRAINING_ROWS[format];
  return linesFile(name, sink, { format, made: (record, id) => row(training, record.columns, id) });
}

const TRAINING_ROWS = { MESSAGES: messagesRow, SHAREGPT: shareGptRow, ALPACA: alpacaRow } as const;

export function provenanceFile(shape: Shape, sink: Sink): DatasetFile {
  return linesFile("provenance.jsonl", sink, {
    made: (record, id) => ({ id, ...provenanceOf(shape, record.meta) }),
  });
}

export function failuresFile(shape: Shape, sink: Sink): DatasetFile {
  return linesFile("failures.jsonl", sink, {
    failed: ({ reason, cause, evidence, meta }, id) => ({
      ...{ id, reason, cause },
      ...evidence,
      ...provenanceOf(shape, meta),
    }),
  });
}

/** A candidate a line, under the id of the record whose place it was not given; `attempt` counts from 1. */
export function refusedFile(shape: Shape, sink: Sink): DatasetFile {
  return linesFile("refused.jsonl", sink, {
    refused: ({ attempt, reason, cause, columns, meta }, id) => ({
      ...{ id, attempt: attempt + 1, reason, cause },
      record: ordered(shape, columns),
      ...provenanceOf(shape, meta),
    }),
  });
}

interface Content {
  readonly format?: DatasetFormat;
  /** The line's value; `undefined` for a record that cannot be told in this format. */
  made?(record: MadeRecord, id: string): object | undefined;
  failed?(record: FailedRecord, id: string): object;
  refused?(candidate: RefusedCandidate, id: string): object;
}

function linesFile(name: string, sink: Sink, { format, made, failed, refused }: Content): DatasetFile {
  const line = async (value: object | undefined) => {
    if (value === undefined) {
      file.leftOut += 1;
      return;
    }
    file.rows += 1;
    await sink.text(`${JSON.stringify(value)}\n`);
  };
  const file: DatasetFile = {
    name,
    format,
    sink,
    rows: 0,
    leftOut: 0,
    made: made && ((record, id) => line(made(record, id))),
    failed: failed && ((record, id) => line(failed(record, id))),
    refused: refused && ((candidate, id) => line(refused(candidate, id))),
  };
  return file;
}

/** Every row has every column, in the same order. */
function ordered({ columns }: Shape, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(columns.map(({ name }) => [name, values[name] ?? null]));
}
