import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand, startProduct, type Product } from "./product.ts";

const TEMPLATE = `name: Towns
steps:
  - { id: say, tier: economy, maxTokens: 60, maxPromptBytes: 500, prompt: "Praise <%= it.seed.name %>." }
`;

let folder: string;
let product: Product;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "plot-palette-bad-"));
  product = await startProduct();
  await file("good.yaml", TEMPLATE);
  await file("good.csv", "name,people\nBern,134000\n");
}, 60_000);
afterAll(async () => {
  await product?.end();
  await rm(folder, { recursive: true });
});

describe("rejected before anything is started", () => {
  const caret = /syntax error: [^\n]+ \(line 3, column (\d+)\)\.\n\n {2}( .*)Praise <%= it\.seed\. %>\..*\n +\^/;
  test.each<[string, Record<string, string>, RegExp]>([
    ["no records", { records: "0" }, /whole number from 1 to 1,000,000, received "0"/],
    ["half a record", { records: "1.5" }, /received "1\.5"/],
    ["too many records", { records: "1000001" }, /received "1000001"/],
    ["no budget", { budget: "0" }, /above \$0 and at most \$5,000\.00, received "0"/],
    ["a negative budget", { budget: "-1" }, /received "-1"/],
    ["too large a budget", { budget: "5000.01" }, /received "5000\.01"/],
    ["a budget as text", { budget: "plenty" }, /received "plenty"/],
    [
      "a wrong format",
      { formats: "jsonl,xml" },
      /among jsonl, jsonl_gz, csv, csv_excel, parquet, messages, sharegpt, alpaca, preference, prompt_completion and bedrock, received "xml"/,
    ],
    ["a missing seed file", { seeds: "gone.csv" }, /gone\.csv cannot be read/],
    ["an empty seed file", { seeds: "empty.csv" }, /empty\.csv is empty; expected at least one row/],
    ["a seed file of an unknown format", { seeds: "seeds.xlsx" }, /must have the extension \.json/],
    ["a missing template", { template: "gone.yaml" }, /gone\.yaml cannot be read/],
    ["broken YAML", { template: "broken.yaml" }, /not valid YAML: .* \(line 2, column 1\)/],
    ["a broken prompt", { template: "prompt.yaml" }, caret],
    ["an unknown model", { template: "model.yaml" }, /uses the model "gpt-9", whose price is unknown; choose from/],
    ["an unknown key in a template", { template: "word.yaml" }, /has the unknown key "promt"; did you mean "prompt"/],
  ])("%s", async (_, overrides, message) => {
    await file("empty.csv", "");
    await file("seeds.xlsx", "name");
    await file("broken.yaml", 'name: "Towns\n');
    await file("prompt.yaml", TEMPLATE.replace("it.seed.name", "it.seed."));
    await file("model.yaml", TEMPLATE.replace("tier: economy", "model: gpt-9"));
    await file("word.yaml", TEMPLATE.replace("prompt:", "promt:"));
    const { code, stdout, stderr } = await generate(overrides);
    expect(stderr).toMatch(message);
    expect({ code, stdout, stack: /\n {4}at /.test(stderr) }).toEqual({ code: 64, stdout: "", stack: false });
  });
});

describe("rejected by the API, with the same messages as in the browser", () => {
  test.each<[string, string, string, RegExp]>([
    ["a row of JSONL that is not an object", "rows.jsonl", '{"name":"Bern"}\n42\n', /2.*object/s],
    ["an element of a JSON list that is not an object", "rows.json", '[{"name":"Bern"}, "Graz"]', /2.*object/s],
    ["a row with more values than columns", "rows.csv", "name,people\nBern,134000\nGraz,290000,7\n", /2|3/],
    ["truncated JSON", "cut.json", '[{"name":"Bern"}, {"na', /cut\.json/],
    [
      "a field that the template reads and the seeds lack",
      "towns.csv",
      "town,people\nBern,1\n",
      /has no "name" \(it has town, people\)/,
    ],
  ])("%s", async (_, name, text, message) => {
    await file(name, text);
    const { code, stderr } = await generate({ seeds: name });
    expect(stderr).toMatch(message);
    expect({ code, stack: /\n {4}at /.test(stderr) }).toEqual({ code: 64, stack: false });
  });

  test("a budget that does not cover one record", async () => {
    const { code, stderr } = await generate({ budget: "0.00000001" });
    expect(stderr).toContain("$0.00000001");
    expect(code).toBe(64);
  });
});

describe("npm start", () => {
  test("reports the port in use", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const data = join(folder, "port");
    const { code, stderr } = await runCommand("start", ["--data", data, "--port", String(port), "--no-browser"])
      .finished;
    server.close();
    expect(stderr).toContain(`Port ${port} is in use by another program; choose another with --port.`);
    expect(code).toBe(64);
    expect(await readdir(data).catch(() => [])).toEqual([]);
  });

  test("reports a data directory that cannot be created", async () => {
    const { code, stderr } = await runCommand("start", ["--data", "/proc/plot-palette/data", "--no-browser"]).finished;
    expect(stderr).toMatch(/The data directory .* cannot be written/);
    expect(code).toBe(64);
  });

  test("reports a data directory below a file", async () => {
    await file("a-file", "");
    const { code, stderr } = await runCommand("start", ["--data", join(folder, "a-file", "data"), "--no-browser"])
      .finished;
    expect(stderr).toMatch(/The data directory .* cannot be written/);
    expect(code).toBe(64);
  });

  test("rejects a data directory in use, with the address of the first instance", async () => {
    const { code, stderr } = await runCommand("start", ["--data", product.data, "--port", "4299", "--no-browser"])
      .finished;
    expect(stderr).toContain(product.outputs.appUrl);
    expect(code).toBe(64);
  });

  test("does not empty a directory that it did not create", async () => {
    const { code, stderr } = await runCommand("start", ["--data", folder, "--port", "4299", "--reset", "--no-browser"])
      .finished;
    expect(stderr).toMatch(/--reset/);
    expect(code).toBe(64);
    expect(await readdir(folder)).toContain("good.yaml");
  });

  test("exits on Ctrl-C while starting, and leaves nothing running and no lock", async () => {
    const data = join(folder, "interrupted");
    const { child, finished } = runCommand("start", ["--data", data, "--port", "4299", "--no-browser"]);
    child.stdout?.once("data", () => child.kill("SIGINT"));
    const { code, stdout } = await finished;
    expect(stdout).toContain("nothing was left running");
    expect(code).toBe(130);
    expect(await readdir(data)).not.toContain("lock.json");
  });
});

/** The whole command, valid except for what the case overrides. */
function generate(overrides: Record<string, string>) {
  const options = {
    template: "good.yaml",
    seeds: "good.csv",
    records: "2",
    budget: "1",
    formats: "jsonl",
    ...overrides,
  };
  const paths = { template: join(folder, options.template), seeds: join(folder, options.seeds) };
  const args = Object.entries({ ...options, ...paths }).flatMap(([name, value]) => [`--${name}=${value}`]);
  return runCommand("generate", [...args, `--out=${join(folder, "out")}`, `--data=${product.data}`]).finished;
}

function file(name: string, text: string): Promise<void> {
  return writeFile(join(folder, name), text);
}
