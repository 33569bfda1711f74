/** Gathers what a template reads of its seeds, and which of it is demanded: facts about the items of each collection. */
import { Constraints, isIndex, isRequired, type ItemsSegment, type PathSegment } from "./constraints.ts";
import { KINDS, type Kind } from "./prototypes.ts";
import type { Context, SeedPath } from "./value.ts";

/** A path that is read, and where first. */
export interface CollectedRead {
  readonly pick: string;
  readonly collection: string;
  readonly segments: readonly PathSegment[];
  readonly location: string;
  readonly line: number;
}

export class ConstraintCollector {
  readonly collections = new Map<string, Constraints>();
  readonly #reads = new Map<string, CollectedRead>();

  /** The facts about a collection's items; an item is always an object. */
  constraintsOf(collection: string): Constraints {
    let facts = this.collections.get(collection);
    if (!facts) {
      this.collections.set(collection, (facts = new Constraints()));
      facts.require(["object"]);
    }
    return facts;
  }

  /** Something is read; that alone demands nothing. */
  noteRead({ pick, collection, segments }: SeedPath, location: string, lineOf: () => number): void {
    segments.reduce<Constraints>((facts, segment) => facts.child(segment), this.constraintsOf(collection));
    const key = JSON.stringify([location, pick, segments]);
    const alike = segments.map((segment) => (typeof segment === "string" ? segment : itemsOf(segment.count)));
    if (!this.#reads.has(key)) this.#reads.set(key, { pick, collection, segments: alike, location, line: lineOf() });
  }

  /** A loop goes over the value at the path. */
  noteLoop({ collection, segments }: SeedPath): void {
    segments.reduce<Constraints>((facts, segment) => facts.child(segment), this.constraintsOf(collection)).isIterated =
      true;
  }

  /** The value at the path has to be there, and of one of the kinds, unless the context leaves it in doubt. */
  require(path: SeedPath, context: Context, kinds: readonly Kind[] = KINDS): void {
    if (context.certain) this.#constraintsAt(path, context.loops)?.require(kinds);
  }

  isRequired({ collection, segments }: Pick<CollectedRead, "collection" | "segments">): boolean {
    const facts = this.collections.get(collection)?.find(segments);
    return facts !== undefined && isRequired(facts);
  }

  /** The paths that are read for themselves, not only on the way to another one, in the order in which they were met. */
  reads(): CollectedRead[] {
    const all = [...this.#reads.values()].map((reading) => ({
      ...reading,
      segments: withoutLength(reading.segments),
    }));
    return all.filter(
      (one, n) =>
        !all.some(
          (other, m) =>
            stepOf(one) === stepOf(other) &&
            one.pick === other.pick &&
            beginsWith(other.segments, one.segments) &&
            (other.segments.length > one.segments.length || m < n),
        ),
    );
  }

  /**
   * The facts about the value at the path, under the rules of the loops that its demand depends on; `undefined` when the
   * facts could not be told from this collection's items alone.
   */
  #constraintsAt(path: SeedPath, loops: readonly SeedPath[]): Constraints | undefined {
    const around = (loop: SeedPath) => loop.pick === path.pick && beginsWith(path.segments, loop.segments);
    const guards = loops.filter((loop) => !around(loop));
    if (guards.some(({ pick }) => pick !== path.pick)) return undefined;
    // Outside of its loop an item is one of several.
    const everyItem = path.segments.every(
      (segment, n) =>
        typeof segment === "string" || loops.some((loop) => around(loop) && loop.segments.length === n + 1),
    );
    if (!everyItem) return undefined;
    let facts = this.constraintsOf(path.collection);
    for (let n = 0; n <= path.segments.length; n++) {
      const here = guards.filter(({ segments }) => shared(segments, path.segments) === n);
      facts = facts.whenNonEmpty(here.map(({ segments }) => segments.slice(n, -1)));
      const segment = path.segments[n];
      if (segment !== undefined) facts = facts.child(segment);
    }
    return facts;
  }
}

/** The prompts of a step, and what they include, read together: what one hands on, another reads for itself. */
function stepOf({ location }: CollectedRead): string {
  return location.split(",", 1)[0] as string;
}

/** `body.text`, `tags[].name`, as the summary of a seed set names fields. */
export function pathText(segments: readonly PathSegment[]): string {
  return segments.reduce<string>((path, segment) => pathBelow(path, segment), "");
}

export function pathBelow(path: string, segment: PathSegment): string {
  if (typeof segment === "object" || isIndex(segment)) return `${path}[]`;
  if (!/^[^.[\]"\\]+$/.test(segment)) return `${path}[${JSON.stringify(segment)}]`;
  return path === "" ? segment : `${path}.${segment}`;
}

const ALIKE = new Map<number, ItemsSegment>();

/** To whom reads it, one loop's items are like another's. */
function itemsOf(count: number): ItemsSegment {
  const items = ALIKE.get(count) ?? { count };
  ALIKE.set(count, items);
  return items;
}

/** A list's or text's length is no field; who reads it reads the list. */
function withoutLength(segments: readonly PathSegment[]): readonly PathSegment[] {
  return segments.length > 1 && segments.at(-1) === "length" ? segments.slice(0, -1) : segments;
}

function beginsWith(segments: readonly PathSegment[], start: readonly PathSegment[]): boolean {
  return shared(segments, start) === start.length;
}

/** How many segments two paths have in common at their beginning. */
function shared(a: readonly PathSegment[], b: readonly PathSegment[]): number {
  const differs = a.findIndex((segment, n) => segment !== b[n]);
  return differs < 0 ? a.length : differs;
}
