/** How the files of a dataset are read, in the words of the tools that read them. */
import type { DatasetFormat } from "#core/job";
import type { DatasetFile } from "./dataset-file.ts";

/** The part of the card about loading, for the formats that there are; none without a format. */
export function loading(files: readonly DatasetFile[]): string[][] {
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
