import type { TemplateProblemFragment } from "../../generated/documents.ts";

export interface ProblemRange {
  readonly from: number;
  readonly to: number;
  readonly message: string;
}

/**
 * The ranges to underline in a text that may have changed since it was checked: never beyond its end, and at least one
 * character wide, so that they are visible.
 */
export function diagnosticsOf(problems: readonly TemplateProblemFragment[], text: string): ProblemRange[] {
  return problems.map(({ from, to, message }) => {
    const begin = Math.max(0, Math.min(from, text.length));
    const end = Math.max(begin, Math.min(to, text.length));
    if (end > begin) return { from: begin, to: end, message };
    const isAtLineEnd = begin === text.length || text[begin] === "\n";
    if (isAtLineEnd && begin > 0 && text[begin - 1] !== "\n") return { from: begin - 1, to: begin, message };
    return { from: begin, to: Math.min(text.length, begin + 1), message };
  });
}
