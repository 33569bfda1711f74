/**
 * How much work it is to validate a value against a JSON Schema, judged from its text: a stranger wrote it, and it runs on our
 * machines. A dozen schemas that each refer twice to the next one are applied thousands of times.
 */
import { subschemasOf } from "./subschemas.ts";

export interface SchemaWork {
  /** The schemas in it, itself included. */
  readonly count: number;
  /** The schemas that are applied to one and the same value at most, each as often as it is referred to. */
  readonly perValue: number;
  /** Whether the work grows only with the size of the value: nothing recurs, matches patterns or compares items with each other. */
  readonly isLinear: boolean;
}

/** Compiling takes about a millisecond for each, longer where they are combined. */
export const MAX_SCHEMAS = 1_000;
export const MAX_SCHEMAS_PER_VALUE = 2_000;
/** Beyond it a schema does not count as linear: the factor is too large. */
const MAX_LINEAR_SCHEMAS = 300;

export function workOf(schema: object): SchemaWork {
  return new WorkMeter(schema).work();
}

/** Keywords whose schemas apply to the value itself, not to its parts. */
const IN_PLACE = ["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "dependencies"];
/** Keywords whose schemas apply only where they are referred to. */
const REFERRED = ["$defs", "definitions"];
const REFERENCES = ["$ref", "$dynamicRef", "$recursiveRef"];
/** Keywords whose work depends on more than the size of the value, or on what was applied before. */
const NOT_LINEAR = [
  "pattern",
  "patternProperties",
  "uniqueItems",
  "unevaluatedItems",
  "unevaluatedProperties",
  "$dynamicRef",
  "$recursiveRef",
];

class WorkMeter {
  readonly #root: object;
  readonly #all: object[] = [];
  /** By `$id`, and by anchor with its "#". */
  readonly #named = new Map<string, object>();

  constructor(root: object) {
    this.#root = root;
    this.#collect(root);
  }

  work(): SchemaWork {
    const count = this.#all.length;
    // Beyond the limit nothing else is asked, and references may form chains too long for recursion.
    if (count > MAX_SCHEMAS) return { count, perValue: count, isLinear: false };
    const perValue = new Map<object, number>();
    const whole = new Map<object, number>();
    const isPlain = this.#all.every((schema) => NOT_LINEAR.every((keyword) => !Object.hasOwn(schema, keyword)));
    return {
      count,
      perValue: Math.max(...this.#all.map((schema) => this.#appliedBy(schema, perValue, isInPlace, 1))),
      isLinear: isPlain && this.#appliedBy(this.#root, whole, () => true, Infinity) <= MAX_LINEAR_SCHEMAS,
    };
  }

  #collect(schema: object): void {
    this.#all.push(schema);
    const { $id, $anchor, $dynamicAnchor } = schema as Readonly<Record<string, unknown>>;
    if (typeof $id === "string") this.#named.set($id, schema);
    for (const anchor of [$anchor, $dynamicAnchor])
      if (typeof anchor === "string") this.#named.set(`#${anchor}`, schema);
    for (const { schema: inner } of subschemasOf(schema)) this.#collect(inner);
  }

  /**
   * The schemas that are applied with this one, itself included.
   * @param recursion what a reference to a schema counts that is being counted
   */
  #appliedBy(
    schema: object,
    known: Map<object, number>,
    applies: (keyword: string) => boolean,
    recursion: number,
  ): number {
    const before = known.get(schema);
    if (before !== undefined) return before;
    known.set(schema, recursion);
    const inner = subschemasOf(schema).filter(({ keyword }) => applies(keyword) && !REFERRED.includes(keyword));
    const counts = [...inner.map((one) => one.schema), ...this.#referredBy(schema)].map((one) =>
      one ? this.#appliedBy(one, known, applies, recursion) : recursion,
    );
    const { enum: values } = schema as { readonly enum?: unknown };
    const compared = Array.isArray(values) ? values.length / 10 : 0;
    const total = counts.reduce((sum, count) => sum + count, 1 + compared);
    known.set(schema, total);
    return total;
  }

  /** What it refers to; `undefined` for something unknown. */
  #referredBy(schema: object): (object | undefined)[] {
    const members = schema as Readonly<Record<string, unknown>>;
    return REFERENCES.flatMap((keyword) => {
      const reference = members[keyword];
      return typeof reference === "string" ? [this.#named.get(reference) ?? this.#at(reference)] : [];
    });
  }

  /** What a local reference like `#/$defs/name` points to. */
  #at(reference: string): object | undefined {
    if (!/^#(\/|$)/.test(reference)) return undefined;
    const names = reference.split("/").slice(1).map(unescaped);
    const found = names.reduce<any>(
      (place, name) => (Object.hasOwn(Object(place), name) ? place[name] : undefined),
      this.#root,
    );
    return typeof found === "object" && found !== null ? (found as object) : undefined;
  }
}

function isInPlace(keyword: string): boolean {
  return IN_PLACE.includes(keyword);
}

function unescaped(name: string): string {
  try {
    return decodeURIComponent(name).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    return name;
  }
}
