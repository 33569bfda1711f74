/** What comes of a call: of a method, of a macro, of a function that templates find in place. */
import { resultOfList } from "./lists.ts";
import { memberOf } from "./members.ts";
import { nativeOf } from "./builtins.ts";
import { kindsWithMethod } from "./prototypes.ts";
import { maybe, uncertain, type Context, type Value } from "./value.ts";
import type { Walker } from "./interpreter.ts";
import { resultOf, unknown, type Call } from "./results.ts";

/** `value.name(...args)` */
export function callMethod(
  walker: Walker,
  value: Value,
  name: string,
  args: readonly Value[],
  context: Context,
  at: number,
): Value {
  const call: Call = { walker, args, context, at };
  switch (value.kind) {
    case "seed":
      walker.around.demands.demand(value.path, context, kindsWithMethod(name));
      return resultOfList(value, name, call);
    case "list":
      return resultOfList(value, name, call);
    case "text":
      if (name === "concat") return walker.textOf([value, ...args], context);
      return KEEPING_TEXTS.has(name) ? { kind: "text", prints: value.prints } : (resultOf(name) ?? unknown(call, []));
    case "object":
      return callValue(walker, memberOf(walker, value, name, context, at), args, context, at);
    case "native":
      return callValue(walker, { kind: "native", name: `${value.name}.${name}` }, args, context, at);
    case "maybe": {
      const results = value.of.map((one) => callMethod(walker, one, name, args, uncertain(context), at));
      return results.length > 0 ? maybe(...results) : unknown(call, []);
    }
    default:
      return resultOf(name) ?? unknown(call, []);
  }
}

/** `called(...args)` */
export function callValue(walker: Walker, called: Value, args: readonly Value[], context: Context, at: number): Value {
  const call: Call = { walker, args, context, at };
  switch (called.kind) {
    case "function":
      return walker.invoke(called, args, context);
    case "native":
      return nativeOf(called.name)?.(call) ?? unknown(call, []);
    case "seed":
      // JSON holds no functions: this always throws.
      if (called.view === undefined) walker.around.demands.demand(called.path, context, ["function"]);
      return unknown(call, []);
    case "maybe":
      return maybe(...called.of.map((one) => callValue(walker, one, args, uncertain(context), at)));
    default:
      return unknown(call, []);
  }
}

const words = (text: string) => new Set(text.split(" "));

/** "undefined" in the text is still there afterwards. */
const KEEPING_TEXTS = words(
  "trim trimStart trimEnd trimLeft trimRight padStart padEnd toString valueOf normalize toLowerCase toLocaleLowerCase",
);
