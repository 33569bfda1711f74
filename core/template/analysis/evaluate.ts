/** The values of expressions, as far as they are known without seeds, and what they require of the seeds. */
import { callMethod, callValue } from "./calls.ts";
import { literalOf, memberByKey } from "./members.ts";
import { bind } from "./destructuring.ts";
import { isPrint } from "../prompts/syntax.ts";
import {
  maybe,
  UNDEFINED,
  NUMBER,
  PLAIN,
  TEXT,
  iterationsOf,
  uncertain,
  type AnyNode,
  type Context,
  type ObjectPart,
  type Scope,
  type SeedPath,
  type Value,
} from "./value.ts";
import type { Interpreter } from "./interpreter.ts";

/** The kinds allowed to the right of `in`. */
const HOLDS_NAMES = ["array", "object", "function"] as const;

/** A longer list is not spread item by item: one that keeps doubling itself would hold any number. */
const MAX_KNOWN_ITEMS = 200;

export function evaluate(interpreter: Interpreter, node: AnyNode, scope: Scope, context: Context): Value {
  interpreter.spend(1);
  switch (node.type) {
    case "Identifier":
      if (node.name === "undefined") return UNDEFINED;
      return scope.get(node.name) ?? { kind: "builtin", name: node.name };
    case "Literal":
      return literal(node.value);
    case "TemplateLiteral":
      return templateLiteral(interpreter, node, scope, context);
    case "MemberExpression":
      return memberExpression(interpreter, node, scope, context);
    case "ChainExpression":
      return evaluate(interpreter, node.expression, scope, context);
    case "CallExpression":
      return callExpression(interpreter, node, scope, context);
    case "NewExpression":
      interpreter.maybeCall(evaluate(interpreter, node.callee, scope, context), context);
      argumentsOf(interpreter, node.arguments, scope, context).forEach((value) =>
        interpreter.maybeCall(value, context),
      );
      return maybe();
    case "LogicalExpression": {
      const left = evaluate(interpreter, node.left, scope, context);
      return maybe(left, evaluate(interpreter, node.right, scope, uncertain(context)));
    }
    case "ConditionalExpression":
      evaluate(interpreter, node.test, scope, context);
      return maybe(
        evaluate(interpreter, node.consequent, scope, uncertain(context)),
        evaluate(interpreter, node.alternate, scope, uncertain(context)),
      );
    case "BinaryExpression":
      return binary(interpreter, node, scope, context);
    case "UnaryExpression":
      return unary(interpreter, node, scope, context);
    case "SequenceExpression":
      return node.expressions.map((one: AnyNode) => evaluate(interpreter, one, scope, context)).at(-1);
    case "AssignmentExpression":
      return assignment(interpreter, node, scope, context);
    case "ObjectExpression":
      return interpreter.ownValue(objectExpression(interpreter, node, scope, context));
    case "ArrayExpression":
      return interpreter.ownValue(listOf(interpreter, node.elements, scope, context));
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return { kind: "function", node, scope, program: interpreter.program };
    case "TaggedTemplateExpression": {
      const values = node.quasi.expressions.map((one: AnyNode) => evaluate(interpreter, one, scope, context));
      interpreter.maybeCall(evaluate(interpreter, node.tag, scope, context), context);
      values.forEach((value: Value) => interpreter.maybeCall(value, context));
      return maybe();
    }
    case "ClassExpression":
      return maybe();
    default:
      // await, yield, import(): a prompt cannot wait for anything.
      return node.argument ? maybe(evaluate(interpreter, node.argument, scope, uncertain(context))) : maybe();
  }
}

function templateLiteral(interpreter: Interpreter, node: AnyNode, scope: Scope, context: Context): Value {
  if (node.expressions.length === 0) return literal(node.quasis[0].value.cooked);
  return interpreter.textOf(
    node.expressions.map((one: AnyNode) => evaluate(interpreter, one, scope, context)),
    context,
  );
}

function memberExpression(interpreter: Interpreter, node: AnyNode, scope: Scope, context: Context): Value {
  const [value, inside] = objectOf(interpreter, node, scope, context);
  return memberByKey(interpreter, node, value, scope, inside);
}

/** The object of `object.name` and `object?.name`; after `?.` nothing is certain. */
function objectOf(interpreter: Interpreter, node: AnyNode, scope: Scope, context: Context): [Value, Context] {
  const value = evaluate(interpreter, node.object, scope, context);
  return isBehindOptional(node) ? [maybe(value), uncertain(context)] : [value, context];
}

function callExpression(interpreter: Interpreter, node: AnyNode, scope: Scope, context: Context): Value {
  const { callee } = node;
  const inside = isBehindOptional(node) ? uncertain(context) : context;
  if (callee.type === "MemberExpression" && (!callee.computed || callee.property.type === "Literal")) {
    const name = String(callee.computed ? callee.property.value : callee.property.name);
    const [value] = objectOf(interpreter, callee, scope, context);
    const args = argumentsOf(interpreter, node.arguments, scope, inside);
    return callMethod(interpreter, node.optional ? maybe(value) : value, name, args, inside, node.start);
  }
  const called = evaluate(interpreter, callee, scope, context);
  const args = argumentsOf(interpreter, node.arguments, scope, inside);
  return callValue(interpreter, called, args, inside, node.start);
}

/** The values of arguments; after a spread of unknown length they may be any. */
function argumentsOf(interpreter: Interpreter, nodes: readonly AnyNode[], scope: Scope, context: Context): Value[] {
  const items = itemsOf(interpreter, nodes, scope, context);
  if (items.every(({ loops }) => loops === undefined)) return items.map(({ value }) => value);
  const any = maybe(...items.map(({ value }) => value));
  return [any, any, any];
}

function listOf(interpreter: Interpreter, nodes: readonly (AnyNode | null)[], scope: Scope, context: Context): Value {
  const items = itemsOf(interpreter, nodes, scope, context);
  const values = items.map(({ value }) => value);
  if (items.every(({ loops }) => loops === undefined))
    return { kind: "list", each: maybe(...values), known: values, loops: [] };
  const [only] = items;
  if (items.length === 1 && only?.loops && only.certain === context.certain)
    return { kind: "list", each: only.value, loops: only.loops };
  return maybe({ kind: "list", each: maybe(...values), loops: [] });
}

/** The items between brackets; one that represents many, spread from another list, has the loops over them. */
function itemsOf(interpreter: Interpreter, nodes: readonly (AnyNode | null)[], scope: Scope, context: Context) {
  return nodes.flatMap((node): { value: Value; loops?: readonly SeedPath[]; certain?: boolean }[] => {
    if (node?.type !== "SpreadElement")
      return [{ value: node ? evaluate(interpreter, node, scope, context) : UNDEFINED }];
    const value = evaluate(interpreter, node.argument, scope, context);
    interpreter.iterate(value, context);
    const turns = iterationsOf(value, { ...context, loops: [] });
    if (isKnown(value) && turns.length <= MAX_KNOWN_ITEMS) return turns.map((turn) => ({ value: turn.value }));
    return turns.map((turn) => ({ value: turn.value, loops: turn.context.loops, certain: turn.context.certain }));
  });
}

function objectExpression(interpreter: Interpreter, node: AnyNode, scope: Scope, context: Context): Value {
  const parts: ObjectPart[] = [];
  let open = false;
  for (const property of node.properties as AnyNode[]) {
    if (property.type === "SpreadElement") {
      parts.push({ value: evaluate(interpreter, property.argument, scope, context) });
      continue;
    }
    const key = property.computed ? evaluate(interpreter, property.key, scope, context) : undefined;
    const name = key ? literalOf(key) : String(property.key.name ?? property.key.value);
    const value = evaluate(interpreter, property.value, scope, context);
    if (name === undefined || property.kind !== "init" || name === "__proto__") open = true;
    if (name !== undefined) parts.push({ name, value: property.kind === "init" ? value : maybe(value) });
  }
  return { kind: "object", parts, open };
}

function binary(interpreter: Interpreter, node: AnyNode, scope: Scope, context: Context): Value {
  const left = evaluate(interpreter, node.left, scope, context);
  const right = evaluate(interpreter, node.right, scope, context);
  switch (node.operator) {
    case "+":
      if (left.kind === "text" || right.kind === "text") return interpreter.textOf([left, right], context);
      return left.kind === "number" && right.kind === "number" ? NUMBER : maybe();
    case "in":
      if (right.kind === "seed") interpreter.environment.constraints.require(right.path, context, HOLDS_NAMES);
      return PLAIN;
  }
  return /^(-|\*|\/|%|\*\*|\||&|\^|<<|>>|>>>)$/.test(node.operator) ? NUMBER : PLAIN;
}

function unary(interpreter: Interpreter, node: AnyNode, scope: Scope, context: Context): Value {
  const value = evaluate(interpreter, node.argument, scope, context);
  if (isPrint(node, interpreter.program.text)) interpreter.print(value, context);
  if (node.operator === "void") return UNDEFINED;
  if (node.operator === "typeof") return TEXT;
  if (node.operator === "-" && value.kind === "number" && value.literal !== undefined)
    return { kind: "number", literal: -value.literal };
  return /^[-+~]$/.test(node.operator) ? NUMBER : PLAIN;
}

/** The name's value is already a `maybe`, from its declaration on. */
function assignment(interpreter: Interpreter, node: AnyNode, scope: Scope, context: Context): Value {
  const mayBeSkipped = /^(\|\||&&|\?\?)=$/.test(node.operator);
  const value = evaluate(interpreter, node.right, scope, mayBeSkipped ? uncertain(context) : context);
  if (node.left.type === "MemberExpression") evaluate(interpreter, node.left.object, scope, context);
  if (node.left.type === "Identifier") scope.widen(node.left.name, value);
  else if (node.left.type !== "MemberExpression") bind(interpreter, node.left, maybe(value), scope, uncertain(context));
  return node.operator === "=" ? value : maybe(value);
}

function literal(value: unknown): Value {
  if (typeof value === "string") return { kind: "text", prints: [], literal: value };
  if (typeof value === "number") return { kind: "number", literal: value };
  return PLAIN;
}

function isKnown(value: Value): boolean {
  return value.kind === "list" && value.known !== undefined;
}

/** In `a?.b.c(d)` nothing after the `?.` runs when there is no `a`. */
function isBehindOptional(node: AnyNode): boolean {
  if (node.type !== "MemberExpression" && node.type !== "CallExpression") return false;
  return node.optional || isBehindOptional(node.object ?? node.callee);
}
