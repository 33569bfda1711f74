import type { Figure } from "./figure.ts";
import { ONE_STEP } from "./qa3.ts";
import { Stub } from "./stub.ts";
import { WorkerStand, type StandJob } from "./worker-harness.ts";

const LATENCY_MS = 500;
const IN_FLIGHT = 8;
const TASKS = 8;
/** A shard for each task. */
const RECORDS_PER_TASK = 500;
/** Some more than all records cost, and far less than their worst cases together: grants must come and go. */
const BUDGET_NANOS_PER_RECORD = 60_000;

/** Eight tasks at one job against one task alone, from the time when all calls are in flight to the last answer. */
export async function fleet(): Promise<Figure[]> {
  const stand = await WorkerStand.open();
  const stub = await Stub.start({ latencyMs: LATENCY_MS });
  try {
    const alone = await deliver(stand, stub, 1);
    const together = await deliver(stand, stub, TASKS);
    return [
      { what: `one task, ${IN_FLIGHT} calls of ${LATENCY_MS} ms in flight`, value: alone.perSecond, unit: "1/s" },
      { what: `${TASKS} such tasks at one job`, value: together.perSecond, unit: "1/s" },
      { what: "together against alone", value: together.perSecond / alone.perSecond, unit: "×", aim: "≥ 6.8" },
      { what: "spent and written off, of the shared budget", value: together.spentShare, unit: "%", aim: "≤ 100" },
    ];
  } finally {
    stub.stop();
    await stand.close();
  }
}

async function deliver(
  stand: WorkerStand,
  stub: Stub,
  tasks: number,
): Promise<{ perSecond: number; spentShare: number }> {
  const records = tasks * RECORDS_PER_TASK;
  const budgetNanos = records * BUDGET_NANOS_PER_RECORD;
  const wish = { template: ONE_STEP, records, inFlight: IN_FLIGHT, modelUrl: stub.url, budgetNanos };
  const job = await stand.newJob(wish);
  try {
    stub.watch({ marks: [records], full: tasks * IN_FLIGHT });
    const last = stub.mark(records);
    const workers = Array.from({ length: tasks }, () => job.startWorker());
    const { fullPerSecond } = await last;
    await Promise.all(workers.map(({ ended }) => ended));
    for (const worker of workers) await job.completed(records, worker);
    return { perSecond: fullPerSecond, spentShare: (100 * (await spentOf(job))) / budgetNanos };
  } finally {
    await job.stop();
  }
}

/** @throws Error when money is missing or came from nowhere */
async function spentOf(job: StandJob): Promise<number> {
  const { budgetNanos, remainingNanos, writtenOffNanos } = await job.budget();
  const spent = (await job.shards()).reduce((sum, { spentNanos }) => sum + spentNanos, 0);
  if (spent + writtenOffNanos + remainingNanos !== budgetNanos) throw new Error("The ledger does not add up.");
  return spent + writtenOffNanos;
}
