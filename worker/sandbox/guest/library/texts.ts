/** Shortens, simplifies and wraps text. */
import { throwArgumentError, textArgument, integerArgument } from "./arguments.ts";

const CHARACTERS_PER_TOKEN = 4;

/** A text of about `n` tokens at most (4 characters each), cut after a word and ended with "…". */
export function truncateTokens(text: unknown, n: unknown): string {
  const all = textArgument("truncateTokens(text, n): text", text);
  const maxCharacters = integerArgument("truncateTokens(text, n): n", n, 1, 1_000_000) * CHARACTERS_PER_TOKEN;
  if (all.length <= maxCharacters) return all;
  const start = all.slice(0, maxCharacters - 1);
  const isBetweenWords = /\s/.test(all[maxCharacters - 1] ?? "");
  const lastGap = isBetweenWords ? start.length : start.search(/\s\S*$/);
  const cut = lastGap > 0 ? start.slice(0, lastGap) : start;
  // Removes half of a surrogate pair.
  return `${cut.replace(/[\ud800-\udbff]$/, "").trimEnd()}…`;
}

/** The text without Markdown's marks: headings, emphasis, lists, quotes, links (their words stay), code fences (the code stays). */
export function stripMarkdown(text: unknown): string {
  return textArgument("stripMarkdown(text)", text)
    .replace(/^ {0,3}(?:```|~~~).*\n?/gm, "")
    .replace(/^ {0,3}(?:[-*_] *){3,}$/gm, "")
    .replace(/^ {0,3}#{1,6} +/gm, "")
    .replace(/^(?: {0,3}> ?)+/gm, "")
    .replace(/^( *)(?:[-*+]|\d{1,9}[.)]) +(?:\[[ xX]\] +)?/gm, "$1")
    .replace(/!?\[([^[\]\n]*)\]\([^()\n]*\)/g, "$1")
    .replace(/`([^`\n]+)`/g, "$1")
    .replace(/(\*\*\*|\*\*|\*)(?=\S)([^*\n]*[^*\s])\1/g, "$2")
    .replace(/(?<![\p{L}\p{N}_])(___|__|_)(?=\S)([^_\n]*[^_\s])\1(?![\p{L}\p{N}_])/gu, "$2")
    .replace(/~~([^~\n]+)~~/g, "$1")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** JSON, on one line, or with `indent` spaces on several. */
export function json(value: unknown, indent: unknown = 0): string {
  const text = JSON.stringify(value, null, integerArgument("json(value, indent): indent", indent, 0, 10));
  if (text === undefined) throwArgumentError("json(value)", "a value that JSON can hold", value);
  return text;
}

/** The text in lines of at most `width` characters, broken between words; its own line breaks stay, longer words are not broken. */
export function wrap(text: unknown, width: unknown = 80): string {
  const maxWidth = integerArgument("wrap(text, width): width", width, 1, 10_000);
  return textArgument("wrap(text, width): text", text)
    .split("\n")
    .map((line) => wrapLine(line, maxWidth))
    .join("\n");
}

/** The text without its lines' common indentation, and without empty lines at the start and end. */
export function dedent(text: unknown): string {
  const lines = textArgument("dedent(text)", text).split("\n");
  while (lines[0]?.trim() === "") lines.shift();
  while (lines.at(-1)?.trim() === "") lines.pop();
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/));
  const shared = indents.reduce((least, indent) => Math.min(least, indent), Infinity);
  return lines.map((line) => line.slice(Math.min(shared, line.length))).join("\n");
}

function wrapLine(line: string, maxWidth: number): string {
  if (line.length <= maxWidth) return line;
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(/\s+/)) {
    if (current !== "" && current.length + 1 + word.length > maxWidth) {
      lines.push(current);
      current = word;
    } else current = current === "" ? word : `${current} ${word}`;
  }
  return [...lines, current].join("\n");
}
