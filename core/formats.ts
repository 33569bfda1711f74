/** The formats a dataset can be written in, shared by templates, jobs and datasets. */
export const FORMATS = [
  "JSONL",
  "JSONL_GZ",
  "CSV",
  "CSV_EXCEL",
  "PARQUET",
  "MESSAGES",
  "SHAREGPT",
  "ALPACA",
  "PREFERENCE",
  "PROMPT_COMPLETION",
  "BEDROCK",
] as const;
export type DatasetFormat = (typeof FORMATS)[number];
/** As people write them: `jsonl, jsonl_gz, csv, …`. */
export const FORMAT_LIST = `${FORMATS.slice(0, -1).join(", ")} and ${FORMATS.at(-1)}`.toLowerCase();
