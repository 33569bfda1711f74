import { useRef, useState } from "react";
import { explainError } from "../errors.ts";
import type { TemplateFieldsFragment } from "../generated/documents.ts";
import { useSaveTemplate } from "../mutations/useSaveTemplate.ts";
import { useSignedInUser } from "../hooks/UserContext.ts";
import { draftsOf } from "../templates/drafts.ts";
import { STARTER_TEMPLATE } from "./starter-template.ts";

/**
 * A template being edited: its text, the last saved version, and why the last save failed. Until it is saved, its text is
 * kept in the browser as a draft, from which editing continues next time.
 */
export function useDraft(before: TemplateFieldsFragment | null) {
  const saveTemplate = useSaveTemplate();
  const [saved, setSaved] = useState(before);
  const savedText = textOf(saved);
  const drafts = useDrafts();
  const [restored, setRestored] = useState(() => {
    const draft = drafts(before).read();
    return draft && draft.source !== textOf(before) ? draft : null;
  });
  const [source, setSource] = useState(restored?.source ?? textOf(before));
  // Of a restored draft, the version it was written on: a newer one is a conflict, which saving then reports.
  const [basedOnVersion, setBasedOnVersion] = useState(restored ? restored.basedOnVersion : versionOf(before));
  const [isKept, setIsKept] = useState(true);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<SaveError | null>(null);
  const isChanged = source !== savedText;

  // Read when the page is left or a save returns, when the last render may be older than the last change.
  const latest = useRef({ source, isChanged });
  latest.current = { source, isChanged };

  const change = (text: string) => {
    setSource(text);
    if (text === savedText) drafts(saved).remove();
    else setIsKept(drafts(saved).keep({ source: text, basedOnVersion, changedAt: new Date().toISOString() }));
  };
  const show = (template: TemplateFieldsFragment) => {
    drafts(saved).remove();
    setSaved(template);
    setBasedOnVersion(template.version);
    setRestored(null);
    setError(null);
  };

  /** Saves the text. `over` is the version it may replace; any other is a conflict. */
  const save = async (over = basedOnVersion): Promise<TemplateFieldsFragment | null> => {
    setBusy(true);
    setError(null);
    try {
      const template = await saveTemplate({ id: saved?.id ?? null, source, basedOnVersion: over });
      show(template);
      const { source: typed } = latest.current;
      latest.current.isChanged = typed !== template.source;
      if (latest.current.isChanged) {
        drafts(template).keep({ source: typed, basedOnVersion: template.version, changedAt: new Date().toISOString() });
      }
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
    show(template);
    setSource(template.source);
  };
  /** Drops what was restored. Returns the text to continue with. */
  const discard = (): string => {
    drafts(saved).remove();
    setBasedOnVersion(versionOf(saved));
    setRestored(null);
    return savedText;
  };
  return {
    ...{ saved, source, change, isChanged, isKept, busy, error, save, reset, discard },
    /** When the draft that was restored had last changed; null when none was. */
    restoredFrom: restored?.changedAt ?? null,
    isUnsaved: () => latest.current.isChanged,
  };
}

export interface SaveError {
  /** A newer version was saved in the meantime. */
  readonly isConflict: boolean;
  readonly text: string;
}

/** My draft of a template, or of a new one. */
function useDrafts() {
  const { sub } = useSignedInUser();
  return (template: TemplateFieldsFragment | null) => draftsOf(localStorage, sub, template?.id ?? null);
}

function textOf(template: TemplateFieldsFragment | null): string {
  return template?.source ?? STARTER_TEMPLATE;
}

function versionOf(template: TemplateFieldsFragment | null): number | null {
  return template?.version ?? null;
}
