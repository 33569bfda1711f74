import { useRef, useState } from "react";
import { explainError } from "../errors.ts";
import type { TemplateFieldsFragment } from "../generated/documents.ts";
import { useSaveTemplate } from "../mutations/useSaveTemplate.ts";
import { STARTER_TEMPLATE } from "./starter-template.ts";

/** A template being edited: its text, the last saved version, and why the last save failed. */
export function useDraft(before: TemplateFieldsFragment | null) {
  const saveTemplate = useSaveTemplate();
  const [saved, setSaved] = useState(before);
  const [source, setSource] = useState(before?.source ?? STARTER_TEMPLATE);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<SaveError | null>(null);
  const isChanged = source !== (saved?.source ?? STARTER_TEMPLATE);

  // Read when the page is left, when the last render may be older than the last save.
  const unsaved = useRef(false);
  unsaved.current = isChanged;

  /** Saves the text. `basedOn` is the version it may replace; any other is a conflict. */
  const save = async (basedOn = saved?.version ?? null): Promise<TemplateFieldsFragment | null> => {
    setBusy(true);
    setError(null);
    try {
      const template = await saveTemplate({ id: saved?.id ?? null, source, basedOnVersion: basedOn });
      setSaved(template);
      unsaved.current = false;
      return template;
    } catch (cause) {
      const { kind, text } = explainError(cause);
      // After the first line comes a source excerpt with a caret, which the editor shows itself.
      setError({ isConflict: kind === "Conflict", text: text.split("\n", 1)[0] ?? text });
      return null;
    } finally {
      setBusy(false);
    }
  };
  const reset = (template: TemplateFieldsFragment) => {
    setSaved(template);
    setSource(template.source);
    setError(null);
  };
  return {
    ...{ saved, source, setSource, isChanged, busy, error, save, reset },
    isUnsaved: () => unsaved.current,
  };
}

export interface SaveError {
  /** A newer version was saved in the meantime. */
  readonly isConflict: boolean;
  readonly text: string;
}
