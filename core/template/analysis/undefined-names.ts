/** The names in a prompt or an expression that nothing defines: reading one throws whenever it is reached. */
import { childrenOf, declaredNames, isNameOfField } from "./control-flow.ts";
import { globalsOf } from "./globals.ts";
import type { AnyNode } from "./value.ts";

export interface UndefinedName {
  readonly name: string;
  /** Its position in the prompt or expression. */
  readonly at: number;
  readonly isCalled: boolean;
}

/**
 * Each read of a name that is neither a global nor declared anywhere in the same code. Where the code may do without it, after
 * `typeof`, in a `try` or in a branch that never runs, it is not listed; neither is anything if the code could declare names
 * unseen (`eval`, `with`).
 */
export function undefinedNamesOf(tree: AnyNode, kind: "prompt" | "expression"): UndefinedName[] {
  const known = new Set([...globalsOf(kind), ...declaredNames(tree)]);
  const found: UndefinedName[] = [];
  const guarded = new Set<string>();
  let mayDeclareUnseen = false;
  const visit = (node: AnyNode, parent: AnyNode): void => {
    if (node.type === "WithStatement" || (node.type === "Identifier" && node.name === "eval")) mayDeclareUnseen = true;
    if (isTypeof(node)) guarded.add(node.argument.name);
    else if (node.type === "Identifier" && !known.has(node.name))
      found.push({
        name: node.name,
        at: node.start,
        isCalled: parent.type === "CallExpression" && parent.callee === node,
      });
    else for (const child of childrenThatRun(node)) if (!isNoRead(node, child)) visit(child, node);
  };
  visit(tree, tree);
  return mayDeclareUnseen ? [] : found.filter(({ name }) => !guarded.has(name));
}

/** The parts of a node of which it is certain that they run once the code reaches them, and that what they throw stays thrown. */
export function childrenThatRun(node: AnyNode): AnyNode[] {
  if (node.type === "TryStatement") return childrenOf(node).filter((child) => child !== node.block);
  const constant = constantOf(node);
  return childrenOf(node).filter((child) => child !== constant);
}

/** The branch that never runs, as in `if (false)`. */
function constantOf({ type, test, left, consequent, alternate, right, operator }: AnyNode): AnyNode | undefined {
  if ((type === "IfStatement" || type === "ConditionalExpression") && test.type === "Literal")
    return test.value ? alternate : consequent;
  if (type !== "LogicalExpression" || left.type !== "Literal") return undefined;
  const stops = { "&&": !left.value, "||": Boolean(left.value), "??": left.value !== null }[operator as "&&"];
  return stops ? right : undefined;
}

function isTypeof(node: AnyNode): boolean {
  const takesUndefined = node.operator === "typeof" || node.operator === "delete";
  return node.type === "UnaryExpression" && takesUndefined && node.argument.type === "Identifier";
}

/** Names of fields and labels; and what is assigned to, which needs no declaration. */
function isNoRead(node: AnyNode, child: AnyNode): boolean {
  if (isNameOfField(node, child) || child === node.label || node.type === "MetaProperty") return true;
  const isTarget =
    (node.type === "AssignmentExpression" && node.operator === "=" && child === node.left) ||
    (/^For(Of|In)Statement$/.test(node.type) && child === node.left);
  return isTarget && child.type === "Identifier";
}
