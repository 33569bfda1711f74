import { useEffect } from "react";
import { useBlocker } from "react-router";
import { Dialog } from "../ui/Dialog.tsx";

/** Holds a person back who is about to leave what is not saved: within the app by a dialog, beyond it by the browser's own. */
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
      look="danger"
      onConfirm={() => blocker.proceed()}
      onClose={() => blocker.reset()}
    >
      <p className="soft">What you changed in this template since it was last saved will be lost.</p>
    </Dialog>
  );
}
