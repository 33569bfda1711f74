import { useEffect, useRef, useState } from "react";

/** A value that updates at most every `everyMs`, and not at all while paused: text that changes every second cannot be read. */
export function useThrottledValue<T>(value: T, everyMs: number, paused: boolean): T {
  const [shown, setShown] = useState(value);
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  }, [value]);
  useEffect(() => {
    if (paused) return;
    setShown(latest.current);
    const timer = setInterval(() => setShown(latest.current), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, paused]);
  return shown;
}
