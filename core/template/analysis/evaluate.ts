/** What expressions are worth, as far as it can be told without seeds, and what they demand of them. */
import { callMethod, callValue } from "./calls.ts";
import { memberOf } from "./members.ts";
import { bind } from "./destructuring.ts";
import { isPrint } from "../syntax.ts";
import {
  isSameList,
  maybe,
  NOTHING,
  NUMBER,
  PLAIN,
  TEXT,
  turnsOf,
  uncertain,
  type AnyNode,
  type Context,
  type Part,
  type Scope,
  type SeedPath,
  type Value,
} from "./value.ts";
import type { Walker } from "./interpreter.ts";

/** What can stand at the right of `in`. */
const HOLDS_NAMES = ["array", "object", "function"] as const;

export function evaluate(walker: Walker, node: AnyNode, scope: Scope, context: Context): Value {
  if (walker.isSpent()) return maybe();
  switch (node.type) {
    case "Identifier":
      if (node.name === "undefined") return NOTHING;
      return scope.get(node.name) ?? { kind: "native", name: node.name };
    case "Literal":
      return literal(node.value);
    case "TemplateLiteral":
      return templateLiteral(walker, node, scope, context);
    case "MemberExpression":
      return memberExpression(walker, node, scope, context);
    case "ChainExpression":
      return evaluate(walker, node.expression, scope, context);
    case "CallExpression":
      return callExpression(walker, node, scope, context);
    case "NewExpression":
      walker.mayCall(evaluate(walker, node.callee, scope, context), context);
      argumentsOf(walker, node.arguments, scope, context).forEach((value) => walker.mayCall(value, context));
      return maybe();
    case "LogicalExpression": {
      const left = evaluate(walker, node.left, scope, context);
      return maybe(left, evaluate(walker, node.right, scope, uncertain(context)));
    }
    case "ConditionalExpression":
      evaluate(walker, node.test, scope, context);
      return maybe(
        evaluate(walker, node.consequent, scope, uncertain(context)),
        evaluate(walker, node.alternate, scope, uncertain(context)),
      );
    case "BinaryExpression":
      return binary(walker, node, scope, context);
    case "UnaryExpression":
      return unary(walker, node, scope, context);
    case "SequenceExpression":
      return node.expressions.map((one: AnyNode) => evaluate(walker, one, scope, context)).at(-1);
    case "AssignmentExpression":
      return assignment(walker, node, scope, context);
    case "ObjectExpression":
      return walker.made(objectExpression(walker, node, scope, context));
    case "ArrayExpression":
      return walker.made(listOf(walker, node.elements, scope, context));
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return { kind: "function", node, scope, program: walker.program };
    case "TaggedTemplateExpression": {
      const values = node.quasi.expressions.map((one: AnyNode) => evaluate(walker, one, scope, context));
      walker.mayCall(evaluate(walker, node.tag, scope, context), context);
      values.forEach((value: Value) => walker.mayCall(value, context));
      return maybe();
    }
    case "ClassExpression":
      return maybe();
    default:
      // await, yield, import(): nothing a prompt could wait for.
      return node.argument ? maybe(evaluate(walker, node.argument, scope, uncertain(context))) : maybe();
  }
}

function templateLiteral(walker: Walker, node: AnyNode, scope: Scope, context: Context): Value {
  if (node.expressions.length === 0) return literal(node.quasis[0].value.cooked);
  return walker.textOf(
    node.expressions.map((one: AnyNode) => evaluate(walker, one, scope, context)),
    context,
  );
}

function memberExpression(walker: Walker, node: AnyNode, scope: Scope, context: Context): Value {
  const [value, inside] = objectOf(walker, node, scope, context);
  return memberByKey(walker, node, value, scope, inside);
}

/** The object of `object.name` and `object?.name`; behind `?.` nothing is certain. */
function objectOf(walker: Walker, node: AnyNode, scope: Scope, context: Context): [Value, Context] {
  const value = evaluate(walker, node.object, scope, context);
  return isBehindOptional(node) ? [maybe(value), uncertain(context)] : [value, context];
}

export function memberByKey(walker: Walker, node: AnyNode, value: Value, scope: Scope, context: Context): Value {
  const at = node.start;
  if (!node.computed) return memberOf(walker, value, node.property.name ?? "", context, at);
  const key = evaluate(walker, node.property, scope, context);
  const name = literalOf(key);
  if (name !== undefined) return memberOf(walker, value, name, context, at);
  walker.demandNotNull(value, context);
  if (key.kind === "number" && key.counts && isSameList(key.counts.list, value)) return key.counts.item;
  if (key.kind === "number") return maybe(...turnsOf(value, uncertain(context)).map((turn) => turn.value));
  if (!isKey(key) && readsSeeds(value)) walker.around.warn(walker.program, node);
  return maybe();
}

function callExpression(walker: Walker, node: AnyNode, scope: Scope, context: Context): Value {
  const { callee } = node;
  const inside = isBehindOptional(node) ? uncertain(context) : context;
  if (callee.type === "MemberExpression" && (!callee.computed || callee.property.type === "Literal")) {
    const name = String(callee.computed ? callee.property.value : callee.property.name);
    const [value] = objectOf(walker, callee, scope, context);
    const args = argumentsOf(walker, node.arguments, scope, inside);
    return callMethod(walker, node.optional ? maybe(value) : value, name, args, inside, node.start);
  }
  const called = evaluate(walker, callee, scope, context);
  const args = argumentsOf(walker, node.arguments, scope, inside);
  return callValue(walker, called, args, inside, node.start);
}

/** The values of arguments; behind `...` of unknown length they are any. */
function argumentsOf(walker: Walker, nodes: readonly AnyNode[], scope: Scope, context: Context): Value[] {
  const items = itemsOf(walker, nodes, scope, context);
  if (items.every(({ loops }) => loops === undefined)) return items.map(({ value }) => value);
  const any = maybe(...items.map(({ value }) => value));
  return [any, any, any];
}

function listOf(walker: Walker, nodes: readonly (AnyNode | null)[], scope: Scope, context: Context): Value {
  const items = itemsOf(walker, nodes, scope, context);
  const values = items.map(({ value }) => value);
  if (items.every(({ loops }) => loops === undefined))
    return { kind: "list", each: maybe(...values), known: values, loops: [] };
  const [only] = items;
  if (items.length === 1 && only?.loops && only.certain === context.certain)
    return { kind: "list", each: only.value, loops: only.loops };
  return maybe({ kind: "list", each: maybe(...values), loops: [] });
}

/** The items between brackets; one that stands for many, spread from another list, has the loops over them. */
function itemsOf(walker: Walker, nodes: readonly (AnyNode | null)[], scope: Scope, context: Context) {
  return nodes.flatMap((node): { value: Value; loops?: readonly SeedPath[]; certain?: boolean }[] => {
    if (node?.type !== "SpreadElement") return [{ value: node ? evaluate(walker, node, scope, context) : NOTHING }];
    const value = evaluate(walker, node.argument, scope, context);
    walker.iterate(value, context);
    const turns = turnsOf(value, { ...context, loops: [] });
    if (isKnown(value)) return turns.map((turn) => ({ value: turn.value }));
    return turns.map((turn) => ({ value: turn.value, loops: turn.context.loops, certain: turn.context.certain }));
  });
}

function objectExpression(walker: Walker, node: AnyNode, scope: Scope, context: Context): Value {
  const parts: Part[] = [];
  let open = false;
  for (const property of node.properties as AnyNode[]) {
    if (property.type === "SpreadElement") {
      parts.push({ value: evaluate(walker, property.argument, scope, context) });
      continue;
    }
    const key = property.computed ? evaluate(walker, property.key, scope, context) : undefined;
    const name = key ? literalOf(key) : String(property.key.name ?? property.key.value);
    const value = evaluate(walker, property.value, scope, context);
    if (name === undefined || property.kind !== "init" || name === "__proto__") open = true;
    if (name !== undefined) parts.push({ name, value: property.kind === "init" ? value : maybe(value) });
  }
  return { kind: "object", parts, open };
}

function binary(walker: Walker, node: AnyNode, scope: Scope, context: Context): Value {
  const left = evaluate(walker, node.left, scope, context);
  const right = evaluate(walker, node.right, scope, context);
  switch (node.operator) {
    case "+":
      if (left.kind === "text" || right.kind === "text") return walker.textOf([left, right], context);
      return left.kind === "number" && right.kind === "number" ? NUMBER : maybe();
    case "in":
      if (right.kind === "seed") walker.around.demands.demand(right.path, context, HOLDS_NAMES);
      return PLAIN;
  }
  return /^(-|\*|\/|%|\*\*|\||&|\^|<<|>>|>>>)$/.test(node.operator) ? NUMBER : PLAIN;
}

function unary(walker: Walker, node: AnyNode, scope: Scope, context: Context): Value {
  const value = evaluate(walker, node.argument, scope, context);
  if (isPrint(node, walker.program.text)) walker.print(value, context);
  if (node.operator === "void") return NOTHING;
  if (node.operator === "typeof") return TEXT;
  if (node.operator === "-" && value.kind === "number" && value.literal !== undefined)
    return { kind: "number", literal: -value.literal };
  return /^[-+~]$/.test(node.operator) ? NUMBER : PLAIN;
}

/** The name's value is "one of several" already, from its declaration on. */
function assignment(walker: Walker, node: AnyNode, scope: Scope, context: Context): Value {
  const mayNot = /^(\|\||&&|\?\?)=$/.test(node.operator);
  const value = evaluate(walker, node.right, scope, mayNot ? uncertain(context) : context);
  if (node.left.type === "MemberExpression") evaluate(walker, node.left.object, scope, context);
  if (node.left.type === "Identifier") scope.widen(node.left.name, value);
  else if (node.left.type !== "MemberExpression") bind(walker, node.left, maybe(value), scope, uncertain(context));
  return node.operator === "=" ? value : maybe(value);
}

function literal(value: unknown): Value {
  if (typeof value === "string") return { kind: "text", prints: [], literal: value };
  if (typeof value === "number") return { kind: "number", literal: value };
  return PLAIN;
}

function literalOf(value: Value): string | undefined {
  return value.kind === "text" || value.kind === "number"
    ? value.literal === undefined
      ? undefined
      : String(value.literal)
    : undefined;
}

function isKey(value: Value): boolean {
  if (value.kind === "maybe") return value.of.length > 0 && value.of.every(isKey);
  return value.kind === "text" && value.isKey === true;
}

function isKnown(value: Value): boolean {
  return value.kind === "list" && value.known !== undefined;
}

function readsSeeds(value: Value): boolean {
  if (value.kind === "maybe") return value.of.some(readsSeeds);
  if (value.kind === "object") return value.parts.some((part) => readsSeeds(part.value));
  return value.kind === "seed";
}

/** `a?.b.c(d)` does none of what follows the `?.` when there is no `a`. */
function isBehindOptional(node: AnyNode): boolean {
  if (node.type !== "MemberExpression" && node.type !== "CallExpression") return false;
  return node.optional || isBehindOptional(node.object ?? node.callee);
}
