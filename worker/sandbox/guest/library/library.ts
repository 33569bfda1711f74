/** The functions that prompts and expressions get besides JavaScript's own; docs/template-functions.md describes them. */
import { pickOne, randomSentence, shuffle } from "./random.ts";
import { keywords } from "./keywords.ts";
import { dateWords, numberWords, ordinal } from "./numbers.ts";
import { sentences } from "./sentences.ts";
import { dedent, json, stripMarkdown, truncateTokens, wrap } from "./texts.ts";
import { writingStyle } from "./writing-style.ts";

export const LIBRARY = {
  truncateTokens,
  sentences,
  keywords,
  randomSentence,
  writingStyle,
  pickOne,
  shuffle,
  stripMarkdown,
  json,
  wrap,
  dedent,
  numberWords,
  ordinal,
  dateWords,
};
