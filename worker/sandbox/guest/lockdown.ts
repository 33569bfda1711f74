/**
 * Closes every way in which a template could leave something for the next record, or learn about another: what it does not need
 * is removed, and everything that remains is frozen.
 */
import { replaceRandom } from "./random.ts";
import { replaceDate } from "./clock.ts";

/** Concurrency, and whatever reveals garbage collection: no two runs would agree on it. */
const REMOVED_GLOBALS = ["Promise", "WeakRef", "FinalizationRegistry", "Atomics", "SharedArrayBuffer"];

/** Call it once, with the names that templates get; afterward nothing global can be changed. */
export function lockdown(names: Readonly<Record<string, unknown>>): void {
  replaceRandom();
  replaceDate();
  for (const name of REMOVED_GLOBALS) delete (globalThis as never)[name];
  Object.assign(globalThis, names);
  // Templates name errors and use words as keys of objects: plainly frozen prototypes would prevent both.
  allowOwn(Object.prototype, [
    "toString",
    "toLocaleString",
    "valueOf",
    "hasOwnProperty",
    "isPrototypeOf",
    "constructor",
  ]);
  for (const kind of [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError])
    allowOwn(kind.prototype, ["name", "message", "toString"]);
  const hidden = hiddenPrototypes();
  guardGlobals();
  freezeAll(globalThis);
  hidden.forEach(freezeAll);
}

const seen = new Set<unknown>();

/** Freezes a value and everything reachable from it. */
export function freezeAll(value: unknown): void {
  if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) return;
  seen.add(value);
  Object.freeze(value);
  freezeAll(Object.getPrototypeOf(value));
  for (const key of Reflect.ownKeys(value)) {
    const property = Object.getOwnPropertyDescriptor(value, key);
    freezeAll(property?.value);
    freezeAll(property?.get);
    freezeAll(property?.set);
  }
}

/** Prototypes that no global name leads to. */
function hiddenPrototypes(): object[] {
  const iterators = (globalThis as unknown as { Iterator: { from(next: object): object } }).Iterator;
  const samples: object[] = [
    function* () {},
    async () => {},
    async function* () {},
    (function* () {})(),
    (async function* () {})(),
    (async () => {})(),
    [][Symbol.iterator](),
    ""[Symbol.iterator](),
    new Map()[Symbol.iterator](),
    new Set()[Symbol.iterator](),
    "".matchAll(/a/g),
    (([] as unknown[]).values() as unknown as { map(change: () => 0): object }).map(() => 0),
    iterators.from({ next: () => ({ done: true }) }),
  ];
  return samples.map((sample) => Object.getPrototypeOf(sample) as object);
}

/** QuickJS lets `defineProperty` change frozen properties of the global object, though of no other object and in no other way. */
function guardGlobals(): void {
  const guard = <T extends (target: object, ...rest: never[]) => unknown>(define: T) =>
    ((target: object, ...rest: never[]) => {
      if (target === globalThis) throw new TypeError("globals cannot be changed");
      return define(target, ...rest);
    }) as T;
  Object.defineProperties = guard(Object.defineProperties);
  Reflect.defineProperty = guard(Reflect.defineProperty);
  Object.defineProperty = guard(Object.defineProperty);
}

/** A frozen property of a prototype keeps objects from getting one of the same name by assignment; an accessor does not. */
function allowOwn(prototype: object, keys: readonly string[]): void {
  for (const key of keys) {
    const property = Object.getOwnPropertyDescriptor(prototype, key);
    if (!property || !("value" in property)) continue;
    const value: unknown = property.value;
    Object.defineProperty(prototype, key, {
      get: () => value,
      set(this: object, own: unknown) {
        if (this === prototype) throw new TypeError(`"${key}" cannot be changed`);
        Object.defineProperty(this, key, { value: own, writable: true, enumerable: true, configurable: true });
      },
      configurable: true,
    });
  }
}
