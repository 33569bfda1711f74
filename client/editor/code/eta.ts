/** A token of a prompt's code, for highlighting. */
export interface EtaToken {
  readonly from: number;
  readonly to: number;
  readonly kind: "tag" | "code" | "keyword" | "string" | "number" | "comment" | "it" | "function";
}

/** The Eta tags in a text and the tokens inside them. An unclosed tag ends with its line. */
export function tokenizeEta(text: string): EtaToken[] {
  const tokens: EtaToken[] = [];
  for (let open = text.indexOf("<%"); open >= 0;) {
    const head = open + (/^<%[-_]?[=~]?/.exec(text.slice(open, open + 4))?.[0].length ?? 2);
    const close = text.indexOf("%>", head);
    const lineEnd = text.indexOf("\n", head);
    const end = close >= 0 ? close : lineEnd >= 0 ? lineEnd : text.length;
    const tail = close >= 0 && /[-_]/.test(text[close - 1] ?? "") && close - 1 >= head ? close - 1 : end;
    tokens.push({ from: open, to: head, kind: "tag" }, ...codeTokens(text.slice(head, tail), head));
    if (close >= 0) tokens.push({ from: tail, to: close + 2, kind: "tag" });
    open = text.indexOf("<%", end);
  }
  return tokens;
}

const TOKENS =
  /(\/\*[\s\S]*?\*\/|\/\/[^\n]*)|("(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|`(?:[^`\\]|\\.)*`?)|(\b\d[\d_.]*\b)|((?<![\w$])it(?:\s*\??\.\s*[A-Za-z_$][\w$]*|\[\d+\])*)|([A-Za-z_$][\w$]*)(\s*\()?/g;

const KEYWORDS = new Set(
  "break case const continue do else false for function if in instanceof let new null of return switch true typeof undefined var while".split(
    " ",
  ),
);

function codeTokens(code: string, offset: number): EtaToken[] {
  const tokens: EtaToken[] = [];
  const add = (from: number, length: number, kind: EtaToken["kind"]) =>
    tokens.push({ from: offset + from, to: offset + from + length, kind });
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
  return tokens;
}
