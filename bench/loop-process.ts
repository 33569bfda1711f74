/** The bare loop of `bare-loop.ts` as a process, with the worker's flags. */
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { build } from "esbuild";
import type { LoopOptions } from "./bare-loop.ts";
import { WORKER_FLAGS, workerEnvironment } from "./flags.ts";
import { CREDENTIALS } from "./worker-harness.ts";

/** It makes its calls and stays until it is killed. @param folder where `bundleLoop` put it */
export function startLoop(folder: string, options: LoopOptions, modelUrl: string): ChildProcess {
  return spawn(process.execPath, [...WORKER_FLAGS, "bare-loop.mjs", JSON.stringify(options)], {
    cwd: folder,
    env: {
      ...CREDENTIALS,
      NODE_NO_WARNINGS: "1",
      ...workerEnvironment(options.inFlight),
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: modelUrl,
    },
    stdio: "inherit",
  });
}

export async function bundleLoop(folder: string): Promise<void> {
  await build({
    entryPoints: [join(import.meta.dirname, "bare-loop.ts")],
    outfile: join(folder, "bare-loop.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    minifyWhitespace: true,
    minifySyntax: true,
    mainFields: ["module", "main"],
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "warning",
  });
}
