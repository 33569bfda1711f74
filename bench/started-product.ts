/** `npm start` as a process. */
import { spawn } from "node:child_process";
import { join } from "node:path";

export interface StartedProduct {
  readonly pid: number;
  readonly data: string;
  /** From the command to its "Ready" line. */
  readonly secondsToReady: number;
  stop(): Promise<void>;
}

export const ROOT = join(import.meta.dirname, "..");
const PORT = "4999";

/** @param model the sample model by default */
export async function startProduct({ data, model }: { data: string; model?: string }): Promise<StartedProduct> {
  const beganMs = performance.now();
  const options = ["--data", data, "--port", PORT, "--no-browser", ...(model ? ["--model", model] : [])];
  const child = spawn(process.execPath, [join(ROOT, "cli", "run.mjs"), "start", ...options], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = () => {
    child.kill("SIGTERM");
    return ended;
  };
  try {
    await new Promise<void>((resolve, reject) => {
      child.stdout.on("data", (chunk) => String(chunk).includes("Ready after") && resolve());
      child.once("exit", (code) => reject(new Error(`npm start exited with ${code} before it was ready.`)));
    });
    return { pid: child.pid ?? 0, data, secondsToReady: (performance.now() - beganMs) / 1000, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
