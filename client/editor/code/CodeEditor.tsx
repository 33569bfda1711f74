import { useEffect, useId, useImperativeHandle, useRef, type Ref } from "react";
import { setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import type { TemplateProblemFragment } from "../../generated/documents.ts";
import { templateEditor } from "./extensions.ts";
import { diagnosticsOf } from "./diagnostics.ts";
import type { CompletionData } from "../completion/suggestions.ts";

export interface CodeEditorProps {
  /** The initial text. To show another, use another `key` or call `replace`. */
  readonly initialText: string;
  readonly problems: readonly TemplateProblemFragment[];
  readonly completionData: CompletionData;
  readonly onChange: (text: string) => void;
  readonly ref?: Ref<CodeEditorHandle>;
}

export interface CodeEditorHandle {
  /** Scrolls to a position and moves the cursor there. */
  goTo(position: number): void;
  /** Replaces the text, which can be undone. */
  replace(text: string): void;
}

/** The source of a template in CodeMirror, set up for the template format. */
export function CodeEditor({ initialText, problems, completionData, onChange, ref }: CodeEditorProps) {
  const parent = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView>(undefined);
  const keysId = useId();
  const latest = useRef({ completionData, onChange });
  useEffect(() => {
    latest.current = { completionData, onChange };
  });
  useEffect(() => {
    const view = new EditorView({
      parent: parent.current!,
      state: EditorState.create({
        doc: initialText,
        extensions: [
          templateEditor({
            completionData: () => latest.current.completionData,
            onChange: (text) => latest.current.onChange(text),
          }),
          EditorView.contentAttributes.of({
            "aria-label": "Template",
            "aria-describedby": keysId,
            spellcheck: "false",
          }),
        ],
      }),
    });
    editor.current = view;
    return () => view.destroy();
    // Only the initial text is a prop: afterwards the editor owns it.
  }, []);
  useEffect(() => {
    const view = editor.current;
    if (!view) return;
    const ranges = diagnosticsOf(problems, view.state.doc.toString());
    view.dispatch(
      setDiagnostics(
        view.state,
        ranges.map((range) => ({ ...range, severity: "error" })),
      ),
    );
  }, [problems]);
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
  return (
    <>
      <div ref={parent} className="code-editor" />
      <p id={keysId} className="editor-keys small faint">
        Tab indents; press Esc, then Tab to leave the editor.
      </p>
    </>
  );
}
