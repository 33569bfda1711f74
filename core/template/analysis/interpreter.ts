/** What the parts of the interpreter need of it: its state, and the way back into the recursion. */
import type { ConstraintCollector } from "./constraint-collector.ts";
import type { Changes } from "./control-flow.ts";
import type { AnyNode, Code, Context, Iteration, Program, Scope, SeedPath, Value } from "./value.ts";

export interface InterpreterEnvironment {
  /** For one prompt or expression, in nodes and values visited. */
  readonly maxWork: number;
  readonly constraints: ConstraintCollector;
  /** What all of the template's prompts and expressions change. */
  readonly changes: Changes;
  /** The code that an include refers to, by its full name. */
  readonly included: (name: string) => Code | undefined;
  readonly warn: (program: Program, node: AnyNode) => void;
  /** Notes that the program's analysis took too much work and is incomplete. */
  readonly giveUp: (program: Program) => void;
}

export interface Interpreter {
  readonly environment: InterpreterEnvironment;
  /** The prompt or expression whose code is running. */
  readonly program: Program;

  /** An expression's value, and what it requires of the seeds. */
  evaluate(node: AnyNode, scope: Scope, context: Context): Value;

  /** `called(...args)` */
  call(called: Value, args: readonly Value[], context: Context, at: number): Value;

  /** Calls a function of the template's; `values` beyond its parameters are ignored, as in JavaScript. */
  invoke(called: Extract<Value, { kind: "function" }>, values: readonly Value[], context: Context): Value;

  /** A function whose caller is unknown may run, with anything. */
  maybeCall(value: Value, context: Context, args?: readonly Value[]): void;

  /** Counts the nodes and values visited. Beyond the limit it throws, and the prompt's analysis ends there. */
  spend(work: number): void;

  /** Reads a value of the seeds. */
  read(path: SeedPath, at: number): Value;

  requireNotNull(value: Value, context: Context): void;

  /** The list must have an item. */
  requireItem(list: SeedPath, context: Context, at: number): void;

  /** What a loop or `...` iterates over, or a pattern like `[a, b]` takes apart. */
  iterate(value: Value, context: Context): Iteration[];

  /** A text made of the values. */
  textOf(values: readonly Value[], context: Context): Value;

  /** An object or list of the template's own, unless something may change it later. */
  ownValue(value: Value): Value;

  print(value: Value, context: Context): void;

  /** What a partial, or a macro within `capture`, prints: a text that shows whatever is undefined in it. */
  captured(run: () => void): Value;

  /** `include("NAME", data)` */
  include(name: string, data: Value | undefined, context: Context): Value;

  noteReturn(value: Value): void;
}
