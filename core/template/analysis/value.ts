/** The values in a template's code, as far as they are known without its seeds. core/template/analysis/template-interpreter.ts makes them. */
import type { Node } from "acorn";
import { EACH, type PathSegment } from "./constraints.ts";

/** A path in the item that a pick draws. */
export interface SeedPath {
  readonly pick: string;
  readonly collection: string;
  readonly segments: readonly PathSegment[];
}

/**
 * Where code runs. Uncertain: inside a branch, so nothing it does is a requirement. `loops` are the paths of the list items it
 * runs for: it runs for each of them, and not at all when there are none.
 */
export interface Context {
  readonly certain: boolean;
  readonly loops: readonly SeedPath[];
}

/** A path whose value is printed or becomes part of a text; see prints.ts. */
export interface Print {
  readonly path: SeedPath;
  readonly context: Context;
  /** It goes through JSON.stringify, which omits functions. */
  readonly asJson?: boolean;
}

export type Value =
  /** A value in an item; `view`: part of the list or text there: its first N, all in another order, or some. */
  | { readonly kind: "seed"; readonly path: SeedPath; readonly view?: number | "all" | "some" }
  /** A list that the template created; `known` are its items one by one, otherwise each is `each`, one per loop iteration. */
  | {
      readonly kind: "list";
      readonly each: Value;
      readonly known?: readonly Value[];
      readonly loops: readonly SeedPath[];
    }
  /** An object that the template created; a part without a name was spread into it. Open: it may have other fields. */
  | { readonly kind: "object"; readonly parts: readonly ObjectPart[]; readonly open?: boolean }
  /** A text; undefined values among `prints` would show in it, or make it undefined if JSON.stringify produced it. */
  | {
      readonly kind: "text";
      readonly prints: readonly Print[];
      readonly literal?: string;
      readonly isKey?: boolean;
      readonly isJson?: boolean;
    }
  /** A number; `counts`: each index of the list in turn, at which the value is `item`. */
  | {
      readonly kind: "number";
      readonly literal?: number;
      readonly counts?: { readonly list: Value; readonly item: Value };
    }
  | { readonly kind: "function"; readonly node: AnyNode; readonly scope: Scope; readonly program: Program }
  /** A builtin function, or a namespace of them. */
  | { readonly kind: "builtin"; readonly name: string }
  /** One of these, or anything else: using it requires nothing, but shows what may be read. */
  | { readonly kind: "maybe"; readonly of: readonly Value[] }
  /** A defined value of which nothing is read. */
  | { readonly kind: "plain" }
  | { readonly kind: "undefined" };

/** A parsed prompt or expression. */
export interface Code {
  readonly text: string;
  readonly tree: AnyNode;
  /** Names whose value changes while it runs: they hold a `maybe`. */
  readonly changed: ReadonlySet<string>;
  /** The full name of the text if it is another template's: its includes refer to that template. */
  readonly within?: string;
}

/** Code, and where it runs. */
export interface Program extends Code {
  /** For messages: `step "question"`. */
  readonly location: string;
  /** What its code sees as `it`. */
  readonly it: Value;
}

export interface ObjectPart {
  readonly name?: string;
  readonly value: Value;
  /** The fields that were omitted from the spread. */
  readonly without?: readonly string[];
}

// The shapes of ESTree's nodes differ by type; a walk over all of them reads their members by name.
export type AnyNode = Node & Record<string, any>;

export const PLAIN: Value = { kind: "plain" };
export const UNDEFINED: Value = { kind: "undefined" };
export const NUMBER: Value = { kind: "number" };
export const TEXT: Value = { kind: "text", prints: [] };

/** Further alternatives are dropped: they could only add to what may be read. */
const MAX_ALTERNATIVES = 12;

export function maybe(...values: Value[]): Value {
  const of = new Set(values.flatMap((value) => (value.kind === "maybe" ? value.of : [value])));
  return { kind: "maybe", of: [...of].filter(({ kind }) => kind !== "plain").slice(0, MAX_ALTERNATIVES) };
}

export function uncertain(context: Context): Context {
  return { ...context, certain: false };
}

/** The context, also running for each item at the paths. */
export function within(context: Context, loops: readonly SeedPath[]): Context {
  const more = loops.filter((loop) => !context.loops.some((known) => isSamePath(known, loop)));
  return more.length === 0 ? context : { ...context, loops: [...context.loops, ...more] };
}

/** The context of something created in one context and used in another. */
export function both(made: Context, used: Context): Context {
  const certain = made.certain && used.certain;
  const runsInside = used.loops.every((loop) => made.loops.some((known) => isSamePath(known, loop)));
  return runsInside && certain === made.certain ? made : within({ certain, loops: used.loops }, made.loops);
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

/** One iteration of a loop, representing all like it. */
export interface Iteration {
  readonly value: Value;
  readonly context: Context;
}

/** The iterations of a loop over a value; what the value must be for that is noted elsewhere. */
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

/** Names and their values, within the enclosing scope. */
export class Scope {
  readonly #names = new Map<string, Value>();
  readonly #around: Scope | undefined;

  constructor(around?: Scope) {
    this.#around = around;
  }

  set(name: string, value: Value): void {
    this.#names.set(name, value);
  }

  /** The name may also hold this from here on. */
  widen(name: string, value: Value): void {
    const known = this.#names.get(name);
    if (known) this.#names.set(name, maybe(known, value));
    else this.#around?.widen(name, value);
  }

  get(name: string): Value | undefined {
    return this.#names.get(name) ?? this.#around?.get(name);
  }
}
