import { useEffect, useRef, useState } from "react";

const KEPT = 90;

/** The last values of a speed, one a second while `active`, for a line on the screen. It begins when the page is opened. */
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
