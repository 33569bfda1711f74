/** A partitioned dataset: every record is in one folder, in every format, whatever their number and size. */
import { DuckDBInstance } from "@duckdb/node-api";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { EMPTY_HEADER } from "#core/shard/part";
import type { JobRow } from "#core/job/job-row";
import type { ShardRow } from "#core/shard/shard-row";
import { parseTemplate } from "#core/template/parse";
import { exportDataset } from "../../../worker/export/export.ts";
import { Spool, SpoolFull } from "../../../worker/export/spool.ts";
import { MemoryObjects } from "../doubles.ts";
import { World } from "../world.ts";

const FILMS = `
name: Films
pick: { seed: { from: seeds, how: inOrder } }
steps: [{ id: answer, tier: economy, prompt: "<%= it.seed.title %>" }]
record:
  genre: "it.seed.year % 3 === 0 ? null : it.seed.year % 3 === 1 ? 'rom/com 50%' : 'drama'"
  at: "it.seed.year + '-05-25T10:00:00Z'"
  title: it.seed.title
`;
const BY = [
  { column: "genre", transform: "IDENTITY" },
  { column: "at", transform: "YEAR" },
] as const;

async function filmsBy(partitionBy: JobRow["partitionBy"], changes: Partial<JobRow> = {}): Promise<World> {
  const world = new World({ records: 60, template: FILMS, seeds: 6 });
  world.setJob({ formats: ["JSONL", "CSV", "PARQUET"], partitionBy, ...changes });
  await world.work();
  expect(world.job.status).toBe("COMPLETED");
  return world;
}

const isInPartition = (name: string) => name.includes("=");
const names = ({ job, objects }: World) =>
  [...objects.files.keys()]
    .filter((name) => name.startsWith(`${job.datasetPrefix}`) && !name.includes("/records/"))
    .map((name) => name.slice(job.datasetPrefix?.length));

test("every record is in the folder of its values, in each format, and DuckDB reads them all with one pattern", async () => {
  const world = await filmsBy([...BY]);
  const folders = [...new Set(names(world).filter(isInPartition).map(dirname))].sort();
  expect(folders).toEqual([
    "genre=__HIVE_DEFAULT_PARTITION__/at_year=1980",
    "genre=__HIVE_DEFAULT_PARTITION__/at_year=1983",
    "genre=drama/at_year=1982",
    "genre=drama/at_year=1985",
    "genre=rom%2Fcom%2050%25/at_year=1981",
    "genre=rom%2Fcom%2050%25/at_year=1984",
  ]);
  const ids = folders.flatMap((folder) => world.lines(`${folder}/dataset.jsonl`).map(({ id }) => id));
  expect(ids.sort()).toEqual(world.lines("meta/provenance.jsonl").map(({ id }) => id));
  const folder = await mkdtemp(join(tmpdir(), "partitions-"));
  try {
    for (const name of names(world)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), world.file(name));
    }
    const connection = await (await DuckDBInstance.create()).connect();
    for (const [kind, ending] of [
      ["parquet", "parquet"],
      ["csv", "csv"],
      ["json", "jsonl"],
    ]) {
      const read = world
        .file("README.md")
        .toString()
        .match(new RegExp(`select .*read_${kind}\\('(.*)', hive.*`));
      expect(read?.[1]).toBe(`**/dataset.${ending}`);
      const rows = await connection.runAndReadAll(
        `select genre, at_year, count(*) n, count(distinct id) ids from (${read?.[0].replace(";", "").replace("'", `'${folder}/`)}) group by all order by all`,
      );
      expect(rows.getRowObjects()).toEqual([
        ...["drama", "drama", "rom/com 50%", "rom/com 50%", null, null].map((genre, n) => {
          const at_year = BigInt([1982, 1985, 1981, 1984, 1980, 1983][n] ?? 0);
          return { genre, at_year, n: 10n, ids: 10n };
        }),
      ]);
    }
    connection.closeSync();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("the card, the manifest, the checksums and the job cover all files", async () => {
  const world = await filmsBy([BY[0]], { split: { train: 60, validation: 0, test: 40 } });
  const card = world.file("README.md").toString();
  for (const words of [
    "| Partitioned by | genre |",
    "The records are in 3 partitions",
    "- `genre=drama/`: 20 records",
    "- `meta/provenance.jsonl`: 60 rows",
    "The data is in `**/dataset.*`; the files in `meta/` are about it.",
    "read_parquet('**/dataset.train.parquet', hive_partitioning = true)",
    'pandas.read_parquet(name, partitioning=None) for name in glob.glob("**/dataset.test.parquet", recursive=True)',
  ])
    expect(card).toContain(words);
  const listed = world.lines("meta/files.jsonl");
  expect([...listed.map(({ name }) => name), "meta/files.jsonl", "SHA256SUMS"].sort()).toEqual(names(world).sort());
  const sums = world.file("SHA256SUMS").toString();
  for (const { name, bytes, sha256 } of listed) {
    expect(world.file(name)).toHaveLength(bytes);
    expect(createHash("sha256").update(world.file(name)).digest("hex")).toBe(sha256);
    expect(sums).toContain(`${sha256}  ${name}\n`);
  }
  expect(world.job.datasetFileCount).toBe(world.job.datasetFiles.length);
  expect(world.job.datasetFiles).toHaveLength(names(world).length);
});

test("a partitioned dataset without records has no partitions, and still says what it is", async () => {
  const world = new World({ records: 5, budgetNanos: 1, template: FILMS, seeds: 6 });
  world.setJob({ formats: ["JSONL"], partitionBy: [BY[0]] });
  await world.work();
  expect(world.job.status).toBe("BUDGET_EXCEEDED");
  expect(names(world).filter(isInPartition)).toEqual([]);
  const card = world.file("README.md").toString();
  expect(card).toContain("The records are in 0 partitions");
  expect(card.match(/`meta\/provenance.jsonl`: 0 rows/g)).toHaveLength(1);
  expect(card).not.toContain("- `meta/`");
});

test("if the disk is too small, the dataset is complete but not partitioned, and its card says so", async () => {
  const world = new World({ records: 40, template: FILMS, seeds: 6 });
  await world.work();
  const files = await exportAgain(world, { bytes: 2_000, pendingCharacters: 500 });
  expect(files).not.toContain("meta/files.jsonl");
  expect(world.lines("dataset.jsonl")).toHaveLength(40);
  expect(world.file("README.md").toString()).toContain("The dataset is not partitioned as requested");
});

test("a dataset with more folders than the limit keeps every record, and the job's row stays small", async () => {
  const world = manyFolders(1_200);
  const { datasetFiles, fileCount } = await exportDataset(world.order);
  expect(fileCount).toBe(1_000 + 4);
  expect(datasetFiles).toHaveLength(60);
  expect(datasetFiles.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["README.md", "meta/files.jsonl", "SHA256SUMS", "meta/provenance.jsonl"]),
  );
  const prefix = "datasets/J1/1/";
  const text = (name: string) => world.files.get(prefix + name)?.toString() ?? "";
  const others = text("title=__OTHERS__/dataset.jsonl")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(others.map(({ title }) => title)).toEqual(Array.from({ length: 201 }, (_, n) => `t${999 + n}`));
  expect(text("README.md")).toContain("201 records with values beyond it are together in `title=__OTHERS__/`");
  const rows = text("meta/files.jsonl")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(rows.filter(({ format }) => format).reduce((sum, { rows: n }) => sum + n, 0)).toBe(1_200);
});

describe("a spool", () => {
  test("returns each name's lines in order, however they were interleaved, and leaves nothing behind", async () => {
    const spool = await Spool.open({ pendingCharacters: 300 });
    const line = (n: number) => `${n} ü\u2028${"x".repeat(n % 17)}`;
    for (let n = 0; n < 500; n++) await spool.add(`name ${n % 7}`, line(n));
    expect(spool.names).toEqual(Array.from({ length: 7 }, (_, n) => `name ${n}`));
    for (const [k, name] of spool.names.entries()) {
      const lines: string[] = [];
      for await (const some of spool.read(name)) lines.push(...some);
      expect(lines).toEqual(
        Array.from({ length: 500 }, (_, n) => n)
          .filter((n) => n % 7 === k)
          .map(line),
      );
    }
    await spool.close();
    await expect(readdir(spool.folder)).rejects.toThrow("ENOENT");
  });

  test("says when it is full", async () => {
    const spool = await Spool.open({ bytes: 100, pendingCharacters: 10 });
    const fill = async () => {
      for (let n = 0; n < 50; n++) await spool.add("a", "0123456789");
    };
    await expect(fill()).rejects.toThrow(SpoolFull);
    await spool.close();
  });
});

/** Exports as the export's next lease would, with a spool of that size. */
async function exportAgain(world: World, spool: { bytes: number; pendingCharacters: number }): Promise<string[]> {
  const { datasetFiles } = await exportDataset({
    objects: world.objects,
    job: { ...world.job, partitionBy: [...BY] },
    outcome: "COMPLETED",
    template: parseTemplate(FILMS),
    shards: world.shards,
    generation: 2,
    signal: new AbortController().signal,
    spool,
  });
  world.setJob({ datasetPrefix: `datasets/${world.job.jobId}/2/`, datasetFiles: [...datasetFiles] });
  return datasetFiles.map(({ name }) => name);
}

/** A job of `records` records, each with a different title, by which its dataset is partitioned. */
function manyFolders(records: number) {
  const meta = { models: {}, tokens: { input: 0, output: 0 }, costNanos: 0, seeds: {}, attempts: 1 };
  const lines = Array.from({ length: records }, (_, slot) =>
    JSON.stringify({ delivered: { slot, columns: { title: `t${slot}` }, meta } }),
  );
  const objects = new MemoryObjects();
  objects.read = async () => `${[EMPTY_HEADER, ...lines].join("\n")}\n`;
  const job = {
    jobId: "J1",
    formats: ["JSONL"],
    recordCount: records,
    partitionBy: [{ column: "title", transform: "IDENTITY" }],
  };
  const runs = [{ generation: 1, fromSeq: 0, toSeq: 0 }];
  const shard = {
    jobId: "J1",
    shardNo: 0,
    pass: 0,
    fromSlot: 0,
    toSlot: records,
    partRanges: runs,
    columns: {},
    failed: 0,
  };
  const order = {
    objects,
    job: { ...job, name: "", templateName: "", seedSetName: "" } as unknown as JobRow,
    outcome: "COMPLETED" as const,
    template: parseTemplate(
      `{ name: T, steps: [{ id: a, tier: economy, prompt: x }], record: { title: it.seed.title } }`,
    ),
    shards: [{ ...shard, delivered: records, inputTokens: 0, outputTokens: 0, spentNanos: 0 } as unknown as ShardRow],
    generation: 1,
    signal: new AbortController().signal,
  };
  return { files: objects.files, order };
}
