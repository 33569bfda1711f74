/** Builds what the worker's image holds: one file, the WebAssembly it loads, and the Dockerfile. */
import { copyFile, mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build, type Plugin } from "esbuild";

const HERE = import.meta.dirname;
const WASM = "emscripten-module.wasm";

/** Writes `main.mjs`, `emscripten-module.wasm` and `Dockerfile` to `outdir`, where `node main.mjs` then starts the worker. */
export async function bundleWorker(outdir: string): Promise<void> {
  await mkdir(outdir, { recursive: true });
  await build({
    entryPoints: [join(HERE, "main.ts")],
    outfile: join(outdir, "main.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    // Identifiers are not minified: the helper that restores function names costs time wherever a closure is created.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "none",
    mainFields: ["module", "main"],
    plugins: [SANDBOX_PLUGIN],
    // Some dependencies of the AWS SDK are CommonJS and require Node's own modules.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "warning",
  });
  await copySandbox(outdir);
  await copyFile(join(HERE, "Dockerfile"), join(outdir, "Dockerfile"));
}

/** For bundles that contain the sandbox: QuickJS comes in four variants, of which only one is ever loaded. */
export const SANDBOX_PLUGIN: Plugin = {
  name: "without-variants",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@jitl\/quickjs-wasmfile-(debug-.*|release-asyncify)$/ }, ({ path }) => ({
      path,
      namespace: "unused",
    }));
    onLoad({ filter: /.*/, namespace: "unused" }, () => ({ contents: "export default undefined;" }));
  },
};

/** QuickJS looks for its WebAssembly next to the file it was bundled into. */
export async function copySandbox(outdir: string): Promise<void> {
  const quickjs = createRequire(import.meta.resolve("quickjs-emscripten"));
  const folder = dirname(quickjs.resolve("@jitl/quickjs-wasmfile-release-sync"));
  await copyFile(join(folder, WASM), join(outdir, WASM));
}
