/** The items that a model has generated for one collection: those that fit, deduplicated. */
import type { ValidateFunction } from "ajv/dist/2020.js";
import { compileSchema } from "../../core/template/compile-schema.ts";
import type { SeedItem } from "../../core/seeds/seed-set.ts";
import { truncateText } from "./truncate.ts";

/** The latest items are shown to the model, so that it writes different ones. */
const SHOWN_BYTES = 6_000;
const SHOWN_CHARACTERS = 160;

export class GeneratedItems {
  readonly #items: SeedItem[] = [];
  readonly #known = new Set<string>();
  readonly #fits: ValidateFunction;

  /** @param schema what the template requires of the collection's items */
  constructor(
    readonly collection: string,
    readonly schema: Readonly<Record<string, unknown>>,
  ) {
    this.#fits = compileSchema(schema);
  }

  get count(): number {
    return this.#items.length;
  }

  /** Adds items that fit and are new. @param most the limit */
  add(items: readonly SeedItem[], most: number): void {
    const last = this.#items.length + most;
    for (const item of items) {
      const identity = identityOf(item);
      if (this.#items.length === last || this.#known.has(identity) || !this.#fits(item)) continue;
      this.#known.add(identity);
      this.#items.push(item);
    }
  }

  /** The latest items, truncated, newest last. */
  latest(): string[] {
    const shown: string[] = [];
    let left = SHOWN_BYTES;
    for (const item of [...this.#items].reverse()) {
      const text = truncateText(JSON.stringify(item), SHOWN_CHARACTERS);
      left -= Buffer.byteLength(text);
      if (left < 0) break;
      shown.unshift(text);
    }
    return shown;
  }

  /** As JSONL. */
  async *asFile(): AsyncGenerator<Uint8Array> {
    const encoder = new TextEncoder();
    for (const item of this.#items) yield encoder.encode(`${JSON.stringify(item)}\n`);
  }
}

/** Equal for items that differ only in case and whitespace. */
function identityOf(item: SeedItem): string {
  const fields = Object.entries(item).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify(fields).toLowerCase().replace(/\s+/g, " ");
}
