import { useEffect, useRef, useState } from "react";

/** A value that is renewed every so often only, and not at all while it is held: what changes each second cannot be read. */
export function useCalm<T>(value: T, everyMs: number, held: boolean): T {
  const [shown, setShown] = useState(value);
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  }, [value]);
  useEffect(() => {
    if (held) return;
    setShown(latest.current);
    const timer = setInterval(() => setShown(latest.current), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, held]);
  return shown;
}
