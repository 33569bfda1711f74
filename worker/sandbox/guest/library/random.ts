/** Random draws, seeded for each run, so that the same record draws the same. */
import { sentences } from "./sentences.ts";
import { throwArgumentError, listArgument, textArgument } from "./arguments.ts";

/** One item of a non-empty list. */
export function pickOne(list: unknown): unknown {
  const items = listArgument("pickOne(list)", list);
  if (items.length === 0) throwArgumentError("pickOne(list)", "a list with at least one item", list);
  return items[below(items.length)];
}

/** A new list of the same items in random order (Fisher–Yates). */
export function shuffle(list: unknown): unknown[] {
  const items = [...listArgument("shuffle(list)", list)];
  for (let end = items.length; end > 1; end--) {
    const at = below(end);
    [items[end - 1], items[at]] = [items[at], items[end - 1]];
  }
  return items;
}

/** One sentence of a text; "" when it has none. */
export function randomSentence(text: unknown): string {
  const found = sentences(textArgument("randomSentence(text)", text));
  return found[below(found.length)] ?? "";
}

function below(end: number): number {
  return Math.floor(Math.random() * end);
}
