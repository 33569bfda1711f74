/** How to load a dataset's files: code for common tools. */
import type { DatasetFormat } from "#core/formats";
import type { FinishedFile } from "./dataset-file.ts";

/** The card's section on loading, for the formats there are; empty if there is none. The first lines need nothing but the folder. */
export function loading(files: readonly FinishedFile[]): string[][] {
  const lines = (tool: Readonly<Partial<Record<DatasetFormat, (name: string) => string>>>) =>
    files.flatMap(({ name, format }) => (format && tool[format]?.(name)) ?? []);
  const blocks = [
    block("python", "import pandas", lines(PANDAS)),
    block("python", "from datasets import load_dataset", lines(DATASETS)),
    block("sql", "-- DuckDB", lines(DUCKDB)),
    block("sh", "# jq", lines(JQ)),
  ].filter((lines) => lines.length > 0);
  return blocks.length === 0 ? [] : [["## Loading the dataset"], ...blocks];
}

/**
 * The same for a partitioned dataset, by glob patterns. Files also contain the columns they are partitioned by, so reading them
 * all needs no special care; DuckDB can take columns from the folders' names, and then reads only the folders a query needs.
 */
export function loadingPartitions(files: readonly FinishedFile[]): string[][] {
  const names = new Map(files.flatMap(({ name, format }) => (format ? [[patternOf(name), format] as const] : [])));
  const lines = (tool: Readonly<Partial<Record<DatasetFormat, (pattern: string) => string>>>) =>
    [...names].flatMap(([pattern, format]) => tool[format]?.(pattern) ?? []);
  const blocks = [
    block("sql", "-- DuckDB", lines(DUCKDB_FOLDERS)),
    block("python", "import glob, pandas", lines(PANDAS_FOLDERS)),
    block("python", "from datasets import load_dataset", lines(DATASETS)),
  ].filter((lines) => lines.length > 0);
  return blocks.length === 0 ? [] : [["## Loading the dataset"], ...blocks];
}

/** The files of one name in all folders. */
function patternOf(name: string): string {
  return `**/${name.slice(name.lastIndexOf("/") + 1)}`;
}

const foldersInDuckDb = (reader: string) => (pattern: string) =>
  `select * from read_${reader}('${pattern}', hive_partitioning = true);`;
const DUCKDB_FOLDERS = {
  JSONL: foldersInDuckDb("json"),
  JSONL_GZ: foldersInDuckDb("json"),
  CSV: foldersInDuckDb("csv"),
  PARQUET: foldersInDuckDb("parquet"),
} as const;

const frames = (read: string) => (pattern: string) =>
  `pandas.concat(pandas.read_${read} for name in glob.glob("${pattern}", recursive=True))`;
const PANDAS_FOLDERS = {
  JSONL: frames("json(name, lines=True)"),
  JSONL_GZ: frames("json(name, lines=True)"),
  CSV: frames("csv(name)"),
  // With partitioning, pyarrow rejects columns that are also in the files.
  PARQUET: frames("parquet(name, partitioning=None)"),
} as const;

const PANDAS = {
  JSONL: (name: string) => `pandas.read_json("${name}", lines=True)`,
  JSONL_GZ: (name: string) => `pandas.read_json("${name}", lines=True)`,
  CSV: (name: string) => `pandas.read_csv("${name}")`,
  PARQUET: (name: string) => `pandas.read_parquet("${name}")`,
} as const;

const jsonDataset = (name: string) => `load_dataset("json", data_files="${name}")`;
const DATASETS = {
  JSONL: jsonDataset,
  JSONL_GZ: jsonDataset,
  CSV: (name: string) => `load_dataset("csv", data_files="${name}")`,
  PARQUET: (name: string) => `load_dataset("parquet", data_files="${name}")`,
  MESSAGES: jsonDataset,
  SHAREGPT: jsonDataset,
  ALPACA: jsonDataset,
} as const;

const DUCKDB = {
  JSONL: (name: string) => `select * from read_json('${name}');`,
  JSONL_GZ: (name: string) => `select * from read_json('${name}');`,
  CSV: (name: string) => `select * from read_csv('${name}');`,
  PARQUET: (name: string) => `select * from read_parquet('${name}');`,
} as const;

const JQ = {
  JSONL: (name: string) => `jq -c 'del(._meta)' ${name}`,
  JSONL_GZ: (name: string) => `gzip -dc ${name} | jq -c 'del(._meta)'`,
  MESSAGES: (name: string) => `jq -r '.messages[-1].content' ${name}`,
  SHAREGPT: (name: string) => `jq -r '.conversations[-1].value' ${name}`,
  ALPACA: (name: string) => `jq -r .instruction ${name}`,
} as const;

function block(language: string, head: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`\`\`\`${language}`, head, ...lines, "```"];
}
