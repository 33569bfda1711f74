/**
 * Where the cursor is in a YAML document that is being typed. Found line by line, because a document with a half-typed
 * word has no usable syntax tree. Flow maps and lists are followed within their line.
 */
export interface CursorContext {
  /** `key`: a key is being typed; `value`: a key's value; `text`: a line of a block scalar. */
  readonly kind: "key" | "value" | "text";
  /** The path of the enclosing map or list for a key, otherwise of the value itself: `["steps", 0, "tier"]`. */
  readonly path: readonly (string | number)[];
  /** The part typed before the cursor, within this line. */
  readonly typed: string;
  /** The column of the key, to indent the lines below it. */
  readonly column: number;
  /** Inside `{ }` or `[ ]`. */
  readonly isFlow: boolean;
}

export function cursorContextAt(text: string, position: number): CursorContext {
  const lines = text.slice(0, position).split("\n");
  const last = lines.pop() ?? "";
  const scanner = new LineScanner();
  for (const line of lines) scanner.line(line);
  return scanner.cursor(last);
}

/** The indentation of the line after the last one: below a key, aligned with the keys of an item, or as the line before. */
export function indentAfter(text: string): number {
  const line = text.slice(text.lastIndexOf("\n") + 1);
  const indent = indentOf(line);
  const { kind, column } = cursorContextAt(text, text.length);
  if (kind === "text" || line.trim() === "" || line.trimStart().startsWith("#")) return indent;
  const opens = /:\s*([|>][-+\d]*)?\s*$/.test(line);
  return opens ? column + 2 : Math.max(indent, column);
}

interface Level {
  readonly column: number;
  readonly name: string | number;
}

const KEY = /^(?:"([^"]*)"|'([^']*)'|([^\s"'{}[\],#&*!|>%@`-][^:#]*?))\s*:(?=\s|$)\s*/;
const BLOCK_TEXT = /^[|>][-+\d]*\s*(#.*)?$/;

class LineScanner {
  #levels: Level[] = [];
  /** The column of the key whose block scalar the scan is in. */
  #textBelow: number | null = null;

  line(line: string): void {
    if (this.#isInText(line)) return;
    this.#textBelow = null;
    if (/^\s*(#|$)/.test(line)) return;
    const { column, rest } = this.#items(line);
    const key = KEY.exec(rest);
    if (!key) {
      if (BLOCK_TEXT.test(rest)) this.#textBelow = column - 2;
      return;
    }
    this.#enter(column, nameOf(key));
    if (BLOCK_TEXT.test(rest.slice(key[0].length))) this.#textBelow = column;
  }

  cursor(line: string): CursorContext {
    const isBlank = line.trim() === "";
    if (this.#isInText(isBlank ? `${line}.` : line)) {
      return {
        kind: "text",
        path: this.#path(),
        typed: line.trimStart(),
        column: this.#textBelow ?? 0,
        isFlow: false,
      };
    }
    const { column, rest } = this.#items(line);
    const key = KEY.exec(rest);
    if (!key) {
      this.#leave(column);
      if (/^[{[]/.test(rest)) return flowContext(this.#path(), rest, column);
      return { kind: "key", path: this.#path(), typed: rest, column, isFlow: false };
    }
    this.#enter(column, nameOf(key));
    const value = rest.slice(key[0].length);
    if (/^[{[]/.test(value)) return flowContext(this.#path(), value, column);
    return { kind: "value", path: this.#path(), typed: value, column, isFlow: false };
  }

  #isInText(line: string): boolean {
    return this.#textBelow !== null && (line.trim() === "" || indentOf(line) > this.#textBelow);
  }

  /** Consumes the dashes of a line: each begins a list item. */
  #items(line: string): { column: number; rest: string } {
    let column = indentOf(line);
    let rest = line.slice(column);
    for (let dash = /^-(\s+|$)/.exec(rest); dash; dash = /^-(\s+|$)/.exec(rest)) {
      this.#enterItem(column);
      column += Math.max(2, dash[0].length);
      rest = rest.slice(dash[0].length);
    }
    return { column, rest };
  }

  #enterItem(column: number): void {
    while ((this.#levels.at(-1)?.column ?? -1) > column) this.#levels.pop();
    const top = this.#levels.at(-1);
    if (top?.column === column && typeof top.name === "number") {
      this.#levels.pop();
      this.#levels.push({ column, name: top.name + 1 });
    } else this.#levels.push({ column, name: 0 });
  }

  #enter(column: number, name: string): void {
    this.#leave(column);
    this.#levels.push({ column, name });
  }

  #leave(column: number): void {
    while ((this.#levels.at(-1)?.column ?? -1) >= column) this.#levels.pop();
  }

  #path(): (string | number)[] {
    return this.#levels.map(({ name }) => name);
  }
}

/** Follows `{ from: movies, how: ` to its end, ignoring brackets in quotes. */
function flowContext(path: readonly (string | number)[], text: string, column: number): CursorContext {
  const levels: { isMap: boolean; name: string | number | null }[] = [];
  let typed = "";
  let quote = "";
  for (const character of text) {
    const top = levels.at(-1);
    if (quote) {
      if (character === quote) quote = "";
      typed += character;
    } else if (character === "{" || character === "[") {
      levels.push({ isMap: character === "{", name: character === "{" ? null : 0 });
      typed = "";
    } else if (character === "}" || character === "]") {
      levels.pop();
      typed = "";
    } else if (character === "," && top) {
      levels[levels.length - 1] = { isMap: top.isMap, name: top.isMap ? null : Number(top.name) + 1 };
      typed = "";
    } else if (character === ":" && top?.isMap && top.name === null) {
      top.name = typed.trim().replace(/^["']|["']$/g, "");
      typed = "";
    } else {
      if (character === '"' || character === "'") quote = character;
      typed += character;
    }
  }
  const inner = levels.at(-1);
  const names = levels.map(({ name }) => name).filter((name) => name !== null);
  const kind = inner?.isMap && inner.name === null ? "key" : "value";
  return { kind, path: [...path, ...names], typed: typed.trimStart(), column, isFlow: true };
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function nameOf(key: RegExpExecArray): string {
  return key[1] ?? key[2] ?? key[3] ?? "";
}
