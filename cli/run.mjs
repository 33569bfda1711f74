#!/usr/bin/env node
/**
 * Runs one of the product's commands, even on a fresh checkout: checks the version of Node, installs the lockfile's packages
 * when they are missing or outdated, then runs the command. Plain JavaScript, because no package exists yet.
 */
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { bundleCommands } from "./bundle.mjs";
import { isInstalled, noteInstalled, ROOT } from "./installed.mjs";

/** People wait for these, which are bundled. */
const BUNDLED = ["start", "generate"];
const COMMANDS = {
  start: "cli/start.ts",
  generate: "cli/generate.ts",
  synth: "cli/synth.ts",
  test: "cli/test.ts",
  bench: "bench/bench.ts",
  chaos: "tests/chaos/chaos.ts",
};

checkNode();
install();
await run(process.argv[2], process.argv.slice(3));

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(
    `Plot Palette needs Node.js 20.19 or later, but this is ${process.versions.node}; install a newer one from nodejs.org.`,
  );
}

function install() {
  if (isInstalled()) return;
  console.error("Installing packages (once, about a minute) …");
  const npm = process.env.npm_execpath;
  // Not `npm ci`: it rejects a lockfile that lacks the native packages of platforms its author's registry did not have.
  const flags = ["install", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status } = npm
    ? spawnSync(process.execPath, [npm, ...flags], { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] })
    : spawnSync("npm", flags, {
        cwd: ROOT,
        stdio: ["ignore", "ignore", "inherit"],
        shell: process.platform === "win32",
      });
  if (status !== 0) fail("The packages could not be installed; fix the cause that npm reports above and try again.");
  // npm's postinstall has done so already, unless scripts are disabled.
  noteInstalled();
}

async function run(name, args) {
  if (!COMMANDS[name]) fail(`Expected a command (${Object.keys(COMMANDS).join(", ")}), received "${name}".`);
  const child = spawn(process.execPath, [...(await programOf(name)), ...args], {
    cwd: process.env.INIT_CWD ?? process.cwd(),
    stdio: "inherit",
    env: {
      ...process.env,
      TSX_TSCONFIG_PATH: join(ROOT, "tsconfig.json"),
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    },
  });
  // Ctrl-C reaches the whole process group; the command decides how to end, and this process exits after it.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
}

/** Node's arguments for a command: its bundle, or its TypeScript where there can be none (a folder that is read-only, for one). */
async function programOf(name) {
  try {
    if (BUNDLED.includes(name)) return [join(await bundleCommands(BUNDLED), `${name}.js`)];
  } catch (error) {
    if (process.env.DEBUG) console.error(error);
  }
  // Resolved here, because the command runs in the user's working directory, which may be outside the checkout.
  return ["--import", import.meta.resolve("tsx"), join(ROOT, COMMANDS[name])];
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
