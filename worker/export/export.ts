/**
 * Writes a job's dataset in all its formats in one pass over its parts, and compacts the parts on the way. Memory does not grow
 * with the dataset.
 */
import { mergeInferredTypes, type InferredTypes } from "#core/dataset/columns";
import type { CompactedShard, WrittenDataset } from "#core/job/ending";
import type { Outcome } from "#core/job/job";
import { recordId, type RejectedCandidate } from "#core/shard/record";
import { rowId, rowsOf, type Row } from "#core/shard/rows";
import { datasetPrefix } from "#core/bucket";
import { META_FILES } from "#core/dataset/meta-files";
import type { DatasetFileRow, JobRow } from "#core/job/job-row";
import type { ShardRow } from "#core/shard/shard-row";
import { columnsOf, type Template } from "#core/template/template";
import type { Objects } from "../ports.ts";
import { datasetCard } from "./card.ts";
import { Counts } from "./counts.ts";
import type { DatasetFile, FinishedFile } from "./dataset-file.ts";
import { datasetSchemaOf, type DatasetSchema } from "./dataset-schema.ts";
import { PART_BYTES, ShardCompaction } from "./compaction.ts";
import { formatFile, JSON_LINES, type OpenSink } from "./formats.ts";
import { failuresFile, provenanceFile, rejectedFile } from "./json-lines.ts";
import { LineBufferPool } from "./line-buffer.ts";
import { PartitionedWriter } from "./partitioned.ts";
import { SplitFiles, type BeginFiles } from "./split-files.ts";
import { RecordTexts } from "./record-texts.ts";
import { Sink } from "./sink.ts";
import { slotOf, slotsInOrder } from "./slots-in-order.ts";
import { SpoolFull, type SpoolLimits } from "./spool.ts";

export interface ExportOptions {
  readonly objects: Objects;
  readonly job: JobRow;
  readonly outcome: Outcome;
  readonly template: Template;
  /** The template's source; absent if it was deleted. */
  readonly source?: string;
  /** In the order of their slots. */
  readonly shards: readonly ShardRow[];
  /** The export lease's: its files have a prefix of their own. */
  readonly generation: number;
  readonly signal: AbortSignal;
  readonly spool?: SpoolLimits;
}

/** @throws when `signal` aborts or the store fails; what was started is abandoned */
export async function exportDataset(options: ExportOptions): Promise<WrittenDataset> {
  try {
    return await new Export(options).write();
  } catch (error) {
    if (!(error instanceof SpoolFull)) throw error;
    return await new Export({ ...options, job: { ...options.job, partitionBy: undefined } }, NOT_PARTITIONED).write();
  }
}

const NOT_PARTITIONED =
  "The dataset is not partitioned as requested: its records exceed the worker's disk, where partitions are assembled.";

/** The job's row lists no more files than this: every report reads it, and a row holds at most 400 KB. */
const LISTED_FILES = 60;

class Export {
  readonly #schema: DatasetSchema;
  readonly #counts: Counts;
  readonly #sinks = new Set<Sink>();

  /** `note`: a sentence for the card. */
  constructor(
    readonly options: ExportOptions,
    readonly note?: string,
  ) {
    const { job, template, shards } = options;
    const types = mergeInferredTypes(shards.map(({ columns }) => columns as InferredTypes));
    this.#schema = datasetSchemaOf(job, columnsOf(template), template.record ?? {}, types);
    this.#counts = new Counts(template.categories);
  }

  async write(): Promise<WrittenDataset> {
    const { partitionBy: levels } = this.options.job;
    try {
      return await (levels ? this.#writePartitioned(levels) : this.#writePlain());
    } finally {
      for (const sink of this.#sinks) sink.destroy();
    }
  }

  async #writePlain(): Promise<WrittenDataset> {
    const splitFiles = new SplitFiles(this.#schema.job.split, "dataset", this.#begin);
    await splitFiles.beginAll();
    const sidecars = this.#beginSidecars();
    const compacted = await this.#readRecords(sidecars, async (row, id, texts) => {
      for (const file of await splitFiles.filesOf(id)) await file.addRecord?.(row, rowId(id, row), texts);
    });
    const files = await Promise.all([...splitFiles.files, ...sidecars].map(this.#finish));
    const card = await this.#writeCard(files);
    const sums = await this.#writeSums([...files, card]);
    const all = [...files, card, sums];
    return { datasetFiles: all.map(rowOf), fileCount: all.length, ...this.#rowCount, compacted };
  }

  async #writePartitioned(levels: NonNullable<JobRow["partitionBy"]>): Promise<WrittenDataset> {
    const { signal, spool } = this.options;
    const writer = await PartitionedWriter.open({
      schema: this.#schema,
      levels,
      begin: this.#begin,
      finish: this.#finish,
      signal,
      spool,
    });
    try {
      const sidecars = this.#beginSidecars();
      const compacted = await this.#readRecords(sidecars, (row, _, { line }) =>
        writer.add(row, line ?? JSON.stringify({ delivered: row })),
      );
      const files = await writer.write();
      const others = await Promise.all(sidecars.map(this.#finish));
      const card = await this.#writeCard([...files, ...others], writer.partitions.overflowRecords);
      const listed = [...files, ...others, card];
      const lines = listed.map((file) => `${JSON.stringify({ ...rowOf(file), sha256: file.sha256 })}\n`);
      const manifest = await this.#writeText(META_FILES.files, JSON_LINES, lines.join(""));
      const sums = await this.#writeSums([...listed, manifest]);
      const first = [...others, card, manifest, sums];
      const shown = files.slice(0, LISTED_FILES - first.length);
      return {
        datasetFiles: [...shown, ...first].map(rowOf),
        fileCount: files.length + first.length,
        ...this.#rowCount,
        compacted,
      };
    } finally {
      await writer.close();
    }
  }

  /** Told only where rows are not records. */
  get #rowCount(): Pick<WrittenDataset, "rows"> {
    return this.options.template.rows === undefined ? {} : { rows: this.#counts.rows };
  }

  /** Reads each part once: `onRow` gets each row and its record's ID in slot order, the sidecars get everything, and parts are compacted if possible. */
  async #readRecords(
    sidecars: readonly DatasetFile[],
    onRow: (row: Row, id: string, texts: RecordTexts) => Promise<void>,
  ): Promise<CompactedShard[]> {
    const { objects, job, outcome, shards, generation, signal } = this.options;
    const compacted: CompactedShard[] = [];
    const buffers = new LineBufferPool(PART_BYTES);
    for (const shard of shards) {
      // A job that used up its budget resumes where its parts end. Parts compacted before move along, so that one dataset holds all.
      const keepsParts = outcome === "BUDGET_EXCEEDED" && !shard.partRanges.some((range) => range.compacted);
      const compaction = keepsParts ? undefined : new ShardCompaction(objects, shard, generation, buffers);
      let newestHeader: string | undefined;
      const listener = {
        onRejected: async (candidate: RejectedCandidate) => {
          for (const file of sidecars) await file.addRejected?.(candidate, recordId(job.jobId, candidate.slot));
        },
        onOtherLine: (line: string, pass: number) => compaction?.add(line, pass),
        onHeader: (line: string) => (newestHeader = line),
      };
      for await (const entry of slotsInOrder(objects, shard, listener)) {
        signal.throwIfAborted();
        const id = recordId(job.jobId, slotOf(entry));
        await compaction?.add(entry.line, entry.pass);
        if (entry.delivered) {
          this.#counts.add(entry.delivered);
          const texts = new RecordTexts(this.#schema, entry.delivered, entry.line);
          for (const file of sidecars) await file.addRecord?.(entry.delivered, id, texts);
          if (!entry.delivered.moreRows) await onRow(entry.delivered, id, texts);
          else for (const row of rowsOf(entry.delivered)) await onRow(row, id, new RecordTexts(this.#schema, row));
        } else for (const file of sidecars) await file.addFailure?.(entry.failed, id);
      }
      if (compaction) compacted.push(await compaction.end(newestHeader));
    }
    return compacted;
  }

  /** The requested formats, in the job's order. */
  readonly #begin: BeginFiles = (stem) => {
    const { training = {} } = this.options.template;
    const { formats } = this.#schema.job;
    return Promise.all(formats.map((format) => formatFile(this.#schema, { format, stem, training }, this.#open)));
  };

  /** Provenance always; failures and rejected candidates if there are any. */
  #beginSidecars(): DatasetFile[] {
    const files = [provenanceFile(this.#open(META_FILES.provenance, JSON_LINES))];
    if (this.options.shards.some(({ failed }) => failed > 0))
      files.push(failuresFile(this.#schema, this.#open(META_FILES.failures, JSON_LINES)));
    if (this.options.shards.some(({ rejected = 0 }) => rejected > 0))
      files.push(rejectedFile(this.#schema, this.#open(META_FILES.rejected, JSON_LINES)));
    return files;
  }

  readonly #open: OpenSink = (name, contentType, { gzip = false } = {}) => {
    const { objects, job, generation, signal } = this.options;
    const path = datasetPrefix(job.jobId, generation) + name;
    const sink = new Sink({ objects, name: path, contentType, gzip, signal });
    this.#sinks.add(sink);
    return sink;
  };

  readonly #finish = async (file: DatasetFile): Promise<FinishedFile> => {
    await file.end?.();
    const sha256 = await file.sink.end();
    this.#sinks.delete(file.sink);
    const { name, format, rows, omitted, sink } = file;
    return { name, format, rows, omitted, bytes: sink.bytes, sha256 };
  };

  #writeCard(files: readonly FinishedFile[], overflowRecords = 0): Promise<FinishedFile> {
    const { template, source, shards, outcome } = this.options;
    const input = { template, source, shards, outcome, files, counts: this.#counts, note: this.note, overflowRecords };
    return this.#writeText("README.md", "text/markdown", datasetCard(this.#schema, input));
  }

  #writeSums(files: readonly FinishedFile[]): Promise<FinishedFile> {
    return this.#writeText(
      "SHA256SUMS",
      "text/plain",
      files.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join(""),
    );
  }

  /** Writes a file that is not a list of records. */
  async #writeText(name: string, contentType: string, text: string): Promise<FinishedFile> {
    const sink = this.#open(name, contentType);
    await sink.text(text);
    return await this.#finish({ name, sink, rows: 0, omitted: 0 });
  }
}

function rowOf({ name, format, bytes, rows, omitted }: FinishedFile): DatasetFileRow {
  return { name, ...(format && { format }), bytes, rows, ...(omitted > 0 && { omitted }) };
}
