import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { CODE_STYLES, YAML_STYLES } from "./styles.ts";

/** The product's colors, which follow light and dark mode automatically. */
export const editorTheme = [EditorView.theme(CODE_STYLES), syntaxHighlighting(HighlightStyle.define(YAML_STYLES))];
