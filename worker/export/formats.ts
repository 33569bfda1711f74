/** The file of each format. */
import type { DatasetFormat } from "#core/formats";
import type { Training } from "#core/template/template";
import { csvFile } from "./csv.ts";
import type { DatasetFile } from "./dataset-file.ts";
import type { DatasetSchema } from "./dataset-schema.ts";
import { jsonlFile, trainingFile } from "./json-lines.ts";
import { parquetFile } from "./parquet.ts";
import type { Sink } from "./sink.ts";

/** Begins a file of the dataset. */
export type OpenSink = (name: string, contentType: string, options?: { readonly gzip?: boolean }) => Sink;

export const JSON_LINES = "application/x-ndjson";

export interface FormatOptions {
  readonly format: DatasetFormat;
  /** What its name begins with: `dataset`. */
  readonly stem: string;
  readonly training: Training;
}

/** @returns the file that records are to be handed to */
export async function formatFile(shape: DatasetSchema, wish: FormatOptions, open: OpenSink): Promise<DatasetFile> {
  const { format, stem, training } = wish;
  switch (format) {
    case "JSONL":
      return jsonlFile(shape, `${stem}.jsonl`, open(`${stem}.jsonl`, JSON_LINES));
    case "JSONL_GZ": {
      const name = `${stem}.jsonl.gz`;
      return jsonlFile(shape, name, open(name, "application/gzip", { gzip: true }), format);
    }
    case "CSV":
      return csvFile(shape, `${stem}.csv`, open(`${stem}.csv`, "text/csv"));
    case "PARQUET":
      return parquetFile(shape, `${stem}.parquet`, open(`${stem}.parquet`, "application/vnd.apache.parquet"));
    case "MESSAGES":
    case "SHAREGPT":
    case "ALPACA": {
      const name = `${stem}.${format.toLowerCase()}.jsonl`;
      return trainingFile(shape, name, open(name, JSON_LINES), { format, training });
    }
  }
}
