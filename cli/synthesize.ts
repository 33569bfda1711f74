import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "..");

/**
 * Synthesizes the CDK app into a folder, in a process of its own: the CDK takes memory that nobody needs afterwards.
 * Choices of a deployment (`-c archiveClass=flexible`) come in `CDK_CONTEXT_JSON`, as the CDK's own command hands them over.
 * @throws Error with what the CDK said
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
      ...(context && { CDK_CONTEXT_JSON: JSON.stringify(context) }),
    },
    stdio: ["ignore", "pipe", "pipe"],
    signal,
  });
  let said = "";
  child.stdout.on("data", (chunk) => (said += chunk));
  child.stderr.on("data", (chunk) => (said += chunk));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once("error", reject).once("close", resolve),
  );
  if (code !== 0) throw new Error(`The stacks could not be synthesized:\n${said.trim()}`);
}
