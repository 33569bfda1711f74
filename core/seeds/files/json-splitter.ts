/**
 * Splits a JSON file into the items of its list, or of the lists in its objects, holding at most one of them. It only finds
 * where an item ends; parsing it decides whether it is valid.
 */
import { PlotPaletteError } from "../../errors.ts";
import { MAX_NESTING } from "../../nesting.ts";
import { formatNumber } from "../../numbers.ts";
import { MAX_ITEM_CHARACTERS } from "../seed-set.ts";

/** A list of the file, by the names of the objects around it; none when the file is one list. */
export type ListPath = readonly string[];

/** The source texts of some items of one list. */
export interface JsonItems {
  readonly path: ListPath;
  /** The number of the first, from 1. */
  readonly first: number;
  readonly sources: string[];
}

/** Whether to yield the list's item with that number, from 1. */
export type IsWanted = (path: ListPath, number: number) => boolean;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

type Expects = "start" | "name" | "colon" | "value" | "passing" | "item" | "next" | "nothing" | "lines";

export class JsonSplitter {
  readonly #fileName: string;
  readonly #isWanted: IsWanted;
  #expects: Expects = "start";
  /** The names of the values that are being read, from the outermost object to the innermost. */
  readonly #path: string[] = [];
  #list: ListPath = [];
  #isObject = false;
  /** The object that is being read has no members yet, so that it may end. */
  #mayClose = false;
  /** The start of the current item (or name), from earlier chunks. */
  #held = "";
  #items = 0;
  /** Nothing but white space of the current item has been seen. */
  #isBlank = true;
  #depth = 0;
  #inText = false;
  #escaped = false;

  constructor(fileName: string, isWanted: IsWanted) {
    this.#fileName = fileName;
    this.#isWanted = isWanted;
  }

  /** Whether the file is an object, not a list. */
  get isObject(): boolean {
    return this.#isObject;
  }

  /** Whether a second value follows the first, which is an object: then the file's lines are objects. */
  get holdsLines(): boolean {
    return this.#expects === "lines";
  }

  /** @throws PlotPaletteError BadInput for what is not JSON, as far as its structure shows that */
  push(chunk: string): JsonItems[] {
    const found: JsonItems[] = [];
    for (let at = 0; at < chunk.length;) {
      if (this.#expects === "lines") break;
      if (this.#expects === "item" || this.#expects === "passing") at = this.#readValue(chunk, at, found);
      else if (this.#expects === "name" && this.#held !== "") this.#readName(chunk[at++] as string);
      else if (isSpace(chunk[at] as string)) at += 1;
      else if (this.#step(chunk[at] as string)) at += 1;
    }
    return found;
  }

  /** @throws PlotPaletteError BadInput when the file is empty or truncated */
  end(): void {
    if (this.#expects === "start") throwBadInput(`The file "${this.#fileName}" is empty; it needs a list of objects.`);
    if (this.#expects !== "nothing" && this.#expects !== "lines")
      throwBadInput(
        `The file "${this.#fileName}" ends abruptly after ${this.#items} items${this.#ofList()}; it seems to be truncated.`,
      );
  }

  /** An item of a list, or a value that is passed over. @returns where to go on */
  #readValue(chunk: string, at: number, found: JsonItems[]): number {
    const end = this.#findEnd(chunk, at);
    if (this.#expects === "passing") {
      if (end < 0) return chunk.length;
      this.#expects = "next";
      return end;
    }
    const isHeld = this.#isWanted(this.#list, this.#items + 1);
    const part = end < 0 ? chunk.slice(at) : chunk.slice(at, end);
    if (this.#isBlank) this.#isBlank = part.trim() === "";
    if (end < 0) {
      if (isHeld) this.#hold(part);
      return chunk.length;
    }
    this.#endItem(isHeld ? this.#held + part : undefined, chunk[end] === "]", found);
    return end + 1;
  }

  /** Scans texts and brackets up to the comma or bracket after the value; -1 when it is not in this chunk. */
  #findEnd(chunk: string, from: number): number {
    let depth = this.#depth;
    let inText = this.#inText;
    let escaped = this.#escaped;
    let at = from;
    for (; at < chunk.length; at += 1) {
      const code = chunk.charCodeAt(at);
      if (inText) {
        if (escaped) escaped = false;
        else if (code === BACKSLASH) escaped = true;
        else if (code === QUOTE) inText = false;
      } else if (code === QUOTE) inText = true;
      else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1;
      else if (depth > 0) {
        if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1;
      } else if (code === COMMA || code === (this.#expects === "item" ? CLOSE_BRACKET : CLOSE_BRACE)) break;
    }
    this.#depth = depth;
    this.#inText = inText;
    this.#escaped = escaped;
    return at < chunk.length ? at : -1;
  }

  /** `[]` has no item; `[1,]` has a second one that is missing, and parsing it says so. */
  #endItem(source: string | undefined, isLast: boolean, found: JsonItems[]): void {
    if (!(isLast && this.#items === 0 && this.#isBlank)) {
      this.#items += 1;
      if (source !== undefined) this.#add(source, found);
    }
    this.#held = "";
    this.#isBlank = true;
    if (isLast) this.#expects = this.#path.length === 0 ? "nothing" : "next";
  }

  #add(source: string, found: JsonItems[]): void {
    const last = found.at(-1);
    if (last && last.path === this.#list && last.first + last.sources.length === this.#items) last.sources.push(source);
    else found.push({ path: this.#list, first: this.#items, sources: [source] });
  }

  #hold(text: string): void {
    this.#held += text;
    if (this.#held.length > MAX_ITEM_CHARACTERS)
      throwBadInput(
        `Item ${this.#items + 1}${this.#ofList()} of "${this.#fileName}" has more than ${formatNumber(MAX_ITEM_CHARACTERS)} characters; a closing quote or bracket may be missing.`,
      );
  }

  /** @returns whether the character is done with; otherwise it belongs to what is expected next */
  #step(character: string): boolean {
    switch (this.#expects) {
      case "start":
        if (character === "[") return this.#enterList();
        if (character === "{") return this.#enterObject();
        return throwBadInput(
          `The file "${this.#fileName}" must be a list of objects, or an object of named lists, but it starts with "${character}".`,
        );
      case "name":
        if (character === "}" && this.#mayClose) return this.#leaveObject();
        if (character !== '"') this.#unexpected(character, "a name in quotes");
        this.#held = character;
        return true;
      case "colon":
        if (character !== ":") this.#unexpected(character, `":" after "${this.#path.at(-1)}"`);
        return this.#expect("value");
      case "value":
        if (character === "[") return this.#enterList();
        if (character === "{") return this.#enterObject();
        this.#expects = "passing";
        return false;
      case "next":
        if (character !== "," && character !== "}") this.#unexpected(character, '"," or "}"');
        this.#path.pop();
        if (character === "}") return this.#leaveObject();
        this.#mayClose = false;
        return this.#expect("name");
      default:
        if (character === "{" && this.#isObject) return this.#expect("lines");
        return this.#unexpected(character, "the end of the file");
    }
  }

  #readName(character: string): void {
    this.#held += character;
    if (this.#escaped) this.#escaped = false;
    else if (character === "\\") this.#escaped = true;
    else if (character === '"') {
      this.#path.push(nameOf(this.#held));
      this.#held = "";
      this.#expect("colon");
    }
    if (this.#held.length > 1_000)
      throwBadInput(`A name in "${this.#fileName}" has more than 1,000 characters; a closing quote may be missing.`);
  }

  #enterList(): true {
    this.#list = [...this.#path];
    this.#items = 0;
    return this.#expect("item");
  }

  #enterObject(): true {
    if (this.#path.length >= MAX_NESTING)
      throwBadInput(
        `The file "${this.#fileName}" nests objects more than ${MAX_NESTING} levels deep; flatten it to a list of objects.`,
      );
    if (this.#expects === "start") this.#isObject = true;
    this.#mayClose = true;
    return this.#expect("name");
  }

  #leaveObject(): true {
    return this.#expect(this.#path.length === 0 ? "nothing" : "next");
  }

  #expect(next: Expects): true {
    this.#expects = next;
    return true;
  }

  #unexpected(character: string, expected: string): never {
    throwBadInput(
      `The file "${this.#fileName}" is not valid JSON: expected ${expected}, found "${character}"${this.#ofList()}.`,
    );
  }

  #ofList(): string {
    const name = this.#list.at(-1);
    return name === undefined ? "" : ` of "${name}"`;
  }
}

function nameOf(source: string): string {
  try {
    return String(JSON.parse(source));
  } catch {
    return source.slice(1, -1);
  }
}

function isSpace(character: string): boolean {
  return character === " " || character === "\n" || character === "\r" || character === "\t";
}

function throwBadInput(message: string): never {
  throw new PlotPaletteError("BadInput", message);
}
