/** Bundles a resolver's TypeScript into the single APPSYNC_JS module that AppSync runs. */
import { buildSync } from "esbuild";
import { fileURLToPath } from "node:url";

/** AppSync's limit. */
const CODE_LIMIT_BYTES = 32_768;

/** The file of a field (`Query.getJob`) or of a step (`steps/writeJob`). */
export function resolverFile(name: string): string {
  return fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
}

/**
 * The code of a resolver or step as one module. The target is esnext because APPSYNC_JS does not accept esbuild's lowering
 * of `?.`.
 * @throws Error when the file does not build, or its code exceeds AppSync's limit
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
      `${file} bundles to ${Buffer.byteLength(code)} bytes, but AppSync accepts at most ${CODE_LIMIT_BYTES}; import less.`,
    );
  return code;
}
