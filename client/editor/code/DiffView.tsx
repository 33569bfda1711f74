import { useEffect, useRef } from "react";
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { templateLanguage } from "./extensions.ts";
import type { DiffLayout } from "./diff-layout.ts";

export interface DiffViewProps {
  readonly older: string;
  readonly newer: string;
  readonly layout: DiffLayout;
  /** What is compared, for screen readers. */
  readonly label: string;
}

/** The differences between two texts, with unchanged parts collapsed. */
export default function DiffView({ older, newer, layout, label }: DiffViewProps) {
  const parent = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const view = show(layout, parent.current!, older, newer);
    return () => view.destroy();
  }, [older, newer, layout]);
  return <div ref={parent} className="diff" role="region" aria-label={label} tabIndex={0} />;
}

const COLLAPSE = { margin: 3, minSize: 6 };

function show(layout: DiffLayout, parent: HTMLElement, older: string, newer: string): MergeView | EditorView {
  const readOnly = [templateLanguage(), EditorState.readOnly.of(true), EditorView.editable.of(false)];
  if (layout === "split") {
    return new MergeView({
      parent,
      a: { doc: older, extensions: readOnly },
      b: { doc: newer, extensions: readOnly },
      collapseUnchanged: COLLAPSE,
      gutter: true,
    });
  }
  const unified = unifiedMergeView({ original: older, mergeControls: false, collapseUnchanged: COLLAPSE });
  return new EditorView({ parent, state: EditorState.create({ doc: newer, extensions: [readOnly, unified] }) });
}
