import { setTimeout as sleep } from "node:timers/promises";
import type { Figure } from "./figure.ts";
import { ONE_STEP } from "./qa3.ts";
import { Stub } from "./stub.ts";
import { WorkerHarness } from "./worker-harness.ts";

const LATENCY_MS = 200;
const RECORDS = 20;
const POLL_INTERVAL_MS = 10;
/** As in the container (infra/compute.ts). */
const CALLS_IN_FLIGHT = 32;

/** A small job that someone waits for, from the task's first log line to readable files of a completed job. */
export async function small(): Promise<Figure[]> {
  const harness = await WorkerHarness.open();
  const stub = await Stub.start({ latencyMs: LATENCY_MS });
  const job = await harness.newJob({
    template: ONE_STEP,
    records: RECORDS,
    inFlight: CALLS_IN_FLIGHT,
    modelUrl: stub.url,
  });
  try {
    const worker = job.startWorker();
    await worker.started;
    const beganMs = performance.now();
    while ((await job.row()).status !== "COMPLETED") await sleep(POLL_INTERVAL_MS);
    const { datasetPrefix, datasetFiles } = await job.row();
    for (const { name } of datasetFiles) await job.aws.objects.read(`${datasetPrefix}${name}`);
    const seconds = (performance.now() - beganMs) / 1_000;
    await job.completed(RECORDS, worker);
    return [
      {
        what: `${RECORDS} records of one ${LATENCY_MS} ms call, first log line to readable files`,
        value: seconds,
        unit: "s",
        aim: "≤ 3",
      },
    ];
  } finally {
    stub.stop();
    await job.stop();
    await harness.close();
  }
}
