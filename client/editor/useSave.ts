import { useEffect, useRef, useState } from "react";
import type { TemplateFieldsFragment } from "../generated/documents.ts";
import type { CheckState } from "../templates/checkState.ts";
import type { useDraft } from "./useDraft.ts";

export interface SaveOptions {
  readonly draft: ReturnType<typeof useDraft>;
  readonly check: CheckState;
  /** The position of the first error of the text; null when none is known. */
  readonly firstProblem: number | null;
  /** Called instead of saving when the text has errors. */
  readonly onProblem: (position: number) => void;
  readonly onSaved: (template: TemplateFieldsFragment) => void;
}

/** Saves on request, by button or key: after the check of the text, if that is still running, and only if it is fine. */
export function useSave({ draft, check, firstProblem, onProblem, onSaved }: SaveOptions) {
  const [request, setRequest] = useState<{ readonly over?: number } | null>(null);
  const save = async (over?: number) => {
    if (draft.saved && !draft.isChanged && over === undefined) return;
    const template = await draft.save(over);
    if (template) onSaved(template);
  };
  useEffect(() => {
    if (!request || check === "checking" || draft.busy) return;
    setRequest(null);
    if (check === "invalid" && firstProblem !== null) onProblem(firstProblem);
    else void save(request.over);
  });
  /** `over` is the version that may be replaced; by default, the one the text was written on. */
  const requestSave = (over?: number) => setRequest({ over });
  useSaveKey(requestSave);
  return { requestSave, isWaiting: request !== null && check === "checking" };
}

/** Ctrl+S and Cmd+S, wherever the caret is; in a dialog they do nothing. */
function useSaveKey(onSave: () => void): void {
  const latest = useRef(onSave);
  useEffect(() => {
    latest.current = onSave;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
        return;
      event.preventDefault();
      if (!event.repeat && !document.querySelector("dialog[open]")) latest.current();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}
