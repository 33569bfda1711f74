import { useRef, useState } from "react";
import { explainError } from "../errors.ts";
import type { TemplateFieldsFragment } from "../generated/documents.ts";
import { useSaveTemplate } from "../mutations/useSaveTemplate.ts";
import { SKELETON } from "./starter-template.ts";

/** A template that is being written: its text, what of it is saved, and why it could not be. */
export function useDraft(before: TemplateFieldsFragment | null) {
  const saveTemplate = useSaveTemplate();
  const [saved, setSaved] = useState(before);
  const [source, setSource] = useState(before?.source ?? SKELETON);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<SaveFault | null>(null);
  const isChanged = source !== (saved?.source ?? SKELETON);

  // Asked while the page is being left, when the last drawing may be older than the last save.
  const unsaved = useRef(false);
  unsaved.current = isChanged;

  /** Saves the text. `basedOn` is the version that it may replace: another one is a conflict. */
  const save = async (basedOn = saved?.version ?? null): Promise<TemplateFieldsFragment | null> => {
    setBusy(true);
    setFault(null);
    try {
      const template = await saveTemplate({ id: saved?.id ?? null, source, basedOnVersion: basedOn });
      setSaved(template);
      unsaved.current = false;
      return template;
    } catch (error) {
      const { kind, text } = explainError(error);
      // What follows the first line is the source with a caret: the editor shows it itself.
      setFault({ isConflict: kind === "Conflict", text: text.split("\n", 1)[0] ?? text });
      return null;
    } finally {
      setBusy(false);
    }
  };
  const take = (template: TemplateFieldsFragment) => {
    setSaved(template);
    setSource(template.source);
    setFault(null);
  };
  return {
    ...{ saved, source, setSource, isChanged, busy, fault, save, take },
    isUnsaved: () => unsaved.current,
  };
}

export interface SaveFault {
  /** Someone saved a newer version meanwhile. */
  readonly isConflict: boolean;
  readonly text: string;
}
