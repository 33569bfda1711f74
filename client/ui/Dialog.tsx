import { useEffect, useId, useRef, type ReactNode } from "react";
import { Button } from "./Button.tsx";
import { FieldError } from "./Field.tsx";

export interface DialogProps {
  readonly title: string;
  readonly children: ReactNode;
  /** The words on the button that does it. */
  readonly action: string;
  readonly look?: "primary" | "danger";
  readonly busy?: boolean;
  /** What went wrong when it was tried. */
  readonly error?: string | null;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something is done. It holds the focus until it is answered; Escape means no. */
export function Dialog({ title, children, action, look = "primary", busy, error, onConfirm, onClose }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
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
          <Button onClick={onClose}>Not now</Button>
          <Button type="submit" look={look} busy={busy}>
            {action}
          </Button>
        </div>
      </form>
    </dialog>
  );
}
