import { useEffect, useRef, useState } from "react";
import { Throughput } from "./Throughput.ts";
import { totalsOf, withThroughput, type JobNumbers, type Totals } from "./totals.ts";

/** A job's totals, with a throughput that does not drop while a worker goes from one shard to the next. */
export function useTotals(job: JobNumbers, nowMs: number): Totals {
  const totals = totalsOf(job, nowMs);
  const { delivered, recordsPerSecond } = totals;
  const isRunning = job.status === "RUNNING";
  const throughput = useRef<Throughput>(null);
  const [perSecond, setPerSecond] = useState(0);
  useEffect(() => {
    throughput.current = isRunning ? (throughput.current ?? new Throughput()) : null;
    setPerSecond(throughput.current?.sample(Date.now(), delivered, recordsPerSecond) ?? 0);
  }, [isRunning, delivered, recordsPerSecond, nowMs]);
  return isRunning ? withThroughput(totals, Math.max(perSecond, recordsPerSecond)) : totals;
}
