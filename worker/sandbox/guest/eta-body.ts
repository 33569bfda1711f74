/** An Eta prompt as the body of a function that prints it, and where each line of the body stands in the prompt. */
import { Eta } from "eta/core";

/** A piece of code: where it begins in the body, after `indent` characters of its line, and in the prompt. */
export interface SourceMapping {
  readonly line: number;
  readonly lines: number;
  readonly indent: number;
  readonly sourceLine: number;
  readonly sourceColumn: number;
}

export interface Body {
  readonly text: string;
  readonly mappings: readonly SourceMapping[];
}

/** Prompts are plain text, in which a line's end after a value is meant; a tag that ends in `-%>` swallows it. */
const eta = new Eta({ autoEscape: false, autoTrim: false });
const OPENING: Readonly<Record<string, string>> = { e: "", i: "__eta.print((", r: "__eta.print((" };
const CLOSING: Readonly<Record<string, string>> = { e: "\n", i: "\n));\n", r: "\n));\n" };

/** A tag, a text or a comment that is not closed. */
export class UnclosedTag {
  constructor(
    readonly message: string,
    readonly line: number,
    readonly column: number,
  ) {}
}

/** @throws Unclosed */
export function bodyOfPrompt(prompt: string): Body {
  const pieces: SourceMapping[] = [];
  const texts: string[] = ["{\n"];
  let line = 2;
  const place = { at: 0, line: 1, lineStart: 0 };
  for (const part of partsOfPrompt(prompt)) {
    if (typeof part === "string") {
      // Eta has escaped it for single quotes.
      texts.push(`__eta.print('${part}');\n`);
      line += 1;
      continue;
    }
    const opening = OPENING[part.t] ?? "";
    moveTo(place, prompt, prompt.indexOf("<%", place.at) + 2);
    moveTo(place, prompt, prompt.indexOf(part.val, place.at));
    const lines = linesIn(part.val);
    const sourceColumn = place.at - place.lineStart + 1;
    pieces.push({ line, lines, indent: opening.length, sourceLine: place.line, sourceColumn });
    moveTo(place, prompt, place.at + part.val.length);
    const closing = CLOSING[part.t] ?? "\n";
    texts.push(opening, part.val, closing);
    line += lines + (closing === "\n" ? 0 : 1);
  }
  return { text: `${texts.join("")}}\nreturn __eta.text();`, mappings: pieces };
}

/** Texts, escaped for single quotes, and tags. @throws Unclosed */
export function partsOfPrompt(prompt: string): ReturnType<typeof eta.parse> {
  try {
    return eta.parse(prompt);
  } catch (error) {
    // Eta says the place in words.
    const [, fault, line, column] = /^(.*) at line (\d+) col (\d+):/.exec((error as Error).message) ?? [];
    if (fault === undefined) throw error;
    throw new UnclosedTag(fault, Number(line), Number(column));
  }
}

const RETURN = "return (";

/** An expression as the body of a function that returns it. */
export function bodyOfExpression(expression: string): Body {
  return {
    text: `${RETURN}${expression}\n);`,
    mappings: [{ line: 1, lines: linesIn(expression), indent: RETURN.length, sourceLine: 1, sourceColumn: 1 }],
  };
}

/** Where a place of the body is in its source: exact within a piece of code, else the beginning of the piece before. */
export function sourcePosition(body: Body, line: number, column: number): { line: number; column: number } | undefined {
  const piece = body.mappings.findLast((one) => one.line <= line);
  if (!piece) return undefined;
  const { sourceLine, sourceColumn, indent } = piece;
  const within = line - piece.line;
  if (within >= piece.lines || (within === 0 && column <= indent)) return { line: sourceLine, column: sourceColumn };
  return { line: sourceLine + within, column: within === 0 ? sourceColumn + column - indent - 1 : column };
}

function moveTo(place: { at: number; line: number; lineStart: number }, text: string, at: number): void {
  for (let end = text.indexOf("\n", place.at); end >= 0 && end < at; end = text.indexOf("\n", end + 1)) {
    place.line += 1;
    place.lineStart = end + 1;
  }
  place.at = at;
}

function linesIn(text: string): number {
  return text.split("\n").length;
}
