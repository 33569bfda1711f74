/** Text line by line, whichever line ends it has, in memory bounded by the longest line that may be. */
import { MAX_ITEM_CHARACTERS } from "../seed-set.ts";

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its end; undefined when it is too long to be held. */
  readonly text: string | undefined;
}

/** The lines by chunk. */
export async function* readLines(text: AsyncIterable<string>): AsyncGenerator<Line[]> {
  let number = 0;
  let rest = "";
  /** The rest belongs to a line that is already too long: everything up to its end is skipped. */
  let isTooLong = false;
  const lineOf = (line: string): Line => {
    number += 1;
    const held = isTooLong ? undefined : line;
    isTooLong = false;
    return { number, text: held };
  };
  for await (const chunk of text) {
    const all = rest + chunk;
    // Behind a carriage return at the end, the next chunk may have the line feed that belongs to it.
    const lines = all.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    yield lines.map(lineOf);
    if (rest.length <= MAX_ITEM_CHARACTERS) continue;
    isTooLong = true;
    rest = "";
  }
  yield rest.split("\r").map(lineOf);
}
