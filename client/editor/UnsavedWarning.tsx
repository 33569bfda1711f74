import { useEffect } from "react";
import { useBlocker } from "react-router";
import { Dialog } from "../ui/Dialog.tsx";

/** Warns before unsaved changes are lost: with a dialog on navigation within the app, with the browser's own when leaving it. */
export function UnsavedWarning({ isUnsaved }: { readonly isUnsaved: () => boolean }) {
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
      variant="danger"
      onConfirm={() => blocker.proceed()}
      onClose={() => blocker.reset()}
    >
      <p className="soft">Your unsaved changes to this template will be lost.</p>
    </Dialog>
  );
}
