/**
 * Splits a JSON file into the items of its list, or of its named lists, holding at most one of them. It only finds where an
 * item ends; JSON.parse decides whether the item is valid.
 */
import { PlotPaletteError } from "../../errors.ts";
import { formatNumber } from "../../numbers.ts";
import { MAX_ITEM_CHARACTERS } from "../seed-set.ts";

/** The source texts of some items of one list. */
export interface JsonItems {
  /** The list's name; absent when the file is one list. */
  readonly collection?: string;
  readonly sources: string[];
}

/** @throws PlotPaletteError BadInput when the file is neither a list nor an object of lists, or is truncated */
export async function* splitJson(fileName: string, text: AsyncIterable<string>): AsyncGenerator<JsonItems[]> {
  const splitter = new JsonSplitter(fileName);
  for await (const chunk of text) yield splitter.push(chunk);
  splitter.end();
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

type Expects = "start" | "name" | "colon" | "list" | "item" | "next" | "nothing";

class JsonSplitter {
  #fileName: string;
  #expects: Expects = "start";
  #collection: string | undefined;
  /** The start of the current item (or name), from earlier chunks. */
  #held = "";
  #items = 0;
  #depth = 0;
  #inText = false;
  #escaped = false;

  constructor(fileName: string) {
    this.#fileName = fileName;
  }

  push(chunk: string): JsonItems[] {
    const found: JsonItems[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.#expects === "item") {
        const end = this.#findEnd(chunk, at);
        if (end < 0) {
          this.#hold(chunk.slice(at));
          break;
        }
        this.#take(found, this.#held + chunk.slice(at, end), chunk[end] as string);
        this.#held = "";
        at = end + 1;
        continue;
      }
      const character = chunk[at] as string;
      if (this.#expects === "name" && this.#held !== "") this.#readName(character);
      else if (!isSpace(character)) this.#step(character);
      at += 1;
    }
    return found;
  }

  end(): void {
    if (this.#expects === "start") throwBadInput(`The file "${this.#fileName}" is empty; it needs a list of objects.`);
    if (this.#expects !== "nothing")
      throwBadInput(
        `The file "${this.#fileName}" ends abruptly after ${this.#items} items${this.#ofList()}; it seems to be truncated.`,
      );
  }

  /** Scans texts and brackets up to the comma or bracket after the item; -1 when it is not in this chunk. */
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
      } else if (code === COMMA || code === CLOSE_BRACKET) break;
    }
    this.#depth = depth;
    this.#inText = inText;
    this.#escaped = escaped;
    return at < chunk.length ? at : -1;
  }

  #take(found: JsonItems[], source: string, end: string): void {
    const isLast = end === "]";
    // `[]` has no item; `[1,]` has a second one that is missing, and JSON.parse says so.
    if (!(isLast && this.#items === 0 && source.trim() === "")) {
      this.#items += 1;
      const last = found.at(-1);
      if (last && last.collection === this.#collection && this.#items > 1) last.sources.push(source);
      else found.push({ collection: this.#collection, sources: [source] });
    }
    if (isLast) this.#expects = this.#collection === undefined ? "nothing" : "next";
  }

  #hold(text: string): void {
    this.#held += text;
    if (this.#held.length > MAX_ITEM_CHARACTERS)
      throwBadInput(
        `Item ${this.#items + 1}${this.#ofList()} of "${this.#fileName}" has more than ${formatNumber(MAX_ITEM_CHARACTERS)} characters; a closing quote or bracket may be missing.`,
      );
  }

  #step(character: string): void {
    switch (this.#expects) {
      case "start":
        if (character === "[") return this.#enterList(undefined);
        if (character === "{") return this.#expect("name");
        return throwBadInput(
          `The file "${this.#fileName}" must be a list of objects, or an object of named lists, but it starts with "${character}".`,
        );
      case "name":
        if (character === '"') this.#held = '"';
        else this.#unexpected(character, "a name in quotes");
        return;
      case "colon":
        if (character !== ":") this.#unexpected(character, `":" after "${this.#collection}"`);
        return this.#expect("list");
      case "list":
        if (character === "[") return this.#enterList(this.#collection);
        return throwBadInput(
          `"${this.#collection}" in "${this.#fileName}" must be a list of objects; if each line of the file is an object, use the extension .jsonl.`,
        );
      case "next":
        if (character === ",") return this.#expect("name");
        if (character === "}") return this.#expect("nothing");
        return this.#unexpected(character, '"," or "}"');
      default:
        return this.#unexpected(character, "the end of the file");
    }
  }

  #readName(character: string): void {
    this.#held += character;
    if (this.#escaped) this.#escaped = false;
    else if (character === "\\") this.#escaped = true;
    else if (character === '"') {
      this.#collection = nameOf(this.#held);
      this.#held = "";
      this.#expect("colon");
    }
    if (this.#held.length > 1_000)
      throwBadInput(`A name in "${this.#fileName}" has more than 1,000 characters; a closing quote may be missing.`);
  }

  #enterList(collection: string | undefined): void {
    this.#collection = collection;
    this.#items = 0;
    this.#expect("item");
  }

  #expect(next: Expects): void {
    this.#expects = next;
  }

  #unexpected(character: string, expected: string): never {
    throwBadInput(
      `The file "${this.#fileName}" is not valid JSON: expected ${expected}, found "${character}"${this.#ofList()}.`,
    );
  }

  #ofList(): string {
    return this.#collection === undefined ? "" : ` of "${this.#collection}"`;
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
