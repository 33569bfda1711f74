import { readFile } from "node:fs/promises";
import { followJob } from "../cli/job-watch.ts";
import type { Figure } from "./figure.ts";
import { startBenchJob, withInstance, type BenchInstance } from "./instance.ts";

const SAMPLE_EVERY_MS = 50;

/** The worker's peak memory at 2,000 and 20,000 records: it should not grow with the dataset. */
export function memory(): Promise<Figure[]> {
  return withInstance({ latencyMs: 5 }, async (instance) => {
    const small = await peakMb(instance, 2_000);
    const large = await peakMb(instance, 20_000);
    return [
      { what: "peak memory of a worker, 2,000 records", value: small, unit: "MB" },
      { what: "peak memory of a worker, 20,000 records", value: large, unit: "MB" },
      { what: "growth", value: 100 * (large / small - 1), unit: "%", aim: "≤ 10" },
    ];
  });
}

async function peakMb({ api, cloud }: BenchInstance, records: number): Promise<number> {
  let peak = 0;
  const timer = setInterval(() => {
    for (const pid of cloud.tasks.list().flatMap((task) => task.pids))
      void highWaterMb(pid).then((mb) => (peak = Math.max(peak, mb)));
  }, SAMPLE_EVERY_MS);
  try {
    await followJob(api, await startBenchJob(api, records), new AbortController().signal, () => undefined);
    return peak;
  } finally {
    clearInterval(timer);
  }
}

/** The kernel's own high-water mark of a process (Linux); 0 once the process is gone. */
async function highWaterMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
}
