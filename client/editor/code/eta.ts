/** A piece of a prompt's code that is shown in a colour of its own. */
export interface Mark {
  readonly from: number;
  readonly to: number;
  readonly kind: "tag" | "code" | "keyword" | "string" | "number" | "comment" | "it" | "function";
}

/** Where the tags of Eta stand in a text, and what stands in them. A tag that is not closed ends with its line. */
export function etaMarks(text: string): Mark[] {
  const marks: Mark[] = [];
  for (let open = text.indexOf("<%"); open >= 0;) {
    const head = open + (/^<%[-_]?[=~]?/.exec(text.slice(open, open + 4))?.[0].length ?? 2);
    const close = text.indexOf("%>", head);
    const lineEnd = text.indexOf("\n", head);
    const end = close >= 0 ? close : lineEnd >= 0 ? lineEnd : text.length;
    const tail = close >= 0 && /[-_]/.test(text[close - 1] ?? "") && close - 1 >= head ? close - 1 : end;
    marks.push({ from: open, to: head, kind: "tag" }, ...codeMarks(text.slice(head, tail), head));
    if (close >= 0) marks.push({ from: tail, to: close + 2, kind: "tag" });
    open = text.indexOf("<%", end);
  }
  return marks;
}

const TOKENS =
  /(\/\*[\s\S]*?\*\/|\/\/[^\n]*)|("(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|`(?:[^`\\]|\\.)*`?)|(\b\d[\d_.]*\b)|((?<![\w$])it(?:\s*\??\.\s*[A-Za-z_$][\w$]*|\[\d+\])*)|([A-Za-z_$][\w$]*)(\s*\()?/g;

const KEYWORDS = new Set(
  "break case const continue do else false for function if in instanceof let new null of return switch true typeof undefined var while".split(
    " ",
  ),
);

function codeMarks(code: string, offset: number): Mark[] {
  const marks: Mark[] = [];
  const add = (from: number, length: number, kind: Mark["kind"]) =>
    marks.push({ from: offset + from, to: offset + from + length, kind });
  if (code.length > 0) add(0, code.length, "code");
  for (const match of code.matchAll(TOKENS)) {
    const [, comment, string, number, it, word, call] = match;
    const token = comment ?? string ?? number ?? it ?? word ?? "";
    if (comment !== undefined) add(match.index, token.length, "comment");
    else if (string !== undefined) add(match.index, token.length, "string");
    else if (number !== undefined) add(match.index, token.length, "number");
    else if (it !== undefined) add(match.index, token.length, "it");
    else if (KEYWORDS.has(token)) add(match.index, token.length, "keyword");
    else if (call !== undefined) add(match.index, token.length, "function");
  }
  return marks;
}
