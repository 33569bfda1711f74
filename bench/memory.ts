import type { Figure } from "./figure.ts";
import { highWaterMb } from "./processes.ts";
import { ONE_STEP } from "./qa3.ts";
import { Stub } from "./stub.ts";
import { WorkerStand } from "./worker-harness.ts";

const SAMPLE_EVERY_MS = 50;
/** So that half a million records take minutes. */
const LATENCY_MS = 5;
const IN_FLIGHT = 32;
const [FEW, MANY] = [20_000, 500_000];

/** The worker's peak memory, the export of all formats included: it should not grow with the dataset. */
export async function memory(): Promise<Figure[]> {
  const stand = await WorkerStand.open();
  const stub = await Stub.start({ latencyMs: LATENCY_MS });
  try {
    const few = await peakMb(stand, stub, FEW);
    const many = await peakMb(stand, stub, MANY);
    return [
      { what: `peak memory of a worker, ${FEW.toLocaleString("en-US")} records`, value: few, unit: "MB" },
      {
        what: `peak memory of a worker, ${MANY.toLocaleString("en-US")} records`,
        value: many,
        unit: "MB",
        aim: "< 300",
      },
      { what: "growth", value: 100 * (many / few - 1), unit: "%", aim: "≤ 10" },
    ];
  } finally {
    stub.stop();
    await stand.close();
  }
}

async function peakMb(stand: WorkerStand, stub: Stub, records: number): Promise<number> {
  const job = await stand.newJob({ template: ONE_STEP, records, inFlight: IN_FLIGHT, modelUrl: stub.url });
  const worker = job.startWorker();
  let peak = 0;
  const timer = setInterval(() => {
    void highWaterMb(worker.process.pid ?? 0).then((mb) => (peak = Math.max(peak, mb)));
  }, SAMPLE_EVERY_MS);
  try {
    await job.completed(records, worker);
    return peak;
  } finally {
    clearInterval(timer);
    await job.stop();
  }
}
