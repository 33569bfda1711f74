/** What of a program may run less often than it reads, and which names and things change while it runs. */
import type { AnyNode } from "./value.ts";

/** Whether what follows the statement may be left out: it holds a way out of the code around it. */
export function mayExit(node: AnyNode): boolean {
  return waysOut(node).size > 0;
}

/** Whether a loop may end before its last turn. `continue` only shortens a turn. */
export function mayEndEarly(body: AnyNode): boolean {
  const out = waysOut(body);
  return out.has("break") || out.has("return");
}

type WayOut = "return" | "break" | "continue";

/** A jump to a label is taken for a return: it may leave anything. */
function waysOut(node: AnyNode): ReadonlySet<WayOut> {
  const known = found.get(node);
  if (known) return known;
  const out = findWaysOut(node);
  found.set(node, out);
  return out;
}

/** A block asks of each statement, and so does the block around it. */
const found = new WeakMap<AnyNode, ReadonlySet<WayOut>>();

function findWaysOut(node: AnyNode): Set<WayOut> {
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
  const out = new Set(childrenOf(node).flatMap((child) => [...waysOut(child)]));
  if (node.type === "SwitchStatement") out.delete("break");
  if (/^(For|While|DoWhile)/.test(node.type)) {
    out.delete("break");
    out.delete("continue");
  }
  return out;
}

/**
 * The names in a program whose value changes after their declaration. A `var`, or a function in a block, that is declared
 * twice changes too: it reaches out of its block.
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

/** What code changes beside names. */
export interface Changes {
  /** It may change objects or lists that it made. */
  readonly mutatesValues: boolean;
  /** It meddles with what Eta keeps, or with scopes: nothing about it is certain. */
  readonly isUnpredictable: boolean;
}

export function changesOf(trees: readonly AnyNode[]): Changes {
  let things = false;
  let anything = false;
  const visit = (node: AnyNode): void => {
    const target = node.type === "AssignmentExpression" ? node.left : node.argument;
    if (/^(Assignment|Update)Expression$/.test(node.type) && target.type !== "Identifier") things = true;
    if (/^For(Of|In)Statement$/.test(node.type) && /^(Member|Array|Object)/.test(node.left.type)) things = true;
    if (node.type === "UnaryExpression" && node.operator === "delete") things = true;
    if (node.type === "MemberExpression" && MUTATING_METHODS.has(node.property.name ?? node.property.value))
      things = true;
    if (node.type === "WithStatement" || node.type === "ThisExpression") anything = true;
    if (node.type === "Identifier" && UNPREDICTABLE_NAMES.has(node.name)) anything = true;
  };
  trees.forEach((tree) => forEachNode(tree, visit));
  return { mutatesValues: things, isUnpredictable: anything };
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

/** Whether code assigns a name anew. */
export function assigns(node: AnyNode, name: string): boolean {
  const target =
    node.type === "AssignmentExpression" ? node.left : node.type === "UpdateExpression" ? node.argument : undefined;
  if (target?.name === name) return true;
  return childrenOf(node).some((child) => assigns(child, name));
}

function isNameOfField(node: AnyNode, child: AnyNode): boolean {
  return !node.computed && (child === node.property || (child === node.key && child !== node.value));
}

function forEachNode(node: AnyNode, visit: (node: AnyNode) => void): void {
  visit(node);
  for (const child of childrenOf(node)) if (!isNameOfField(node, child)) forEachNode(child, visit);
}

/** The names that a pattern gives. */
function forEachName(pattern: AnyNode | null, found: (name: string) => void): void {
  if (!pattern || pattern.type === "MemberExpression") return;
  if (pattern.type === "Identifier") found(pattern.name);
  else if (pattern.type === "AssignmentPattern") forEachName(pattern.left, found);
  else if (pattern.type === "Property") forEachName(pattern.value, found);
  else childrenOf(pattern).forEach((child) => forEachName(child, found));
}

export function isFunction(node: AnyNode): boolean {
  return /Function(Declaration|Expression)$/.test(node.type);
}

export function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node)
    .flat()
    .filter((child): child is AnyNode => typeof child?.type === "string");
}
