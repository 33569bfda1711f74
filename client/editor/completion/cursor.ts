/**
 * Where the cursor stands in a YAML document that is being written: line by line, because a document with half a word in it
 * has no syntax tree worth asking. Flow maps and lists are followed within their line.
 */
export interface Place {
  /** `key`: a name is being written; `value`: what stands behind one; `text`: a line of a text of several lines. */
  readonly kind: "key" | "value" | "text";
  /** The map or list for a key, the value's own place otherwise: `["steps", 0, "tier"]`. */
  readonly path: readonly (string | number)[];
  /** What is written of it before the cursor, within this line. */
  readonly written: string;
  /** The column where the key stands, for lines that go below it. */
  readonly column: number;
  /** Inside `{ }` or `[ ]`. */
  readonly isFlow: boolean;
}

export function placeAt(text: string, position: number): Place {
  const lines = text.slice(0, position).split("\n");
  const last = lines.pop() ?? "";
  const walk = new Walk();
  for (const line of lines) walk.line(line);
  return walk.cursor(last);
}

/** How far the line after the last one of a text is indented: below a key, beside the keys of an item, as the line before. */
export function indentAfter(text: string): number {
  const line = text.slice(text.lastIndexOf("\n") + 1);
  const indent = indentOf(line);
  const { kind, column } = placeAt(text, text.length);
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

class Walk {
  #levels: Level[] = [];
  /** The column of the key whose text of several lines we are in. */
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

  cursor(line: string): Place {
    const isBlank = line.trim() === "";
    if (this.#isInText(isBlank ? `${line}.` : line)) {
      return {
        kind: "text",
        path: this.#path(),
        written: line.trimStart(),
        column: this.#textBelow ?? 0,
        isFlow: false,
      };
    }
    const { column, rest } = this.#items(line);
    const key = KEY.exec(rest);
    if (!key) {
      this.#leave(column);
      if (/^[{[]/.test(rest)) return flowPlace(this.#path(), rest, column);
      return { kind: "key", path: this.#path(), written: rest, column, isFlow: false };
    }
    this.#enter(column, nameOf(key));
    const value = rest.slice(key[0].length);
    if (/^[{[]/.test(value)) return flowPlace(this.#path(), value, column);
    return { kind: "value", path: this.#path(), written: value, column, isFlow: false };
  }

  #isInText(line: string): boolean {
    return this.#textBelow !== null && (line.trim() === "" || indentOf(line) > this.#textBelow);
  }

  /** Takes the dashes of a line: each is an item of a list. */
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

/** Follows `{ from: movies, how: ` to where it ends. Brackets within quotes do not count. */
function flowPlace(path: readonly (string | number)[], text: string, column: number): Place {
  const levels: { isMap: boolean; name: string | number | null }[] = [];
  let written = "";
  let quote = "";
  for (const character of text) {
    const top = levels.at(-1);
    if (quote) {
      if (character === quote) quote = "";
      written += character;
    } else if (character === "{" || character === "[") {
      levels.push({ isMap: character === "{", name: character === "{" ? null : 0 });
      written = "";
    } else if (character === "}" || character === "]") {
      levels.pop();
      written = "";
    } else if (character === "," && top) {
      levels[levels.length - 1] = { isMap: top.isMap, name: top.isMap ? null : Number(top.name) + 1 };
      written = "";
    } else if (character === ":" && top?.isMap && top.name === null) {
      top.name = written.trim().replace(/^["']|["']$/g, "");
      written = "";
    } else {
      if (character === '"' || character === "'") quote = character;
      written += character;
    }
  }
  const inner = levels.at(-1);
  const names = levels.map(({ name }) => name).filter((name) => name !== null);
  const kind = inner?.isMap && inner.name === null ? "key" : "value";
  return { kind, path: [...path, ...names], written: written.trimStart(), column, isFlow: true };
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function nameOf(key: RegExpExecArray): string {
  return key[1] ?? key[2] ?? key[3] ?? "";
}
