/** Guesses how a text is written from its shape and a few words: a hint for prompts, not science. */
import { sentences } from "./sentences.ts";
import { textArgument } from "./arguments.ts";

const NARRATIVE = new Set(
  "he she they i we said asked told replied was were had went came walked ran saw heard felt thought knew turned looked then when after before later suddenly once".split(
    " ",
  ),
);
const VIVID_WORDS =
  /^(?:red|green|blue|white|black|grey|gray|brown|golden|silver|pale|dark|bright|soft|warm|cold|quiet|vast|tiny)$/;
const ADJECTIVE = /(?:ful|ous|ish|less|ive|ant|ent|ening|ling)$/;

/** "poetic", "dramatic", "minimalist", "verbose", "narrative" or "descriptive"; "general" when none of them fits. */
export function writingStyle(text: unknown): string {
  const all = textArgument("writingStyle(text)", text);
  const said = sentences(all);
  const words = all.toLowerCase().match(/\p{L}+/gu) ?? [];
  if (words.length === 0) return "general";
  const perSentence = words.length / said.length;
  const share = (fits: (word: string) => boolean) => words.filter(fits).length / words.length;
  if (isVerse(all)) return "poetic";
  if (said.length > 1 && said.filter((sentence) => /!["'”’)]*$/.test(sentence)).length >= said.length / 3)
    return "dramatic";
  if (said.length > 2 && perSentence <= 8) return "minimalist";
  if (perSentence >= 28) return "verbose";
  if (share((word) => NARRATIVE.has(word)) >= 0.12) return "narrative";
  if (share((word) => VIVID_WORDS.test(word) || (word.length > 5 && ADJECTIVE.test(word))) >= 0.08)
    return "descriptive";
  return "general";
}

/** Several short lines. */
function isVerse(text: string): boolean {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.length >= 4 && lines.reduce((sum, line) => sum + line.trim().length, 0) / lines.length <= 50;
}
