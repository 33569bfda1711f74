import { useEffect, useRef, useState } from "react";
import { explainError } from "../errors.ts";

export interface DebouncedQuery<Data> {
  /** The latest answer, possibly to an earlier question; undefined before the first. */
  readonly data: Data | undefined;
  /** Whether `data` answers the current question. */
  readonly isCurrent: boolean;
  /** Why the current question failed. */
  readonly error: string | null;
}

/**
 * Asks a question that changes as someone types: debounced, and the latest one wins. A null question is not asked. The
 * question is a string, so an unchanged one is not asked again.
 */
export function useDebouncedQuery<Data>(
  question: string | null,
  ask: (question: string, signal: AbortSignal) => Promise<Data>,
  debounceMs = DEBOUNCE_MS,
): DebouncedQuery<Data> {
  const [known, setKnown] = useState<{ question: string; data: Data }>();
  const [failure, setFailure] = useState<{ question: string; text: string }>();
  const latest = useRef(ask);
  useEffect(() => {
    latest.current = ask;
  });
  useEffect(() => {
    if (question === null) return;
    const controller = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const data = await latest.current(question, controller.signal);
        if (controller.signal.aborted) return;
        setKnown({ question, data });
        setFailure(undefined);
      } catch (error) {
        if (!controller.signal.aborted) setFailure({ question, text: explainError(error).text });
      }
    }, debounceMs);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [question, debounceMs]);
  return {
    data: known?.data,
    isCurrent: question !== null && known?.question === question,
    error: failure && failure.question === question ? failure.text : null,
  };
}

const DEBOUNCE_MS = 300;
