/** The results of calls of which only the name is known. */
import { maybe, NUMBER, PLAIN, TEXT, iterationsOf, uncertain, within, type Context, type Value } from "./value.ts";
import type { Interpreter } from "./interpreter.ts";

/** A call, with its arguments as far as they are known. */
export interface Call {
  readonly interpreter: Interpreter;
  readonly args: readonly Value[];
  readonly context: Context;
  readonly at: number;
}

export type Seed = Extract<Value, { kind: "seed" }>;
export type List = Extract<Value, { kind: "list" }>;

/** Functions passed as arguments may be called, with the values or anything else. */
export function unknown({ interpreter, args, context }: Call, values: readonly Value[]): Value {
  const items = values.flatMap((value) => iterationsOf(value, uncertain(context)));
  const inside = within(
    uncertain(context),
    items.flatMap((turn) => turn.context.loops),
  );
  const args0 = items.length > 0 ? [maybe(...items.map((turn) => turn.value))] : [];
  for (const arg of args) interpreter.maybeCall(arg, inside, args0);
  return maybe();
}

/** The result of a method of that name, whatever the object. */
export function resultOf(name: string): Value | undefined {
  if (TEXT_METHODS.has(name)) return TEXT;
  if (NUMBER_METHODS.has(name)) return NUMBER;
  return PLAIN_METHODS.has(name) ? PLAIN : undefined;
}

const namesIn = (text: string) => new Set(text.split(" "));

const TEXT_METHODS = namesIn(
  "charAt normalize padEnd padStart repeat substr substring toLocaleLowerCase toLocaleUpperCase toLowerCase toUpperCase " +
    "trim trimEnd trimLeft trimRight trimStart toFixed toPrecision toExponential toWellFormed toLocaleString",
);
const NUMBER_METHODS = namesIn("charCodeAt codePointAt indexOf lastIndexOf localeCompare search");
const PLAIN_METHODS = namesIn("endsWith includes startsWith hasOwnProperty isWellFormed");
