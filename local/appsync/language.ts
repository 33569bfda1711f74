/**
 * Checks code against APPSYNC_JS. AppSync runs a small subset of JavaScript; whatever it does not document as supported is
 * rejected here when a resolver is created, so that code which works on this machine also deploys.
 */
import { functionProblem } from "./language/functions.ts";
import { parseModule, visitAll } from "./language/syntax.ts";
import type { SyntaxNode, Visit } from "./language/syntax.ts";
import {
  GLOBAL_CONSTANTS,
  GLOBAL_MEMBERS,
  globalHint,
  methodHint,
  PLAIN_SYNTAX,
  REFUSED_SYNTAX,
  RUNTIME_GLOBALS,
  VALUE_METHODS,
} from "./language/supported-features.ts";
import { DYNAMODB_NAMES, RUNTIME_NAMES } from "./runtime/names.ts";

/** AppSync's limit for the code of one resolver or function. */
export const CODE_LIMIT_BYTES = 32_768;

export interface LanguageProblem {
  /** Names the construct, without a final period. */
  readonly message: string;
  /** Counts from 1. */
  readonly line: number;
  /** Counts from 1. */
  readonly column: number;
}

/**
 * Everything in `code` (an ES module, after bundling) that APPSYNC_JS does not support, in source order.
 * Empty when AppSync would accept it.
 */
export function checkLanguage(code: string): LanguageProblem[] {
  let program: SyntaxNode;
  try {
    program = parseModule(code);
  } catch (error) {
    return [syntaxProblem(error)];
  }
  const problems: LanguageProblem[] = [];
  const bytes = Buffer.byteLength(code);
  if (bytes > CODE_LIMIT_BYTES) {
    problems.push({ message: `The code has ${bytes} bytes; AppSync allows ${CODE_LIMIT_BYTES}`, line: 1, column: 1 });
  }
  visitAll(program, (visit) => {
    const message = problemOf(visit);
    if (message === undefined) return;
    const { line, column } = visit.node.loc.start;
    problems.push({ message, line, column: column + 1 });
  });
  return problems.sort((a, b) => a.line - b.line || a.column - b.column);
}

/** Rules of the node types that are allowed within limits. */
const RULES: Readonly<Record<string, (visit: Visit) => string | undefined>> = {
  Literal: ({ node }) =>
    node.regex
      ? "A regular expression literal is not part of APPSYNC_JS; use util.matches(pattern, text)"
      : node.bigint !== undefined
        ? "A BigInt is not part of APPSYNC_JS"
        : undefined,
  Identifier: identifierProblem,
  MemberExpression: memberProblem,
  CallExpression: (visit) => callProblem(visit) ?? functionProblem(visit),
  ReturnStatement: functionProblem,
  AssignmentExpression: assignmentProblem,
  FunctionDeclaration: functionSyntaxProblem,
  ArrowFunctionExpression: functionSyntaxProblem,
  ImportDeclaration: importProblem,
  ImportSpecifier: importedNameProblem,
  ExportNamedDeclaration: ({ node }) =>
    node.source ? '"export … from" is not part of APPSYNC_JS; bundle the code first' : undefined,
  Property: ({ node }) =>
    node.kind !== "init"
      ? `A getter or setter ("${node.kind}") is not part of APPSYNC_JS`
      : node.method
        ? "A method in an object is not part of APPSYNC_JS; use a function declaration or an arrow function"
        : undefined,
  BreakStatement: ({ node }) => (node.label ? "A label is not part of APPSYNC_JS" : undefined),
  ForOfStatement: ({ node }) => (node.await ? '"for await" is not part of APPSYNC_JS' : undefined),
  BinaryExpression: ({ node }) =>
    node.operator === "in"
      ? 'The operator "in" is not part of APPSYNC_JS; use Object.hasOwn(object, name)'
      : node.operator === "instanceof"
        ? 'The operator "instanceof" is not part of APPSYNC_JS'
        : undefined,
  LogicalExpression: () => undefined,
  UnaryExpression: (visit) =>
    visit.node.operator === "~"
      ? 'The operator "~" is not part of APPSYNC_JS'
      : contextWriteProblem(visit, visit.node.argument),
  TaggedTemplateExpression: ({ node }) =>
    node.tag.type === "MemberExpression" && node.tag.object.name === "String" && node.tag.property.name === "raw"
      ? undefined
      : "A tagged template is not part of APPSYNC_JS, except String.raw",
};

function problemOf(visit: Visit): string | undefined {
  const { node, parent, member } = visit;
  const refused = REFUSED_SYNTAX[node.type];
  if (refused !== undefined) {
    // A method's value is a function expression; the Property rule reports the method itself.
    return parent?.type === "Property" && member === "value" && (parent.method || parent.kind !== "init")
      ? undefined
      : refused;
  }
  const rule = RULES[node.type];
  if (rule) return rule(visit);
  return PLAIN_SYNTAX.includes(node.type) ? undefined : `${node.type} is not part of APPSYNC_JS`;
}

function identifierProblem({ node, parent, member, scope }: Visit): string | undefined {
  if (!isReference(parent, member)) return undefined;
  const { name } = node;
  if (scope.find(name) || GLOBAL_CONSTANTS.includes(name) || RUNTIME_GLOBALS.includes(name)) return undefined;
  if (!GLOBAL_MEMBERS[name]) return `The global "${name}" is not part of APPSYNC_JS${globalHint(name)}`;
  const asObject = parent?.type === "MemberExpression" && member === "object";
  return asObject ? undefined : `"${name}" can only be used as in ${name}.${GLOBAL_MEMBERS[name][0]}`;
}

function isReference(parent: SyntaxNode | undefined, member: string | undefined): boolean {
  switch (parent?.type) {
    case "MemberExpression":
      return member === "object" || parent.computed;
    case "Property":
      return member === "value" || parent.computed;
    case "ExportSpecifier":
      return member === "local";
    case "ImportSpecifier":
    case "ImportNamespaceSpecifier":
    case "ImportDefaultSpecifier":
    case "LabeledStatement":
    case "BreakStatement":
    case "ContinueStatement":
    case "MetaProperty":
    case "MethodDefinition":
    case "PropertyDefinition":
      return false;
    default:
      return true;
  }
}

const HIDDEN_MEMBERS = ["constructor", "prototype", "__proto__"];

function memberProblem({ node, parent, member, scope }: Visit): string | undefined {
  if (node.property.type === "PrivateIdentifier" || node.object.type === "Super") return undefined;
  const name = node.computed ? node.property.value : node.property.name;
  if (HIDDEN_MEMBERS.includes(name)) return `"${name}" is not part of APPSYNC_JS`;
  const { object } = node;
  if (object.type === "Identifier" && !scope.find(object.name)) {
    const members = GLOBAL_MEMBERS[object.name];
    if (members && !members.includes(name)) return `${object.name}.${name} is not part of APPSYNC_JS`;
  }
  const isOutermost = !(parent?.type === "MemberExpression" && member === "object");
  return isOutermost ? runtimeMemberProblem(node, scope) : undefined;
}

/** `util.time.nowIso` and other names that the runtime lacks. */
function runtimeMemberProblem(node: SyntaxNode, scope: Visit["scope"]): string | undefined {
  const path = pathOf(node);
  if (!path) return undefined;
  const [root = "", ...rest] = path;
  const binding = scope.find(root);
  if (binding?.kind === "import" && binding.module === "@aws-appsync/utils/dynamodb") {
    const full = [...(binding.imported === "*" ? [] : [binding.imported]), ...rest].join(".");
    return DYNAMODB_NAMES.includes(full) || full === "operations"
      ? undefined
      : `${root}.${rest.join(".")} is not part of ${binding.module}`;
  }
  const isRuntime = binding
    ? binding.kind === "import" && binding.module === "@aws-appsync/utils"
    : RUNTIME_GLOBALS.includes(root);
  if (!isRuntime) return undefined;
  const full = [...(binding ? (binding.imported === "*" ? [] : [binding.imported]) : [root]), ...rest].join(".");
  const known = RUNTIME_NAMES.some((each) => each === full || each.startsWith(`${full}.`));
  return known ? undefined : `${full} is not part of the APPSYNC_JS runtime supported here`;
}

function pathOf(node: SyntaxNode): string[] | undefined {
  if (node.type === "Identifier") return [node.name];
  if (node.type !== "MemberExpression" || node.computed || node.property.type !== "Identifier") return undefined;
  const before = pathOf(node.object);
  return before && [...before, node.property.name];
}

function callProblem({ node, scope }: Visit): string | undefined {
  const { callee } = node;
  if (callee.type === "Identifier" || callee.type === "Super" || callee.type === "Import") return undefined;
  if (isFunctionLiteral(callee)) return "An immediately invoked function is not part of APPSYNC_JS";
  if (callee.type !== "MemberExpression") return undefined;
  if (callee.computed) return "Calling a method by a computed name is not part of APPSYNC_JS";
  const path = pathOf(callee);
  const root = path && scope.find(path[0] ?? "");
  // Names of the runtime and of globals are checked at the member expression.
  if (path && (root ? root.kind === "import" : true)) return undefined;
  if (root?.node?.type === "ObjectExpression") return undefined;
  const name = callee.property.name;
  if (name === "sort" && node.arguments.length > 0) {
    return "sort with an argument is not part of APPSYNC_JS; AppSync ignores comparators";
  }
  return VALUE_METHODS.includes(name) ? undefined : `The method "${name}" is not part of APPSYNC_JS${methodHint(name)}`;
}

function isFunctionLiteral(node: SyntaxNode): boolean {
  return node.type === "ArrowFunctionExpression" || node.type === "FunctionExpression";
}

function assignmentProblem(visit: Visit): string | undefined {
  const { operator } = visit.node;
  if (["&&=", "||=", "??="].includes(operator))
    return `The operator "${operator}" is not part of APPSYNC_JS; write it out`;
  return functionProblem(visit) ?? contextWriteProblem(visit, visit.node.left);
}

/** `ctx.stash = {}` is rejected; `ctx.stash.name = value` is how the stash is used. */
function contextWriteProblem({ node, functions }: Visit, target: SyntaxNode): string | undefined {
  if (node.type === "UnaryExpression" && node.operator !== "delete") return undefined;
  if (target.type !== "MemberExpression" || target.object.type !== "Identifier") return undefined;
  const handler = functions.at(-1);
  const isContext = handler?.params[0]?.type === "Identifier" && handler.params[0].name === target.object.name;
  const isCtx = isContext && /^(ctx|context)$/.test(target.object.name);
  return isCtx ? `"${target.object.name}" is read-only; put values into ${target.object.name}.stash` : undefined;
}

function functionSyntaxProblem(visit: Visit): string | undefined {
  if (visit.node.async) return '"async" is not part of APPSYNC_JS; the data source does the waiting';
  if (visit.node.generator) return "A generator is not part of APPSYNC_JS";
  return functionProblem(visit);
}

const MODULES: Readonly<Record<string, readonly string[]>> = {
  "@aws-appsync/utils": RUNTIME_GLOBALS,
  "@aws-appsync/utils/dynamodb": DYNAMODB_NAMES.filter((name) => !name.includes(".")),
};

function importProblem({ node }: Visit): string | undefined {
  return MODULES[node.source.value]
    ? undefined
    : `The module "${node.source.value}" cannot be imported in APPSYNC_JS here; bundle the code, or import ${Object.keys(MODULES).join(" or ")}`;
}

function importedNameProblem({ node, parent }: Visit): string | undefined {
  const names = MODULES[parent?.source.value];
  return !names || names.includes(node.imported.name) || node.imported.name === "operations"
    ? undefined
    : `"${node.imported.name}" is not exported by ${parent?.source.value}`;
}

function syntaxProblem(error: unknown): LanguageProblem {
  const { message, loc } = error as SyntaxError & { loc?: { line: number; column: number } };
  const plain = message.replace(/ \(\d+:\d+\)$/, "");
  return { message: `Syntax error: ${plain}`, line: loc?.line ?? 1, column: (loc?.column ?? 0) + 1 };
}
