/** Calls of methods that their object cannot have: `it.steps.answer.output.trimm()`. Each throws whenever it is reached. */
import { changedNames, declaredNames, isNameOfField } from "./control-flow.ts";
import { membersOfNamespace } from "./globals.ts";
import { JSON_TYPES, KINDS, methodsOfKind, prototypeMemberKind, type Kind } from "./prototypes.ts";
import { childrenThatRun } from "./undefined-names.ts";
import type { AnyNode } from "./value.ts";

export interface MissingMethod {
  readonly name: string;
  /** Its position in the prompt or expression. */
  readonly at: number;
  /** For messages: `a text`, `Math`; absent if it is a method of no value at all. */
  readonly owner?: string;
  /** The methods that the object may have. */
  readonly known: readonly string[];
}

/** What is known of a value that is JSON: its schema, or `{}`. */
export type JsonSchemaOfValue = Readonly<Record<string, unknown>>;

/** @param schemaAt the schema of a path in `it`; `undefined` if its value may be anything, even a function */
export function missingMethodsOf(
  tree: AnyNode,
  schemaAt: (path: readonly string[]) => JsonSchemaOfValue | undefined,
): MissingMethod[] {
  const code: CodeContext = { own: new Set([...declaredNames(tree), ...changedNames(tree)]), schemaAt };
  const found: MissingMethod[] = [];
  const tested = new Set<string>();
  const visit = (node: AnyNode, parent: AnyNode): void => {
    if (node.type === "CallExpression") found.push(...missingMethod(node, code));
    // `value.name && value.name()` does without it.
    if (node.type === "MemberExpression" && !(parent.type === "CallExpression" && parent.callee === node))
      tested.add(String(node.property.name ?? node.property.value));
    for (const child of childrenThatRun(node)) if (!isNameOfField(node, child)) visit(child, node);
  };
  visit(tree, tree);
  return found.filter(({ name }) => !tested.has(name));
}

/** What a value may be: any of these. Unknown when absent. */
type Kinds = readonly Kind[];

interface CodeContext {
  /** The names that the code declares or assigns itself. */
  readonly own: ReadonlySet<string>;
  readonly schemaAt: (path: readonly string[]) => JsonSchemaOfValue | undefined;
}

function missingMethod(node: AnyNode, code: CodeContext): MissingMethod[] {
  const { callee } = node;
  if (node.optional || callee.type !== "MemberExpression" || callee.computed || isOptional(callee)) return [];
  const { name, start: at } = callee.property as { name: string; start: number };
  const namespace = callee.object.type === "Identifier" && !code.own.has(callee.object.name) && callee.object.name;
  const members = namespace ? membersOfNamespace(namespace) : undefined;
  if (namespace && members)
    return members.includes(name) || prototypeMemberKind("object", name)
      ? []
      : [{ name, at, owner: namespace, known: members }];
  const kinds = kindsOf(callee.object, code);
  if (!kinds || kinds.some((kind) => prototypeMemberKind(kind, name))) return [];
  return [{ name, at, owner: titleOf(kinds), known: kinds.flatMap(methodsOfKind) }];
}

/** Behind `?.` the call may be skipped. */
function isOptional(node: AnyNode): boolean {
  if (node.type === "MemberExpression") return node.optional || isOptional(node.object);
  return node.type === "CallExpression" && (node.optional || isOptional(node.callee));
}

function kindsOf(node: AnyNode, code: CodeContext): Kinds | undefined {
  switch (node.type) {
    case "Literal":
      return typeof node.value === "string" ? ["string"] : undefined;
    case "TemplateLiteral":
      return ["string"];
    case "ArrayExpression":
      return ["array"];
    case "ChainExpression":
      return kindsOf(node.expression, code);
    case "MemberExpression":
      return kindsOfMember(node, code);
    case "CallExpression":
      return kindsOfCall(node, code);
    case "BinaryExpression":
      return node.operator === "+" && [node.left, node.right].some((one) => isText(one, code)) ? ["string"] : undefined;
    case "LogicalExpression":
      return either(kindsOf(node.left, code), kindsOf(node.right, code));
    case "ConditionalExpression":
      return either(kindsOf(node.consequent, code), kindsOf(node.alternate, code));
    default:
      return undefined;
  }
}

function isText(node: AnyNode, code: CodeContext): boolean {
  const kinds = kindsOf(node, code);
  return kinds?.length === 1 && kinds[0] === "string";
}

function either(one: Kinds | undefined, other: Kinds | undefined): Kinds | undefined {
  return one && other && [...new Set([...one, ...other])];
}

function kindsOfMember(node: AnyNode, code: CodeContext): Kinds | undefined {
  const path = pathInIt(node);
  // A constructor has methods of its own: it.title.constructor.fromCharCode.
  if (!path || path.includes("constructor") || path.includes("__proto__") || code.own.has("it")) return undefined;
  const schema = code.schemaAt(path);
  return schema && kindsOfSchema(schema);
}

function pathInIt(node: AnyNode): string[] | undefined {
  if (node.type === "Identifier") return node.name === "it" ? [] : undefined;
  if (node.type === "ChainExpression") return pathInIt(node.expression);
  if (node.type !== "MemberExpression" || node.computed) return undefined;
  const path = pathInIt(node.object);
  return path && [...path, node.property.name];
}

function kindsOfSchema({ type }: JsonSchemaOfValue): Kinds {
  const kind = type === "integer" ? "number" : type;
  // Whatever JSON may be; and a method, if the path leads to one.
  return JSON_TYPES.some((known) => known === kind) ? [kind as Kind] : KINDS;
}

/** The results of the functions and methods that are called most on texts and lists. */
function kindsOfCall({ callee }: AnyNode, code: CodeContext): Kinds | undefined {
  if (callee.type === "Identifier" && !code.own.has(callee.name)) return resultOf(FUNCTION_RESULTS, callee.name);
  if (callee.type !== "MemberExpression" || callee.computed) return undefined;
  const [kind, another] = kindsOf(callee.object, code) ?? [];
  if (another || (kind !== "string" && kind !== "array")) return undefined;
  return resultOf(METHOD_RESULTS[kind], callee.property.name);
}

type Results = Readonly<Partial<Record<Kind, string>>>;

function resultOf(results: Results, name: string): Kinds | undefined {
  const [kind] = Object.entries(results).find(([, names]) => names.split(" ").includes(name)) ?? [];
  return kind === undefined ? undefined : [kind as Kind];
}

const FUNCTION_RESULTS: Results = {
  string:
    "String truncateTokens randomSentence writingStyle stripMarkdown json wrap dedent numberWords ordinal dateWords",
  array: "sentences keywords shuffle",
};

const METHOD_RESULTS: Readonly<Record<"string" | "array", Results>> = {
  string: {
    string:
      "charAt concat normalize padEnd padStart repeat replace replaceAll slice substr substring toLocaleLowerCase " +
      "toLocaleUpperCase toLowerCase toString toUpperCase toWellFormed trim trimEnd trimStart",
    array: "split",
  },
  array: {
    string: "join",
    array: "concat filter flat flatMap map slice toReversed toSorted toSpliced",
  },
};

const TITLES: Readonly<Record<Kind, string>> = {
  null: "null",
  boolean: "true or false",
  number: "a number",
  string: "a text",
  array: "a list",
  object: "an object",
  function: "a function",
};

function titleOf([only, another]: Kinds): string | undefined {
  return only === undefined || another ? undefined : TITLES[only];
}
