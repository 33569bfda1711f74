/** Turns a resolver's ES module into a function body that a sandbox can run, keeping every line in place. */
import { parseModule, visitAll } from "./language/syntax.ts";
import type { SyntaxNode } from "./language/syntax.ts";

/** The parameters that the function body expects, in this order. */
export const BODY_PARAMETERS = ["__modules", "__bounded", "util", "extensions", "runtime", "console"] as const;

export interface ModuleBody {
  /** Returns the exported functions by name. */
  readonly body: string;
  readonly exported: readonly string[];
}

/**
 * Imports become constants, exports a returned object, and each for…of counts its iterations. The block lets a module import
 * names that are also global.
 */
export function moduleBody(code: string): ModuleBody {
  const program = parseModule(code);
  const edits: Edit[] = [];
  const exports = new Map<string, string>();
  for (const statement of program.body as SyntaxNode[]) {
    if (statement.type === "ImportDeclaration") edits.push({ ...statement, text: importText(statement) });
    if (statement.type === "ExportNamedDeclaration") edits.push(exportEdit(statement, exports));
  }
  visitAll(program, ({ node }) => {
    if (node.type !== "ForOfStatement") return;
    edits.push({ start: node.right.start, end: node.right.start, text: "__bounded(" });
    edits.push({ start: node.right.end, end: node.right.end, text: ")" });
  });
  const members = [...exports].map(([name, local]) => `${JSON.stringify(name)}: ${local}`);
  return {
    body: `"use strict"; { ${applyEdits(code, edits)}\nreturn { ${members.join(", ")} }; }`,
    exported: [...exports.keys()],
  };
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function importText(statement: SyntaxNode): string {
  const module = `__modules[${JSON.stringify(statement.source.value)}]`;
  const specifiers = statement.specifiers as SyntaxNode[];
  const namespaces = specifiers.filter((each) => each.type === "ImportNamespaceSpecifier");
  const names = specifiers.filter((each) => each.type === "ImportSpecifier");
  return [
    ...namespaces.map((each) => `const ${each.local.name} = ${module};`),
    ...(names.length
      ? [`const { ${names.map((each) => `${each.imported.name}: ${each.local.name}`).join(", ")} } = ${module};`]
      : []),
  ].join(" ");
}

/** Records what is exported and leaves the declaration. */
function exportEdit(statement: SyntaxNode, exports: Map<string, string>): Edit {
  for (const specifier of statement.specifiers) exports.set(specifier.exported.name, specifier.local.name);
  const { declaration } = statement;
  if (!declaration) return { start: statement.start, end: statement.end, text: "" };
  const names = declaration.declarations?.map((each: SyntaxNode) => each.id.name) ?? [declaration.id.name];
  for (const name of names) exports.set(name, name);
  return { start: statement.start, end: declaration.start, text: "" };
}

function applyEdits(code: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.start - a.start || b.end - a.end)
    .reduce((text, { start, end, text: replacement }) => {
      const lines = code.slice(start, end).split("\n").length - replacement.split("\n").length;
      return text.slice(0, start) + replacement + "\n".repeat(Math.max(0, lines)) + text.slice(end);
    }, code);
}
