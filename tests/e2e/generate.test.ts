import { DuckDBInstance } from "@duckdb/node-api";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findModel } from "../../core/models/models.ts";
import { priceOf } from "../../core/money/money.ts";
import { boundOf } from "../../core/template/bound.ts";
import { parseTemplate } from "../../core/template/parse.ts";
import { modelCalls, runCommand, startProduct, until, type ModelCall, type Product } from "./product.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const TEMPLATE = join(ROOT, "samples", "templates", "questions-and-answers.yaml");
const NANOS_PER_CENT = 10_000_000;
const RECORDS = 500;

interface Row {
  id: string;
  question: string;
  answer: string;
  answer_words: number;
}

let product: Product;
let folder: string;
let movies: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "plot-palette-generate-"));
  movies = await moviesAsCsv(folder);
});
beforeEach(async () => {
  product = await startProduct();
}, 60_000);
afterEach(() => product?.end());
afterAll(() => rm(folder, { recursive: true, force: true }));

test("500 records from a real, messy table are exported as three files with the same rows, and cost what the log says", async () => {
  const out = join(folder, "whole");
  const { code, stderr } = await generate(["--budget", "1", "--out", out]).finished;
  expect({ code, stderr }).toMatchObject({ code: 0 });

  const rows = await readJsonl(out);
  expect(new Set(rows.map((row) => row.id)).size).toBe(RECORDS);
  const fromParquet = await query(
    `SELECT id, question, answer, answer_words FROM '${join(out, "dataset.parquet")}' ORDER BY id`,
  );
  const fromCsv = await query(
    `SELECT id, question, answer, answer_words FROM read_csv('${join(out, "dataset.csv")}', header = true) ORDER BY id`,
  );
  const expected = [...rows]
    .sort(byId)
    .map(({ id, question, answer, answer_words }) => ({ id, question, answer, answer_words }));
  expect(fromParquet.map((row) => ({ ...row, answer_words: Number(row.answer_words) }))).toEqual(expected);
  expect(fromCsv.map((row) => ({ ...row, answer_words: Number(row.answer_words) }))).toEqual(expected);
  const types = await query(`DESCRIBE SELECT * FROM '${join(out, "dataset.parquet")}'`);
  expect(Object.fromEntries(types.map((column) => [column.column_name, column.column_type]))).toMatchObject({
    id: "VARCHAR",
    question: "VARCHAR",
    answer_words: "BIGINT",
  });

  const report = await readReport(out);
  expect(report).toMatchObject({
    requested: RECORDS,
    delivered: RECORDS,
    failed: 0,
    budgetUsd: 1,
    status: "COMPLETED",
  });
  expect(report.spentUsd).toBe(costOf(await modelCalls(product.data)) / 1e9);
}, 180_000);

test("a budget of one cent stops the job close to it and keeps what was paid for; once raised, the job resumes without paying twice", async () => {
  const out = join(folder, "cent");
  const first = await generate(["--budget", "0.01", "--out", out]).finished;
  expect(first).toMatchObject({ code: 2 });
  const calls = await modelCalls(product.data);
  const bound = boundOf(parseTemplate(await readFile(TEMPLATE, "utf8"))).costNanos;
  expect(costOf(calls)).toBeLessThanOrEqual(NANOS_PER_CENT);
  expect(costOf(calls)).toBeGreaterThanOrEqual(NANOS_PER_CENT - bound);
  const answered = calls.filter((call) => call.modelId === "amazon.nova-pro-v1:0" && call.status === "ok").length;
  expect((await readJsonl(out)).length).toBe(answered);
  const { jobId } = await readReport(out);

  const second = await runCommand("generate", [
    "--resume",
    jobId,
    "--budget",
    "1",
    "--out",
    out,
    "--data",
    product.data,
  ]).finished;
  expect(second).toMatchObject({ code: 0 });
  const rows = await readJsonl(out);
  expect(new Set(rows.map((row) => row.id)).size).toBe(RECORDS);
  const all = await modelCalls(product.data);
  expect(all.filter((call) => call.status === "ok")).toHaveLength(2 * RECORDS);
  expect((await readReport(out)).spentUsd).toBe(costOf(all) / 1e9);
}, 180_000);

test.each(["SIGKILL", "SIGTERM"] as const)(
  "a worker that receives %s midway is replaced, and 500 distinct records are delivered",
  async (signal) => {
    const out = join(folder, signal);
    const running = generate(["--budget", "1", "--out", out]);
    await until(
      "half the model's calls",
      async () => (await modelCalls(product.data)).length > RECORDS && product.cloud.tasks.list().length > 0,
    );
    for (const task of runningTasks())
      await (signal === "SIGKILL" ? product.cloud.tasks.kill(task) : product.cloud.tasks.interrupt(task));
    expect(await running.finished).toMatchObject({ code: 0 });
    const rows = await readJsonl(out);
    expect(rows).toHaveLength(RECORDS);
    expect(new Set(rows.map((row) => row.id)).size).toBe(RECORDS);
    const report = await readReport(out);
    const logged = costOf(await modelCalls(product.data)) / 1e9;
    if (signal === "SIGTERM") expect(report.spentUsd).toBe(logged);
    else expect(logged).toBeLessThanOrEqual(report.spentUsd + report.writtenOffUsd);
  },
  240_000,
);

function generate(args: readonly string[]) {
  const common = [
    "--template",
    TEMPLATE,
    "--seeds",
    movies,
    "--records",
    String(RECORDS),
    "--formats",
    "jsonl,csv,parquet",
  ];
  return runCommand("generate", [...common, ...args, "--data", product.data]);
}

function runningTasks(): string[] {
  return product.cloud.tasks
    .list()
    .filter((task) => task.lastStatus === "RUNNING")
    .map((task) => task.taskId);
}

function costOf(calls: readonly ModelCall[]): number {
  return calls.reduce((sum, call) => {
    const model = findModel(call.modelId);
    if (!model) throw new Error(`The log names ${call.modelId}, which has no price.`);
    return sum + (call.status === "ok" ? priceOf(model, call.inputTokens, call.outputTokens) : 0);
  }, 0);
}

async function readJsonl(out: string): Promise<Row[]> {
  const text = await readFile(join(out, "dataset.jsonl"), "utf8");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);
}

async function readReport(out: string) {
  return JSON.parse(await readFile(join(out, "report.json"), "utf8")) as {
    jobId: string;
    delivered: number;
    spentUsd: number;
    writtenOffUsd: number;
    status: string;
  };
}

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(sql);
  const rows = reader.getRowObjects() as Record<string, unknown>[];
  connection.closeSync();
  instance.closeSync();
  return rows;
}

/** movies.json of vega-datasets: 3,201 rows with numbers for titles, nulls, quotes and line breaks. */
async function moviesAsCsv(into: string): Promise<string> {
  const rows = JSON.parse(
    await readFile(join(ROOT, "node_modules", "vega-datasets", "data", "movies.json"), "utf8"),
  ) as Record<string, unknown>[];
  const header = Object.keys(rows[0] ?? {});
  const cell = (value: unknown) =>
    value === null || value === undefined ? "" : `"${String(value).replaceAll('"', '""')}"`;
  const lines = [header.map(cell), ...rows.map((row) => header.map((name) => cell(row[name])))];
  const file = join(into, "movies.csv");
  await writeFile(file, lines.map((line) => line.join(",")).join("\r\n"));
  return file;
}

function byId(a: Row, b: Row): number {
  return a.id < b.id ? -1 : 1;
}
