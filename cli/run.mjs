#!/usr/bin/env node
/**
 * Runs one of the product's commands on a checkout where nothing is installed yet: checks Node, installs the packages of
 * the lockfile when they are missing or older, then runs the command's TypeScript. Plain JavaScript without packages,
 * because it comes before them.
 */
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { isInstalled, noteInstalled, ROOT } from "./installed.mjs";

const COMMANDS = {
  start: ["cli/start.ts"],
  generate: ["cli/generate.ts"],
  synth: ["cli/synth.ts"],
  test: ["cli/test.ts"],
  bench: ["bench/bench.ts"],
  chaos: ["tests/chaos/chaos.ts"],
};

checkNode();
install();
run(process.argv[2], process.argv.slice(3));

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(
    `Plot Palette needs Node 20.19 or newer, this is ${process.versions.node}; install a newer one from nodejs.org.`,
  );
}

/** Packages are those of the lockfile, or they are installed again. */
function install() {
  if (isInstalled()) return;
  console.error("Installing packages (once, about a minute) …");
  const npm = process.env.npm_execpath;
  // Not `npm ci`: it refuses a lockfile without the native packages of platforms that its author's registry had not.
  const flags = ["install", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status } = npm
    ? spawnSync(process.execPath, [npm, ...flags], { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] })
    : spawnSync("npm", flags, {
        cwd: ROOT,
        stdio: ["ignore", "ignore", "inherit"],
        shell: process.platform === "win32",
      });
  if (status !== 0) fail("The packages could not be installed; see npm's message above, mend its cause and try again.");
  // npm has done so too, unless it was told to run no scripts.
  noteInstalled();
}

function run(name, args) {
  const command = COMMANDS[name];
  if (!command) fail(`Expected a command (${Object.keys(COMMANDS).join(", ")}), received "${name}".`);
  // Resolved here, because the command runs in the folder the person is in, which may be outside of the checkout.
  const tsx = import.meta.resolve("tsx");
  const child = spawn(process.execPath, ["--import", tsx, ...command.map((file) => join(ROOT, file)), ...args], {
    cwd: process.env.INIT_CWD ?? process.cwd(),
    stdio: "inherit",
    env: {
      ...process.env,
      TSX_TSCONFIG_PATH: join(ROOT, "tsconfig.json"),
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    },
  });
  // Ctrl-C reaches the whole group; the command decides how to end, and this process ends after it.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
