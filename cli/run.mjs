#!/usr/bin/env node
/**
 * Runs one of the product's commands, even on a fresh checkout: checks the version of Node, installs the lockfile's packages
 * when they are missing or outdated, then runs the command's TypeScript. Plain JavaScript, because no package exists yet.
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

function run(name, args) {
  const command = COMMANDS[name];
  if (!command) fail(`Expected a command (${Object.keys(COMMANDS).join(", ")}), received "${name}".`);
  // Resolved here, because the command runs in the user's working directory, which may be outside the checkout.
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
  // Ctrl-C reaches the whole process group; the command decides how to end, and this process exits after it.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
