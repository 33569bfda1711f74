/**
 * LaTeX in JSON whose backslashes are not escaped, as models write it: `"\alpha"` is no JSON at all, and `"\frac"` is JSON of
 * another text, with a form feed.
 */

/** A pair of backslashes, an escape of JSON, or a backslash before letters or another character. */
const ESCAPES = /\\(?:(u[\dA-Fa-f]{4}|["/\\])|([A-Za-z]+)|([^"/\\]))/g;

/** Commands that begin like an escape of JSON and cannot be one: no word begins with the rest. */
const COMMANDS = new Set(
  (
    "nabla neq nmid nleq ngeq not notin rangle rceil rfloor rho right rightarrow rightleftharpoons " +
    "text textbf textit textrm textsf texttt textstyle tfrac therefore theta tilde times triangle triangleq tanh"
  ).split(" "),
);
/** Commands of which the rest may be a word: only where there is other LaTeX. */
const AMBIGUOUS_COMMANDS = new Set(["nu", "tan", "tau", "to", "top"]);

/** Whether a text that may well be JSON holds LaTeX that would be lost. */
export function hasBareLatex(text: string): boolean {
  if (!text.includes("\\")) return false;
  for (const [, , letters] of text.matchAll(ESCAPES)) if (letters && isCommand(letters)) return true;
  return false;
}

/** Doubles the backslashes that are no escape. */
export function escapeLatex(text: string): string {
  return text.replace(ESCAPES, (whole, escape?: string, letters?: string, other?: string) => {
    if (escape !== undefined) return whole;
    if (letters !== undefined) {
      const isEscape = /^[bfnrt]/.test(letters) && !isCommand(letters) && !AMBIGUOUS_COMMANDS.has(letters);
      return isEscape ? whole : `\\${whole}`;
    }
    return other === "'" || other === "\n" ? whole : `\\${whole}`;
  });
}

/** No model means a backspace or a form feed before a letter. */
function isCommand(letters: string): boolean {
  return COMMANDS.has(letters) || /^[bf][A-Za-z]/.test(letters);
}
