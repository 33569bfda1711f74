/** Gathers what a template reads of its seeds, and which of it is demanded: facts about the items of each collection. */
import { Facts, isIndex, isRequired, type Items, type Way } from "./constraints.ts";
import { KINDS, type Kind } from "./prototypes.ts";
import type { Context, SeedPath } from "./value.ts";

/** A path that is read, and where first. */
export interface Reading {
  readonly pick: string;
  readonly collection: string;
  readonly ways: readonly Way[];
  readonly place: string;
  readonly line: number;
}

export class Demands {
  readonly collections = new Map<string, Facts>();
  readonly #readings = new Map<string, Reading>();

  /** The facts about a collection's items; an item is always an object. */
  factsOf(collection: string): Facts {
    let facts = this.collections.get(collection);
    if (!facts) {
      this.collections.set(collection, (facts = new Facts()));
      facts.demand(["object"]);
    }
    return facts;
  }

  /** Something is read; that alone demands nothing. */
  note({ pick, collection, ways }: SeedPath, place: string, lineOf: () => number): void {
    ways.reduce<Facts>((facts, way) => facts.below(way), this.factsOf(collection));
    const key = JSON.stringify([place, pick, ways]);
    const alike = ways.map((way) => (typeof way === "string" ? way : itemsOf(way.most)));
    if (!this.#readings.has(key)) this.#readings.set(key, { pick, collection, ways: alike, place, line: lineOf() });
  }

  /** A loop goes over the value at the path. */
  loop({ collection, ways }: SeedPath): void {
    ways.reduce<Facts>((facts, way) => facts.below(way), this.factsOf(collection)).looped = true;
  }

  /** The value at the path has to be there, and of one of the kinds, unless the context leaves it in doubt. */
  demand(path: SeedPath, context: Context, kinds: readonly Kind[] = KINDS): void {
    if (context.certain) this.#factsAt(path, context.loops)?.demand(kinds);
  }

  isRequired({ collection, ways }: Pick<Reading, "collection" | "ways">): boolean {
    const facts = this.collections.get(collection)?.at(ways);
    return facts !== undefined && isRequired(facts);
  }

  /** The paths that are read for themselves, not only on the way to another one, in the order in which they were met. */
  readings(): Reading[] {
    const all = [...this.#readings.values()].map((reading) => ({ ...reading, ways: withoutLength(reading.ways) }));
    return all.filter(
      (one, n) =>
        !all.some(
          (other, m) =>
            stepOf(one) === stepOf(other) &&
            one.pick === other.pick &&
            beginsWith(other.ways, one.ways) &&
            (other.ways.length > one.ways.length || m < n),
        ),
    );
  }

  /**
   * The facts about the value at the path, under the rules of the loops that its demand depends on; `undefined` when the
   * facts could not be told from this collection's items alone.
   */
  #factsAt(path: SeedPath, loops: readonly SeedPath[]): Facts | undefined {
    const around = (loop: SeedPath) => loop.pick === path.pick && beginsWith(path.ways, loop.ways);
    const guards = loops.filter((loop) => !around(loop));
    if (guards.some(({ pick }) => pick !== path.pick)) return undefined;
    // Outside of its loop an item is one of several.
    const everyItem = path.ways.every(
      (way, n) => typeof way === "string" || loops.some((loop) => around(loop) && loop.ways.length === n + 1),
    );
    if (!everyItem) return undefined;
    let facts = this.factsOf(path.collection);
    for (let n = 0; n <= path.ways.length; n++) {
      const here = guards.filter(({ ways }) => shared(ways, path.ways) === n);
      facts = facts.whenRunning(here.map(({ ways }) => ways.slice(n, -1)));
      const way = path.ways[n];
      if (way !== undefined) facts = facts.below(way);
    }
    return facts;
  }
}

/** The prompts of a step, and what they include, read together: what one hands on, another reads for itself. */
function stepOf({ place }: Reading): string {
  return place.split(",", 1)[0] as string;
}

/** `body.text`, `tags[].name`, as the summary of a seed set names fields. */
export function pathText(ways: readonly Way[]): string {
  return ways.reduce<string>((path, way) => pathBelow(path, way), "");
}

export function pathBelow(path: string, way: Way): string {
  if (typeof way === "object" || isIndex(way)) return `${path}[]`;
  if (!/^[^.[\]"\\]+$/.test(way)) return `${path}[${JSON.stringify(way)}]`;
  return path === "" ? way : `${path}.${way}`;
}

const ALIKE = new Map<number, Items>();

/** To whom reads it, one loop's items are like another's. */
function itemsOf(most: number): Items {
  const items = ALIKE.get(most) ?? { most };
  ALIKE.set(most, items);
  return items;
}

/** A list's or text's length is no field; who reads it reads the list. */
function withoutLength(ways: readonly Way[]): readonly Way[] {
  return ways.length > 1 && ways.at(-1) === "length" ? ways.slice(0, -1) : ways;
}

function beginsWith(ways: readonly Way[], start: readonly Way[]): boolean {
  return shared(ways, start) === start.length;
}

/** How many ways two paths have in common at their beginning. */
function shared(a: readonly Way[], b: readonly Way[]): number {
  const differs = a.findIndex((way, n) => way !== b[n]);
  return differs < 0 ? a.length : differs;
}
