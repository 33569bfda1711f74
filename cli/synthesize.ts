import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "..");

/**
 * Synthesizes the CDK app into a folder, in a separate process, whose memory is released afterwards.
 * Deployment options (`-c archiveClass=flexible`) go in `CDK_CONTEXT_JSON`, as the CDK's own CLI passes them; `context` adds to
 * those in the environment, which win.
 * @throws Error with the CDK's output
 */
export async function synthesize(
  outdir: string,
  { signal, context }: { signal?: AbortSignal; context?: Readonly<Record<string, unknown>> } = {},
): Promise<void> {
  await mkdir(outdir, { recursive: true });
  const child = spawn(process.execPath, ["--import", "tsx", join(ROOT, "infra", "app.ts")], {
    cwd: ROOT,
    env: {
      ...process.env,
      CDK_OUTDIR: outdir,
      CDK_DISABLE_CLI_TELEMETRY: "true",
      ...(context && { CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...givenContext() }) }),
    },
    stdio: ["ignore", "pipe", "pipe"],
    signal,
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once("error", reject).once("close", resolve),
  );
  if (code !== 0) throw new Error(`The stacks could not be synthesized:\n${output.trim()}`);
}

function givenContext(): object {
  return JSON.parse(process.env.CDK_CONTEXT_JSON || "{}") as object;
}
