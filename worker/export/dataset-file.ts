/** One file of a dataset being written, record by record, in slot order. */
import type { InferredTypes } from "#core/dataset/columns";
import type { DatasetFormat } from "#core/formats";
import type { FailedRecord, DeliveredRecord, RecordMeta, RejectedCandidate } from "#core/shard/record";
import type { JobRow } from "#core/job/job-row";
import type { ColumnType } from "#core/template/template";
import type { RecordTexts } from "./record-texts.ts";
import type { Sink } from "./sink.ts";

export interface DatasetFile {
  readonly name: string;
  readonly format?: DatasetFormat;
  readonly sink: Sink;
  rows: number;
  /** Records that the format cannot tell. */
  leftOut: number;
  /** `texts`: the record's own. */
  made?(record: DeliveredRecord, id: string, texts: RecordTexts): Promise<void>;
  failed?(record: FailedRecord, id: string): Promise<void>;
  rejected?(candidate: RejectedCandidate, id: string): Promise<void>;
  /** Writes what stands at the end of the file. */
  end?(): Promise<void>;
}

/** What is told of a file that stands. */
export interface FinishedFile extends Pick<DatasetFile, "name" | "format" | "rows" | "leftOut"> {
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

/** What a dataset's rows look like. */
export interface DatasetSchema {
  readonly job: JobRow;
  /** In the template's order, `id` apart. */
  readonly columns: readonly { readonly name: string; readonly kind: ColumnType }[];
}

/** Declared types first, then what was found; a column that never had a value is one of texts. */
export function datasetSchemaOf(
  job: JobRow,
  names: readonly string[],
  declared: Readonly<Record<string, { type?: ColumnType }>>,
  found: InferredTypes,
): DatasetSchema {
  return { job, columns: names.map((name) => ({ name, kind: declared[name]?.type ?? found[name] ?? "string" })) };
}

/** Where a record comes from, as `_meta` and the provenance file tell it. */
export function provenanceOf({ job }: DatasetSchema, meta: Omit<RecordMeta, "attempts"> & Partial<RecordMeta>) {
  const { models, calls, tokens, costNanos, seeds, attempts } = meta;
  const template = { id: job.templateId, version: job.templateVersion };
  return { models, calls, tokens, costNanos, template, seeds, attempts };
}
