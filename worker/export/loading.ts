/** How the files of a dataset are read, in the words of the tools that read them. */
import type { DatasetFormat } from "#core/formats";
import type { FinishedFile } from "./dataset-file.ts";

/** The part of the card about loading, for the formats that there are; none without a format. */
export function loading(files: readonly FinishedFile[]): string[][] {
  const ways = (tool: Readonly<Partial<Record<DatasetFormat, (name: string) => string>>>) =>
    files.flatMap(({ name, format }) => (format && tool[format]?.(name)) ?? []);
  const blocks = [
    block("python", "import pandas", ways(PANDAS)),
    block("python", "from datasets import load_dataset", ways(DATASETS)),
    block("sql", "-- DuckDB", ways(DUCKDB)),
    block("sh", "# jq", ways(JQ)),
  ].filter((lines) => lines.length > 0);
  return blocks.length === 0 ? [] : [["## Loading it"], ...blocks];
}

/**
 * The same for a dataset in folders, by patterns. Files hold the columns they are partitioned by too, so whoever reads them all
 * need not care; DuckDB takes the folders' names for columns when told, and then reads no more folders than a query wants.
 */
export function loadingPartitions(files: readonly FinishedFile[]): string[][] {
  const names = new Map(files.flatMap(({ name, format }) => (format ? [[patternOf(name), format] as const] : [])));
  const ways = (tool: Readonly<Partial<Record<DatasetFormat, (pattern: string) => string>>>) =>
    [...names].flatMap(([pattern, format]) => tool[format]?.(pattern) ?? []);
  const blocks = [
    block("sql", "-- DuckDB", ways(DUCKDB_FOLDERS)),
    block("python", "import glob, pandas", ways(PANDAS_FOLDERS)),
    block("python", "from datasets import load_dataset", ways(DATASETS)),
  ].filter((lines) => lines.length > 0);
  return blocks.length === 0 ? [] : [["## Loading it"], ...blocks];
}

/** The files of one name in all folders. */
function patternOf(name: string): string {
  return `**/${name.slice(name.lastIndexOf("/") + 1)}`;
}

const foldersInDuckDb = (kind: string) => (pattern: string) =>
  `select * from read_${kind}('${pattern}', hive_partitioning = true);`;
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
  // Told of folders, pyarrow refuses columns that are in the files too.
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

function block(language: string, head: string, ways: readonly string[]): string[] {
  return ways.length === 0 ? [] : [`\`\`\`${language}`, head, ...ways, "```"];
}
