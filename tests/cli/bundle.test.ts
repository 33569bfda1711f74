import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleCommands } from "../../cli/bundle.mjs";

let folder: string;
beforeAll(async () => {
  folder = await bundleCommands(["start", "generate"]);
}, 60_000);

const run = (name: string, ...args: string[]) =>
  spawnSync(process.execPath, [join(folder, `${name}.js`), ...args], { cwd: tmpdir(), encoding: "utf8" });

test.each(["start", "generate"])("%s runs from its bundle, whatever the working directory", (name) => {
  const { status, stdout, stderr } = run(name, "--help");
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^Usage: npm /);
  expect(status).toBe(0);
});

test("what is wrong with the command line is told as from the sources", () => {
  const { status, stderr } = run("generate", "--records", "none");
  expect(stderr).toContain('"none"');
  expect(status).toBe(64);
});

test("no package is there twice, as a module and as CommonJS, whose instances would not know each other", () => {
  const files = readdirSync(folder).filter((name) => name.endsWith(".js"));
  const text = files.map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
  const sources = new Set([...text.matchAll(/^\/\/ (node_modules\/\S+)$/gm)].map(([, source = ""]) => source));
  expect(sources).toContain("node_modules/graphql/type/schema.js");
  const isTwice = (source: string) => source.endsWith(".js") && sources.has(source.replace(/js$/, "mjs"));
  expect([...sources].filter(isTwice)).toEqual([]);
});

test("unchanged sources are bundled once", async () => {
  expect(await bundleCommands(["start", "generate"])).toBe(folder);
});
