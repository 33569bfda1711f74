/** A template's document with its positions: a problem in a value, or in a line of a prompt, is shown where its author wrote it. */
import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Node } from "yaml";
import { PlotPaletteError } from "../../errors.ts";
import { isNestedTooDeep, MAX_NESTING } from "../../nesting.ts";

/** The path to a value: `["steps", 0, "prompt"]`. */
export type Path = readonly (string | number)[];

/** A problem in a template, and its location. */
export interface TemplateProblem {
  /** One sentence. */
  readonly message: string;
  /** One-based, in the document. */
  readonly line: number;
  readonly column: number;
  /** Character offsets in the document: `from` inclusive, `to` exclusive. */
  readonly from: number;
  readonly to: number;
}

/** A job copies its template into its own row, and a row holds 400 KB. */
export const MAX_TEMPLATE_BYTES = 100_000;
/** As JSON, in which aliases are written out: each may stand for most of the document. */
const MAX_EXPANDED_CHARACTERS = 300_000;
/** Nobody reads further ones. */
export const MAX_PROBLEMS = 100;

/** A node's start, the end of its value, and the end of what belongs to it. */
type Range = readonly [from: number, to: number, end?: number];

export class TemplateSource {
  readonly value: unknown;
  readonly problems: TemplateProblem[] = [];
  readonly #text: string;
  readonly #document: Document;
  readonly #lines = new LineCounter();

  constructor(text: string) {
    const isTooLarge = new TextEncoder().encode(text).length > MAX_TEMPLATE_BYTES;
    this.#text = text;
    // The library would compare each key with each other.
    const options = { lineCounter: this.#lines, prettyErrors: false, uniqueKeys: false };
    this.#document = parseDocument(isTooLarge ? "" : text, options);
    if (isTooLarge)
      this.#report(`A template may have at most ${MAX_TEMPLATE_BYTES / 1000} KB; split it into smaller ones.`, [0, 0]);
    for (const { message, pos } of this.#document.errors.slice(0, MAX_PROBLEMS))
      this.#report(`The template is not valid YAML: ${sentenceOf(message)}${hintFor(message)}`, pos);
    for (const { range } of repeatedKeysOf(this.#document).slice(0, MAX_PROBLEMS))
      this.#report("The template is not valid YAML: Map keys must be unique.", range ?? [0, 0]);
    if (text.trim() === "") this.#report('The template is empty; start it with "name:".', [0, 0]);
    try {
      // Aliases are fine, but not a tree of them that expands into gigabytes.
      this.value = this.problems.length > 0 ? undefined : this.#document.toJS({ maxAliasCount: 100 });
    } catch (cause) {
      this.#report(`The template is not valid YAML: ${(cause as Error).message}.`, [0, 0]);
    }
    this.#checkExtent();
  }

  /** What is nested deep, or much larger than its text, would be too much for whatever reads it. */
  #checkExtent(): void {
    if (isNestedTooDeep(this.value))
      this.#report(`The template is nested more than ${MAX_NESTING} levels deep; flatten it.`, [0, 0]);
    else if ((JSON.stringify(this.value) ?? "").length > MAX_EXPANDED_CHARACTERS)
      this.#report(
        `The template has more than ${MAX_EXPANDED_CHARACTERS / 1000} KB once its aliases are expanded; use fewer.`,
        [0, 0],
      );
  }

  /** Adds a problem with the value at a path, or at the deepest part of the path that exists. */
  addProblem(path: Path, message: string): void {
    this.#report(message, this.#rangeOf(path));
  }

  /** Adds a problem with a key of a map, not with its value. */
  addKeyProblem(path: Path, key: string, message: string): void {
    const parent = this.#nodeAt(path);
    const pair = isMap(parent) ? parent.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined;
    const range = pair && isScalar(pair.key) ? pair.key.range : undefined;
    this.#report(message, range ?? this.#rangeOf(path));
  }

  /** Adds a problem within a text; `line` and `column` are one-based within the text. */
  addProblemWithin(path: Path, line: number, column: number, message: string): void {
    const from = this.#offsetWithin(path, line, column);
    if (from === undefined) return this.addProblem(path, message);
    const rest = /^[\w$]+/.exec(this.#text.slice(from, from + 100));
    this.#report(message, [from, from + (rest?.[0].length ?? 1)]);
  }

  /** @throws PlotPaletteError BadInput with the first problem's message, line and column */
  throwFirstProblem(): void {
    const [first] = [...this.problems].sort((a, b) => a.from - b.from);
    if (first) throw new PlotPaletteError("BadInput", withLocation(first, this.#text));
  }

  #report(message: string, [from, to]: Range): void {
    const { line, col } = this.#lines.linePos(Math.min(from, this.#text.length));
    this.problems.push({ message, line: Math.max(1, line), column: Math.max(1, col), from, to: Math.max(from, to) });
  }

  #rangeOf(path: Path): Range {
    for (let length = path.length; length >= 0; length--) {
      const range = this.#nodeAt(path.slice(0, length))?.range;
      if (range) return range;
    }
    return [0, 0];
  }

  #nodeAt(path: Path): Node | undefined {
    let node: unknown = this.#document.contents;
    for (const key of path) {
      const next: unknown = isMap(node) || isSeq(node) ? node.get(key, true) : undefined;
      node = isPair(next) ? next.value : next;
    }
    return (node ?? undefined) as Node | undefined;
  }

  /** The document offset of a line and column within a text, if the text appears there verbatim. */
  #offsetWithin(path: Path, line: number, column: number): number | undefined {
    const node = this.#nodeAt(path);
    if (!isScalar(node) || typeof node.value !== "string" || !node.range) return undefined;
    const wanted = node.value.split("\n")[line - 1];
    if (wanted === undefined) return undefined;
    const [from] = node.range;
    const isBlock = /^[|>]/.test(this.#text.slice(from, from + 1));
    const start = this.#lines.linePos(from).line - 1 + (isBlock ? line : line - 1);
    const lineStart = this.#lines.lineStarts[start];
    if (lineStart === undefined) return undefined;
    const lineText = this.#text.slice(lineStart).split("\n", 1)[0] ?? "";
    const at = lineText.indexOf(wanted, Math.max(0, isBlock ? 0 : from - lineStart));
    return at < 0 ? undefined : lineStart + at + column - 1;
  }
}

/** The keys that a map already has. */
function repeatedKeysOf(document: Document): Node[] {
  const repeated: Node[] = [];
  visit(document, {
    Map: (_, { items }) => {
      const known = new Set<unknown>();
      for (const { key } of items)
        if (isScalar(key)) {
          if (known.has(key.value)) repeated.push(key);
          known.add(key.value);
        }
    },
  });
  return repeated;
}

function sentenceOf(message: string): string {
  return /call stack/.test(message) ? "It is nested too deep." : message.replace(/\.?$/, ".");
}

/** The most likely cause of some common YAML errors. */
function hintFor(message: string): string {
  const isText = /Nested mappings are not allowed|Unexpected scalar at node end|Implicit keys need to be/.test(message);
  return isText ? ' A text with a colon, or with something after its quotes, must be quoted or follow "|".' : "";
}

/** The problem's message, its location, and the line with a caret below. */
function withLocation({ message, line, column }: TemplateProblem, text: string): string {
  const excerpt = (text.split("\n")[line - 1] ?? "").slice(0, 200);
  const sentence = message.replace(/\.$/, "");
  return `${sentence} (line ${line}, column ${column}).\n\n  ${excerpt}\n  ${" ".repeat(Math.min(column, 200) - 1)}^`;
}
