/** Records with several rows: the record is what is counted, paid for and retried; a row is what the files hold. */
import { parse } from "csv-parse/sync";
import { parquetReadObjects } from "hyparquet";
import { hashOf, randomOf } from "#core/random";
import { assignSplit, SPLIT_NAMES } from "#core/dataset/split";
import { decodePart, partsOf } from "#core/shard/part";
import { newOpenSlot } from "#core/shard/record";
import { partObject } from "#core/bucket";
import type { Behaviour } from "./doubles.ts";
import { openMaker } from "./one-record.ts";
import { JOB, mortal, World } from "./world.ts";

const QA = `
name: Questions
pick: { seed: { from: seeds, how: inOrder } }
steps:
  - id: qa
    tier: economy
    maxTokens: 60
    maxPromptBytes: 400
    prompt: "<%= it.seed.title %>"
    output:
      type: json
      schema: { type: array, items: { type: object, required: [q], properties: { q: { type: string } } } }
rows: it.steps.qa.output
record:
  film: it.seed.title
  no: { value: it.index + 1, type: integer }
  q: it.row.q
  a: it.row.a
  level: "it.row.q.length % 2 === 0 ? 'even' : 'odd'"
categories: [level]
training: { alpaca: { instruction: q, output: a } }
`;

/** One to four questions, the same for the same film; every third has no answer. */
const questions: Behaviour = ({ prompt }) => {
  const items = Array.from({ length: 1 + (hashOf(prompt) % 4) }, (_, n) => ({
    q: `${"?".repeat(n + 1)} ${prompt}`,
    ...(n % 3 !== 2 && { a: `Answer ${n}` }),
  }));
  return JSON.stringify({ items });
};

const options = { records: 40, seeds: 12, template: QA, behaviour: questions };

async function worked(changes: object = {}, more: object = {}): Promise<World> {
  const world = new World({ ...options, ...more });
  world.setJob({ formats: ["JSONL", "CSV", "PARQUET", "ALPACA"], ...changes });
  await world.work();
  expect(world.job.status).toBe("COMPLETED");
  return world;
}

const recordOf = (id: string) => id.slice(0, id.lastIndexOf("-"));

test("every format has the rows of each record in order, numbered under its id; provenance has the records", async () => {
  const world = await worked();
  const rows = world.lines("dataset.jsonl");
  const records = world.lines("meta/provenance.jsonl").map(({ id }) => id);
  expect(records).toHaveLength(40);
  expect([...new Set(rows.map(({ id }) => recordOf(id)))]).toEqual(records);
  expect(rows.length).toBeGreaterThan(60);
  for (const id of records) {
    const own = rows.filter((row) => recordOf(row.id) === id);
    expect(own.map((row) => row.id)).toEqual(own.map((_, n) => `${id}-${n + 1}`));
    expect(own.map(({ no, q }) => [no, q])).toEqual(own.map(({ film }, n) => [n + 1, `${"?".repeat(n + 1)} ${film}`]));
    expect(new Set(own.map(({ _meta }) => JSON.stringify(_meta))).size).toBe(1);
  }
  const csv = parse(world.file("dataset.csv"), { columns: true }) as Record<string, string>[];
  const file = world.file("dataset.parquet");
  const buffer = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer;
  const parquet = await parquetReadObjects({ file: buffer });
  const plain = ({ id, film, no, q, a, level }: any) => [id, film, Number(no), q, a || null, level];
  expect(csv.map(plain)).toEqual(rows.map(plain));
  expect(parquet.map(plain)).toEqual(rows.map(plain));
});

test("records are counted as records, and the dataset's rows beside them", async () => {
  const world = await worked();
  const rows = world.lines("dataset.jsonl");
  expect(world.shards.reduce((sum, { delivered }) => sum + delivered, 0)).toBe(40);
  expect(world.job.datasetRows).toBe(rows.length);
  const card = world.file("README.md").toString();
  expect(card).toContain("| Records | 40 of 40 |");
  expect(card).toContain(`| Rows | ${rows.length}, one or more of each record |`);
  const even = rows.filter(({ level }) => level === "even").length;
  expect(card).toContain(`## Rows by level`);
  expect(card).toContain(`| even | ${even} | ${((100 * even) / rows.length).toFixed(1)}% |`);
  const unanswered = rows.filter(({ a }) => a === null).length;
  expect(world.lines("dataset.alpaca.jsonl")).toHaveLength(rows.length - unanswered);
  expect(world.job.datasetFiles.find(({ format }) => format === "ALPACA")?.omitted).toBe(unanswered);
  expect(card).toContain(`${unanswered} rows omitted`);
});

test("a template without rows says nothing of them", async () => {
  const world = new World({ records: 5 });
  await world.work();
  expect(world.job).not.toHaveProperty("datasetRows");
  expect(world.file("README.md").toString()).not.toContain("| Rows |");
  expect(world.lines("dataset.jsonl")[0].id).not.toContain("-");
});

test("all rows of a record are in the same split", async () => {
  const split = { train: 60, validation: 20, test: 20 };
  const world = await worked({ split });
  let count = 0;
  for (const name of SPLIT_NAMES)
    for (const { id } of world.lines(`dataset.${name}.jsonl`)) {
      count += 1;
      expect(assignSplit(split, recordOf(id))).toBe(name);
    }
  expect(count).toBe(world.job.datasetRows);
});

test("a partition has the rows with its value, with split and ids as everywhere", async () => {
  const split = { train: 50, validation: 0, test: 50 };
  const plain = await worked();
  const world = await worked({ split, partitionBy: [{ column: "level", transform: "IDENTITY" }] });
  const names = ["even", "odd"].flatMap((level) => ["train", "test"].map((portion) => [level, portion] as const));
  const all = names.flatMap(([level, portion]) =>
    world.lines(`level=${level}/dataset.${portion}.jsonl`).map((row) => {
      expect([row.level, assignSplit(split, recordOf(row.id))]).toEqual([level, portion]);
      return row;
    }),
  );
  const byId = (rows: any[]) => rows.sort((one, other) => (one.id < other.id ? -1 : 1));
  expect(byId(all)).toEqual(byId(plain.lines("dataset.jsonl")));
});

test("workers killed at any instant change nothing about them, and compacted parts hold them", async () => {
  const undisturbed = await worked();
  const world = new World(options);
  world.setJob({ formats: ["JSONL", "CSV", "PARQUET", "ALPACA"] });
  world.settings.flushIntervalMs = 50;
  const random = randomOf("rows kills");
  let kills = 0;
  for (let n = 0; n < 100 && world.job.status !== "COMPLETED"; n++) {
    const lastCall = 1 + Math.floor(random() * (60 + 40 * n));
    const dying = mortal(world.ports(), ({ no }) => no === lastCall, random() < 0.5);
    await world.clock.run(Promise.race([world.start(undefined, dying.ports), dying.died]));
    if (dying.isDead()) kills += 1;
    world.clock.skip(world.settings.leaseMs);
  }
  expect(kills).toBeGreaterThan(1);
  for (const name of ["dataset.jsonl", "dataset.csv", "dataset.alpaca.jsonl"])
    expect(world.lines("meta/provenance.jsonl").length && world.file(name).toString().length).toBe(
      undisturbed.file(name).toString().length,
    );
  expect(world.file("dataset.csv").toString()).toBe(undisturbed.file("dataset.csv").toString());
  const delivered = world.shards.flatMap((shard) =>
    [...partsOf(shard.partRanges)].flatMap(({ range, seq }) => {
      expect(range.compacted).toBe(true);
      const text = world.objects.files.get(partObject(JOB, shard.shardNo, range, seq))?.toString() ?? "";
      return decodePart(text).delivered;
    }),
  );
  expect(delivered).toHaveLength(40);
  expect(delivered.reduce((sum, { moreRows = [] }) => sum + 1 + moreRows.length, 0)).toBe(world.job.datasetRows);
});

test("the type of a column is inferred over all rows", async () => {
  const template = QA.replace("a: it.row.a", "a: 'it.index === 0 ? 1 : String(it.row.a)'");
  const world = await worked({}, { template });
  expect(world.file("README.md").toString()).toContain("| a | json |");
});

describe("a record without rows", () => {
  test("is attempted again, so that none vanishes", async () => {
    let calls = 0;
    const world = await worked(
      {},
      { behaviour: (request: any, no: number) => (calls++ % 3 === 0 ? '{"items":[]}' : questions(request, no)) },
    );
    expect(world.lines("meta/provenance.jsonl")).toHaveLength(40);
    expect(world.shards.reduce((sum, { attempts }) => sum + attempts, 0)).toBeGreaterThan(40);
  });

  test("fails with its reason when no attempt has any", async () => {
    const end = await made("[]");
    expect(end).toMatchObject({
      kind: "retryable",
      failed: { reason: '"rows" gave an empty list, but a record needs at least one row.' },
    });
  });
});

async function made(rows: string, more = "", column = "it.row") {
  const maker = await openMaker({
    template: `name: T\nsteps: [{ id: s, tier: economy, prompt: Do it. }]\nrows: ${JSON.stringify(rows)}\nrecord: { a: ${JSON.stringify(column)} }\n${more}`,
    behaviour: () => "words",
    seeds: { seeds: [{ list: ["x", "y", "z"] }] },
  });
  return await maker.make(newOpenSlot(0));
}

test("a row's item and index are read by its columns, and each row draws for itself", async () => {
  expect(await made("it.seed.list", "", "it.index + it.row")).toMatchObject({
    kind: "delivered",
    record: { columns: { a: "0x" }, moreRows: [{ a: "1y" }, { a: "2z" }] },
  });
  const end = await made("[1, 2, 3, 4, 5, 6]", "", "Math.random()");
  if (end.kind !== "delivered") throw new Error(end.kind);
  const values = [end.record.columns, ...(end.record.moreRows ?? [])].map(({ a }) => a);
  expect(new Set(values).size).toBe(6);
});

test("one item is one row, under its number all the same", async () => {
  expect(await made("['only']")).toMatchObject({ record: { columns: { a: "only" }, moreRows: [] } });
});

test("accept judges the rows together, and a rejected candidate keeps them", async () => {
  expect((await made("it.seed.list", "accept: it.rows.length === 3 && it.rows[1].a === 'y'")).kind).toBe("delivered");
  expect(await made("it.seed.list", "accept: { many: it.rows.length > 3 }")).toMatchObject({
    kind: "rejected",
    rejected: { reason: 'Rejected by "many".', columns: { a: "x" }, moreRows: [{ a: "y" }, { a: "z" }] },
  });
  const world = await worked({}, { template: `${QA}accept: { several: it.rows.length > 1 }\n`, seeds: 30 });
  const rejected = world.lines("meta/rejected.jsonl");
  expect(rejected.length).toBeGreaterThan(0);
  for (const { record } of rejected) expect(record).toEqual([expect.objectContaining({ no: 1 })]);
});

test.each([
  ["it.seed.list.length", /^"rows" could not be evaluated: it must be a list, not a number/],
  ["Array.from({ length: 1001 }, () => 1)", /^"rows" gave 1001 items, but a record has at most 1000 rows/],
])("%s gives no rows", async (rows, reason) => {
  expect(await made(rows)).toMatchObject({ kind: "retryable", failed: { reason: expect.stringMatching(reason) } });
});

test("a record is limited to 1 MB with all its rows", async () => {
  const end = await made("Array.from({ length: 20 }, () => 1)", "", "'x'.repeat(60000)");
  expect(end).toMatchObject({ failed: { reason: expect.stringContaining("larger than 1 MB") } });
  expect((await made("Array.from({ length: 20 }, () => 1)", "", "'x'.repeat(40000)")).kind).toBe("delivered");
});
