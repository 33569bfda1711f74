/**
 * Writes a job's dataset in all its formats in one pass over its parts, and folds the parts meanwhile. Memory does not grow
 * with the dataset.
 */
import { mergeInferredTypes, type InferredTypes } from "#core/dataset/columns";
import type { CompactedShard, WrittenDataset } from "#core/job/ending";
import type { Outcome } from "#core/job/job";
import { recordId, type DeliveredRecord, type RejectedCandidate } from "#core/shard/record";
import { datasetPrefix } from "#core/bucket";
import type { DatasetFileRow, JobRow } from "#core/job/job-row";
import type { ShardRow } from "#core/shard/shard-row";
import { columnsOf, type Template } from "#core/template/template";
import type { Objects } from "../ports.ts";
import { datasetCard } from "./card.ts";
import { Counts } from "./counts.ts";
import { datasetSchemaOf, type DatasetFile, type FinishedFile, type DatasetSchema } from "./dataset-file.ts";
import { PART_BYTES, ShardCompaction } from "./compact.ts";
import { formatFile, JSON_LINES, type OpenSink } from "./formats.ts";
import { failuresFile, provenanceFile, rejectedFile } from "./json-lines.ts";
import { LineBufferPool } from "./line-buffer.ts";
import { PartitionedWriter } from "./partitioned.ts";
import { SplitFiles, type BeginFiles } from "./portions.ts";
import { RecordTexts } from "./record-texts.ts";
import { Sink } from "./sink.ts";
import { slotOf, slotsInOrder } from "./slots-in-order.ts";
import { SpoolFull, type SpoolLimits } from "./spool.ts";

export interface ExportOptions {
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
  readonly spool?: SpoolLimits;
}

/** What is written. @throws when `signal` aborts or the store fails; what was begun is abandoned */
export async function exportDataset(order: ExportOptions): Promise<WrittenDataset> {
  try {
    return await new Export(order).write();
  } catch (error) {
    if (!(error instanceof SpoolFull)) throw error;
    return await new Export({ ...order, job: { ...order.job, partitionBy: undefined } }, NOT_PARTITIONED).write();
  }
}

const NOT_PARTITIONED =
  "It was to be partitioned and is not: its records are more than the worker's disk holds, where partitions are put together.";

/** A job's row lists no more files: every report reads it, and a row has 400 KB at most. */
const LISTED_FILES = 60;

class Export {
  readonly #schema: DatasetSchema;
  readonly #counts: Counts;
  readonly #sinks = new Set<Sink>();

  /** `remark`: a sentence for the card. */
  constructor(
    readonly order: ExportOptions,
    readonly remark?: string,
  ) {
    const { job, template, shards } = order;
    const kinds = mergeInferredTypes(shards.map(({ columns }) => columns as InferredTypes));
    this.#schema = datasetSchemaOf(job, columnsOf(template), template.record ?? {}, kinds);
    this.#counts = new Counts(template.categories);
  }

  async write(): Promise<WrittenDataset> {
    const { partitionBy: levels } = this.order.job;
    try {
      return await (levels ? this.#writePartitioned(levels) : this.#writePlain());
    } finally {
      for (const sink of this.#sinks) sink.destroy();
    }
  }

  async #writePlain(): Promise<WrittenDataset> {
    const portions = new SplitFiles(this.#schema.job.split, "dataset", this.#begin);
    await portions.beginAll();
    const beside = this.#beginSidecars();
    const folded = await this.#readRecords(beside, async (record, id, texts) => {
      for (const file of await portions.filesOf(id)) await file.made?.(record, id, texts);
    });
    const files = await Promise.all([...portions.files, ...beside].map(this.#finish));
    const card = await this.#writeCard(files);
    const sums = await this.#writeSums([...files, card]);
    const all = [...files, card, sums];
    return { datasetFiles: all.map(rowOf), fileCount: all.length, compacted: folded };
  }

  async #writePartitioned(levels: NonNullable<JobRow["partitionBy"]>): Promise<WrittenDataset> {
    const order = { shape: this.#schema, levels, begin: this.#begin, finish: this.#finish };
    const { signal, spool } = this.order;
    const partitioned = await PartitionedWriter.open({ ...order, signal, spool });
    try {
      const beside = this.#beginSidecars();
      const folded = await this.#readRecords(beside, (record, _, { line = "" }) => partitioned.add(record, line));
      const files = await partitioned.write();
      const others = await Promise.all(beside.map(this.#finish));
      const card = await this.#writeCard([...files, ...others], partitioned.partitions.overflowRecords);
      const listed = [...files, ...others, card];
      const lines = listed.map((file) => `${JSON.stringify({ ...rowOf(file), sha256: file.sha256 })}\n`);
      const manifest = await this.#writeText("files.jsonl", JSON_LINES, lines.join(""));
      const sums = await this.#writeSums([...listed, manifest]);
      const first = [...others, card, manifest, sums];
      const shown = files.slice(0, LISTED_FILES - first.length);
      return {
        datasetFiles: [...shown, ...first].map(rowOf),
        fileCount: files.length + first.length,
        compacted: folded,
      };
    } finally {
      await partitioned.close();
    }
  }

  /** Reads each part once: `made` is handed each record in slot order, `beside` hears of all, and the parts are folded if they may be. */
  async #readRecords(
    beside: readonly DatasetFile[],
    made: (record: DeliveredRecord, id: string, texts: RecordTexts) => Promise<void>,
  ): Promise<CompactedShard[]> {
    const { objects, job, outcome, shards, generation, signal } = this.order;
    const folded: CompactedShard[] = [];
    const buffers = new LineBufferPool(PART_BYTES);
    for (const shard of shards) {
      // A job at its budget goes on where its parts end. What was folded before moves along, so that one dataset holds all of it.
      const stays = outcome === "BUDGET_EXCEEDED" && !shard.partRanges.some(({ compacted }) => compacted);
      const fold = stays ? undefined : new ShardCompaction(objects, shard, generation, buffers);
      let newestHead: string | undefined;
      const hearing = {
        rejected: async (candidate: RejectedCandidate) => {
          for (const file of beside) await file.rejected?.(candidate, recordId(job.jobId, candidate.slot));
        },
        beside: (line: string, pass: number) => fold?.add(line, pass),
        head: (line: string) => (newestHead = line),
      };
      for await (const entry of slotsInOrder(objects, shard, hearing)) {
        signal.throwIfAborted();
        const id = recordId(job.jobId, slotOf(entry));
        await fold?.add(entry.line, entry.pass);
        if (entry.delivered) {
          this.#counts.add(entry.delivered);
          const texts = new RecordTexts(this.#schema, entry.delivered, entry.line);
          for (const file of beside) await file.made?.(entry.delivered, id, texts);
          await made(entry.delivered, id, texts);
        } else for (const file of beside) await file.failed?.(entry.failed, id);
      }
      if (fold) folded.push(await fold.end(newestHead));
    }
    return folded;
  }

  /** The formats asked for, in the order of the job. */
  readonly #begin: BeginFiles = (stem) => {
    const { training = {} } = this.order.template;
    const { formats } = this.#schema.job;
    return Promise.all(formats.map((format) => formatFile(this.#schema, { format, stem, training }, this.#open)));
  };

  /** The provenance always; failures and rejected candidates if any. */
  #beginSidecars(): DatasetFile[] {
    const files = [provenanceFile(this.#open("provenance.jsonl", JSON_LINES))];
    if (this.order.shards.some(({ failed }) => failed > 0))
      files.push(failuresFile(this.#schema, this.#open("failures.jsonl", JSON_LINES)));
    if (this.order.shards.some(({ rejected = 0 }) => rejected > 0))
      files.push(rejectedFile(this.#schema, this.#open("rejected.jsonl", JSON_LINES)));
    return files;
  }

  readonly #open: OpenSink = (name, contentType, { gzip = false } = {}) => {
    const { objects, job, generation, signal } = this.order;
    const path = datasetPrefix(job.jobId, generation) + name;
    const sink = new Sink({ objects, name: path, contentType, gzip, signal });
    this.#sinks.add(sink);
    return sink;
  };

  readonly #finish = async (file: DatasetFile): Promise<FinishedFile> => {
    await file.end?.();
    const sha256 = await file.sink.end();
    this.#sinks.delete(file.sink);
    const { name, format, rows, leftOut, sink } = file;
    return { name, format, rows, leftOut, bytes: sink.bytes, sha256 };
  };

  #writeCard(files: readonly FinishedFile[], overflowRecords = 0): Promise<FinishedFile> {
    const { template, source, shards, outcome } = this.order;
    const facts = {
      template,
      source,
      shards,
      outcome,
      files,
      counts: this.#counts,
      remark: this.remark,
      overflowRecords,
    };
    return this.#writeText("README.md", "text/markdown", datasetCard(this.#schema, facts));
  }

  #writeSums(files: readonly FinishedFile[]): Promise<FinishedFile> {
    return this.#writeText(
      "SHA256SUMS",
      "text/plain",
      files.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join(""),
    );
  }

  /** A file that is no list of records. */
  async #writeText(name: string, contentType: string, text: string): Promise<FinishedFile> {
    const sink = this.#open(name, contentType);
    await sink.text(text);
    return await this.#finish({ name, sink, rows: 0, leftOut: 0 });
  }
}

function rowOf({ name, format, bytes, rows }: FinishedFile): DatasetFileRow {
  return { name, ...(format && { format }), bytes, rows };
}
