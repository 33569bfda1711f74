import { useEffect, useRef, useState } from "react";
import { explainError } from "../errors.ts";

export interface Asked<Answer> {
  /** The latest answer, perhaps to an earlier question; undefined before the first. */
  readonly answer: Answer | undefined;
  /** Whether `answer` is the one to the present question. */
  readonly isCurrent: boolean;
  /** What went wrong with the present question. */
  readonly error: string | null;
}

/**
 * Asks a question that changes as someone types: after a pause, and the latest one wins. Nothing is asked while it is null.
 * The question is a text, so that the same one is asked once.
 */
export function useAsked<Answer>(
  question: string | null,
  ask: (question: string, signal: AbortSignal) => Promise<Answer>,
  pauseMs = PAUSE_MS,
): Asked<Answer> {
  const [known, setKnown] = useState<{ question: string; answer: Answer }>();
  const [fault, setFault] = useState<{ question: string; text: string }>();
  const latest = useRef(ask);
  useEffect(() => {
    latest.current = ask;
  });
  useEffect(() => {
    if (question === null) return;
    const controller = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const answer = await latest.current(question, controller.signal);
        if (controller.signal.aborted) return;
        setKnown({ question, answer });
        setFault(undefined);
      } catch (error) {
        if (!controller.signal.aborted) setFault({ question, text: explainError(error).text });
      }
    }, pauseMs);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [question, pauseMs]);
  return {
    answer: known?.answer,
    isCurrent: question !== null && known?.question === question,
    error: fault && fault.question === question ? fault.text : null,
  };
}

const PAUSE_MS = 300;
