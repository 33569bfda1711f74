/**
 * Who imports whom, read from the sources. Lint knows which directory may import which, and finds circles of values; it
 * skips imports of types, which tie two files together all the same.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import ts from "typescript";

const ROOT = join(import.meta.dirname, "..");
const DIRECTORIES = ["core", "resolvers", "worker", "client", "infra", "local", "cli", "samples", "bench"];

/** Each directory of core imports those before it, and the files at core's top. */
const CORE = ["money", "models", "template", "seeds", "dataset", "shard", "job", "fleet"];

const imports = new Map(
  DIRECTORIES.flatMap(sourcesIn).map((file): [string, string[]] => [file, importsOf(file).filter(isSource)]),
);

test("no file imports itself through others", () => {
  expect(circles(imports)).toEqual([]);
});

test("core's directories import in one direction", () => {
  const rank = (file: string) => CORE.indexOf(file.split("/")[1] ?? "");
  const backUp = [...imports]
    .flatMap(([file, imported]) => imported.map((other) => [file, other] as const))
    .filter(([file, other]) => file.startsWith("core/") && other.startsWith("core/") && rank(other) > rank(file));
  expect(backUp).toEqual([]);
  expect([...imports.keys()].filter((file) => /^core\/.+\/.+/.test(file) && rank(file) < 0)).toEqual([]);
});

test("what strangers' schemas run on is compiled in one place", () => {
  const compiling = [...imports.keys()].filter((file) =>
    /import (?!type)[^;]*from "ajv/.test(readFileSync(join(ROOT, file), "utf8")),
  );
  // parse.ts compiles our own schema of templates.
  expect(compiling.sort()).toEqual(["core/template/compile-schema.ts", "core/template/parse.ts"]);
});

test("a circle is found, also one of types alone", () => {
  const tied = new Map([
    ["a", ["b"]],
    ["b", ["c"]],
    ["c", ["b", "d"]],
    ["d", []],
  ]);
  expect(circles(tied)).toEqual([["b", "c"]]);
  expect(importsIn("core/a.ts", 'import type { X } from "./b.ts";\nexport { y } from "#core/c";')).toEqual([
    "core/b.ts",
    "core/c.ts",
  ]);
});

function sourcesIn(directory: string): string[] {
  return readdirSync(join(ROOT, directory), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(tsx?|mjs)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1));
}

function importsOf(file: string): string[] {
  return importsIn(file, readFileSync(join(ROOT, file), "utf8"));
}

function importsIn(file: string, text: string): string[] {
  return ts.preProcessFile(text).importedFiles.flatMap(({ fileName }) => {
    if (fileName.startsWith("#core/")) return [`core/${fileName.slice("#core/".length)}.ts`];
    return fileName.startsWith(".") ? [normalize(join(dirname(file), fileName))] : [];
  });
}

function isSource(file: string): boolean {
  return /\.(tsx?|mjs)$/.test(file);
}

/** The files of each circle, in order (Tarjan's strongly connected components of more than one). */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): number => {
    const at = index.size;
    index.set(file, at);
    low.set(file, at);
    stack.push(file);
    for (const other of graph.get(file) ?? []) {
      const seen = index.get(other);
      if (seen === undefined) low.set(file, Math.min(low.get(file) ?? at, visit(other)));
      else if (stack.includes(other)) low.set(file, Math.min(low.get(file) ?? at, seen));
    }
    if (low.get(file) === at) {
      const circle = stack.splice(stack.indexOf(file)).sort();
      if (circle.length > 1) found.push(circle);
    }
    return low.get(file) ?? at;
  };
  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return found;
}
