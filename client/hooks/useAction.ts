import { useState } from "react";
import { explainError } from "../errors.ts";

/** Runs an action that can fail; `busy` while it runs, `error` is the message of the last failure. */
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
