/**
 * Finds JSON in a model's answer: bare, in a code fence, or in the middle of prose. What is nearly JSON is mended before a
 * repair is paid: a trailing comma, single quotes, a comment, a raw line break, LaTeX that is not escaped.
 */
import { jsonrepair } from "jsonrepair";
import { escapeLatex, hasBareLatex } from "./latex.ts";

/** What a text may mean. */
export interface FoundJson {
  readonly value: unknown;
  /** It was not JSON as it stood, or not the JSON that was meant. */
  readonly isMended: boolean;
}

/** Bounds the search in a text full of brackets. */
const MAX_BLOCKS = 40;
/** Mending takes long: its time grows with the square of some texts' lengths, and the worker waits. */
const MAX_MENDED_BLOCKS = 3;
const MAX_MENDED_CHARACTERS = 32_000;
const MAX_INDENTATION = 100;

/**
 * The values that the text may mean, likeliest first; none when it holds no JSON.
 * @param isCutOff the model was not finished: brackets that are missing are not added
 */
export function* extractJson(text: string, isCutOff = false): Generator<FoundJson> {
  yield* parsed(text);
  for (const [, fenced = ""] of text.matchAll(/```[\w-]*\s*\n?([\s\S]*?)```/g)) yield* parsed(fenced);
  const broken: Block[] = [];
  for (const { block, found } of blocksIn(text)) {
    if (found) yield found;
    else broken.push(block);
  }
  for (const block of broken.filter((one) => isMeantAsJson(text, one, isCutOff)).slice(0, MAX_MENDED_BLOCKS))
    yield* mended(text.slice(block.start, block.end));
}

interface Block {
  readonly start: number;
  /** After its closing bracket; absent if there is none. */
  readonly end?: number;
  /** Not closed, and the text ends inside a string. */
  readonly endsInString: boolean;
}

/** Each outermost `{…}` or `[…]` with what it means, and what is inside one that does not parse. */
function* blocksIn(text: string): Generator<{ readonly block: Block; readonly found?: FoundJson }> {
  const opening = /[{[]/g;
  for (let n = 0, match = opening.exec(text); match && n < MAX_BLOCKS; n++, match = opening.exec(text)) {
    const block = blockAt(text, match.index);
    const [found] = block.end === undefined ? [] : parsed(text.slice(block.start, block.end));
    yield { block, found };
    if (found && block.end !== undefined) opening.lastIndex = block.end;
  }
}

/** The block that opens at `start`; brackets in strings do not count. */
function blockAt(text: string, start: number): Block {
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at++) {
    const character = text.charAt(at);
    if (inString && character === "\\") at += 1;
    else if (character === '"') inString = !inString;
    else if (!inString && (character === "{" || character === "[")) depth += 1;
    else if (!inString && (character === "}" || character === "]") && --depth === 0)
      return { start, end: at + 1, endsInString: false };
  }
  return { start, endsInString: inString };
}

function* parsed(text: string): Generator<FoundJson> {
  const isMended = hasBareLatex(text);
  let value: unknown;
  try {
    value = JSON.parse(isMended ? escapeLatex(text) : text);
  } catch {
    return;
  }
  yield { value, isMended };
}

/** Prose has brackets too: JSON begins a line, has members or quotes, and was not broken off. */
function isMeantAsJson(text: string, { start, end, endsInString }: Block, isCutOff: boolean): boolean {
  const beginsLine = /(?:^|\n)[ \t]*$/.test(text.slice(Math.max(0, start - MAX_INDENTATION), start));
  const hasContent = (text[start] === "{" ? /:/ : /["'“]/).test(text.slice(start, end));
  return beginsLine && hasContent && (end !== undefined || !(isCutOff || endsInString));
}

/** As in `'It's'`: inside a word, it ends no text. */
const APOSTROPHE = /(?<=\p{L})'(?=\p{L})/gu;

function* mended(block: string): Generator<FoundJson> {
  if (block.length > MAX_MENDED_CHARACTERS) return;
  const text = block.replace(/\s*```\s*$/, "").replace(APOSTROPHE, "\\'");
  let value: unknown;
  try {
    value = JSON.parse(jsonrepair(escapeLatex(text)));
  } catch {
    // Not that near, or nested too deep for the library.
    return;
  }
  // The library takes other apostrophes in single quotes for quotes, which would be another text.
  if (!block.includes('"') && JSON.stringify(value).includes('\\"')) return;
  yield { value, isMended: true };
}
