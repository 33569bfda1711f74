import type { TemplateProblemFragment } from "../../generated/documents.ts";

export interface Underline {
  readonly from: number;
  readonly to: number;
  readonly message: string;
}

/**
 * Where faults are underlined in a text that may have changed since they were found: never beyond its end, and a
 * character wide at least, so that there is something to see and to point at.
 */
export function underlinesOf(faults: readonly TemplateProblemFragment[], text: string): Underline[] {
  return faults.map(({ from, to, message }) => {
    const begin = Math.max(0, Math.min(from, text.length));
    const end = Math.max(begin, Math.min(to, text.length));
    if (end > begin) return { from: begin, to: end, message };
    const isAtLineEnd = begin === text.length || text[begin] === "\n";
    if (isAtLineEnd && begin > 0 && text[begin - 1] !== "\n") return { from: begin - 1, to: begin, message };
    return { from: begin, to: Math.min(text.length, begin + 1), message };
  });
}
