import type { Figure } from "./figure.ts";
import type { StubFigures } from "./model-stub.ts";
import { ONE_STEP } from "./qa3.ts";
import { Stub } from "./stub.ts";
import { WorkerStand } from "./worker-harness.ts";

const LATENCY_MS = 200;
const IN_FLIGHT = 64;
const RECORDS = 2_000;
const SHARES = [25, 50, 75];
const PER_SECOND = (IN_FLIGHT * 1_000) / LATENCY_MS;

/** Calls that are paid twice when a worker dies at a quarter, the half and three quarters of its job, and when it is told to stop. */
export async function restart(): Promise<Figure[]> {
  const stand = await WorkerStand.open();
  const stub = await Stub.start({ latencyMs: LATENCY_MS });
  try {
    const figures: Figure[] = [];
    for (const share of SHARES) {
      const { begun } = await interrupted(stand, stub, share, "SIGKILL");
      const aim = `≤ ${IN_FLIGHT + PER_SECOND}`;
      figures.push({ what: `paid twice after SIGKILL at ${share} %`, value: begun - RECORDS, unit: "calls", aim });
    }
    for (const share of SHARES) {
      const { answered } = await interrupted(stand, stub, share, "SIGTERM");
      figures.push({
        what: `answered twice after SIGTERM at ${share} %`,
        value: answered - RECORDS,
        unit: "calls",
        aim: "0",
      });
    }
    return figures;
  } finally {
    stub.stop();
    await stand.close();
  }
}

/** What the stub saw in all, until the next worker has finished the job. */
async function interrupted(
  stand: WorkerStand,
  stub: Stub,
  share: number,
  signal: "SIGKILL" | "SIGTERM",
): Promise<StubFigures> {
  const job = await stand.newJob({ template: ONE_STEP, records: RECORDS, inFlight: IN_FLIGHT, modelUrl: stub.url });
  try {
    const at = (RECORDS * share) / 100;
    stub.watch({ marks: [at] });
    const reached = stub.mark(at);
    const first = job.startWorker();
    await reached;
    first.process.kill(signal);
    await first.ended;
    await job.endLeases();
    const next = job.startWorker();
    await job.completed(RECORDS, next);
    return await stub.figures();
  } finally {
    await job.stop();
  }
}
