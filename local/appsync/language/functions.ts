/** What APPSYNC_JS does not allow with functions: recursion, and functions as values. */
import { childrenOf, isFunction, scopeInside } from "./syntax.ts";
import type { Binding, Scope, SyntaxNode, Visit } from "./syntax.ts";
import { CALLBACK_METHODS } from "./supported-features.ts";

/** The message of the first rule about functions that a node violates. */
export function functionProblem(visit: Visit): string | undefined {
  switch (visit.node.type) {
    case "CallExpression":
      return passingProblem(visit) ?? recursionProblem(visit);
    case "ReturnStatement":
      return isFunctionValue(visit.node.argument, visit.scope)
        ? "Returning a function is not part of APPSYNC_JS"
        : undefined;
    case "ArrowFunctionExpression":
      return isFunctionValue(visit.node.body, scopeInside(visit.node, visit.scope))
        ? "Returning a function is not part of APPSYNC_JS"
        : undefined;
    case "AssignmentExpression":
      return reassignmentProblem(visit);
    default:
      return undefined;
  }
}

function passingProblem({ node, scope }: Visit): string | undefined {
  const { callee } = node;
  const takesCallback =
    callee.type === "MemberExpression" && !callee.computed && CALLBACK_METHODS.includes(callee.property.name);
  for (const argument of node.arguments as SyntaxNode[]) {
    if (argument.type === "ArrowFunctionExpression" && takesCallback) continue;
    if (!isFunctionValue(argument, scope)) continue;
    const name = argument.type === "Identifier" ? ` ("${argument.name}")` : "";
    return `Passing a function${name} as an argument is not part of APPSYNC_JS, except an inline arrow function in a call of an array method`;
  }
  return undefined;
}

function reassignmentProblem({ node, scope }: Visit): string | undefined {
  const target = node.left.type === "Identifier" ? scope.find(node.left.name) : undefined;
  if (target?.kind === "function") return `Assigning to the function "${target.name}" is not part of APPSYNC_JS`;
  return isFunctionValue(node.right, scope)
    ? "Assigning a function to a variable later is not part of APPSYNC_JS"
    : undefined;
}

function isFunctionValue(node: SyntaxNode | null, scope: Scope): boolean {
  if (isFunction(node)) return true;
  return node?.type === "Identifier" && scope.find(node.name)?.kind === "function";
}

/** Reported at the call that closes the cycle. */
function recursionProblem({ node, scope, functions }: Visit): string | undefined {
  if (node.callee.type !== "Identifier") return undefined;
  const called = scope.find(node.callee.name);
  if (called?.kind !== "function" || !called.node) return undefined;
  const closesCircle = functions.some((outer) => outer === called.node || reaches(called, outer, scope, new Set()));
  return closesCircle ? `A recursive call of "${called.name}" is not part of APPSYNC_JS` : undefined;
}

function reaches(from: Binding, target: SyntaxNode, scope: Scope, seen: Set<SyntaxNode>): boolean {
  if (!from.node || seen.has(from.node)) return false;
  seen.add(from.node);
  return callsIn(from.node, scope).some((next) => next.node === target || reaches(next, target, scope, seen));
}

function callsIn(node: SyntaxNode, scope: Scope): Binding[] {
  return childrenOf(node).flatMap(({ child }) => {
    const called =
      child.type === "CallExpression" && child.callee.type === "Identifier" ? scope.find(child.callee.name) : undefined;
    return [...(called?.kind === "function" ? [called] : []), ...callsIn(child, scope)];
  });
}
