/** An Eta prompt as the body of a function that prints it, with a source map from the body to the prompt. */
import { Eta } from "eta/core";

/** A piece of code: where it starts in the body, after `indent` characters of its line, and in the prompt. */
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

/** Prompts are plain text, in which a newline after a value counts; a tag that ends in `-%>` removes it. */
const eta = new Eta({ autoEscape: false, autoTrim: false });
const OPENING: Readonly<Record<string, string>> = { e: "", i: "__eta.print((", r: "__eta.print((" };
const CLOSING: Readonly<Record<string, string>> = { e: "\n", i: "\n));\n", r: "\n));\n" };

/** A tag, string or comment that is not closed. */
export class UnclosedTag {
  constructor(
    readonly message: string,
    readonly line: number,
    readonly column: number,
  ) {}
}

/** @throws UnclosedTag */
export function bodyOfPrompt(prompt: string): Body {
  const mappings: SourceMapping[] = [];
  const texts: string[] = ["{\n"];
  let line = 2;
  const position = { at: 0, line: 1, lineStart: 0 };
  for (const part of partsOfPrompt(prompt)) {
    if (typeof part === "string") {
      // Eta has escaped it for single quotes.
      texts.push(`__eta.print('${part}');\n`);
      line += 1;
      continue;
    }
    const opening = OPENING[part.t] ?? "";
    moveTo(position, prompt, prompt.indexOf("<%", position.at) + 2);
    moveTo(position, prompt, prompt.indexOf(part.val, position.at));
    const lines = linesIn(part.val);
    const sourceColumn = position.at - position.lineStart + 1;
    mappings.push({ line, lines, indent: opening.length, sourceLine: position.line, sourceColumn });
    moveTo(position, prompt, position.at + part.val.length);
    const closing = CLOSING[part.t] ?? "\n";
    texts.push(opening, part.val, closing);
    line += lines + (closing === "\n" ? 0 : 1);
  }
  return { text: `${texts.join("")}}\nreturn __eta.text();`, mappings };
}

/** Texts, escaped for single quotes, and tags. @throws UnclosedTag */
export function partsOfPrompt(prompt: string): ReturnType<typeof eta.parse> {
  try {
    return eta.parse(prompt);
  } catch (error) {
    // Eta gives the position only in the message.
    const [, message, line, column] = /^(.*) at line (\d+) col (\d+):/.exec((error as Error).message) ?? [];
    if (message === undefined) throw error;
    throw new UnclosedTag(message, Number(line), Number(column));
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

/** A position of the body in its source: exact within a piece of code, else the start of the piece before. */
export function sourcePosition(body: Body, line: number, column: number): { line: number; column: number } | undefined {
  const mapping = body.mappings.findLast((one) => one.line <= line);
  if (!mapping) return undefined;
  const { sourceLine, sourceColumn, indent } = mapping;
  const within = line - mapping.line;
  if (within >= mapping.lines || (within === 0 && column <= indent)) return { line: sourceLine, column: sourceColumn };
  return { line: sourceLine + within, column: within === 0 ? sourceColumn + column - indent - 1 : column };
}

function moveTo(position: { at: number; line: number; lineStart: number }, text: string, at: number): void {
  for (let end = text.indexOf("\n", position.at); end >= 0 && end < at; end = text.indexOf("\n", end + 1)) {
    position.line += 1;
    position.lineStart = end + 1;
  }
  position.at = at;
}

function linesIn(text: string): number {
  return text.split("\n").length;
}
