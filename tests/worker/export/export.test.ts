import { jest } from "@jest/globals";
import { parse } from "csv-parse/sync";
import { DuckDBInstance } from "@duckdb/node-api";
import { parquetReadObjects } from "hyparquet";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Counts } from "../../../worker/export/counts.ts";
import { assignSplit } from "../../../core/dataset/split.ts";
import { csvLine, escapeFormula } from "../../../worker/export/csv.ts";
import { gunzipSync } from "node:zlib";
import { ModelError } from "../../../worker/ports.ts";
import { ANSWERS, World } from "../world.ts";

const TYPED = `
name: Typed
pick: { seed: { from: seeds, how: inOrder } }
steps:
  - id: facts
    tier: economy
    prompt: "<%= it.seed.title %>"
    output: { type: json, schema: { type: object } }
record:
  title: it.seed.title
  count: { value: it.steps.facts.output.count, type: integer }
  score: it.steps.facts.output.score
  good: it.steps.facts.output.good
  tags: it.steps.facts.output.tags
  maybe: it.steps.facts.output.maybe
  never: it.steps.facts.output.never
  note: it.steps.facts.output.note
`;

const NOTES = ["=1+1", 'a "quoted", text', "two\nlines", "-5", "@x", "plain"];

async function typedWorld(records: number): Promise<World> {
  let n = 0;
  const world = new World({
    records,
    template: TYPED,
    behaviour: () => {
      const no = n++;
      const maybe = no % 3 === 0 ? { maybe: "some" } : {};
      return JSON.stringify({
        count: `${no}`,
        score: no / 2,
        good: no % 2 === 0,
        tags: ["a", no],
        note: NOTES[no % NOTES.length],
        ...maybe,
      });
    },
  });
  await world.work();
  expect(world.job.status).toBe("COMPLETED");
  return world;
}

test("the three formats hold the same rows in the same order", async () => {
  const world = await typedWorld(120);
  const jsonl = world.lines("dataset.jsonl");
  const csv = parse(world.file("dataset.csv"), { columns: true, bom: false }) as Record<string, string>[];
  const parquet = await parquetReadObjects({ file: arrayBuffer(world.file("dataset.parquet")) });
  expect(csv).toHaveLength(120);
  expect(parquet).toHaveLength(120);
  jsonl.forEach((row, n) => {
    expect(csv[n]?.id).toBe(row.id);
    expect(csv[n]?.note).toBe(row.note);
    expect(JSON.parse(csv[n]?.tags ?? "")).toEqual(row.tags);
    expect(csv[n]?.maybe).toBe(row.maybe ?? "");
    expect(parquet[n]).toEqual({ ...row, _meta: undefined, count: BigInt(row.count), tags: JSON.stringify(row.tags) });
  });
});

test("another implementation reads the Parquet file with typed columns", async () => {
  const world = await typedWorld(30);
  const folder = await mkdtemp(join(tmpdir(), "export-"));
  try {
    await writeFile(join(folder, "dataset.parquet"), world.file("dataset.parquet"));
    const connection = await (await DuckDBInstance.create()).connect();
    const described = await connection.runAndReadAll(`describe select * from '${join(folder, "dataset.parquet")}'`);
    const types = Object.fromEntries(
      described.getRowObjects().map(({ column_name, column_type }) => [column_name, column_type]),
    );
    expect(types).toEqual({
      id: "VARCHAR",
      title: "VARCHAR",
      count: "BIGINT",
      score: "DOUBLE",
      good: "BOOLEAN",
      tags: "VARCHAR",
      maybe: "VARCHAR",
      never: "VARCHAR",
      note: "VARCHAR",
    });
    const sums = await connection.runAndReadAll(
      `select count(*) n, sum(count) s, count(maybe) m from '${join(folder, "dataset.parquet")}'`,
    );
    expect(sums.getRowObjects()[0]).toMatchObject({ n: 30n, m: 10n });
    const facts = await connection.runAndReadAll(
      `select path_in_schema c, compression, stats_min_value low, stats_max_value high, stats_null_count missing
       from parquet_metadata('${join(folder, "dataset.parquet")}') where path_in_schema in ('count', 'maybe')`,
    );
    expect(facts.getRowObjects()).toEqual([
      { c: "count", compression: "SNAPPY", low: "0", high: "29", missing: 0n },
      { c: "maybe", compression: "SNAPPY", low: "some", high: "some", missing: 20n },
    ]);
    connection.closeSync();
  } finally {
    await rm(folder, { recursive: true });
  }
});

const CHATS = `
name: Chats
pick: { seed: { from: seeds, how: inOrder } }
steps: [{ id: answer, tier: economy, prompt: "<%= it.seed.title %>" }]
record:
  task: it.seed.title
  answer: it.steps.answer.output
  messages: |
    it.seed.year % 2
      ? null
      : [{ role: "user", content: it.seed.title }, { role: "assistant", content: it.steps.answer.output }]
training: { messages: messages, alpaca: { instruction: task, output: answer } }
`;

test("one pass writes JSONL, the same compressed, and each format for fine-tuning", async () => {
  const world = new World({ records: 20, template: CHATS, seeds: 20 });
  world.setJob({ formats: ["JSONL", "JSONL_GZ", "MESSAGES", "SHAREGPT", "ALPACA"] });
  const read = jest.spyOn(world.objects, "read");
  await world.work();
  const parts = read.mock.calls.map(([name]) => name).filter((name) => name.includes("part"));
  expect(parts).toHaveLength(new Set(parts).size);
  expect(parts.length).toBeGreaterThan(0);
  expect(gunzipSync(world.file("dataset.jsonl.gz"))).toEqual(world.file("dataset.jsonl"));
  const rows = world.lines("dataset.jsonl");
  expect(world.lines("dataset.alpaca.jsonl")).toEqual(
    rows.map(({ task, answer }) => ({ instruction: task, input: "", output: answer })),
  );
  const chats = rows.filter(({ messages }) => messages !== null);
  expect(chats).toHaveLength(10);
  expect(world.lines("dataset.messages.jsonl")).toEqual(chats.map(({ messages }) => ({ messages })));
  expect(world.lines("dataset.sharegpt.jsonl")).toEqual(
    chats.map(({ id, task, answer }) => ({
      id,
      conversations: [
        { from: "human", value: task },
        { from: "gpt", value: answer },
      ],
    })),
  );
  expect(world.job.datasetFiles.find(({ format }) => format === "MESSAGES")).toMatchObject({ rows: 10 });
  expect(world.file("README.md").toString()).toContain("`dataset.messages.jsonl`: 10 rows; 10 records omitted");
});

test("a split writes one file per format and portion, and every record into one portion", async () => {
  const world = new World({ records: 60, template: CHATS, seeds: 60 });
  const split = { train: 70, validation: 0, test: 30 };
  world.setJob({ formats: ["JSONL", "CSV", "PARQUET", "ALPACA"], split });
  await world.work();
  expect(world.job.datasetFiles.map(({ name }) => name)).toEqual([
    ...["jsonl", "csv", "parquet", "alpaca.jsonl"].map((ending) => `dataset.train.${ending}`),
    ...["jsonl", "csv", "parquet", "alpaca.jsonl"].map((ending) => `dataset.test.${ending}`),
    "meta/provenance.jsonl",
    "README.md",
    "SHA256SUMS",
  ]);
  const all = world.lines("meta/provenance.jsonl").map(({ id }) => id);
  expect(all).toHaveLength(60);
  for (const portion of ["train", "test"] as const) {
    const ids = all.filter((id) => assignSplit(split, id) === portion);
    expect(ids.length).toBeGreaterThan(5);
    expect(world.lines(`dataset.${portion}.jsonl`).map(({ id }) => id)).toEqual(ids);
    const parquet = await parquetReadObjects({ file: arrayBuffer(world.file(`dataset.${portion}.parquet`)) });
    expect(parquet.map(({ id }) => id)).toEqual(ids);
    expect(world.lines(`dataset.${portion}.alpaca.jsonl`)).toHaveLength(ids.length);
  }
  expect(world.file("README.md").toString()).toContain("| Split | 70% train, 30% test |");
});

test("every record has its provenance, in the dataset and in meta/provenance.jsonl", async () => {
  const world = await typedWorld(9);
  const [row] = world.lines("dataset.jsonl");
  expect(row._meta).toEqual({
    models: { facts: "amazon.nova-micro-v1:0" },
    tokens: { input: 2, output: expect.any(Number) },
    costNanos: expect.any(Number),
    template: { id: "T1", version: 3 },
    seeds: { seed: { collection: "seeds", item: 0 } },
    attempts: 1,
  });
  expect(world.lines("meta/provenance.jsonl")[0]).toEqual({ id: row.id, ...row._meta });
  const cost = world.lines("meta/provenance.jsonl").reduce((sum, { costNanos }) => sum + costNanos, 0);
  expect(cost).toBe(world.spentNanos);
});

test("the card says how many records a complete dataset lacks, and shows names as they are", async () => {
  const world = new World({
    records: 20,
    seeds: 20,
    template: `${CHATS}accept: it.record.task.length < 99\n`,
    behaviour: (request, callNo) =>
      request.prompt === "Film 5" ? new ModelError("invalid", "It is rejected.") : ANSWERS(request, callNo),
  });
  world.setJob({ name: "Films <b>5</b>" });
  await world.work();
  const card = world.file("README.md").toString();
  expect(world.job.status).toBe("COMPLETED");
  expect(card).toContain("The dataset is complete except for 1 record that failed.");
  expect(card).toContain("# Films \\<b>5\\</b>");
  expect(card).toContain("`it.record.task.length < 99`");
  expect(card).toContain("- `meta/failures.jsonl`: 1 row\n");
  expect(card).toContain("The data is in `dataset.*`; the files in `meta/` are about it.");
});

test("the job lists its files with their sizes and rows, and the card says what they are", async () => {
  const world = await typedWorld(12);
  expect(world.job.datasetFiles.map(({ name, format, rows }) => [name, format, rows])).toEqual([
    ["dataset.jsonl", "JSONL", 12],
    ["dataset.csv", "CSV", 12],
    ["dataset.parquet", "PARQUET", 12],
    ["meta/provenance.jsonl", undefined, 12],
    ["README.md", undefined, 0],
    ["SHA256SUMS", undefined, 0],
  ]);
  for (const { name, bytes } of world.job.datasetFiles) expect(world.file(name)).toHaveLength(bytes);
  const card = world.file("README.md").toString();
  for (const words of [
    "# Test job",
    "12 of 12",
    "amazon.nova-micro-v1:0",
    "| count | integer |",
    "| tags | json |",
    "read_parquet",
  ])
    expect(card).toContain(words);
});

const FILMS = `
name: Films
description: What films say.
parameters: { audience: { default: "young | old" } }
pick: { seed: { from: seeds, how: inOrder } }
categories: [decade, film]
steps:
  - { id: sort, tier: economy, prompt: "<%= it.audience %> <%= it.seed.title %>" }
  - { id: best, tier: premium, when: it.seed.year % 2, prompt: "<%= it.seed.title %>" }
record: { decade: "it.seed.year > 1982 ? 'late' : 'a | b'", film: it.seed.title }
`;

test("the card lists the sources, each model's share, and the records of each category", async () => {
  const world = new World({ records: 6, template: FILMS, seeds: 6, parameters: { audience: "young | old" } });
  const estimate = { lowNanos: 400_000, likelyNanos: 500_000, highNanos: 600_000, recordCount: 6 };
  world.setJob({ formats: ["JSONL_GZ", "CSV"], estimate: { ...estimate, basis: "TEST_RUNS", basisRecords: 5 } });
  await world.work();
  const card = world.file("README.md").toString();
  for (const words of [
    "| Estimated cost | $0.0004 to $0.0006, likely $0.0005, based on 5 test-run records |",
    "| Template | T1, version 3 |",
    `| Template SHA-256 | ${sha256(FILMS)} |`,
    '| Parameter audience | "young \\| old" |',
    "| sort | amazon.nova-micro-v1:0 | 6 | 100.0% |",
    "| best | amazon.nova-pro-v1:0 | 3 | 50.0% |",
    "| a \\| b | 3 | 50.0% |",
    "| late | 3 | 50.0% |",
    'pandas.read_json("dataset.jsonl.gz", lines=True)',
    'load_dataset("csv", data_files="dataset.csv")',
    "select * from read_csv('dataset.csv');",
    "gzip -dc dataset.jsonl.gz | jq -c 'del(._meta)'",
  ])
    expect(card).toContain(words);
});

test("SHA256SUMS has every other file's checksum", async () => {
  const world = await typedWorld(12);
  const sums = world.file("SHA256SUMS").toString().trimEnd().split("\n");
  const others = world.job.datasetFiles.map(({ name }) => name).filter((name) => name !== "SHA256SUMS");
  expect(sums).toEqual(others.map((name) => `${sha256(world.file(name))}  ${name}`));
});

test("a category with very many values is summarized", () => {
  const counts = new Counts(["film"]);
  const meta = { models: {}, tokens: { input: 0, output: 0 }, costNanos: 0, seeds: {}, attempts: 1 };
  for (let slot = 0; slot < 1_500; slot++) counts.add({ slot, columns: { film: `Film ${slot % 1_200}` }, meta });
  expect(counts.categories.get("film")?.size).toBe(1_000);
  expect(counts.uncounted.get("film")).toBe(200);
  expect(counts.categories.get("film")?.get("Film 5")).toBe(2);
});

test("a dataset without records is still three readable files", async () => {
  const world = new World({ records: 5, budgetNanos: 1 });
  await world.work();
  expect(world.job.status).toBe("BUDGET_EXCEEDED");
  expect(world.lines("dataset.jsonl")).toEqual([]);
  expect(world.file("dataset.csv").toString()).toBe("id,film,year,question,answer\r\n");
  expect(await parquetReadObjects({ file: arrayBuffer(world.file("dataset.parquet")) })).toEqual([]);
});

test.each([
  [["a", 1, true, null, undefined], "a,1,true,,\r\n"],
  [['say "hi", you', "line\nbreak"], '"say ""hi"", you","line\nbreak"\r\n'],
  [["=SUM(A1)", "+1", "- one", "@a", "\tx"], "=SUM(A1),+1,- one,@a,\tx\r\n"],
  [[-5, { a: '"' }], '-5,"{""a"":""\\""""}"\r\n'],
])("CSV writes %j", (values, line) => expect(csvLine(values)).toBe(line));

test.each(["=SUM(A1)", "+1", "- one", "@a", "\tx", "\rx", "\n=1", "＝1", "＠a"])(
  "CSV for Excel keeps %j from being taken for a formula",
  (text) => {
    expect(csvLine([text, 1, null], escapeFormula)).toMatch(/^"?'/);
  },
);

test.each(["a=b", "1-1", ""])("CSV for Excel leaves %j as it is", (text) => {
  expect(escapeFormula(text)).toBe(text);
});

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function arrayBuffer(buffer: Buffer): ArrayBuffer {
  return buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.byteLength) as ArrayBuffer;
}
