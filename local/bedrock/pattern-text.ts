/** Generates text that matches a regular expression, for the syntax schemas use: literals, classes, groups, alternation, repetition. */
import type { Random } from "./random.ts";

/** The most repetitions for `*` and `+`. */
const MOST_REPEATS = 4;
const CLASSES: Readonly<Record<string, string>> = {
  d: "0123456789",
  w: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
  s: " ",
  D: "abcdefghijklmnopqrstuvwxyz",
  W: "-.,",
  S: "abcdefghijklmnopqrstuvwxyz0123456789",
};
const ANY = "abcdefghijklmnopqrstuvwxyz0123456789-";
const PRINTABLE = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));

/** @returns a match of the whole pattern, or `undefined` for a pattern with other syntax (look-around, references …) */
export function inventMatch(pattern: string, random: Random): string | undefined {
  let place = 0;

  function choice(): string | undefined {
    const branches = [sequence()];
    while (pattern[place] === "|") {
      place++;
      branches.push(sequence());
    }
    return random.pick(branches);
  }

  function sequence(): string | undefined {
    let text: string | undefined = "";
    while (place < pattern.length && pattern[place] !== "|" && pattern[place] !== ")") {
      const part = repeated();
      text = text === undefined || part === undefined ? undefined : text + part;
    }
    return text;
  }

  /** Reads the atom again for each repetition, so that each differs. */
  function repeated(): string | undefined {
    const start = place;
    let text = atom();
    const end = place;
    const [least, most] = repeats();
    const after = place;
    const count = least + random.below(most - least + 1);
    if (count === 0) return "";
    for (let index = 1; index < count && text !== undefined; index++) {
      place = start;
      const next = atom();
      text = next === undefined ? undefined : text + next;
    }
    place = Math.max(after, end);
    return text;
  }

  function atom(): string | undefined {
    const letter = pattern[place++];
    if (letter === "^" || letter === "$") return "";
    if (letter === ".") return random.pick([...ANY]);
    if (letter === "[") return fromClass();
    if (letter === "(") return group();
    if (letter !== "\\") return letter;
    const escaped = pattern[place++] ?? "";
    if (CLASSES[escaped] !== undefined) return random.pick([...CLASSES[escaped]]);
    return /[a-zA-Z0-9]/.test(escaped) ? undefined : escaped;
  }

  function group(): string | undefined {
    const isPlain = pattern[place] !== "?";
    if (!isPlain && !pattern.startsWith("?:", place)) place = pattern.length;
    else if (!isPlain) place += 2;
    const text = choice();
    const isClosed = pattern[place++] === ")";
    return isClosed ? text : undefined;
  }

  /** Asks the regular expression engine which characters a class has. */
  function fromClass(): string | undefined {
    const start = place - 1;
    for (; place < pattern.length && (pattern[place] !== "]" || place === start + 1); place++)
      if (pattern[place] === "\\") place++;
    const members = new RegExp(pattern.slice(start, ++place), "u");
    const letters = PRINTABLE.filter((letter) => members.test(letter));
    return letters.length > 0 ? random.pick(letters) : undefined;
  }

  function repeats(): [number, number] {
    const [whole = "", symbol, least, comma, most] =
      /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/.exec(pattern.slice(place)) ?? [];
    place += whole.length;
    if (whole === "") return [1, 1];
    if (symbol === "?") return [0, 1];
    if (symbol) return [symbol === "*" ? 0 : 1, MOST_REPEATS];
    if (!comma) return [Number(least), Number(least)];
    return [Number(least), most ? Number(most) : Number(least) + MOST_REPEATS];
  }

  try {
    const text = choice();
    return text !== undefined && new RegExp(pattern, "u").test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
