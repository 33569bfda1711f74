import { useEffect, useRef, useState } from "react";

const KEPT = 90;

/** The last values of a speed, one per second while `active`, since the page was opened. */
export function useSpeedHistory(speed: number, active: boolean): readonly number[] {
  const [history, setHistory] = useState<readonly number[]>([]);
  const latest = useRef(speed);
  useEffect(() => {
    latest.current = speed;
  }, [speed]);
  useEffect(() => {
    if (!active) return;
    const timer = setInterval(() => setHistory((known) => [...known, latest.current].slice(-KEPT)), 1000);
    return () => clearInterval(timer);
  }, [active]);
  return history;
}
