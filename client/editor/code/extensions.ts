import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, foldKeymap, indentService, indentUnit } from "@codemirror/language";
import { lintKeymap } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { type Extension, type Text } from "@codemirror/state";
import {
  Decoration,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  ViewPlugin,
  type DecorationSet,
  type ViewUpdate,
} from "@codemirror/view";
import { etaMarks } from "./eta.ts";
import { indentAfter } from "../completion/cursor.ts";
import { suggest, type Knowledge, type Suggestion } from "../completion/suggest.ts";
import { look } from "./theme.ts";

/** YAML with the tags of Eta, in the product's colours: what an editor and a view of differences share. */
export function templateLanguage(): Extension {
  return [yaml(), etaHighlight, look, EditorView.lineWrapping];
}

export interface EditorWishes {
  /** Read at each completion, so that it may change. */
  readonly knowledge: () => Knowledge;
  readonly onSave: () => void;
  readonly onChange: (text: string) => void;
}

/** What an editor of templates can do. Tab indents; Escape, then Tab leaves it. */
export function templateEditor({ knowledge, onSave, onChange }: EditorWishes): Extension {
  return [
    templateLanguage(),
    lineNumbers(),
    foldGutter(),
    history(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSelectionMatches(),
    indentUnit.of("  "),
    indentService.of(({ state }, position) => indentAfter(textBefore(state.doc, position))),
    bracketMatching(),
    closeBrackets(),
    autocompletion({ override: [(context) => complete(context, knowledge())], icons: false }),
    keymap.of([
      { key: "Mod-s", preventDefault: true, run: () => (onSave(), true) },
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...searchKeymap,
      ...lintKeymap,
      ...historyKeymap,
      ...foldKeymap,
      ...defaultKeymap,
      indentWithTab,
    ]),
    EditorView.updateListener.of((update) => update.docChanged && onChange(update.state.doc.toString())),
  ];
}

function complete(context: CompletionContext, knowledge: Knowledge): CompletionResult | null {
  const { pos, explicit, state } = context;
  const before = state.sliceDoc(Math.max(0, pos - 1), pos);
  // Not at every space and line end: only where a name has begun, or when asked for.
  if (!explicit && !/[\w.$"'/:-]/.test(before)) return null;
  const found = suggest(state.doc.toString(), pos, knowledge);
  if (!found || found.options.length === 0) return null;
  return { from: found.from, options: found.options.map(completionOf), validFor: /^[\w$]*$/ };
}

function completionOf({ label, detail, about, apply, kind }: Suggestion): Completion {
  return { label, detail, info: about, apply, boost: BOOSTS[kind] };
}

const BOOSTS: Readonly<Record<Suggestion["kind"], number>> = {
  key: 0,
  value: 0,
  variable: 3,
  field: 2,
  function: 1,
  word: 0,
};

/** The text to the end of the line before a position's, or to the position where a line is being broken. */
function textBefore(doc: Text, position: number): string {
  const line = doc.lineAt(position);
  return doc.sliceString(0, position > line.from ? position : Math.max(0, line.from - 1));
}

/** Colours the code within prompts, which YAML takes for text. */
const etaHighlight = ViewPlugin.define(
  (view) => ({
    decorations: decorationsOf(view.state.doc),
    update(update: ViewUpdate) {
      if (update.docChanged) this.decorations = decorationsOf(update.state.doc);
    },
  }),
  { decorations: (value: { decorations: DecorationSet }) => value.decorations },
);

function decorationsOf(doc: Text): DecorationSet {
  const ranges = etaMarks(doc.toString()).map(({ from, to, kind }) =>
    Decoration.mark({ class: `eta-${kind}` }).range(from, to),
  );
  return Decoration.set(ranges, true);
}
