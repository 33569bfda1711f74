/** Builds the stacks' assets: the functions, the worker's image context and the client. Needs neither Docker nor a network. */
import { build } from "esbuild";
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { dirname, join, resolve } from "node:path";
import { FUNCTIONS } from "../resolvers/manifest.ts";
import { bundleWorker, copySandbox, SANDBOX_PLUGIN } from "../worker/bundle.ts";

export interface Builds {
  /** One directory per function with its `index.mjs`, and the sandbox's WebAssembly where it is used. */
  readonly functions: string;
  /** The worker's Docker context: bundle and Dockerfile. */
  readonly worker: string;
  /** The client's static files. */
  readonly client: string;
}

const ROOT = join(import.meta.dirname, "..");
const DIST = join(ROOT, "dist");

/** The synthesis copies all builds into its assembly, so all of them but the client's are temporary. */
export async function buildAll(): Promise<Builds> {
  await mkdir(DIST, { recursive: true });
  // A separate directory: several syntheses may run on one checkout.
  const staging = await mkdtemp(join(DIST, "building-"));
  process.once("exit", () => rmSync(staging, { recursive: true, force: true }));
  const builds = {
    functions: join(staging, "functions"),
    worker: join(staging, "worker"),
    client: join(DIST, "client"),
  };
  await Promise.all([
    buildFunctions(builds.functions),
    bundleWorker(builds.worker),
    buildClient(builds.client, staging),
  ]);
  return builds;
}

/** Bundles all functions in one run of esbuild, several times faster than one run each. */
async function buildFunctions(outdir: string): Promise<void> {
  const { metafile } = await build({
    entryPoints: Object.keys(FUNCTIONS).map((name) => ({
      in: join(ROOT, "resolvers", "lambda", `${name}.lambda.ts`),
      out: join(name, "index"),
    })),
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    keepNames: true,
    platform: "node",
    target: "node22",
    format: "esm",
    // Some bundled packages are CommonJS and need `require`, which ES modules lack.
    banner: {
      js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
    },
    plugins: [SANDBOX_PLUGIN],
    metafile: true,
    loader: { ".yaml": "text", ".csv": "text", ".tsv": "text", ".jsonl": "text" },
    logLevel: "warning",
  });
  const withSandbox = Object.entries(metafile.outputs).filter(([, { inputs }]) =>
    Object.keys(inputs).some((input) => input.includes("quickjs-emscripten")),
  );
  await Promise.all(withSandbox.map(([file]) => copySandbox(dirname(resolve(file)))));
}

/** The client changes less often than it is synthesized, so its build is cached until its sources change. */
async function buildClient(outdir: string, staging: string): Promise<void> {
  const sources = [
    join(ROOT, "client"),
    join(ROOT, "core"),
    join(ROOT, "package-lock.json"),
    join(ROOT, "schema.graphql"),
  ];
  const digest = await digestOf(sources);
  const marker = join(DIST, "client.digest");
  if ((await readFile(marker, "utf8").catch(() => "")) === digest && (await exists(join(outdir, "index.html")))) return;
  const { build: buildWithVite } = await import("vite");
  const buildDir = join(staging, "client");
  await buildWithVite({
    configFile: join(ROOT, "client", "vite.config.ts"),
    build: { outDir: buildDir, emptyOutDir: true },
    logLevel: "error",
  });
  await rm(outdir, { recursive: true, force: true });
  await rename(buildDir, outdir);
  await writeFile(marker, digest);
}

async function digestOf(paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) {
    const files = (await stat(path)).isDirectory()
      ? (await readdir(path, { recursive: true, withFileTypes: true }))
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name))
          .sort()
      : [path];
    for (const file of files) hash.update(file).update(await readFile(file));
  }
  return hash.digest("hex");
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
