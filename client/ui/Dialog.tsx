import { useId, useLayoutEffect, useRef, type ReactNode } from "react";
import { Button } from "./Button.tsx";
import { focusMain } from "./focusMain.ts";
import { FieldError } from "./Field.tsx";

export interface DialogProps {
  readonly title: string;
  readonly children: ReactNode;
  /** The label of the button that confirms. */
  readonly action: string;
  /** The label of the button that closes the dialog; "Cancel" by default. */
  readonly dismiss?: string;
  readonly variant?: "primary" | "danger";
  readonly busy?: boolean;
  /** Why the last attempt failed. */
  readonly error?: string | null;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** A modal dialog with a form. It traps the focus, and returns it to what opened the dialog; Escape closes it. */
export function Dialog({
  title,
  children,
  action,
  dismiss = "Cancel",
  variant = "primary",
  busy,
  error,
  onConfirm,
  onClose,
}: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useLayoutEffect(() => openModal(dialog.current!), []);
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    onConfirm();
  };
  const cancel = (event: React.SyntheticEvent) => {
    event.preventDefault();
    onClose();
  };
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={titleId} onCancel={cancel}>
      <form className="dialog-body" onSubmit={submit} noValidate>
        <h2 id={titleId}>{title}</h2>
        {children}
        <FieldError error={error} />
        <div className="dialog-actions">
          <Button onClick={onClose}>{dismiss}</Button>
          <Button type="submit" variant={variant} busy={busy}>
            {action}
          </Button>
        </div>
      </form>
    </dialog>
  );
}

/** Returns the function that closes it. That must run before the dialog leaves the document: afterwards the focus is lost. */
function openModal(element: HTMLDialogElement): () => void {
  const opener = document.activeElement;
  element.showModal();
  return () => {
    element.close();
    if (document.activeElement !== opener || opener === document.body) focusMain();
  };
}
