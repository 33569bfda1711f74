/** Finds JSON in a model's answer: bare, in a code fence, or in the middle of prose. */

/** Bounds the search in a text full of brackets. */
const MAX_BLOCKS = 40;

/** The values that the text may mean, likeliest first; none when it holds no JSON. */
export function* extractJson(text: string): Generator<unknown> {
  yield* parsed(text);
  for (const [, fenced = ""] of text.matchAll(/```[\w-]*\s*\n?([\s\S]*?)```/g)) yield* parsed(fenced);
  yield* blocksIn(text);
}

/** Each outermost `{…}` or `[…]` that parses. */
function* blocksIn(text: string): Generator<unknown> {
  const opening = /[{[]/g;
  for (let n = 0, match = opening.exec(text); match && n < MAX_BLOCKS; n++, match = opening.exec(text)) {
    const end = endOfBlock(text, match.index);
    const [value] = end === undefined ? [] : [...parsed(text.slice(match.index, end))];
    if (end === undefined || value === undefined) continue;
    yield value;
    opening.lastIndex = end;
  }
}

/** The index after the bracket that closes the one at `start`; brackets in strings do not count. */
function endOfBlock(text: string, start: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at++) {
    const character = text.charAt(at);
    if (inString && character === "\\") at += 1;
    else if (character === '"') inString = !inString;
    else if (!inString && (character === "{" || character === "[")) depth += 1;
    else if (!inString && (character === "}" || character === "]") && --depth === 0) return at + 1;
  }
  return undefined;
}

function* parsed(text: string): Generator<unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return;
  }
  yield value;
}
