/** Which code may be skipped, and which names and values change while a program runs. */
import type { AnyNode } from "./value.ts";

/** Whether what follows the statement may be skipped: it can exit the enclosing code. */
export function mayExit(node: AnyNode): boolean {
  return exitsOf(node).size > 0;
}

/** Whether a loop may end before its last iteration. `continue` only shortens one. */
export function mayEndEarly(body: AnyNode): boolean {
  const exits = exitsOf(body);
  return exits.has("break") || exits.has("return");
}

type Exit = "return" | "break" | "continue";

/** A jump to a label counts as a return: it may exit unpredictable. */
function exitsOf(node: AnyNode): ReadonlySet<Exit> {
  const known = exitsByNode.get(node);
  if (known) return known;
  const exits = findExits(node);
  exitsByNode.set(node, exits);
  return exits;
}

/** Cached, because each enclosing block checks the same statements again. */
const exitsByNode = new WeakMap<AnyNode, ReadonlySet<Exit>>();

function findExits(node: AnyNode): Set<Exit> {
  if (isFunction(node)) return new Set();
  switch (node.type) {
    case "ReturnStatement":
    case "YieldExpression":
    case "AwaitExpression":
      return new Set(["return"]);
    case "BreakStatement":
      return new Set([node.label ? "return" : "break"]);
    case "ContinueStatement":
      return new Set([node.label ? "return" : "continue"]);
  }
  const exits = new Set(childrenOf(node).flatMap((child) => [...exitsOf(child)]));
  if (node.type === "SwitchStatement") exits.delete("break");
  if (/^(For|While|DoWhile)/.test(node.type)) {
    exits.delete("break");
    exits.delete("continue");
  }
  return exits;
}

/**
 * The names in a program whose value changes after their declaration. A `var`, or a function in a block, that is declared
 * twice changes too: its scope exceeds its block.
 */
export function changedNames(tree: AnyNode): Set<string> {
  const changed = new Set<string>();
  const declared = new Map<string, { times: number; reachesOut: boolean }>();
  const declare = (pattern: AnyNode | null, reachesOut: boolean) =>
    forEachName(pattern, (name) => {
      const known = declared.get(name) ?? { times: 0, reachesOut: false };
      declared.set(name, { times: known.times + 1, reachesOut: known.reachesOut || reachesOut });
    });
  const assign = (pattern: AnyNode | null) => forEachName(pattern, (name) => changed.add(name));
  forEachNode(tree, (node) => {
    if (node.type === "AssignmentExpression") assign(node.left);
    if (node.type === "UpdateExpression") assign(node.argument);
    if (/^For(Of|In)Statement$/.test(node.type) && node.left.type !== "VariableDeclaration") assign(node.left);
    if (node.type === "VariableDeclaration") for (const { id } of node.declarations) declare(id, node.kind === "var");
    if (node.type === "FunctionDeclaration") declare(node.id, true);
    if (isFunction(node)) for (const parameter of node.params) declare(parameter, false);
  });
  for (const [name, { times, reachesOut }] of declared) if (times > 1 && reachesOut) changed.add(name);
  return changed;
}

/** What code changes besides names. */
export interface Changes {
  /** It may mutate objects or lists that it created. */
  readonly mutatesValues: boolean;
  /** It touches Eta's internals or scopes: nothing about it is certain. */
  readonly isUnpredictable: boolean;
}

export function changesOf(trees: readonly AnyNode[]): Changes {
  let mutates = false;
  let unpredictable = false;
  const visit = (node: AnyNode): void => {
    const target = node.type === "AssignmentExpression" ? node.left : node.argument;
    if (/^(Assignment|Update)Expression$/.test(node.type) && target.type !== "Identifier") mutates = true;
    if (/^For(Of|In)Statement$/.test(node.type) && /^(Member|Array|Object)/.test(node.left.type)) mutates = true;
    if (node.type === "UnaryExpression" && node.operator === "delete") mutates = true;
    if (node.type === "MemberExpression" && MUTATING_METHODS.has(node.property.name ?? node.property.value))
      mutates = true;
    if (node.type === "WithStatement" || node.type === "ThisExpression") unpredictable = true;
    if (node.type === "Identifier" && UNPREDICTABLE_NAMES.has(node.name)) unpredictable = true;
  };
  trees.forEach((tree) => forEachNode(tree, visit));
  return { mutatesValues: mutates, isUnpredictable: unpredictable };
}

const MUTATING_METHODS = new Set(
  "push pop shift unshift splice fill copyWithin sort reverse assign defineProperty defineProperties setPrototypeOf set add".split(
    " ",
  ),
);
const UNPREDICTABLE_NAMES = new Set([
  "__eta",
  "eval",
  "Function",
  "Reflect",
  "Proxy",
  "arguments",
  "globalThis",
  "options",
  "layout",
]);

/** Whether code reassigns a name. */
export function assigns(node: AnyNode, name: string): boolean {
  const target =
    node.type === "AssignmentExpression" ? node.left : node.type === "UpdateExpression" ? node.argument : undefined;
  if (target?.name === name) return true;
  return childrenOf(node).some((child) => assigns(child, name));
}

/** Every name that the code declares, in any scope. */
export function declaredNames(tree: AnyNode): Set<string> {
  const names = new Set<string>();
  const declare = (pattern: AnyNode | null) => forEachName(pattern, (name) => names.add(name));
  forEachNode(tree, (node) => {
    if (node.type === "VariableDeclaration") for (const { id } of node.declarations) declare(id);
    if (isFunction(node)) node.params.forEach(declare);
    if (isFunction(node) || /^Class(Declaration|Expression)$/.test(node.type)) declare(node.id);
    if (node.type === "CatchClause") declare(node.param);
  });
  return names;
}

/** Whether the child is the name of a field, not a value that is read. */
export function isNameOfField(node: AnyNode, child: AnyNode): boolean {
  return !node.computed && (child === node.property || (child === node.key && child !== node.value));
}

function forEachNode(node: AnyNode, visit: (node: AnyNode) => void): void {
  visit(node);
  for (const child of childrenOf(node)) if (!isNameOfField(node, child)) forEachNode(child, visit);
}

/** Calls back with the names that a pattern binds. */
function forEachName(pattern: AnyNode | null, exitsByNode: (name: string) => void): void {
  if (!pattern || pattern.type === "MemberExpression") return;
  if (pattern.type === "Identifier") exitsByNode(pattern.name);
  else if (pattern.type === "AssignmentPattern") forEachName(pattern.left, exitsByNode);
  else if (pattern.type === "Property") forEachName(pattern.value, exitsByNode);
  else childrenOf(pattern).forEach((child) => forEachName(child, exitsByNode));
}

export function isFunction(node: AnyNode): boolean {
  return /Function(Declaration|Expression)$/.test(node.type);
}

export function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node)
    .flat()
    .filter((child): child is AnyNode => typeof child?.type === "string");
}
