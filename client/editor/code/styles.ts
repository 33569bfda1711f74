import type { TagStyle } from "@codemirror/language";
import { tags } from "@lezer/highlight";

/** By selector, as CodeMirror takes them. */
export const CODE_STYLES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "&": { backgroundColor: "var(--surface)", color: "var(--ink)", fontSize: "0.87rem", height: "100%" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6" },
  ".cm-content": { caretColor: "var(--ink)", padding: "10px 0" },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--ink-faint)", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 6px 0 10px" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--surface-sunk) 55%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--surface-sunk)", color: "var(--ink)" },
  ".cm-selectionMatch": { backgroundColor: "var(--warn-soft)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--accent-soft)",
    outline: "1px solid var(--accent)",
  },
  ".cm-foldPlaceholder": { backgroundColor: "var(--surface-sunk)", border: "none", color: "var(--ink-soft)" },
  ".cm-tooltip": {
    backgroundColor: "var(--surface-raised)",
    border: "1px solid var(--line-strong)",
    borderRadius: "8px",
    boxShadow: "var(--shadow-high)",
    color: "var(--ink)",
    overflow: "hidden",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "15em" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 10px 3px 4px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--accent)",
    color: "var(--on-accent)",
  },
  ".cm-completionDetail": { fontStyle: "normal", color: "var(--ink-faint)" },
  "li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-completionInfo": { padding: "8px 10px", fontFamily: "var(--font)", maxWidth: "300px" },
  ".cm-diagnostic": { padding: "6px 10px", fontFamily: "var(--font)", maxWidth: "60ch", whiteSpace: "pre-wrap" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--bad) 1.5px",
    textUnderlineOffset: "3px",
    textDecorationSkipInk: "none",
  },
  ".cm-panels": { backgroundColor: "var(--surface-sunk)", color: "var(--ink)" },
  ".cm-panels.cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  ".cm-panel.cm-search": { padding: "8px 10px", fontFamily: "var(--font)" },
  ".cm-textfield": {
    backgroundColor: "var(--surface)",
    border: "1px solid var(--line-strong)",
    borderRadius: "6px",
    padding: "3px 7px",
  },
  ".cm-button": {
    background: "var(--surface)",
    border: "1px solid var(--line-strong)",
    borderRadius: "6px",
    color: "var(--ink)",
  },
  ".eta-tag": { color: "var(--code-name)", fontWeight: "600" },
  ".eta-code": { backgroundColor: "var(--accent-soft)" },
  ".eta-keyword": { color: "var(--code-keyword)" },
  ".eta-string": { color: "var(--code-string)" },
  ".eta-number": { color: "var(--code-number)" },
  ".eta-comment": { color: "var(--code-muted)" },
  ".eta-it": { color: "var(--code-key)" },
  ".eta-function": { color: "var(--code-name)" },
};

export const YAML_STYLES: readonly TagStyle[] = [
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: "var(--code-key)", fontWeight: "560" },
  { tag: [tags.comment, tags.meta], color: "var(--code-muted)" },
  { tag: [tags.string], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  { tag: [tags.keyword, tags.labelName, tags.typeName], color: "var(--code-name)" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: "var(--code-muted)" },
];
