/**
 * Runs a template without seeds: every statement once, one iteration of each loop representing all, each macro where it is
 * called, and notes what the seeds must have for it. Inside a branch nothing is required, since it may not run.
 */
import { evaluate } from "./evaluate.ts";
import { callValue } from "./calls.ts";
import { resolvedName } from "../prompts/includes.ts";
import { bindParameters } from "./destructuring.ts";
import type { Interpreter, InterpreterEnvironment } from "./interpreter.ts";
import { printsOf } from "./prints.ts";
import { JSON_TYPES, KINDS } from "./prototypes.ts";
import { block, run } from "./statements.ts";
import {
  below,
  maybe,
  UNDEFINED,
  Scope,
  iterationsOf,
  uncertain,
  type AnyNode,
  type Context,
  type Print,
  type Program,
  type Iteration,
  type SeedPath,
  type Value,
} from "./value.ts";

const NOT_NULL = KINDS.filter((kind) => kind !== "null");
const ITERABLE = ["string", "array"] as const;

/** Macros that call each other can recurse forever; what is not visited requires nothing. */
const MAX_DEPTH = 40;
/** A macro that calls itself reads other paths each time: `left.left`, `left.right`, … */
const MAX_RECURSION = 5;
/** The work for the whole template, as a multiple of that for one prompt or expression. */
const MAX_LARGE_PROMPTS = 4;

/** Ends the analysis of one prompt or expression; what is required until there holds nonetheless. */
class WorkLimitReached extends Error {}

export class TemplateInterpreter implements Interpreter {
  readonly environment: InterpreterEnvironment;
  #program: Program | undefined;
  #prints: Print[] = [];
  /** What the running function returned, from each of its `return`s. */
  #returned: Value[] = [];
  #depth = 0;
  /** The calls among the running ones whose function was running already. */
  #recursion = 0;
  readonly #running = new Set<AnyNode>();
  #work = 0;
  #workLimit = 0;
  /** What included texts print, by where they are included and with which `it`. */
  readonly #included = new Map<string, Map<Value, Map<Context, readonly Print[]>>>();
  readonly #including: string[] = [];

  constructor(environment: InterpreterEnvironment) {
    this.environment = environment;
  }

  get program(): Program {
    if (!this.#program) throw new Error("No program is running.");
    return this.#program;
  }

  evaluate(node: AnyNode, scope: Scope, context: Context): Value {
    return evaluate(this, node, scope, context);
  }

  call(called: Value, args: readonly Value[], context: Context, at: number): Value {
    return callValue(this, called, args, context, at);
  }

  spend(work: number): void {
    this.#work += work;
    if (this.#work > this.#workLimit) throw new WorkLimitReached();
  }

  /** Runs a prompt: whatever it prints must be defined, and not null. */
  prompt(program: Program, context: Context): void {
    this.#requirePrinted(this.#withinLimit(program, () => this.#printsOf(program, context)) ?? []);
  }

  /** An expression's value. */
  expression(program: Program, context: Context): Value {
    this.#program = program;
    return this.#withinLimit(program, () => evaluate(this, program.tree, scopeOf(program.it), context)) ?? maybe();
  }

  /** @returns `undefined` when it takes too much work */
  #withinLimit<T>(program: Program, analyze: () => T): T | undefined {
    const { maxWork } = this.environment;
    this.#workLimit = Math.min(MAX_LARGE_PROMPTS * maxWork, this.#work + maxWork);
    try {
      return analyze();
    } catch (error) {
      if (!(error instanceof WorkLimitReached)) throw error;
      this.environment.giveUp(program);
      return undefined;
    }
  }

  /** The value of a draw or a column: a null is one, a text that shows a null or an undefined value is not. */
  requireStored(value: Value, context: Context): void {
    if (value.kind === "seed") this.#requireDefined(value, context);
    else this.#requirePrinted(printsOf([value], context));
  }

  textOf(values: readonly Value[], context: Context): Value {
    return { kind: "text", prints: printsOf(values, context) };
  }

  ownValue(value: Value): Value {
    return this.environment.changes.mutatesValues ? maybe(value) : value;
  }

  requireNotNull(value: Value, context: Context): void {
    if (value.kind === "seed" && value.view === undefined)
      this.environment.constraints.require(value.path, context, NOT_NULL);
  }

  requireItem(list: SeedPath, context: Context, at: number): void {
    this.#requireDefined(this.read(below(list, "0"), at), context);
  }

  iterate(value: Value, context: Context): Iteration[] {
    if (value.kind === "seed") this.environment.constraints.require(value.path, context, ITERABLE);
    this.#noteLoop(value);
    const turns = iterationsOf(value, context);
    this.spend(turns.length);
    return turns;
  }

  #noteLoop(value: Value): void {
    if (value.kind === "seed" && value.view === undefined) this.environment.constraints.noteLoop(value.path);
    if (value.kind === "maybe") value.of.forEach((one) => this.#noteLoop(one));
  }

  /** What `forEach` iterates over must be a list; each of its first items is an iteration. */
  firstIterations(value: Value, most: number, context: Context): Iteration {
    if (value.kind === "seed") this.environment.constraints.require(value.path, context, ["array"]);
    const first: Value = value.kind === "seed" && value.view === undefined ? { ...value, view: most } : value;
    const [turn] = iterationsOf(first, context);
    const isFirstOfMany = first === value;
    return turn && !isFirstOfMany
      ? turn
      : { value: maybe(turn?.value ?? maybe()), context: uncertain(turn?.context ?? context) };
  }

  /** What `rows` goes through must be a list; every item is an iteration. */
  everyIteration(value: Value, context: Context): Iteration {
    if (value.kind === "seed") this.environment.constraints.require(value.path, context, ["array"]);
    const turns = this.iterate(value, context);
    const [only, another] = turns;
    if (only && !another) return only;
    return { value: maybe(...turns.map((turn) => turn.value)), context: uncertain(context) };
  }

  invoke(called: Extract<Value, { kind: "function" }>, values: readonly Value[], context: Context): Value {
    const { node, program } = called;
    const recurs = this.#running.has(node);
    if (this.#depth >= MAX_DEPTH || (recurs && this.#recursion >= MAX_RECURSION)) return maybe();
    const isPlain = !node.async && !node.generator;
    const inside = isPlain ? context : uncertain(context);
    const scope = new Scope(called.scope);
    const outer = { program: this.#program, returned: this.#returned };
    this.#program = program;
    this.#returned = [];
    this.#depth += 1;
    this.#recursion += Number(recurs);
    this.#running.add(node);
    try {
      bindParameters(this, node.params, values, scope, inside);
      const value =
        node.body.type === "BlockStatement"
          ? this.#returnedBy(node.body, scope, inside)
          : evaluate(this, node.body, scope, inside);
      return isPlain ? value : maybe(value);
    } finally {
      this.#depth -= 1;
      this.#recursion -= Number(recurs);
      if (!recurs) this.#running.delete(node);
      this.#program = outer.program;
      this.#returned = outer.returned;
    }
  }

  captured(run: () => void): Value {
    const outer = this.#prints;
    this.#prints = [];
    try {
      run();
      return { kind: "text", prints: this.#prints };
    } finally {
      this.#prints = outer;
    }
  }

  print(value: Value, context: Context): void {
    this.#prints.push(...printsOf([value], context));
  }

  include(name: string, data: Value | undefined, context: Context): Value {
    const outer = this.program;
    const full = resolvedName(name, outer.within);
    const found = this.environment.included(full);
    if (!found || this.#including.includes(full)) return maybe();
    const it: Value = data ? { kind: "object", parts: [{ value: outer.it }, { value: data }] } : outer.it;
    const location = `${outer.location.replace(/, partial .*$/, "")}, partial "${name}"`;
    this.#including.push(full);
    try {
      return { kind: "text", prints: this.#printsOfIncluded({ ...found, location, it }, context) };
    } finally {
      this.#including.pop();
      this.#program = outer;
    }
  }

  /** Remembered: a text that includes another twice, which includes a third one twice, would take ever more work. */
  #printsOfIncluded(program: Program, context: Context): readonly Print[] {
    const byIt = entryOf(this.#included, program.location, () => new Map<Value, Map<Context, readonly Print[]>>());
    const byContext = entryOf(byIt, program.it, () => new Map<Context, readonly Print[]>());
    return entryOf(byContext, context, () => this.#printsOf(program, context));
  }

  noteReturn(value: Value): void {
    this.#returned.push(value);
  }

  maybeCall(value: Value, context: Context, args: readonly Value[] = []): void {
    this.spend(1);
    if (value.kind === "function") this.invoke(value, [...args, maybe(), maybe(), maybe()], uncertain(context));
    if (value.kind === "maybe") for (const one of value.of) this.maybeCall(one, context, args);
    if (value.kind === "list") for (const one of value.known ?? [value.each]) this.maybeCall(one, context, args);
    if (value.kind === "object") for (const part of value.parts) this.maybeCall(part.value, context, args);
  }

  #requireDefined(value: Value, context: Context): void {
    for (const { path } of printsOf([value], context)) this.environment.constraints.require(path, context);
  }

  /** In JSON a null is a null; in any other text it is the word. */
  #requirePrinted(prints: readonly Print[]): void {
    for (const { path, context, asJson } of prints)
      this.environment.constraints.require(path, context, asJson ? JSON_TYPES : NOT_NULL);
  }

  #printsOf(program: Program, context: Context): Print[] {
    const outer = { prints: this.#prints, returned: this.#returned };
    this.#program = program;
    this.#prints = [];
    this.#returned = [];
    try {
      run(this, program.tree, scopeOf(program.it), context);
      // A prompt that returns explicitly discards what it has printed.
      return this.#returned.length > 0
        ? this.#prints.map((print) => ({ ...print, context: uncertain(print.context) }))
        : this.#prints;
    } finally {
      this.#prints = outer.prints;
      this.#returned = outer.returned;
    }
  }

  read(path: SeedPath, at: number): Value {
    this.spend(path.segments.length);
    const { text, location } = this.program;
    this.environment.constraints.noteRead(path, location, () => lineAt(text, at));
    return { kind: "seed", path };
  }

  #returnedBy(body: AnyNode, scope: Scope, context: Context): Value {
    block(this, body.body, scope, context);
    const [only] = this.#returned;
    if (!only) return UNDEFINED;
    const endsWithIt = this.#returned.length === 1 && body.body.at(-1).type === "ReturnStatement";
    return endsWithIt ? only : maybe(...this.#returned);
  }
}

export function lineAt(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function scopeOf(it: Value): Scope {
  const scope = new Scope();
  scope.set("it", it);
  return scope;
}
