import { setTimeout as sleep } from "node:timers/promises";
import type { Figure } from "./figure.ts";
import { ONE_STEP } from "./qa3.ts";
import { Stub } from "./stub.ts";
import { WorkerStand } from "./worker-harness.ts";

const LATENCY_MS = 200;
const RECORDS = 20;
const LOOK_EVERY_MS = 10;
/** As the container has it (infra/compute.ts). */
const CALLS_IN_FLIGHT = 32;

/** A job that someone waits for: from the task's first line in the log to a completed job whose files can be read. */
export async function small(): Promise<Figure[]> {
  const stand = await WorkerStand.open();
  const stub = await Stub.start({ latencyMs: LATENCY_MS });
  const job = await stand.newJob({
    template: ONE_STEP,
    records: RECORDS,
    inFlight: CALLS_IN_FLIGHT,
    modelUrl: stub.url,
  });
  try {
    const worker = job.startWorker();
    await worker.started;
    const beganMs = performance.now();
    while ((await job.row()).status !== "COMPLETED") await sleep(LOOK_EVERY_MS);
    const { datasetPrefix, datasetFiles } = await job.row();
    for (const { name } of datasetFiles) await job.aws.objects.read(`${datasetPrefix}${name}`);
    const seconds = (performance.now() - beganMs) / 1_000;
    await job.completed(RECORDS, worker);
    return [
      {
        what: `${RECORDS} records of one call of ${LATENCY_MS} ms, first line of the log to readable files`,
        value: seconds,
        unit: "s",
        aim: "≤ 3",
      },
    ];
  } finally {
    stub.stop();
    await job.stop();
    await stand.close();
  }
}
