/** Inputs of real people, through the command line and the whole product; tests/cases/README.md says how one is written. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { startModelServer, type CannedAnswer, type ModelServer } from "../cases/model-server.ts";
import { runCommand, startProduct, type Finished, type Product } from "./product.ts";

const FOLDER = join(import.meta.dirname, "..", "cases");

interface Case {
  readonly says: string;
  readonly template?: string;
  readonly seeds: string | Readonly<Record<string, string>>;
  readonly records?: number;
  readonly flags?: readonly string[];
  readonly answers?: Readonly<Record<string, CannedAnswer | readonly CannedAnswer[]>>;
  readonly expect: {
    readonly exit?: number;
    readonly says?: string | readonly string[];
    readonly rows?: Readonly<Record<string, readonly object[]>>;
    readonly lines?: Readonly<Record<string, number>>;
    readonly contains?: Readonly<Record<string, readonly string[]>>;
    readonly lacks?: Readonly<Record<string, readonly string[]>>;
  };
}

const names = readdirSync(FOLDER).filter((name) => existsSync(join(FOLDER, name, "case.yaml")));
const cases = names.map(
  (name) => [name, parse(readFileSync(join(FOLDER, name, "case.yaml"), "utf8")) as Case] as const,
);

let model: ModelServer;
let product: Product;
let out: string;

beforeAll(async () => {
  model = await startModelServer();
  for (const [, { answers = {} }] of cases) model.say(answers);
  product = await startProduct({ modelOption: `openai=${model.url}` });
  out = await mkdtemp(join(tmpdir(), "plot-palette-cases-"));
}, 120_000);

afterAll(async () => {
  await product?.end();
  await model?.close();
  await rm(out, { recursive: true, force: true });
});

// Two processors: two cases at a time, each in a process of its own.
const running = new Map<string, Promise<Finished>>();
const queue = cases.map(([name, given]) => () => {
  const { finished } = runCommand("generate", argumentsOf(name, given));
  running.set(name, finished);
  return finished;
});

test.each(cases.map(([name, given]) => [given.says, name, given] as const))(
  "%s (%s)",
  async (_, name, given) => {
    const { code, stdout, stderr } = await finishedOf(name);
    const { exit = 0, says = [], rows = {}, lines = {}, contains = {}, lacks = {} } = given.expect;
    const printed = `${stdout}${stderr}`;
    expect({ code, printed }).toMatchObject({ code: exit, printed: expect.any(String) });
    for (const piece of [says].flat()) expect(printed).toContain(piece);
    for (const [file, expected] of Object.entries(rows))
      expect((await rowsOf(name, file)).slice(0, expected.length)).toMatchObject(expected);
    for (const [file, pieces] of Object.entries(contains))
      for (const piece of pieces) expect(await textOf(name, file)).toContain(piece);
    for (const [file, pieces] of Object.entries(lacks))
      for (const piece of pieces) expect(await textOf(name, file)).not.toContain(piece);
    for (const [files, count] of Object.entries(lines)) {
      const rows = await Promise.all(files.split(" ").map((file) => rowsOf(name, file)));
      expect(rows.flat()).toHaveLength(count);
    }
  },
  120_000,
);

/** Starts cases in order, two ahead of the one that is waited for. */
async function finishedOf(name: string): Promise<Finished> {
  const at = names.indexOf(name);
  for (let n = running.size; n <= Math.min(at + 1, queue.length - 1); n++) void queue[n]?.();
  return (await running.get(name)) as Finished;
}

function argumentsOf(name: string, { template, seeds, records = 1, flags = [] }: Case): string[] {
  const file = (path: string) => join(FOLDER, name, path);
  const files =
    typeof seeds === "string" ? [file(seeds)] : Object.entries(seeds).map(([as, path]) => `${as}=${file(path)}`);
  return [
    ...["--template", template ? file(template) : join(FOLDER, "echo.yaml")],
    ...files.flatMap((given) => ["--seeds", given]),
    ...["--records", String(records), "--budget", "1", "--out", join(out, name), "--data", product.data],
    ...flags,
  ];
}

async function textOf(name: string, file: string): Promise<string> {
  return await readFile(join(out, name, file), "utf8");
}

async function rowsOf(name: string, file: string): Promise<unknown[]> {
  const lines = (await textOf(name, file)).split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as unknown);
}
