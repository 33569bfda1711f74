import { useEffect } from "react";
import { useBlocker } from "react-router";
import { Dialog } from "../ui/Dialog.tsx";

export interface UnsavedWarningProps {
  readonly isUnsaved: () => boolean;
  /** Whether the changes are kept as a draft. */
  readonly isKept: boolean;
}

/** Warns before a page with unsaved changes is left: with a dialog on navigation within the app, with the browser's own when leaving it. */
export function UnsavedWarning({ isUnsaved, isKept }: UnsavedWarningProps) {
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => isUnsaved() && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (isUnsaved()) event.preventDefault();
    };
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [isUnsaved]);
  if (blocker.state !== "blocked") return null;
  return (
    <Dialog
      title="Leave without saving?"
      action="Leave"
      dismiss="Keep editing"
      variant={isKept ? "primary" : "danger"}
      onConfirm={() => blocker.proceed()}
      onClose={() => blocker.reset()}
    >
      <p className="soft">
        {isKept
          ? "Your changes stay in this browser as a draft, from which you can continue later."
          : "Your unsaved changes to this template will be lost."}
      </p>
    </Dialog>
  );
}
