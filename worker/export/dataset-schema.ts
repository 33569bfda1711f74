/** What a dataset's rows look like, and where they come from. */
import { columnKindOf, type ColumnKind, type InferredTypes } from "#core/dataset/columns";
import type { JobRow } from "#core/job/job-row";
import type { RecordMeta } from "#core/shard/record";
import type { ColumnType } from "#core/template/template";

export interface DatasetSchema {
  readonly job: JobRow;
  /** In the template's order, without `id`. */
  readonly columns: readonly { readonly name: string; readonly type: ColumnKind }[];
}

export function datasetSchemaOf(
  job: JobRow,
  names: readonly string[],
  declared: Readonly<Record<string, { type?: ColumnType }>>,
  inferred: InferredTypes,
): DatasetSchema {
  return { job, columns: names.map((name) => ({ name, type: columnKindOf(declared[name]?.type, inferred[name]) })) };
}

/** Where a record comes from, as `_meta` and meta/provenance.jsonl say it. */
export function provenanceOf({ job }: DatasetSchema, meta: Omit<RecordMeta, "attempts"> & Partial<RecordMeta>) {
  const { models, calls, tokens, costNanos, seeds, attempts } = meta;
  const template = { id: job.templateId, version: job.templateVersion };
  return { models, calls, tokens, costNanos, template, seeds, attempts };
}
