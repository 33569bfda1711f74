import type { BenchOptions, Figure } from "./figure.ts";
import { ONE_STEP } from "./qa3.ts";
import { Stub } from "./stub.ts";
import { WorkerHarness } from "./worker-harness.ts";

const LATENCY_MS = 200;
const REQUESTED_CONCURRENCY = 128;
const ALLOWED_CONCURRENCY = 32;
const RECORDS = 1_000;
const RECORDS_SHORT = 100;

/** A throttling storm: more calls requested than allowed, the excess rejected with 429 and `Retry-After: 1`. */
export async function* storm({ isShort }: BenchOptions): AsyncGenerator<Figure> {
  const records = isShort ? RECORDS_SHORT : RECORDS;
  const harness = await WorkerHarness.open();
  const stub = await Stub.start({ latencyMs: LATENCY_MS, maxInFlight: ALLOWED_CONCURRENCY });
  const job = await harness.newJob({
    template: ONE_STEP,
    records,
    inFlight: REQUESTED_CONCURRENCY,
    modelUrl: stub.url,
  });
  try {
    stub.watch({ milestones: [records] });
    const last = stub.milestone(records);
    const worker = job.startWorker();
    const { seconds, throttled } = await last;
    await job.completed(records, worker);
    const ideal = (records / ALLOWED_CONCURRENCY) * (LATENCY_MS / 1_000);
    yield* [
      {
        what: `${records} calls, ${REQUESTED_CONCURRENCY} at a time requested, ${ALLOWED_CONCURRENCY} allowed`,
        value: seconds,
        unit: "s",
      },
      { what: `relative to the ideal of ${ideal.toFixed(1)} s`, value: seconds / ideal, unit: "×", aim: "≤ 1.5" },
      { what: "throttled calls", value: throttled, unit: "" },
      { what: "records lost", value: records - (await job.delivered()), unit: "", aim: "0" },
    ];
  } finally {
    stub.stop();
    await job.stop();
    await harness.close();
  }
}
