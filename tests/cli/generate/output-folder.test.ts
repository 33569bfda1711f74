import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { META_FILES } from "../../../core/dataset/meta-files.ts";
import { filesOfDataset, prepareOutputFolder, removeFiles } from "../../../cli/generate/output-folder.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "plot-palette-out-"));
});
afterEach(() => rm(folder, { recursive: true }));

const SUM = "0".repeat(64);

async function fill(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

const META = Object.values(META_FILES);
const DATASET = {
  "report.json": JSON.stringify({ jobId: "J1", files: ["dataset.jsonl"] }),
  SHA256SUMS: ["dataset.jsonl", "genre=a/dataset.csv", ...META].map((name) => `${SUM}  ${name}\n`).join(""),
  "dataset.jsonl": "",
  "genre=a/dataset.csv": "",
  ...Object.fromEntries(META.map((name) => [name, ""])),
};

test("the dataset of another job is not written over", async () => {
  await fill(DATASET);
  await expect(prepareOutputFolder({ out: folder })).rejects.toThrow(
    `${folder} already holds a dataset, that of job J1; choose another directory with --out, or replace it with --overwrite.`,
  );
  await expect(prepareOutputFolder({ out: folder, resume: "J2" })).rejects.toThrow("that of job J1");
});

test("nor a dataset whose report is gone", async () => {
  await fill({ SHA256SUMS: DATASET.SHA256SUMS });
  await expect(prepareOutputFolder({ out: folder })).rejects.toThrow(`${folder} already holds a dataset; choose`);
});

test.each([
  ["that is to be replaced", { overwrite: true }],
  ["of the job that is resumed", { resume: "J1" }],
])("a dataset %s is no obstacle", async (_, options) => {
  await fill(DATASET);
  expect(await prepareOutputFolder({ out: folder, ...options })).toBe(false);
});

test("files that are no dataset are no obstacle", async () => {
  await fill({ "notes.txt": "mine", "report.json": "{}" });
  expect(await prepareOutputFolder({ out: folder })).toBe(false);
});

test("what was replaced is removed with its folders, and nothing else", async () => {
  await fill({ ...DATASET, "notes.txt": "mine", "../outside.txt": "not ours" });
  expect(await filesOfDataset(folder)).toEqual(["dataset.jsonl", "genre=a/dataset.csv", ...META, "SHA256SUMS"]);
  await removeFiles(folder, [...(await filesOfDataset(folder)), "../outside.txt"]);
  expect(["dataset.jsonl", "genre=a", "meta", "SHA256SUMS"].some((name) => existsSync(join(folder, name)))).toBe(false);
  expect(existsSync(join(folder, "notes.txt"))).toBe(true);
  expect(existsSync(join(folder, "../outside.txt"))).toBe(true);
  await rm(join(folder, "../outside.txt"));
});

test("files that the replacing dataset has too stay, and so does what is not the dataset's", async () => {
  await fill({ ...DATASET, "meta/notes.txt": "mine" });
  const kept = ["meta/provenance.jsonl", "dataset.jsonl"];
  await removeFiles(
    folder,
    (await filesOfDataset(folder)).filter((name) => !kept.includes(name)),
  );
  expect((await readdir(join(folder, "meta"))).sort()).toEqual(["notes.txt", "provenance.jsonl"]);
  expect(existsSync(join(folder, "dataset.jsonl"))).toBe(true);
});
