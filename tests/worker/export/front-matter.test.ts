import { parse } from "yaml";
import { META_FILES } from "../../../core/dataset/meta-files.ts";
import type { DatasetFormat } from "../../../core/formats.ts";
import type { FinishedFile } from "../../../worker/export/dataset-file.ts";
import type { DatasetSchema } from "../../../worker/export/dataset-schema.ts";
import { frontMatter } from "../../../worker/export/front-matter.ts";

const schema = { job: { name: 'Films: "now"' }, columns: [] } as unknown as DatasetSchema;
const file = (name: string, format?: DatasetFormat, rows = 10): FinishedFile => ({
  ...{ name, format, rows, omitted: 0, bytes: 1, sha256: "" },
});

function cardOf(files: readonly FinishedFile[], records = 10) {
  const [, yaml = ""] = frontMatter(schema, files, records).split("---");
  return parse(yaml) as { configs?: { config_name: string; default?: true; data_files: object[] }[] } & Record<
    string,
    unknown
  >;
}

test("each format is a config, and each split a split; side files are none", () => {
  const splits = ["train", "validation", "test"];
  const card = cardOf([
    ...splits.map((split) => file(`dataset.${split}.jsonl`, "JSONL")),
    ...splits.map((split) => file(`dataset.${split}.messages.jsonl`, "MESSAGES")),
    ...Object.values(META_FILES).map((name) => file(name)),
  ]);
  expect(card.configs).toEqual([
    {
      config_name: "jsonl",
      default: true,
      data_files: splits.map((split) => ({ split, path: `dataset.${split}.jsonl` })),
    },
    {
      config_name: "messages",
      data_files: splits.map((split) => ({ split, path: `dataset.${split}.messages.jsonl` })),
    },
  ]);
});

test("says what Hugging Face searches by", () => {
  expect(cardOf([file("dataset.jsonl", "JSONL")], 2_500)).toMatchObject({
    pretty_name: 'Films: "now"',
    license: "unknown",
    tags: ["synthetic"],
    size_categories: ["1K<n<10K"],
  });
});

test.each([
  [
    ["CSV", "JSONL", "MESSAGES"],
    ["jsonl", "messages"],
  ],
  [["CSV", "JSONL"], ["csv"]],
  [["PARQUET"], ["parquet"]],
  [["CSV_EXCEL"], undefined],
] as [DatasetFormat[], string[] | undefined][])("of %j, one reader reads %j", (formats, configs) => {
  const names = cardOf(formats.map((format) => file(`dataset.${format.toLowerCase()}`, format))).configs;
  expect(names?.map(({ config_name }) => config_name)).toEqual(configs);
});

test("a partitioned dataset is found in its folders, and an empty split is left out", () => {
  const card = cardOf([
    file("genre=a/dataset.train.csv", "CSV"),
    file("genre=b/dataset.train.csv", "CSV"),
    file("genre=b/dataset.test.csv", "CSV", 0),
  ]);
  expect(card.configs?.[0]?.data_files).toEqual([{ split: "train", path: "**/dataset.train.csv" }]);
});

test.each(["dataset", "genre=a/dataset"])(
  "without front matter, the default patterns find the splits of %s and nothing about the data",
  (stem) => {
    const portions = ["train", "validation", "test"].map((split) => `${stem}.${split}.jsonl`);
    expect(
      defaultSplits([...portions, ...Object.values(META_FILES), "README.md", "SHA256SUMS", "report.json"]),
    ).toEqual({
      train: [portions[0]],
      validation: [portions[1]],
      test: [portions[2]],
    });
  },
);

const KEYWORDS = {
  train: ["train", "training"],
  validation: ["validation", "valid", "dev", "val"],
  test: ["test", "testing", "eval", "evaluation"],
};

/**
 * What `load_dataset` takes for which split by default, by the names of directories or else of files. Where neither says a split,
 * it takes every file for training: hence the card names the data. See `ALL_DEFAULT_PATTERNS` in https://github.com/huggingface/datasets/blob/main/src/datasets/data_files.py.
 */
function defaultSplits(names: readonly string[]): Record<string, string[]> {
  const word = (keyword: string) => `(^|/)([^/]*[-._ 0-9])?${keyword}([-._ 0-9][^/]*)`;
  const byPattern = (patternOf: (keyword: string) => RegExp) =>
    Object.entries(KEYWORDS)
      .map(([split, keywords]): [string, string[]] => [
        split,
        names.filter((name) => keywords.some((keyword) => patternOf(keyword).test(name))),
      ])
      .filter(([, found]) => found.length > 0);
  const byDirectory = byPattern((keyword) => new RegExp(`${word(keyword)}?/`));
  const byFile = byPattern((keyword) => new RegExp(`${word(keyword)}$`));
  return Object.fromEntries(byDirectory.length > 0 ? byDirectory : byFile);
}
