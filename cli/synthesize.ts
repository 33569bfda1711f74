import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { digestOf, keepBuild } from "./kept-build.mjs";

export const ROOT = join(import.meta.dirname, "..");
/** All that a synthesis reads; what these may import is a matter of lint. */
const SOURCES = ["infra", "core", "resolvers", "worker", "client", "samples", "schema.graphql"];
const SETTINGS = ["package.json", "package-lock.json", "node_modules/.package-lock.json", "cdk.json", "tsconfig.json"];

interface SynthesisOptions {
  readonly signal?: AbortSignal;
  /** Deployment options, added to those of the environment, which win. */
  readonly context?: Readonly<Record<string, unknown>>;
}

interface KeptSynthesisOptions extends SynthesisOptions {
  /** Called when a synthesis begins. */
  readonly onSynthesis?: () => void;
  /** Called before an assembly is replaced; throws where it may not be. */
  readonly mayReplace?: () => Promise<void>;
}

/**
 * Synthesizes into a folder unless it has the assembly of the same sources, packages and options already.
 * @throws Error with the CDK's output
 */
export async function synthesizeIfChanged(
  folder: string,
  { onSynthesis, mayReplace, ...options }: KeptSynthesisOptions = {},
): Promise<void> {
  const digest = synthesisDigest(ROOT, options.context);
  const build = (outdir: string) => {
    onSynthesis?.();
    return synthesize(outdir, options);
  };
  await keepBuild(folder, digest, build, mayReplace);
}

/** Of all that decides what a synthesis writes. */
export function synthesisDigest(root: string, context: SynthesisOptions["context"]): string {
  const environment = Object.entries(process.env).filter(([name]) => name.startsWith("CDK_") && name !== "CDK_OUTDIR");
  return digestOf(root, [...SOURCES, ...SETTINGS], [environment.sort(), context, process.version]);
}

/**
 * Synthesizes the CDK app into a folder, in a separate process, whose memory is released afterwards.
 * Deployment options (`-c archiveClass=flexible`) go in `CDK_CONTEXT_JSON`, as the CDK's own CLI passes them.
 * @throws Error with the CDK's output
 */
export async function synthesize(outdir: string, { signal, context }: SynthesisOptions = {}): Promise<void> {
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
