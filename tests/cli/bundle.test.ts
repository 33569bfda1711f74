import { spawnSync } from "node:child_process";
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

test("unchanged sources are bundled once", async () => {
  expect(await bundleCommands(["start", "generate"])).toBe(folder);
});
