/** Collects what a template reads of its seeds, and what of that it requires: constraints on the items of each collection. */
import { Constraints, isIndex, isRequired, type ItemsSegment, type PathSegment } from "./constraints.ts";
import { KINDS, type Kind } from "./prototypes.ts";
import type { Context, SeedPath } from "./value.ts";

/** A path that is read, and where it is read first. */
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

  /** The constraints on a collection's items; an item is always an object. */
  constraintsOf(collection: string): Constraints {
    let constraints = this.collections.get(collection);
    if (!constraints) {
      this.collections.set(collection, (constraints = new Constraints()));
      constraints.require(["object"]);
    }
    return constraints;
  }

  /** Notes a read; that alone requires nothing. */
  noteRead({ pick, collection, segments }: SeedPath, location: string, lineOf: () => number): void {
    segments.reduce<Constraints>((constraints, segment) => constraints.child(segment), this.constraintsOf(collection));
    const key = JSON.stringify([location, pick, segments]);
    const canonical = segments.map((segment) => (typeof segment === "string" ? segment : itemsOf(segment.count)));
    if (!this.#reads.has(key))
      this.#reads.set(key, { pick, collection, segments: canonical, location, line: lineOf() });
  }

  /** Notes a loop over the value at the path. */
  noteLoop({ collection, segments }: SeedPath): void {
    segments.reduce<Constraints>(
      (constraints, segment) => constraints.child(segment),
      this.constraintsOf(collection),
    ).isIterated = true;
  }

  /** Requires the value at the path to be present and of one of the kinds, unless the context is uncertain. */
  require(path: SeedPath, context: Context, kinds: readonly Kind[] = KINDS): void {
    if (context.certain) this.#constraintsAt(path, context.loops)?.require(kinds);
  }

  isRequired({ collection, segments }: Pick<CollectedRead, "collection" | "segments">): boolean {
    const constraints = this.collections.get(collection)?.find(segments);
    return constraints !== undefined && isRequired(constraints);
  }

  /** The paths that are read themselves, not only on the way to another, in the order of their first read. */
  reads(): CollectedRead[] {
    const trees = new Map<string, ReadTree>();
    const all = [...this.#reads.values()].map((read) => ({ ...read, segments: withoutLength(read.segments) }));
    const ends = all.map((read) => addTo(trees, read));
    return all.filter((read, n) => ends[n]?.first === read && ends[n].below.size === 0);
  }

  /**
   * The constraints on the value at the path, under the rules of the loops that the requirement depends on; `undefined` when
   * they cannot be decided from this collection's items alone.
   */
  #constraintsAt(path: SeedPath, loops: readonly SeedPath[]): Constraints | undefined {
    const around = (loop: SeedPath) => loop.pick === path.pick && beginsWith(path.segments, loop.segments);
    const guards = loops.filter((loop) => !around(loop));
    if (guards.some(({ pick }) => pick !== path.pick)) return undefined;
    // Outside its loop an item is one of several.
    const everyItem = path.segments.every(
      (segment, n) =>
        typeof segment === "string" || loops.some((loop) => around(loop) && loop.segments.length === n + 1),
    );
    if (!everyItem) return undefined;
    let constraints = this.constraintsOf(path.collection);
    for (let n = 0; n <= path.segments.length; n++) {
      const here = guards.filter(({ segments }) => shared(segments, path.segments) === n);
      constraints = constraints.whenNonEmpty(here.map(({ segments }) => segments.slice(n, -1)));
      const segment = path.segments[n];
      if (segment !== undefined) constraints = constraints.child(segment);
    }
    return constraints;
  }
}

/** The paths that a step reads of a pick, branching where they differ. */
interface ReadTree {
  readonly below: Map<PathSegment, ReadTree>;
  /** The first read that ends here. */
  first?: CollectedRead;
}

/**
 * Adds a read to the tree of its step and pick; a step's prompts and includes read together, since one may pass on what another
 * reads. @returns where it ends
 */
function addTo(trees: Map<string, ReadTree>, read: CollectedRead): ReadTree {
  const step = read.location.split(",", 1)[0];
  const end = read.segments.reduce(
    (tree, segment) => branchOf(tree.below, segment),
    branchOf(trees, JSON.stringify([step, read.pick])),
  );
  end.first ??= read;
  return end;
}

function branchOf<K>(trees: Map<K, ReadTree>, key: K): ReadTree {
  const tree = trees.get(key) ?? { below: new Map<PathSegment, ReadTree>() };
  trees.set(key, tree);
  return tree;
}

/** `body.text`, `tags[].name`, as the profile of a seed set names fields. */
export function pathText(segments: readonly PathSegment[]): string {
  return segments.reduce<string>((path, segment) => pathBelow(path, segment), "");
}

export function pathBelow(path: string, segment: PathSegment): string {
  if (typeof segment === "object" || isIndex(segment)) return `${path}[]`;
  if (!/^[^.[\]"\\]+$/.test(segment)) return `${path}[${JSON.stringify(segment)}]`;
  return path === "" ? segment : `${path}.${segment}`;
}

const CANONICAL = new Map<number, ItemsSegment>();

/** For reads, one loop's items are the same as another's. */
function itemsOf(count: number): ItemsSegment {
  const items = CANONICAL.get(count) ?? { count };
  CANONICAL.set(count, items);
  return items;
}

/** The length of a list or text is not a field; read it reads the list. */
function withoutLength(segments: readonly PathSegment[]): readonly PathSegment[] {
  return segments.length > 1 && segments.at(-1) === "length" ? segments.slice(0, -1) : segments;
}

function beginsWith(segments: readonly PathSegment[], start: readonly PathSegment[]): boolean {
  return shared(segments, start) === start.length;
}

/** The number of leading segments two paths have in common. */
function shared(a: readonly PathSegment[], b: readonly PathSegment[]): number {
  const differs = a.findIndex((segment, n) => segment !== b[n]);
  return differs < 0 ? a.length : differs;
}
