import type { BenchOptions, Figure } from "./figure.ts";
import { highWaterMb } from "./processes.ts";
import { ONE_STEP } from "./qa3.ts";
import { Stub } from "./stub.ts";
import { WorkerHarness } from "./worker-harness.ts";

const SAMPLING_INTERVAL_MS = 50;
/** Short enough that half a million records take minutes. */
const LATENCY_MS = 5;
const IN_FLIGHT = 32;
const [FEW, MANY] = [20_000, 500_000];
const [FEW_SHORT, MANY_SHORT] = [200, 400];

/** A worker's peak memory, including the export of all formats: it should not grow with the dataset. */
export async function* memory({ isShort }: BenchOptions): AsyncGenerator<Figure> {
  const harness = await WorkerHarness.open();
  const stub = await Stub.start({ latencyMs: LATENCY_MS });
  const peakOf = (records: number) => `peak memory of a worker, ${records.toLocaleString("en-US")} records`;
  const [few, many] = isShort ? [FEW_SHORT, MANY_SHORT] : [FEW, MANY];
  try {
    const before = await peakMb(harness, stub, few);
    yield { what: peakOf(few), value: before, unit: "MB" };
    const after = await peakMb(harness, stub, many);
    yield { what: peakOf(many), value: after, unit: "MB", aim: "< 300" };
    yield { what: "growth", value: 100 * (after / before - 1), unit: "%", aim: "≤ 10" };
  } finally {
    stub.stop();
    await harness.close();
  }
}

async function peakMb(harness: WorkerHarness, stub: Stub, records: number): Promise<number> {
  const job = await harness.newJob({ template: ONE_STEP, records, inFlight: IN_FLIGHT, modelUrl: stub.url });
  const worker = job.startWorker();
  let peak = 0;
  const timer = setInterval(() => {
    void highWaterMb(worker.process.pid ?? 0).then((mb) => (peak = Math.max(peak, mb)));
  }, SAMPLING_INTERVAL_MS);
  try {
    await job.completed(records, worker);
    return peak;
  } finally {
    clearInterval(timer);
    await job.stop();
  }
}
