/**
 * Expressions simple enough for the host to evaluate: they read members of `it`, compare, compute and choose, but neither loop
 * nor call anything of the template's. They return exactly what the sandbox would; wherever that is not certain they throw
 * NeedsSandbox, and the sandbox evaluates them.
 */
import { TemplateSyntaxError, treeOfExpression } from "#core/template/prompts/syntax";
import type { BinaryExpression, CallExpression, Expression, MemberExpression, Super } from "acorn";

/** Over `it`, which is JSON data. @throws NeedsSandbox */
export type Evaluate = (it: unknown) => unknown;

/** Only the sandbox can evaluate it. */
export class NeedsSandbox extends Error {
  override readonly name = "NeedsSandbox";
}

/** One instance, because it is thrown often and its stack is never read. */
const NEEDS_SANDBOX = new NeedsSandbox("Only the sandbox can evaluate this.");

/** @throws NeedsSandbox */
export function needSandbox(): never {
  throw NEEDS_SANDBOX;
}

/** `undefined` if it always needs the sandbox, whatever `it` holds. */
export function hostExpression(source: string): Evaluate | undefined {
  // HTML-like comments, on which engines may disagree.
  if (/<!--|-->/.test(source)) return undefined;
  try {
    return evaluatorOf(treeOfExpression(source), 0);
  } catch (error) {
    // The sandbox reports syntax errors when it runs it; a RangeError means a tree too deep to walk.
    if (error instanceof NeedsSandbox || error instanceof TemplateSyntaxError || error instanceof RangeError)
      return undefined;
    throw error;
  }
}

/** How a value is printed in a prompt. @throws NeedsSandbox */
export function printed(value: unknown): string {
  return typeof value === "string" || Number.isSafeInteger(value) ? String(value) : needSandbox();
}

const MAX_DEPTH = 50;
const MAX_TEXT_CHARACTERS = 1_000_000;
/** The value of a `?.` whose object is nullish: the rest of its chain is skipped. */
const SKIPPED = Symbol("skipped");

function evaluatorOf(node: Expression | Super, depth: number): Evaluate {
  if (depth > MAX_DEPTH) return needSandbox();
  const of = (inner: Expression | Super) => evaluatorOf(inner, depth + 1);
  switch (node.type) {
    case "Literal": {
      const { value } = node;
      return value === null || ["string", "number", "boolean"].includes(typeof value) ? () => value : needSandbox();
    }
    case "Identifier":
      return node.name === "it" ? (it) => it : needSandbox();
    case "MemberExpression":
      return memberOf(node, of);
    case "ChainExpression": {
      const chain = of(node.expression);
      return (it) => {
        const value = chain(it);
        return value === SKIPPED ? undefined : value;
      };
    }
    case "CallExpression":
      return callOf(node, of);
    case "UnaryExpression": {
      const argument = of(node.argument);
      if (node.operator === "!") return (it) => !argument(it);
      return node.operator === "-" ? (it) => -numeric(argument(it)) : needSandbox();
    }
    case "BinaryExpression":
      return binaryOf(node, of);
    case "LogicalExpression": {
      const [left, right] = [of(node.left), of(node.right)];
      if (node.operator === "&&") return (it) => left(it) && right(it);
      return node.operator === "||" ? (it) => left(it) || right(it) : (it) => left(it) ?? right(it);
    }
    case "ConditionalExpression": {
      const [test, consequent, alternate] = [of(node.test), of(node.consequent), of(node.alternate)];
      return (it) => (test(it) ? consequent(it) : alternate(it));
    }
    case "TemplateLiteral": {
      const texts = node.quasis.map(({ value }) => value.cooked ?? needSandbox());
      const values = node.expressions.map(of);
      return (it) => texts.reduce((text, next, n) => joined(text, joined(printed(values[n - 1]?.(it)), next)));
    }
    default:
      return needSandbox();
  }
}

type Of = (node: Expression | Super) => Evaluate;

function memberOf({ object, property, computed, optional }: MemberExpression, of: Of): Evaluate {
  const owner = of(object);
  const name = nameOf(property, computed);
  return (it) => {
    const value = owner(it);
    if (value === SKIPPED) return SKIPPED;
    if (value === null || value === undefined) return optional ? SKIPPED : needSandbox();
    return own(value, name);
  };
}

function nameOf(property: MemberExpression["property"], computed: boolean): string {
  if (!computed) return property.type === "Identifier" ? property.name : needSandbox();
  const isName = property.type === "Literal" && (typeof property.value === "string" || isIndex(property.value));
  return isName ? String(property.value) : needSandbox();
}

function isIndex(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** An own property of the value; inherited ones need the sandbox. */
function own(value: NonNullable<unknown>, name: string): unknown {
  if (typeof value === "string" && name === "length") return value.length;
  if (typeof value !== "object") return needSandbox();
  if (Object.hasOwn(value, name)) return (value as Record<string, unknown>)[name];
  return Array.isArray(value) || name in Object.prototype ? needSandbox() : undefined;
}

function callOf({ callee, arguments: args, optional }: CallExpression, of: Of): Evaluate {
  const [argument] = args;
  if (optional || argument?.type === "SpreadElement") return needSandbox();
  if (callee.type === "Identifier" && argument && args.length === 1) {
    const value = of(argument);
    if (callee.name === "Number") return (it) => toNumber(value(it));
    if (callee.name === "String") return (it) => toText(value(it));
  }
  if (callee.type === "MemberExpression" && !argument) return trimmed(callee, of);
  return needSandbox();
}

function trimmed({ object, property, computed, optional }: MemberExpression, of: Of): Evaluate {
  if (nameOf(property, computed) !== "trim") return needSandbox();
  const text = of(object);
  return (it) => {
    const value = text(it);
    if (value === SKIPPED || (optional && (value === null || value === undefined))) return SKIPPED;
    return typeof value === "string" ? value.trim() : needSandbox();
  };
}

/** Numbers as people and models write them; of others, engines may parse the last digit differently. */
const ORDINARY_NUMBER = /^\s*(?:[+-]?\d{1,9}(?:\.\d{1,6})?)?\s*$/;

/** Never part of a number, in any base: the value is NaN. */
const NO_NUMBER = /[^\dA-Fa-fxXoOIinty+.\s-]|\S\s+\S/;

function toNumber(value: unknown): number {
  if (typeof value === "string" && !ORDINARY_NUMBER.test(value) && !NO_NUMBER.test(value)) return needSandbox();
  return typeof value === "object" && value !== null ? needSandbox() : Number(value);
}

function toText(value: unknown): string {
  return typeof value === "boolean" ? String(value) : printed(value);
}

function binaryOf({ left, right, operator }: BinaryExpression, of: Of): Evaluate {
  const operate = OPERATORS[operator];
  if (!operate || left.type === "PrivateIdentifier") return needSandbox();
  const [one, other] = [of(left), of(right)];
  return (it) => operate(one(it), other(it));
}

const OPERATORS: Readonly<Partial<Record<string, (one: unknown, other: unknown) => unknown>>> = {
  "===": isStrictlyEqual,
  "!==": (one, other) => !isStrictlyEqual(one, other),
  "==": isLooselyEqual,
  "!=": (one, other) => !isLooselyEqual(one, other),
  "<": compared((one, other) => one < other),
  "<=": compared((one, other) => one <= other),
  ">": compared((one, other) => one > other),
  ">=": compared((one, other) => one >= other),
  "+": (one, other) => (typeof one === "number" && typeof other === "number" ? one + other : joined(one, other)),
  "-": (one, other) => numeric(one) - numeric(other),
  "*": (one, other) => numeric(one) * numeric(other),
  "/": (one, other) => numeric(one) / numeric(other),
  "%": (one, other) => numeric(one) % numeric(other),
};

function isStrictlyEqual(one: unknown, other: unknown): boolean {
  return isObject(one) && isObject(other) ? needSandbox() : one === other;
}

function isLooselyEqual(one: unknown, other: unknown): boolean {
  if (isNullish(one) || isNullish(other)) return isNullish(one) && isNullish(other);
  return typeof one === typeof other ? isStrictlyEqual(one, other) : needSandbox();
}

/** Compares two numbers or two strings. */
function compared(compare: (one: number | string, other: number | string) => boolean) {
  return (one: unknown, other: unknown): boolean => {
    if (typeof one === "string" && typeof other === "string") return compare(one, other);
    return compare(numeric(one), numeric(other));
  };
}

function numeric(value: unknown): number {
  return typeof value === "number" ? value : needSandbox();
}

/** Concatenates; at least one of them must be a string. */
function joined(one: unknown, other: unknown): string {
  if (typeof one !== "string" && typeof other !== "string") return needSandbox();
  const text = printed(one) + printed(other);
  return text.length <= MAX_TEXT_CHARACTERS ? text : needSandbox();
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function isNullish(value: unknown): boolean {
  return value === null || value === undefined;
}
