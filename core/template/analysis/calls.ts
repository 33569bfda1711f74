/** The results of calls: of methods, macros and builtin functions. */
import { resultOfList } from "./lists.ts";
import { memberOf } from "./members.ts";
import { builtinOf } from "./builtins.ts";
import { kindsWithMethod } from "./prototypes.ts";
import { maybe, uncertain, type Context, type Value } from "./value.ts";
import type { Interpreter } from "./interpreter.ts";
import { resultOf, unknown, type Call } from "./results.ts";

/** `value.name(...args)` */
export function callMethod(
  interpreter: Interpreter,
  value: Value,
  name: string,
  args: readonly Value[],
  context: Context,
  at: number,
): Value {
  const call: Call = { interpreter, args, context, at };
  switch (value.kind) {
    case "seed":
      interpreter.environment.constraints.require(value.path, context, kindsWithMethod(name));
      return resultOfList(value, name, call);
    case "list":
      return resultOfList(value, name, call);
    case "text":
      if (name === "concat") return interpreter.textOf([value, ...args], context);
      return PRESERVING_METHODS.has(name)
        ? { kind: "text", prints: value.prints }
        : (resultOf(name) ?? unknown(call, []));
    case "object":
      return callValue(interpreter, memberOf(interpreter, value, name, context, at), args, context, at);
    case "builtin":
      return callValue(interpreter, { kind: "builtin", name: `${value.name}.${name}` }, args, context, at);
    case "maybe": {
      const results = value.of.map((one) => callMethod(interpreter, one, name, args, uncertain(context), at));
      return results.length > 0 ? maybe(...results) : unknown(call, []);
    }
    default:
      return resultOf(name) ?? unknown(call, []);
  }
}

/** `called(...args)` */
export function callValue(
  interpreter: Interpreter,
  called: Value,
  args: readonly Value[],
  context: Context,
  at: number,
): Value {
  const call: Call = { interpreter, args, context, at };
  switch (called.kind) {
    case "function":
      return interpreter.invoke(called, args, context);
    case "builtin":
      return builtinOf(called.name)?.(call) ?? unknown(call, []);
    case "seed":
      // JSON has no functions: this always throws.
      if (called.view === undefined) interpreter.environment.constraints.require(called.path, context, ["function"]);
      return unknown(call, []);
    case "maybe":
      return maybe(...called.of.map((one) => callValue(interpreter, one, args, uncertain(context), at)));
    default:
      return unknown(call, []);
  }
}

const namesIn = (text: string) => new Set(text.split(" "));

/** Methods whose result still shows an "undefined" in the text. */
const PRESERVING_METHODS = namesIn(
  "trim trimStart trimEnd trimLeft trimRight padStart padEnd toString valueOf normalize toLowerCase toLocaleLowerCase",
);
