import { useState } from "react";
import { explainError } from "../errors.ts";

/** Runs something that can fail, says whether it is being done, and keeps in words what went wrong. */
export function useAction(onDone?: () => void) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const run = async (action: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await action();
    } catch (cause) {
      return setError(explainError(cause).text);
    } finally {
      setBusy(false);
    }
    onDone?.();
  };
  return { run, busy, error };
}
