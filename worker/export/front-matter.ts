/**
 * The YAML at the head of the card that Hugging Face reads: with it, `load_dataset("out")` finds the files of each format as a
 * config of its own and each split as a split, and takes nothing else for data.
 * See https://huggingface.co/docs/hub/datasets-manual-configuration.
 *
 * `datasets` reads all configs of one folder with one reader, that of the first. So only formats that share a reader are configs;
 * the card says how to load the others.
 */
import { stringify } from "yaml";
import type { DatasetFormat } from "#core/formats";
import { SPLIT_NAMES } from "#core/dataset/split";
import type { FinishedFile } from "./dataset-file.ts";
import type { DatasetSchema } from "./dataset-schema.ts";

/** By which module of `datasets` a format is read. What is altered for a spreadsheet is no config. */
function readerOf(format: DatasetFormat): "csv" | "parquet" | "json" | undefined {
  if (format === "CSV_EXCEL") return undefined;
  return format === "CSV" ? "csv" : format === "PARQUET" ? "parquet" : "json";
}

const SIZES = [
  [1_000, "n<1K"],
  [10_000, "1K<n<10K"],
  [100_000, "10K<n<100K"],
  [1_000_000, "100K<n<1M"],
] as const;
const LARGEST = "1M<n<10M";

/** @param records those delivered */
export function frontMatter({ job }: DatasetSchema, files: readonly FinishedFile[], records: number): string {
  const configs = configsOf(files);
  const card = {
    pretty_name: job.name,
    license: "unknown",
    tags: ["synthetic"],
    size_categories: [SIZES.find(([below]) => records < below)?.[1] ?? LARGEST],
    ...(configs.length > 0 && { configs }),
  };
  return `---\n${stringify(card)}---`;
}

/** One per format, in the job's order; the first is what `load_dataset` takes unless told otherwise. */
function configsOf(files: readonly FinishedFile[]): object[] {
  return loadableFormats(files).map((format, n) => ({
    config_name: format.toLowerCase(),
    ...(n === 0 && { default: true }),
    data_files: dataFilesOf(files.filter((file) => file.format === format)),
  }));
}

/** The formats that are configs: of those of one reader, the most, and among equals those of the first format. */
export function loadableFormats(files: readonly FinishedFile[]): DatasetFormat[] {
  const formats = [...new Set(files.flatMap(({ format }) => (format && readerOf(format) ? [format] : [])))];
  const ofReader = (reader: ReturnType<typeof readerOf>) => formats.filter((format) => readerOf(format) === reader);
  const groups = [...new Set(formats.map(readerOf))].map(ofReader);
  return groups.reduce<DatasetFormat[]>((most, group) => (group.length > most.length ? group : most), []);
}

/** A split without records is left out: a loader cannot tell the columns of an empty file. */
function dataFilesOf(files: readonly FinishedFile[]): object[] {
  const splits = new Map<string, Set<string>>();
  for (const { name, rows } of files) {
    if (rows === 0 && files.some((file) => file.rows > 0)) continue;
    const split = splitOf(name);
    splits.set(split, (splits.get(split) ?? new Set()).add(patternOf(name)));
  }
  return [...splits].map(([split, [path]]) => ({ split, path }));
}

/** `dataset.test.messages.jsonl` is test's; a dataset that is not split is all for training. */
function splitOf(name: string): string {
  const [, second = ""] = name.slice(name.lastIndexOf("/") + 1).split(".");
  return (SPLIT_NAMES as readonly string[]).includes(second) ? second : "train";
}

/** A partitioned dataset has files of this name in many folders. */
function patternOf(name: string): string {
  const slash = name.lastIndexOf("/");
  return slash < 0 ? name : `**/${name.slice(slash + 1)}`;
}
