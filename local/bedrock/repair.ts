/** Conversations in which the model is told that its last answer is invalid. */
import { textOf } from "./converse.ts";
import type { ConverseRequest } from "./converse.ts";

const SAYS_IT_IS_WRONG =
  /\b(?:cannot be used|can't be used|is (?:wrong|invalid|not valid|not JSON)|does not (?:fit|match)|try again|answer again)\b/i;

export function isRepair({ messages }: ConverseRequest): boolean {
  return messages.length > 1 && SAYS_IT_IS_WRONG.test(textOf(messages.at(-1)?.content ?? []).slice(0, 3000));
}
