/**
 * The commands that people wait for, bundled with the packages they use: loaded that way they start in a tenth of the time. The
 * bundle is built anew whenever its sources have changed. Plain JavaScript, because it runs before anything is built.
 */
import { readFile, readdir, rm, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "./installed.mjs";
import { digestOf, keepBuild } from "./kept-build.mjs";

/** Inside node_modules, so that what cannot be bundled is found from there as from here. */
const CACHE = join(ROOT, "node_modules", ".cache", "plot-palette");
const SOURCES = ["cli", "local", "core", "client/link"];
const SETTINGS = ["package.json", "package-lock.json", "node_modules/.package-lock.json", "tsconfig.json"];
/** Bundles of other versions of the sources, such as another branch's, are kept that long. */
const KEPT_MS = 7 * 24 * 3600_000;

/**
 * @param names of commands with a file in `cli/`
 * @returns the folder with NAME.js for each
 * @throws Error when the sources do not build
 */
export async function bundleCommands(names) {
  const digest = digestOf(ROOT, [...SOURCES, ...SETTINGS], names);
  const folder = join(CACHE, `cli-${digest.slice(0, 16)}`);
  await keepBuild(folder, digest, async (outdir) => {
    await removeOld(folder);
    await buildCommands(names, outdir);
  });
  return folder;
}

async function buildCommands(names, outdir) {
  const { build } = await import("esbuild");
  const { metafile } = await build({
    entryPoints: names.map((name) => join(ROOT, "cli", `${name}.ts`)),
    outdir,
    bundle: true,
    // What a command imports when it needs it stays a file of its own.
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    // As Node resolves: with "module", a package could be there twice, as a module and as CommonJS.
    mainFields: ["main"],
    sourcemap: "linked",
    // Some packages are CommonJS and need `require`, which ES modules lack.
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
    plugins: [AS_IF_IN_PLACE],
    metafile: true,
    logLevel: "silent",
  });
  for (const input of Object.keys(metafile.inputs)) assertHashed(input);
}

/** Sources find the files beside them where they are. */
const AS_IF_IN_PLACE = {
  name: "as-if-in-place",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (path.includes("/node_modules/")) return undefined;
      const source = await readFile(path, "utf8");
      const contents = source
        .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href))
        .replaceAll("import.meta.dirname", JSON.stringify(dirname(path)));
      return { contents, loader: "ts" };
    });
  },
};

/** Else the bundle would stay as it is when such a file changes. */
function assertHashed(input) {
  const name = relative(ROOT, input).replaceAll("\\", "/");
  if (name.startsWith("node_modules/") || [...SOURCES, ...SETTINGS].some((source) => name.startsWith(source))) return;
  throw new Error(`cli/bundle.mjs: the commands import ${name}, which is not among the sources of their digest.`);
}

async function removeOld(current) {
  for (const name of await readdir(CACHE).catch(() => [])) {
    const path = join(CACHE, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    if (path !== current && Date.now() - mtimeMs > KEPT_MS) await rm(path, { recursive: true, force: true });
  }
}
