/** One file of a dataset, written record by record in slot order. */
import type { DatasetFormat } from "#core/formats";
import type { DeliveredRecord, FailedRecord, RejectedCandidate } from "#core/shard/record";
import type { RecordTexts } from "./record-texts.ts";
import type { Sink } from "./sink.ts";

export interface DatasetFile {
  readonly name: string;
  readonly format?: DatasetFormat;
  readonly sink: Sink;
  rows: number;
  /** Rows that the format cannot hold. */
  omitted: number;
  /** `record`: a whole one, or a row of it; `id` and `texts` are its own. */
  addRecord?(record: DeliveredRecord, id: string, texts: RecordTexts): Promise<void>;
  addFailure?(record: FailedRecord, id: string): Promise<void>;
  addRejected?(candidate: RejectedCandidate, id: string): Promise<void>;
  /** Writes the end of the file. */
  end?(): Promise<void>;
}

/** What the card and the job say about a finished file. */
export interface FinishedFile extends Pick<DatasetFile, "name" | "format" | "rows" | "omitted"> {
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
}
