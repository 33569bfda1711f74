/** JSON in what a model says: bare, in a code fence, or in the middle of words. */

/** A text full of brackets is not searched for ever. */
const MAX_PLACES = 40;

/** The values that the text may mean, the likeliest first; none when there is no JSON in it. */
export function* extractJson(text: string): Generator<unknown> {
  yield* parsed(text);
  for (const [, fenced = ""] of text.matchAll(/```[\w-]*\s*\n?([\s\S]*?)```/g)) yield* parsed(fenced);
  yield* blocksIn(text);
}

/** Each outermost `{…}` or `[…]` that can be read. */
function* blocksIn(text: string): Generator<unknown> {
  const begin = /[{[]/g;
  for (let n = 0, place = begin.exec(text); place && n < MAX_PLACES; n++, place = begin.exec(text)) {
    const end = endOfBlock(text, place.index);
    const [value] = end === undefined ? [] : [...parsed(text.slice(place.index, end))];
    if (end === undefined || value === undefined) continue;
    yield value;
    begin.lastIndex = end;
  }
}

/** After the bracket that closes the one at `begin`; brackets in strings do not count. */
function endOfBlock(text: string, begin: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let at = begin; at < text.length; at++) {
    const letter = text.charAt(at);
    if (inString && letter === "\\") at += 1;
    else if (letter === '"') inString = !inString;
    else if (!inString && (letter === "{" || letter === "[")) depth += 1;
    else if (!inString && (letter === "}" || letter === "]") && --depth === 0) return at + 1;
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
