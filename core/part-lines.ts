/** A part by its lines, to copy records from one part into another without reading or writing them anew. */
export interface PartLines {
  /** What a restart needs: the open slots, and those done beyond the low-water mark. */
  readonly head: string;
  /** A record, a failure or whatever else a part holds, each. */
  readonly lines: readonly string[];
}

export function splitPart(text: string): PartLines {
  const [head = "", ...lines] = text.trimEnd().split("\n");
  return { head, lines };
}

/** How `encodePart` begins the line of a record or a failure. */
const BEGINNING = /^\{"(?:made|failed)":\{"slot":(\d+)[,}]/;

/** The slot that a line fills, as it stands at its beginning; undefined where it does not, and the line must be read to know. */
export function slotAtBeginning(line: string): number | undefined {
  const [, slot] = BEGINNING.exec(line) ?? [];
  return slot === undefined ? undefined : Number(slot);
}
