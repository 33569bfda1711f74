/**
 * Profiles a collection's fields, item by item, in memory bounded by the number of fields. Fields form a tree: `body` holds
 * `body.text`, `tags` holds `tags[]` (its elements) and `tags[].name`.
 */
import { PlotPaletteError } from "../errors.ts";
import type { SeedItem } from "./seed-set.ts";

/** One field, as shown to people and checked against a template's requirements. */
export interface SeedField {
  /** `title`, `body.text`, `tags[]`, `tags[].name`; a name with dots, brackets or quotes is in brackets: `["a.b"]`. */
  readonly name: string;
  /** JSON types seen, except null: string, integer, number, boolean, object, array. */
  readonly types: string[];
  /** How many values were seen; of `tags[]` all elements of all lists. */
  readonly count: number;
  /** How many times a value could be present but is absent, null or an empty text. For `body.text` only objects `body` count. */
  readonly missing: number;
  /** How many of the missing are empty texts; absent for none. */
  readonly empty?: number;
  /** How many of the missing are null; absent for none. */
  readonly nulls?: number;
  /** The number of distinct values, when they are short and at most 100. */
  readonly distinct?: number;
  /** Up to three values as JSON text, long ones truncated. */
  readonly examples: string[];
  /** There is more below it than is listed: it is nested too deep, or its names are too many to be fields. */
  readonly more?: true;
}

/** Enough for any table a prompt can use; a file with more is more likely keys mistaken for fields. */
const MAX_FIELDS = 200;
/** Per object inside an item; with more, the names are data (languages, dates), not fields. */
const MAX_INNER_FIELDS = 50;
const MAX_LISTED = 500;
/** The most names in a path. */
const MAX_DEPTH = 4;
/** Lists directly in lists, as coordinates are. */
const MAX_NESTED_LISTS = 2;
const MAX_EXAMPLES = 3;
/** Examples are taken from the first values only, so that a constant field does not cost time forever. */
const EXAMPLES_AMONG = 1_000;
const MAX_EXAMPLE_CHARACTERS = 80;
const MAX_DISTINCT = 100;
const MAX_DISTINCT_CHARACTERS = 60;

export class FieldProfiler {
  readonly #root = new Node("", 0, 0);
  #nodes = 0;

  /** @throws PlotPaletteError BadInput when the items have too many fields */
  add(item: SeedItem): void {
    this.#root.objects += 1;
    for (const name of Object.keys(item)) this.#tally(this.#field(this.#root, name, MAX_FIELDS), item[name]);
  }

  /** In the order of their first appearance, each before what it contains. */
  fields(): SeedField[] {
    const listed: SeedField[] = [];
    for (const node of this.#root.fields.values()) list(node, this.#root.objects, listed);
    return listed;
  }

  /** The tally of a field or element below `parent`; undefined when it is not listed. */
  #field(parent: Node, name: string, most: number): Node | undefined {
    const known = parent.fields.get(name);
    if (known) return known;
    if (parent === this.#root && parent.fields.size >= most)
      throw new PlotPaletteError(
        "BadInput",
        `The items have more than ${MAX_FIELDS} different fields; keep only those that templates need.`,
      );
    if (parent.more) return undefined;
    if (parent !== this.#root && (parent.fields.size >= most || this.#nodes >= MAX_LISTED)) {
      this.#nodes -= parent.collapse();
      return undefined;
    }
    const path = parent === this.#root ? pathPart(name) : joined(parent.path, name);
    const node = new Node(path, parent.depth + 1, 0);
    parent.fields.set(name, node);
    this.#nodes += 1;
    return node;
  }

  #elements(list: Node): Node | undefined {
    if (list.elements) return list.elements;
    if (list.nesting >= MAX_NESTED_LISTS || this.#nodes >= MAX_LISTED) {
      list.more = true;
      return undefined;
    }
    this.#nodes += 1;
    return (list.elements = new Node(`${list.path}[]`, list.depth, list.nesting + 1));
  }

  #tally(node: Node | undefined, value: unknown): void {
    if (!node || value === undefined) return;
    if (value === null) {
      node.nulls += 1;
      return;
    }
    if (value === "") {
      node.empty += 1;
      return;
    }
    node.add(value);
    if (typeof value !== "object") return;
    if (Array.isArray(value)) this.#tallyElements(node, value);
    else this.#tallyFields(node, value as SeedItem);
  }

  #tallyElements(node: Node, values: readonly unknown[]): void {
    node.elementCount += values.length;
    if (values.length === 0) return;
    const elements = this.#elements(node);
    for (const value of values) this.#tally(elements, value);
  }

  #tallyFields(node: Node, value: SeedItem): void {
    node.objects += 1;
    const names = Object.keys(value);
    if (node.depth >= MAX_DEPTH && names.length > 0) node.more = true;
    if (node.more) return;
    for (const name of names) this.#tally(this.#field(node, name, MAX_INNER_FIELDS), value[name]);
  }
}

/** The tally of one field. */
class Node {
  readonly types = new Set<string>();
  readonly examples: string[] = [];
  readonly fields = new Map<string, Node>();
  elements: Node | undefined;
  count = 0;
  empty = 0;
  nulls = 0;
  more = false;
  /** How many objects and list elements were seen as its value: how often its fields and elements could be present. */
  objects = 0;
  elementCount = 0;
  /** Undefined once they are too many or too long. */
  #values: Set<unknown> | undefined = new Set();

  constructor(
    readonly path: string,
    readonly depth: number,
    /** How many directly nested lists contain it. */
    readonly nesting: number,
  ) {}

  get distinct(): number | undefined {
    return this.#values?.size || undefined;
  }

  add(value: unknown): void {
    this.count += 1;
    this.types.add(jsonTypeOf(value));
    if (this.examples.length < MAX_EXAMPLES && this.count <= EXAMPLES_AMONG) this.#exemplify(value);
    if (this.#values) this.#distinguish(value);
  }

  /** Its names are data, not fields: their tallies are dropped. @returns how many those were */
  collapse(): number {
    const dropped = this.#below();
    this.more = true;
    this.fields.clear();
    return dropped;
  }

  #below(): number {
    let below = 0;
    for (const node of this.fields.values())
      below += 1 + node.#below() + (node.elements ? 1 + node.elements.#below() : 0);
    return below;
  }

  #exemplify(value: unknown): void {
    const example = shorten(JSON.stringify(value));
    if (!this.examples.includes(example)) this.examples.push(example);
  }

  #distinguish(value: unknown): void {
    if (typeof value === "object" || (typeof value === "string" && value.length > MAX_DISTINCT_CHARACTERS))
      this.#values = undefined;
    else if (!this.#values?.has(value)) this.#values?.add(typeof value === "string" ? copyOf(value) : value);
    if (this.#values && this.#values.size > MAX_DISTINCT) this.#values = undefined;
  }
}

/** A cell is a slice of a larger text, which must not be kept alive for its sake. */
function copyOf(text: string): string {
  return Buffer.from(text, "utf16le").toString("utf16le");
}

/** The JSON Schema type of a value. */
export function jsonTypeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}

function list(node: Node, occurrences: number, listed: SeedField[]): void {
  listed.push({
    name: node.path,
    types: [...node.types].sort(),
    count: node.count,
    missing: occurrences - node.count,
    ...(node.empty > 0 && { empty: node.empty }),
    ...(node.nulls > 0 && { nulls: node.nulls }),
    ...(node.distinct !== undefined && { distinct: node.distinct }),
    examples: node.examples,
    ...(node.more && { more: true as const }),
  });
  for (const field of node.fields.values()) list(field, node.objects, listed);
  if (node.elements) list(node.elements, node.elementCount, listed);
}

const WORD = /^[^.[\]"\\]+$/;

/** Spaces are harmless in a path; dots, brackets and quotes are not. */
function pathPart(name: string): string {
  return WORD.test(name) ? name : `[${JSON.stringify(name)}]`;
}

function joined(path: string, name: string): string {
  const part = pathPart(name);
  return part.startsWith("[") ? path + part : `${path}.${part}`;
}

function shorten(text: string): string {
  return text.length <= MAX_EXAMPLE_CHARACTERS ? text : `${text.slice(0, MAX_EXAMPLE_CHARACTERS - 1)}…`;
}
