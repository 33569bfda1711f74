/**
 * How refusals begin. A short list, English only, and the same as the one in docs/templates.md: authors who escalate on refusals
 * must know what counts as one.
 */
const CANNOT =
  "(?:can['’]?t|cannot|can not|won['’]?t|will not|am unable to|am not able to|must decline to|have to decline to)";
const DO = "(?:help|assist|answer|provide|create|write|generate|produce|do|fulfil+|comply|continue|discuss|engage)";
const REGRETS =
  "(?:(?:I['’]m|I am)(?: (?:so|very|really|truly))? (?:sorry|afraid)|sorry|unfortunately|(?:my )?apologies|I apologi[sz]e)";

const REFUSALS = [
  // I'm sorry, but I can't …; unfortunately, I am not able to …
  new RegExp(`^\\W*${REGRETS}\\b[^.!?\\n]{0,60}\\bI ${CANNOT}\\b`, "i"),
  // I cannot create …; I'm unable to help …
  new RegExp(`^\\W*I(?: ${CANNOT}|['’]m (?:unable|not able) to) ${DO}\\b`, "i"),
  // As an AI language model, I can't …
  new RegExp(
    `^\\W*as an? (?:AI|language model)\\b[^.!?\\n]{0,60}\\bI(?: ${CANNOT}|['’]m (?:unable|not able) to)\\b`,
    "i",
  ),
];

/** Enough to recognize every refusal above. */
const MAX_OPENING_CHARACTERS = 300;

export function isRefusal(text: string): boolean {
  const opening = text.slice(0, MAX_OPENING_CHARACTERS);
  return REFUSALS.some((pattern) => pattern.test(opening));
}
