import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { columnsOf, type ColumnType } from "../../core/template/template.ts";
import { parseTemplate } from "../../core/template/parse.ts";
import { readSamples, type Sample } from "../samples/bundled.ts";
import { modelCalls, runCommand, startProduct, type Product } from "./product.ts";

const RECORDS = 20;
const SAMPLES = await readSamples();
let product: Product;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "plot-palette-samples-"));
  product = await startProduct({ model: { badJsonRate: 0.3 } });
}, 60_000);
afterAll(async () => {
  await product?.end();
  await rm(folder, { recursive: true, force: true });
});

test("there are at least twelve samples", () => {
  expect(SAMPLES.length).toBeGreaterThanOrEqual(12);
});

test.each(SAMPLES.map((sample) => [sample.template.id, sample] as const))(
  "%s generates 20 valid rows from its seeds, although three in ten responses are not the requested JSON",
  async (id, sample) => {
    const out = join(folder, id);
    const { code, stderr } = await generate(sample, out);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const report = JSON.parse(await readFile(join(out, "report.json"), "utf8"));
    expect(report).toMatchObject({ requested: RECORDS, delivered: RECORDS, failed: 0, status: "COMPLETED" });
    const template = parseTemplate(sample.template.source);
    const rows = (await readFile(join(out, "dataset.jsonl"), "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(rows).toHaveLength(RECORDS);
    for (const row of rows) {
      expect(Object.keys(row)).toEqual(["id", ...columnsOf(template), "_meta"]);
      for (const [name, { type }] of Object.entries(template.record ?? {})) expect(fits(row[name], type)).toBe(true);
    }
  },
  120_000,
);

test("some responses were invalid: there were more calls than with a perfect model", async () => {
  const calls = await modelCalls(product.data);
  expect(calls.length).toBeGreaterThan(RECORDS * SAMPLES.length);
});

function fits(value: unknown, type: ColumnType | undefined): boolean {
  if (value === null || type === undefined || type === "json") return true;
  return type === "integer" ? Number.isInteger(value) : typeof value === type;
}

async function generate({ template, seedSet }: Sample, out: string) {
  const templateFile = join(folder, `${template.id}.yaml`);
  await writeFile(templateFile, template.source);
  const seeds: string[] = [];
  for (const { collection, fileName, text } of seedSet.files) {
    await writeFile(join(folder, fileName), text);
    seeds.push("--seeds", `${collection}=${join(folder, fileName)}`);
  }
  const options = { records: String(RECORDS), budget: "2", out, data: product.data };
  const rest = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  return runCommand("generate", ["--template", templateFile, ...seeds, ...rest]).finished;
}
