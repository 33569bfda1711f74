import { useEffect, useImperativeHandle, useRef, type Ref } from "react";
import { setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import type { TemplateProblemFragment } from "../../generated/documents.ts";
import { templateEditor } from "./extensions.ts";
import { underlinesOf } from "./diagnostics.ts";
import type { Knowledge } from "../completion/suggest.ts";

export interface CodeEditorProps {
  /** What it begins with. Another text needs another `key`, or `replace`. */
  readonly initialText: string;
  readonly faults: readonly TemplateProblemFragment[];
  readonly knowledge: Knowledge;
  readonly onChange: (text: string) => void;
  readonly onSave: () => void;
  readonly ref?: Ref<CodeEditorHandle>;
}

export interface CodeEditorHandle {
  /** Shows a position and puts the cursor there. */
  goTo(position: number): void;
  /** Another text in its place, which can be undone. */
  replace(text: string): void;
}

/** The source of a template: CodeMirror, with what it needs to know of this product. */
export function CodeEditor({ initialText, faults, knowledge, onChange, onSave, ref }: CodeEditorProps) {
  const parent = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView>(undefined);
  const latest = useRef({ knowledge, onChange, onSave });
  useEffect(() => {
    latest.current = { knowledge, onChange, onSave };
  });
  useEffect(() => {
    const view = new EditorView({
      parent: parent.current!,
      state: EditorState.create({
        doc: initialText,
        extensions: [
          templateEditor({
            knowledge: () => latest.current.knowledge,
            onSave: () => latest.current.onSave(),
            onChange: (text) => latest.current.onChange(text),
          }),
          EditorView.contentAttributes.of({ "aria-label": "Template", spellcheck: "false" }),
        ],
      }),
    });
    editor.current = view;
    return () => view.destroy();
    // The text is the beginning only: afterwards it is the editor's.
  }, []);
  useEffect(() => {
    const view = editor.current;
    if (!view) return;
    const underlines = underlinesOf(faults, view.state.doc.toString());
    view.dispatch(
      setDiagnostics(
        view.state,
        underlines.map((underline) => ({ ...underline, severity: "error" })),
      ),
    );
  }, [faults]);
  useImperativeHandle(ref, () => ({
    goTo(position) {
      const view = editor.current;
      if (!view) return;
      const anchor = Math.min(position, view.state.doc.length);
      view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
      view.focus();
    },
    replace(text) {
      const view = editor.current;
      view?.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
  }));
  return <div ref={parent} className="code-editor" />;
}
