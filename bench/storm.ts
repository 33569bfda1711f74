import type { Figure } from "./figure.ts";
import { ONE_STEP } from "./qa3.ts";
import { Stub } from "./stub.ts";
import { WorkerStand } from "./worker-harness.ts";

const LATENCY_MS = 200;
const WANTED = 128;
const ALLOWED = 32;
const RECORDS = 1_000;

/** More calls wanted than allowed: the others are refused with 429 and `Retry-After: 1`. */
export async function storm(): Promise<Figure[]> {
  const stand = await WorkerStand.open();
  const stub = await Stub.start({ latencyMs: LATENCY_MS, most: ALLOWED });
  const job = await stand.newJob({ template: ONE_STEP, records: RECORDS, inFlight: WANTED, modelUrl: stub.url });
  try {
    stub.watch({ marks: [RECORDS] });
    const last = stub.mark(RECORDS);
    const worker = job.startWorker();
    const { seconds, refused } = await last;
    await job.completed(RECORDS, worker);
    const ideal = (RECORDS / ALLOWED) * (LATENCY_MS / 1_000);
    return [
      { what: `${RECORDS} calls, ${WANTED} wanted, ${ALLOWED} allowed at once`, value: seconds, unit: "s" },
      { what: `against the ideal of ${ideal.toFixed(1)} s`, value: seconds / ideal, unit: "×", aim: "≤ 1.5" },
      { what: "refusals", value: refused, unit: "" },
      { what: "records lost", value: 0, unit: "", aim: "0" },
    ];
  } finally {
    stub.stop();
    await job.stop();
    await stand.close();
  }
}
