import { useEffect, useRef } from "react";
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { templateLanguage } from "./extensions.ts";
import type { DiffLook } from "./diff-layout.ts";

export interface DiffViewProps {
  readonly older: string;
  readonly newer: string;
  readonly look: DiffLook;
  /** What is compared, for screen readers. */
  readonly label: string;
}

/** What changed from one text to another. What is alike is folded away. */
export default function DiffView({ older, newer, look, label }: DiffViewProps) {
  const parent = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const view = show(look, parent.current!, older, newer);
    return () => view.destroy();
  }, [older, newer, look]);
  return <div ref={parent} className="diff" role="region" aria-label={label} tabIndex={0} />;
}

const COLLAPSE = { margin: 3, minSize: 6 };

function show(look: DiffViewProps["look"], parent: HTMLElement, older: string, newer: string): MergeView | EditorView {
  const fixed = [templateLanguage(), EditorState.readOnly.of(true), EditorView.editable.of(false)];
  if (look === "beside") {
    return new MergeView({
      parent,
      a: { doc: older, extensions: fixed },
      b: { doc: newer, extensions: fixed },
      collapseUnchanged: COLLAPSE,
      gutter: true,
    });
  }
  const unified = unifiedMergeView({ original: older, mergeControls: false, collapseUnchanged: COLLAPSE });
  return new EditorView({ parent, state: EditorState.create({ doc: newer, extensions: [fixed, unified] }) });
}
