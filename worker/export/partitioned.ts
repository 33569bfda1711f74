/**
 * Records on their way into many folders. There are too many to keep the files of each open, so records are put aside on disk
 * folder by folder, and then each folder's files are written one after the other.
 */
import { Partitions, type PartitionBy } from "#core/dataset/partition";
import { recordId, type DeliveredRecord } from "#core/shard/record";
import type { DatasetFile, FinishedFile, DatasetSchema } from "./dataset-file.ts";
import { SplitFiles, type BeginFiles } from "./portions.ts";
import { RecordTexts } from "./record-texts.ts";
import { Spool, type SpoolLimits } from "./spool.ts";

export interface PartitionedOptions {
  readonly shape: DatasetSchema;
  readonly levels: readonly PartitionBy[];
  readonly begin: BeginFiles;
  readonly finish: (file: DatasetFile) => Promise<FinishedFile>;
  readonly signal: AbortSignal;
  readonly spool?: SpoolLimits;
}

export class PartitionedWriter {
  readonly partitions: Partitions;

  private constructor(
    readonly order: PartitionedOptions,
    readonly spool: Spool,
  ) {
    this.partitions = new Partitions(order.levels);
  }

  static async open(order: PartitionedOptions): Promise<PartitionedWriter> {
    return new PartitionedWriter(order, await Spool.open(order.spool));
  }

  /** @param line the record as its part has it @throws SpoolFull */
  async add({ columns }: DeliveredRecord, line: string): Promise<void> {
    await this.spool.add(this.partitions.folderFor(columns), line);
  }

  /** Writes all files, in the order of the folders' names. Empty ones are left out. @throws SpoolFull */
  async write(): Promise<FinishedFile[]> {
    const finished: FinishedFile[] = [];
    for (const folder of this.spool.names.sort()) finished.push(...(await this.#writeFolder(folder)));
    return finished;
  }

  async close(): Promise<void> {
    await this.spool.close();
  }

  async #writeFolder(folder: string): Promise<FinishedFile[]> {
    const { shape, begin, finish, signal } = this.order;
    const portions = new SplitFiles(shape.job.split, `${folder}dataset`, begin);
    for await (const lines of this.spool.read(folder))
      for (const line of lines) {
        signal.throwIfAborted();
        const { delivered: record } = JSON.parse(line) as { delivered: DeliveredRecord };
        const id = recordId(shape.job.jobId, record.slot);
        const texts = new RecordTexts(shape, record, line);
        for (const file of await portions.filesOf(id)) await file.made?.(record, id, texts);
      }
    return await Promise.all(portions.files.map(finish));
  }
}
