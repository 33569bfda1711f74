/** From a resolver's TypeScript to the one piece of APPSYNC_JS that AppSync is given. */
import { buildSync } from "esbuild";
import { fileURLToPath } from "node:url";

/** AppSync takes no larger code. */
const CODE_LIMIT_BYTES = 32_768;

/** The file of a field (`Query.getJob`) or of a step (`steps/writeJob`). */
export function resolverFile(name: string): string {
  return fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
}

/**
 * The code of a resolver or step as one module. The target is esnext because esbuild's way of lowering `?.` is not
 * APPSYNC_JS.
 * @throws Error when the file does not build or its code is larger than AppSync takes
 */
export function bundleResolver(file: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: "esm",
    target: "esnext",
    platform: "node",
    external: ["@aws-appsync/utils", "@aws-appsync/utils/*"],
    treeShaking: true,
    legalComments: "none",
    logLevel: "silent",
  });
  const code = outputFiles[0]?.text ?? "";
  if (Buffer.byteLength(code) > CODE_LIMIT_BYTES)
    throw new Error(
      `${file} bundles to ${Buffer.byteLength(code)} bytes, but AppSync takes ${CODE_LIMIT_BYTES} at most; import less.`,
    );
  return code;
}
