/** The file of each format. */
import type { DatasetFormat } from "#core/formats";
import type { Training } from "#core/template/template";
import { csvFile } from "./csv.ts";
import type { DatasetFile } from "./dataset-file.ts";
import type { DatasetSchema } from "./dataset-schema.ts";
import { jsonlFile, trainingFile } from "./json-lines.ts";
import { parquetFile } from "./parquet.ts";
import type { Sink } from "./sink.ts";

/** Opens a file of the dataset. */
export type OpenSink = (name: string, contentType: string, options?: { readonly gzip?: boolean }) => Sink;

export const JSON_LINES = "application/x-ndjson";

export interface FormatOptions {
  readonly format: DatasetFormat;
  /** The start of its name: `dataset`. */
  readonly stem: string;
  readonly training: Training;
}

export async function formatFile(schema: DatasetSchema, options: FormatOptions, open: OpenSink): Promise<DatasetFile> {
  const { format, stem, training } = options;
  switch (format) {
    case "JSONL":
      return jsonlFile(schema, `${stem}.jsonl`, open(`${stem}.jsonl`, JSON_LINES));
    case "JSONL_GZ": {
      const name = `${stem}.jsonl.gz`;
      return jsonlFile(schema, name, open(name, "application/gzip", { gzip: true }), format);
    }
    case "CSV":
      return csvFile(schema, `${stem}.csv`, open(`${stem}.csv`, "text/csv"));
    case "CSV_EXCEL":
      return csvFile(schema, `${stem}.excel.csv`, open(`${stem}.excel.csv`, "text/csv"), format);
    case "PARQUET":
      return parquetFile(schema, `${stem}.parquet`, open(`${stem}.parquet`, "application/vnd.apache.parquet"));
    default: {
      const name = `${stem}.${format.toLowerCase()}.jsonl`;
      return trainingFile(schema, name, open(name, JSON_LINES), { format, training });
    }
  }
}
