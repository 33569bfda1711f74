/** `npx tsx worker/sandbox/guest/build.ts` writes the program of the sandbox as one text into `generated/guest.ts`. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { format } from "prettier";

const FILE = join(import.meta.dirname, "..", "generated", "guest.ts");

/** The file's text, from the sources as they are now. */
export async function buildGuest(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "main.ts")],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "guest",
    target: "es2022",
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "none",
    charset: "ascii",
  });
  const program = outputFiles[0]?.text.trim() ?? "";
  return format(
    `/** Built from worker/sandbox/guest/ by its build.ts. */\nexport const GUEST_PROGRAM = ${JSON.stringify(`(() => { ${program}\nreturn guest; })()`)};\n`,
    { parser: "typescript", printWidth: 120 },
  );
}

if (process.argv[1] === import.meta.filename) await writeFile(FILE, await buildGuest());
