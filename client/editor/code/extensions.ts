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
import { tokenizeEta } from "./eta.ts";
import { indentAfter } from "../completion/cursor.ts";
import { suggest } from "../completion/suggest.ts";
import type { CompletionData, Suggestion } from "../completion/suggestions.ts";
import { editorTheme } from "./theme.ts";

/** YAML with Eta tags in the product's colors, shared by the editor and the diff view. */
export function templateLanguage(): Extension {
  return [yaml(), etaHighlight, editorTheme, EditorView.lineWrapping];
}

export interface EditorOptions {
  /** Read at each completion, so it can change. */
  readonly completionData: () => CompletionData;
  readonly onChange: (text: string) => void;
}

/** How long after Escape a Tab leaves the editor, unless another key comes between. */
const LEAVE_MS = 60_000;

/** The editor itself gives it two seconds, too short for someone who listens to a description of what was focused. */
const leaveAfterEscape = EditorView.domEventObservers({
  keyup: ({ key }, view) => {
    if (key === "Escape") view.setTabFocusMode(LEAVE_MS);
  },
});

/** The extensions of the template editor. Tab indents; Escape, then Tab, leaves the editor. */
export function templateEditor({ completionData, onChange }: EditorOptions): Extension {
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
    autocompletion({ override: [(context) => complete(context, completionData())], icons: false }),
    keymap.of([
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...searchKeymap,
      ...lintKeymap,
      ...historyKeymap,
      ...foldKeymap,
      ...defaultKeymap,
      indentWithTab,
    ]),
    leaveAfterEscape,
    EditorView.updateListener.of((update) => update.docChanged && onChange(update.state.doc.toString())),
  ];
}

function complete(context: CompletionContext, completionData: CompletionData): CompletionResult | null {
  const { pos, explicit, state } = context;
  const before = state.sliceDoc(Math.max(0, pos - 1), pos);
  // Only where a name has begun or on request, not after every space and line break.
  if (!explicit && !/[\w.$"'/:-]/.test(before)) return null;
  const found = suggest(state.doc.toString(), pos, completionData);
  if (!found || found.options.length === 0) return null;
  return { from: found.from, options: found.options.map(completionOf), validFor: /^[\w$]*$/ };
}

function completionOf({ label, detail, description, apply, kind }: Suggestion): Completion {
  return { label, detail, info: description, apply, boost: BOOSTS[kind] };
}

const BOOSTS: Readonly<Record<Suggestion["kind"], number>> = {
  key: 0,
  value: 0,
  variable: 3,
  field: 2,
  function: 1,
  keyword: 0,
};

/** The text up to the end of the line before the position's, or up to the position if a line is being broken there. */
function textBefore(doc: Text, position: number): string {
  const line = doc.lineAt(position);
  return doc.sliceString(0, position > line.from ? position : Math.max(0, line.from - 1));
}

/** Highlights the code in prompts, which is plain text to YAML. */
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
  const ranges = tokenizeEta(doc.toString()).map(({ from, to, kind }) =>
    Decoration.mark({ class: `eta-${kind}` }).range(from, to),
  );
  return Decoration.set(ranges, true);
}
