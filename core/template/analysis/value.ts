/** The values that a template's code works with, as far as they can be told without its seeds. core/template/analysis/template-interpreter.ts makes them. */
import type { Node } from "acorn";
import { EACH, type PathSegment } from "./constraints.ts";

/** A place in the item that a pick draws. */
export interface SeedPath {
  readonly pick: string;
  readonly collection: string;
  readonly segments: readonly PathSegment[];
}

/**
 * Where code runs. Uncertain: behind a branch, so nothing it does is a demand. `loops` are the places of the list items it
 * runs for: all of it happens for each of them, and not at all when there is none.
 */
export interface Context {
  readonly certain: boolean;
  readonly loops: readonly SeedPath[];
}

/** A place whose value is printed or made part of a text. */
export interface Print {
  readonly path: SeedPath;
  readonly context: Context;
  /** It goes through JSON.stringify, which makes nothing of functions. */
  readonly asJson?: boolean;
}

export type Value =
  /** What stands in an item; `view`: a part of the list or text there, its first so many, all in another order, or some. */
  | { readonly kind: "seed"; readonly path: SeedPath; readonly view?: number | "all" | "some" }
  /** A list that the template made; `known` are its items one by one, else each is `each`, one for each turn of the loops. */
  | {
      readonly kind: "list";
      readonly each: Value;
      readonly known?: readonly Value[];
      readonly loops: readonly SeedPath[];
    }
  /** An object that the template made; a part without a name was spread into it. Open: other fields may be in it. */
  | { readonly kind: "object"; readonly parts: readonly ObjectPart[]; readonly open?: boolean }
  /** A text; undefined values among `prints` would show in it. Made by JSON.stringify, it is undefined itself then. */
  | {
      readonly kind: "text";
      readonly prints: readonly Print[];
      readonly literal?: string;
      readonly isKey?: boolean;
      readonly isJson?: boolean;
    }
  /** A number; `counts`: every index of the list, one after the other, at which `item` stands. */
  | {
      readonly kind: "number";
      readonly literal?: number;
      readonly counts?: { readonly list: Value; readonly item: Value };
    }
  | { readonly kind: "function"; readonly node: AnyNode; readonly scope: Scope; readonly program: Program }
  /** A function, or a family of them, that templates find in place. */
  | { readonly kind: "builtin"; readonly name: string }
  /** One of these, or anything else: what is done with it demands nothing, and shows what may be read. */
  | { readonly kind: "maybe"; readonly of: readonly Value[] }
  /** Some defined value of which nothing is read. */
  | { readonly kind: "plain" }
  | { readonly kind: "undefined" };

/** A prompt or an expression, read. */
export interface Code {
  readonly text: string;
  readonly tree: AnyNode;
  /** Names whose value changes while it runs: what they hold is known only as "one of these". */
  readonly changed: ReadonlySet<string>;
  /** The full name of the text when another template's: what it includes is that template's own. */
  readonly within?: string;
}

/** Code where it runs. */
export interface Program extends Code {
  /** For messages: `step "question"`. */
  readonly location: string;
  /** What its code sees as `it`. */
  readonly it: Value;
}

export interface ObjectPart {
  readonly name?: string;
  readonly value: Value;
  /** The fields that were left out of what is spread. */
  readonly without?: readonly string[];
}

// The shapes of ESTree's nodes differ by type; a walk over all of them reads their members by name.
export type AnyNode = Node & Record<string, any>;

export const PLAIN: Value = { kind: "plain" };
export const UNDEFINED: Value = { kind: "undefined" };
export const NUMBER: Value = { kind: "number" };
export const TEXT: Value = { kind: "text", prints: [] };

/** Alternatives beyond these are forgotten: they could only add to what may be read. */
const MAX_ALTERNATIVES = 12;

export function maybe(...values: Value[]): Value {
  const of = new Set(values.flatMap((value) => (value.kind === "maybe" ? value.of : [value])));
  return { kind: "maybe", of: [...of].filter(({ kind }) => kind !== "plain").slice(0, MAX_ALTERNATIVES) };
}

export function uncertain(context: Context): Context {
  return { ...context, certain: false };
}

/** Also running for each of the places. */
export function within(context: Context, loops: readonly SeedPath[]): Context {
  const more = loops.filter((loop) => !context.loops.some((known) => isSamePath(known, loop)));
  return more.length === 0 ? context : { ...context, loops: [...context.loops, ...more] };
}

/** Where something that was made in one context is used in another. */
export function both(made: Context, used: Context): Context {
  return within({ certain: made.certain && used.certain, loops: used.loops }, made.loops);
}

export function isSamePath(a: SeedPath, b: SeedPath): boolean {
  return (
    a.pick === b.pick &&
    a.segments.length === b.segments.length &&
    a.segments.every((segment, n) => segment === b.segments[n])
  );
}

export function isSameList(a: Value, b: Value): boolean {
  if (a === b) return true;
  return a.kind === "seed" && b.kind === "seed" && a.view === b.view && isSamePath(a.path, b.path);
}

export function below(path: SeedPath, segment: PathSegment): SeedPath {
  return { ...path, segments: [...path.segments, segment] };
}

/** More values in one text are left out: a text that doubles itself again and again would hold any number. */
const MAX_PRINTS = 300;

/** The values that show in a text made of these, or in what is printed of them: those of seeds, each once. */
export function printsOf(values: readonly Value[], context: Context): Print[] {
  const prints = new Map<string, Print>();
  for (const print of values.flatMap((value) => printsOfOne(value, context)))
    if (prints.size < MAX_PRINTS)
      prints.set(
        JSON.stringify(print, (_, part) => (part === EACH ? "each" : part)),
        print,
      );
  return [...prints.values()];
}

/** A list prints its items, and nothing for those that are undefined: only in its texts something can show. */
function printsOfOne(value: Value, context: Context): Print[] {
  if (value.kind === "seed") return value.view === undefined ? [{ path: value.path, context }] : [];
  if (value.kind === "text") return value.prints.map((print) => ({ ...print, context: both(print.context, context) }));
  if (value.kind !== "list") return [];
  const inside = value.known ? context : within(context, value.loops);
  return (value.known ?? [value.each]).flatMap((item) =>
    item.kind === "seed" || (item.kind === "text" && item.isJson) ? [] : printsOfOne(item, inside),
  );
}

/** One turn of a loop, standing for all like it. */
export interface Iteration {
  readonly value: Value;
  readonly context: Context;
}

/** The turns of a loop over a value; what the value must be for that is demanded elsewhere. */
export function iterationsOf(value: Value, context: Context): Iteration[] {
  switch (value.kind) {
    case "seed": {
      const each = below(value.path, { count: typeof value.view === "number" ? value.view : EACH });
      const inside = within(context, [each]);
      if (value.view === "some") return [{ value: maybe({ kind: "seed", path: each }), context: uncertain(inside) }];
      return [{ value: { kind: "seed", path: each }, context: inside }];
    }
    case "list":
      if (value.known) return value.known.map((item) => ({ value: item, context }));
      return [{ value: value.each, context: within(context, value.loops) }];
    case "text":
      return [{ value: TEXT, context: uncertain(context) }];
    case "maybe": {
      const turns = value.of.flatMap((one) => iterationsOf(one, uncertain(context)));
      return [{ value: maybe(...turns.map((turn) => turn.value)), context: uncertainOf(turns, context) }];
    }
    default:
      return [{ value: maybe(), context: uncertain(context) }];
  }
}

function uncertainOf(turns: readonly Iteration[], context: Context): Context {
  return uncertain(
    within(
      context,
      turns.flatMap((turn) => turn.context.loops),
    ),
  );
}

/** Names and their values, inside the scope around it. */
export class Scope {
  readonly #names = new Map<string, Value>();
  readonly #around: Scope | undefined;

  constructor(around?: Scope) {
    this.#around = around;
  }

  set(name: string, value: Value): void {
    this.#names.set(name, value);
  }

  /** From now on the name may also hold this. */
  widen(name: string, value: Value): void {
    const known = this.#names.get(name);
    if (known) this.#names.set(name, maybe(known, value));
    else this.#around?.widen(name, value);
  }

  get(name: string): Value | undefined {
    return this.#names.get(name) ?? this.#around?.get(name);
  }
}
