import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Figure } from "./figure.ts";

const ROOT = join(import.meta.dirname, "..");

/** From `npm start` to its "Ready" line, with an empty data folder and again with the same one. */
export async function startUp(): Promise<Figure[]> {
  const data = await mkdtemp(join(tmpdir(), "plot-palette-bench-"));
  try {
    return [
      { what: "npm start, empty data folder", value: await secondsToReady(data), unit: "s", aim: "≤ 15" },
      { what: "npm start, same folder again", value: await secondsToReady(data), unit: "s", aim: "≤ 15" },
    ];
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

async function secondsToReady(data: string): Promise<number> {
  const began = Date.now();
  const child = spawn(
    process.execPath,
    [join(ROOT, "cli", "run.mjs"), "start", "--data", data, "--port", "4999", "--no-browser"],
    {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  try {
    await new Promise<void>((resolve, reject) => {
      child.stdout.on("data", (chunk) => String(chunk).includes("Ready after") && resolve());
      child.once("exit", (code) => reject(new Error(`npm start exited with ${code} before it was ready.`)));
    });
    return (Date.now() - began) / 1000;
  } finally {
    child.kill("SIGTERM");
    await ended;
  }
}
