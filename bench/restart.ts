import type { BenchOptions, Figure } from "./figure.ts";
import type { StubFigures } from "./model-stub.ts";
import { ONE_STEP } from "./qa3.ts";
import { Stub } from "./stub.ts";
import { WorkerHarness } from "./worker-harness.ts";

const LATENCY_MS = 200;
const IN_FLIGHT = 64;
const RECORDS = 2_000;
const RECORDS_SHORT = 200;
const SHARES = [25, 50, 75];
const PER_SECOND = (IN_FLIGHT * 1_000) / LATENCY_MS;

/** Calls paid for twice when a worker is killed, or asked to stop, at 25%, 50% and 75% of its job. */
export async function* restart({ isShort, wants }: BenchOptions): AsyncGenerator<Figure> {
  const harness = await WorkerHarness.open();
  const stub = await Stub.start({ latencyMs: LATENCY_MS });
  const records = isShort ? RECORDS_SHORT : RECORDS;
  try {
    for (const share of isShort ? [50] : SHARES) {
      const what = `paid twice after SIGKILL at ${share}%`;
      if (!wants(what)) continue;
      const { begun } = await interrupted(harness, stub, { records, share, signal: "SIGKILL" });
      yield { what, value: begun - records, unit: "calls", aim: `≤ ${IN_FLIGHT + PER_SECOND}` };
    }
    for (const share of isShort ? [50] : SHARES) {
      const what = `answered twice after SIGTERM at ${share}%`;
      if (!wants(what)) continue;
      const { answered } = await interrupted(harness, stub, { records, share, signal: "SIGTERM" });
      yield { what, value: answered - records, unit: "calls", aim: "0" };
    }
  } finally {
    stub.stop();
    await harness.close();
  }
}

/** The stub's totals once the next worker has finished the job. */
async function interrupted(
  harness: WorkerHarness,
  stub: Stub,
  { records, share, signal }: { records: number; share: number; signal: "SIGKILL" | "SIGTERM" },
): Promise<StubFigures> {
  const job = await harness.newJob({ template: ONE_STEP, records, inFlight: IN_FLIGHT, modelUrl: stub.url });
  try {
    const at = (records * share) / 100;
    stub.watch({ milestones: [at] });
    const reached = stub.milestone(at);
    const first = job.startWorker();
    await reached;
    first.process.kill(signal);
    await first.ended;
    await job.endLeases();
    const next = job.startWorker();
    await job.completed(records, next);
    return await stub.figures();
  } finally {
    await job.stop();
  }
}
