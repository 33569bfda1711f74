/**
 * Writes records into many folders. There are too many to keep each one's files open, so records are spooled to disk by folder,
 * and then each folder's files are written, one folder after another.
 */
import { Partitions, type PartitionBy } from "#core/dataset/partition";
import { recordId } from "#core/shard/record";
import { rowId, type Row } from "#core/shard/rows";
import type { DatasetFile, FinishedFile } from "./dataset-file.ts";
import type { DatasetSchema } from "./dataset-schema.ts";
import { SplitFiles, type BeginFiles } from "./split-files.ts";
import { RecordTexts } from "./record-texts.ts";
import { Spool, type SpoolLimits } from "./spool.ts";

export interface PartitionedOptions {
  readonly schema: DatasetSchema;
  readonly levels: readonly PartitionBy[];
  readonly begin: BeginFiles;
  readonly finish: (file: DatasetFile) => Promise<FinishedFile>;
  readonly signal: AbortSignal;
  readonly spool?: SpoolLimits;
}

export class PartitionedWriter {
  readonly partitions: Partitions;

  private constructor(
    readonly options: PartitionedOptions,
    readonly spool: Spool,
  ) {
    this.partitions = new Partitions(options.levels);
  }

  static async open(options: PartitionedOptions): Promise<PartitionedWriter> {
    return new PartitionedWriter(options, await Spool.open(options.spool));
  }

  /** @param line the row's, as a record's line in its part @throws SpoolFull */
  async add({ columns }: Row, line: string): Promise<void> {
    await this.spool.add(this.partitions.folderFor(columns), line);
  }

  /** Writes all files, folders in alphabetical order; a portion without records gets no file. @throws SpoolFull */
  async write(): Promise<FinishedFile[]> {
    const finished: FinishedFile[] = [];
    for (const folder of this.spool.names.sort()) finished.push(...(await this.#writeFolder(folder)));
    return finished;
  }

  async close(): Promise<void> {
    await this.spool.close();
  }

  async #writeFolder(folder: string): Promise<FinishedFile[]> {
    const { schema, begin, finish, signal } = this.options;
    const splitFiles = new SplitFiles(schema.job.split, `${folder}dataset`, begin);
    for await (const lines of this.spool.read(folder))
      for (const line of lines) {
        signal.throwIfAborted();
        const { delivered } = JSON.parse(line) as { delivered: Row };
        const id = recordId(schema.job.jobId, delivered.slot);
        const texts = new RecordTexts(schema, delivered, line);
        for (const file of await splitFiles.filesOf(id)) await file.addRecord?.(delivered, rowId(id, delivered), texts);
      }
    return await Promise.all(splitFiles.files.map(finish));
  }
}
