/** The seed values that show when values are printed or become a text. */
import { EACH } from "./constraints.ts";
import { both, within, type Context, type Print, type Value } from "./value.ts";

/** Further values in one text are dropped: a text that keeps doubling itself would hold any number. */
const MAX_PRINTS = 300;
/** A list may hold another twice, and that a third one twice: what is not visited requires nothing. */
const MAX_VISITS = 3_000;

/** The seed values, without duplicates, that show when these are printed or become a text. */
export function printsOf(values: readonly Value[], context: Context): Print[] {
  const collector = new PrintCollector();
  for (const value of values) collector.add(value, context);
  return collector.prints();
}

class PrintCollector {
  readonly #prints = new Map<string, Print>();
  readonly #seen = new Map<Context, Set<Value>>();
  #visits = 0;

  prints(): Print[] {
    return [...this.#prints.values()];
  }

  add(value: Value, context: Context): void {
    if (!this.#isNew(value, context)) return;
    if (value.kind === "seed" && value.view === undefined) this.#take({ path: value.path, context });
    if (value.kind === "text") for (const print of value.prints) this.#take(inContext(print, context));
    if (value.kind === "list") this.#addItems(value, value.known ? context : within(context, value.loops));
  }

  /** A list prints nothing for undefined items, so only its texts can show one. */
  #addItems({ known, each }: Extract<Value, { kind: "list" }>, context: Context): void {
    for (const item of known ?? [each])
      if (item.kind === "list" || (item.kind === "text" && !item.isJson)) this.add(item, context);
  }

  #isNew(value: Value, context: Context): boolean {
    if (this.#visits >= MAX_VISITS) return false;
    this.#visits += 1;
    const seen = this.#seen.get(context) ?? new Set();
    this.#seen.set(context, seen);
    return seen.size < seen.add(value).size;
  }

  #take(print: Print): void {
    if (this.#prints.size < MAX_PRINTS) this.#prints.set(keyOf(print), print);
  }
}

function inContext(print: Print, context: Context): Print {
  const inside = both(print.context, context);
  return inside === print.context ? print : { ...print, context: inside };
}

/** Cached, because a text that grows piece by piece passes its prints on each time. */
const keys = new WeakMap<Print, string>();

function keyOf(print: Print): string {
  const known = keys.get(print);
  if (known !== undefined) return known;
  const key = JSON.stringify(print, (_, part) => (part === EACH ? "each" : part));
  keys.set(print, key);
  return key;
}
