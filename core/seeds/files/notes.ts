/**
 * What was unusual about files that were read all the same: a column renamed or left out, values that JSON cannot hold. Their
 * owner is told, one sentence each.
 */
import { formatNumber } from "../../numbers.ts";

const MAX_NOTES = 30;
const MAX_NOTE_CHARACTERS = 400;

export class ReadingNotes {
  readonly #told = new Set<string>();
  readonly #counts = new Map<string, Counted>();

  /** Notes a sentence, once. */
  add(sentence: string): void {
    if (this.#told.size < MAX_NOTES) this.#told.add(shorten(sentence));
  }

  /**
   * Counts something that many rows of a file have in common, told once.
   * @param unit what `row` is the number of: a line or an item
   * @param what completes "In 3 lines of FILE, …"
   */
  count(fileName: string, unit: string, row: number, what: string): void {
    const key = JSON.stringify([fileName, what]);
    const known = this.#counts.get(key);
    if (known) known.count += 1;
    else if (this.#counts.size < MAX_NOTES) this.#counts.set(key, { fileName, unit, first: row, what, count: 1 });
  }

  /** One sentence each, at most 30. */
  get sentences(): readonly string[] {
    return [...this.#told, ...[...this.#counts.values()].map(sentenceOf)].slice(0, MAX_NOTES);
  }
}

interface Counted {
  readonly fileName: string;
  readonly unit: string;
  readonly first: number;
  readonly what: string;
  count: number;
}

function sentenceOf({ fileName, unit, first, what, count }: Counted): string {
  const place =
    count === 1
      ? `${unit} ${formatNumber(first)} of "${fileName}"`
      : `${formatNumber(count)} ${unit}s of "${fileName}" (first: ${formatNumber(first)})`;
  return shorten(`In ${place}, ${what}.`);
}

function shorten(text: string): string {
  return text.length <= MAX_NOTE_CHARACTERS ? text : `${text.slice(0, MAX_NOTE_CHARACTERS - 1)}…`;
}
