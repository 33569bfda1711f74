/** Splits text into sentences. */
import { textArgument } from "./arguments.ts";

/** A mark that ends a sentence, with the closing quotes and brackets after it, or the end of a paragraph. */
const END = /[.!?…]+["'”’»)\]]*(?=\s|$)|[。！？]+[」』”’）]*|\n\s*\n/gu;
const ABBREVIATIONS = new Set(
  "mr mrs ms dr prof sr jr st vs etc eg ie cf al approx ca no vol fig dept est gen gov rep sen capt col lt sgt rev hon jan feb mar apr jun jul aug sep sept oct nov dec".split(
    " ",
  ),
);
/** How far back to look for the word before a period. */
const LONGEST_ABBREVIATION = 12;

/** The sentences of a text in order, trimmed; `Dr.`, `e.g.`, `U.S.` and initials do not end one. */
export function sentences(text: unknown): string[] {
  const all = textArgument("sentences(text)", text);
  const found: string[] = [];
  let begin = 0;
  for (const end of all.matchAll(END)) {
    if (end[0] === "." && isAbbreviated(all, end.index)) continue;
    push(found, all.slice(begin, end.index + end[0].length));
    begin = end.index + end[0].length;
  }
  push(found, all.slice(begin));
  return found;
}

function push(found: string[], sentence: string): void {
  const line = sentence.replace(/\s+/g, " ").trim();
  if (line !== "") found.push(line);
}

/** Whether the period belongs to the word before it; some cases depend on whether the text ends or a lower-case letter follows. */
function isAbbreviated(text: string, stop: number): boolean {
  const word = /[\p{L}.]+$/u.exec(text.slice(Math.max(0, stop - LONGEST_ABBREVIATION), stop))?.[0] ?? "";
  if (/^\p{Lu}$/u.test(word)) return !/^\.\s*$/.test(text.slice(stop, stop + 20));
  if (/^(?:\p{L}\.)+\p{L}$/u.test(word))
    return /^\.\s+[\p{Ll}\p{N}]/u.test(text.slice(stop, stop + 20)) || word.length < 4;
  return ABBREVIATIONS.has(word.toLowerCase());
}
