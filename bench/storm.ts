import type { Figure } from "./figure.ts";
import { ONE_STEP } from "./qa3.ts";
import { Stub } from "./stub.ts";
import { WorkerHarness } from "./worker-harness.ts";

const LATENCY_MS = 200;
const REQUESTED_CONCURRENCY = 128;
const ALLOWED_CONCURRENCY = 32;
const RECORDS = 1_000;

/** A throttling storm: more calls requested than allowed, the excess rejected with 429 and `Retry-After: 1`. */
export async function storm(): Promise<Figure[]> {
  const harness = await WorkerHarness.open();
  const stub = await Stub.start({ latencyMs: LATENCY_MS, maxInFlight: ALLOWED_CONCURRENCY });
  const job = await harness.newJob({
    template: ONE_STEP,
    records: RECORDS,
    inFlight: REQUESTED_CONCURRENCY,
    modelUrl: stub.url,
  });
  try {
    stub.watch({ milestones: [RECORDS] });
    const last = stub.milestone(RECORDS);
    const worker = job.startWorker();
    const { seconds, throttled } = await last;
    await job.completed(RECORDS, worker);
    const ideal = (RECORDS / ALLOWED_CONCURRENCY) * (LATENCY_MS / 1_000);
    return [
      {
        what: `${RECORDS} calls, ${REQUESTED_CONCURRENCY} at a time requested, ${ALLOWED_CONCURRENCY} allowed`,
        value: seconds,
        unit: "s",
      },
      { what: `relative to the ideal of ${ideal.toFixed(1)} s`, value: seconds / ideal, unit: "×", aim: "≤ 1.5" },
      { what: "throttled calls", value: throttled, unit: "" },
      { what: "records lost", value: 0, unit: "", aim: "0" },
    ];
  } finally {
    stub.stop();
    await job.stop();
    await harness.close();
  }
}
