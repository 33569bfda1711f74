/**
 * `npm test`: types, lint and formatting, then every suite: unit suites in parallel, then integration suites, most of
 * which run the whole product, one by one. Ends with the line `N passed, N failed`. Arguments select suites, as in jest.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./synthesize.ts";

interface Count {
  passed: number;
  failed: number;
}

const CHECKS = [
  ["types", ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json"]],
  ["lint", ["node_modules/eslint/bin/eslint.js", "--max-warnings", "0", "."]],
  ["generated types", ["node_modules/@graphql-codegen/cli/cjs/bin.js", "--config", "codegen.yml", "--check"]],
  ["formatting", ["node_modules/prettier/bin/prettier.cjs", "--check", "--log-level", "warn", "."]],
] as const;

const narrowed = process.argv.slice(2);
const total: Count = { passed: 0, failed: 0 };
if (narrowed.length === 0)
  for (const count of await Promise.all(CHECKS.map(([name, command]) => check(name, command)))) add(count);
// Two processors: unit suites share them; an integration suite takes both.
add(await suites("unit", ["--selectProjects", "unit", "--maxWorkers", "2"]));
add(await suites("integration", ["--selectProjects", "integration", "--runInBand"]));
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;

function add({ passed, failed }: Count): void {
  total.passed += passed;
  total.failed += failed;
}

async function check(name: string, command: readonly string[]): Promise<Count> {
  const code = await node(command);
  console.log(`${code === 0 ? "PASS" : "FAIL"} ${name}`);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
}

async function suites(name: string, flags: readonly string[]): Promise<Count> {
  const folder = await mkdtemp(join(tmpdir(), "plot-palette-test-"));
  const file = join(folder, "results.json");
  try {
    const code = await node([
      "--experimental-vm-modules",
      "--disable-warning=ExperimentalWarning",
      "node_modules/jest/bin/jest.js",
      ...flags,
      "--json",
      `--outputFile=${file}`,
      "--passWithNoTests",
      ...narrowed,
    ]);
    const results = JSON.parse(await readFile(file, "utf8").catch(() => "{}")) as Partial<JestResults>;
    const passed = results.numPassedTests ?? 0;
    // A suite that could not be loaded has no failed tests, but is a failure.
    const failed = (results.numFailedTests ?? 0) + (results.numRuntimeErrorTestSuites ?? 0);
    return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
  } catch (error) {
    console.error(`The suites "${name}" did not run: ${(error as Error).message}`);
    return { passed: 0, failed: 1 };
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface JestResults {
  numPassedTests: number;
  numFailedTests: number;
  numRuntimeErrorTestSuites: number;
}

function node(args: readonly string[]): Promise<number> {
  // jest's --json goes to the file; its progress goes to stderr, where people see it.
  const child = spawn(process.execPath, [...args], { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
  return new Promise((resolve) => child.once("close", (code) => resolve(code ?? 1)));
}
