/** Writes a job's dataset in all its formats in one pass over its parts. Memory does not grow with the dataset. */
import { mergeColumns, type ColumnKinds } from "#core/columns";
import type { Outcome } from "#core/job";
import { recordId, type RefusedCandidate } from "#core/record";
import { datasetPrefix, type DatasetFileRow, type JobRow, type ShardRow } from "#core/rows";
import { portionOf, portionsOf } from "#core/split";
import { columnsOf, type Template } from "#core/template";
import type { Objects } from "../ports.ts";
import { cardOf } from "./card.ts";
import { Counts } from "./counts.ts";
import { shapeOf, type DatasetFile, type Shape } from "./dataset-file.ts";
import { formatFile, JSON_LINES, type OpenSink } from "./formats.ts";
import { failuresFile, provenanceFile, refusedFile } from "./json-lines.ts";
import { Sink } from "./sink.ts";
import { slotOf, slotsInOrder } from "./slots-in-order.ts";

export interface ExportOrder {
  readonly objects: Objects;
  readonly job: JobRow;
  readonly outcome: Outcome;
  readonly template: Template;
  /** The template's text; absent when it is gone. */
  readonly source?: string;
  /** In the order of their slots. */
  readonly shards: readonly ShardRow[];
  /** The export lease's: the files stand under a prefix of its own. */
  readonly generation: number;
  readonly signal: AbortSignal;
}

/** The files written. @throws when `signal` aborts or the store fails; what was begun is abandoned */
export async function exportDataset(order: ExportOrder): Promise<DatasetFileRow[]> {
  const { objects, job, outcome, template, source, shards, signal } = order;
  const kinds = mergeColumns(shards.map(({ columns }) => columns as ColumnKinds));
  const shape = shapeOf(job, columnsOf(template), template.record ?? {}, kinds);
  const sinks: Sink[] = [];
  const open: OpenSink = (name, contentType, { gzip = false } = {}) => {
    const path = datasetPrefix(job.jobId, order.generation) + name;
    const sink = new Sink({ objects, name: path, contentType, gzip, signal });
    sinks.push(sink);
    return sink;
  };
  try {
    const files = await filesOf(shape, order, open);
    const { all } = files;
    const counts = new Counts(template.categories);
    await writeRecords(order, files, counts);
    for (const file of all) await file.end?.();
    const card = cardOf(shape, { template, source, shards, outcome, files: all, counts });
    const listed = [...all, await textFile("README.md", "text/markdown", card, open)];
    const sums = await Promise.all(listed.map(async ({ name, sink }) => `${await sink.end()}  ${name}\n`));
    const checksums = await textFile("SHA256SUMS", "text/plain", sums.join(""), open);
    await checksums.sink.end();
    return [...listed, checksums].map(({ name, format, rows, sink: { bytes } }) => ({
      name,
      ...(format && { format }),
      bytes,
      rows,
    }));
  } finally {
    for (const one of sinks) one.destroy();
  }
}

interface Files {
  readonly all: readonly DatasetFile[];
  /** Those that hear of a record. */
  hearing(recordId: string): readonly DatasetFile[];
}

/** The formats asked for, in the order of the job, one file for each portion of a split; the provenance always; failures and refused candidates if any. */
async function filesOf(shape: Shape, { template, shards }: ExportOrder, open: OpenSink): Promise<Files> {
  const { training = {} } = template;
  const { formats, split } = shape.job;
  const begin = (stem: string) =>
    Promise.all(formats.map((format) => formatFile(shape, { format, stem, training }, open)));
  const beside = [provenanceFile(shape, open("provenance.jsonl", JSON_LINES))];
  if (shards.some(({ failed }) => failed > 0)) beside.push(failuresFile(shape, open("failures.jsonl", JSON_LINES)));
  if (shards.some(({ refused = 0 }) => refused > 0)) beside.push(refusedFile(shape, open("refused.jsonl", JSON_LINES)));
  if (!split) {
    const all = [...(await begin("dataset")), ...beside];
    return { all, hearing: () => all };
  }
  const portions = portionsOf(split);
  const datasets = await Promise.all(portions.map((portion) => begin(`dataset.${portion}`)));
  const hearing = new Map(portions.map((portion, n) => [portion, [...(datasets[n] ?? []), ...beside]]));
  return {
    all: [...datasets.flat(), ...beside],
    hearing: (id) => hearing.get(portionOf(split, id)) ?? beside,
  };
}

async function writeRecords(
  { objects, job, shards, signal }: ExportOrder,
  files: Files,
  counts: Counts,
): Promise<void> {
  const refused = async (candidate: RefusedCandidate) => {
    const id = recordId(job.jobId, candidate.slot);
    for (const file of files.all) await file.refused?.(candidate, id);
  };
  for (const shard of shards)
    for await (const entry of slotsInOrder(objects, shard, refused)) {
      signal.throwIfAborted();
      const { made, failed } = entry;
      const id = recordId(job.jobId, slotOf(entry));
      if (made) counts.add(made);
      for (const file of files.hearing(id)) {
        if (made) await file.made?.(made, id);
        else await file.failed?.(failed, id);
      }
    }
}

/** A file that is no list of records. */
async function textFile(name: string, contentType: string, text: string, open: OpenSink): Promise<DatasetFile> {
  const sink = open(name, contentType);
  await sink.text(text);
  return { name, sink, rows: 0, leftOut: 0 };
}
