import type { BenchOptions, Figure } from "./figure.ts";
import { ONE_STEP } from "./qa3.ts";
import { Stub } from "./stub.ts";
import { WorkerHarness, type HarnessJob } from "./worker-harness.ts";

const LATENCY_MS = 500;
const IN_FLIGHT = 8;
const TASKS = 8;
/** One shard per task. */
const RECORDS_PER_TASK = 500;
/** Enough that all calls are in flight for a while, although the budget is small. */
const RECORDS_PER_TASK_SHORT = 100;
/** Slightly more than the records cost, and far less than their worst cases together: grants must come and go. */
const BUDGET_NANOS_PER_RECORD = 60_000;

/** Eight tasks on one job compared with one task, from the moment all calls are in flight to the last answer. */
export async function* fleet({ isShort }: BenchOptions): AsyncGenerator<Figure> {
  const tasks = isShort ? 2 : TASKS;
  const recordsPerTask = isShort ? RECORDS_PER_TASK_SHORT : RECORDS_PER_TASK;
  const harness = await WorkerHarness.open();
  const stub = await Stub.start({ latencyMs: LATENCY_MS });
  try {
    const alone = await deliver(harness, stub, { tasks: 1, recordsPerTask });
    const together = await deliver(harness, stub, { tasks, recordsPerTask });
    yield* [
      { what: `one task, ${IN_FLIGHT} calls of ${LATENCY_MS} ms in flight`, value: alone.perSecond, unit: "1/s" },
      { what: `${tasks} such tasks on one job`, value: together.perSecond, unit: "1/s" },
      { what: "speedup over one task", value: together.perSecond / alone.perSecond, unit: "×", aim: "≥ 6.8" },
      { what: "share of the budget spent or written off", value: together.spentShare, unit: "%", aim: "≤ 100" },
    ];
  } finally {
    stub.stop();
    await harness.close();
  }
}

async function deliver(
  harness: WorkerHarness,
  stub: Stub,
  { tasks, recordsPerTask }: { tasks: number; recordsPerTask: number },
): Promise<{ perSecond: number; spentShare: number }> {
  const records = tasks * recordsPerTask;
  const budgetNanos = records * BUDGET_NANOS_PER_RECORD;
  const options = { template: ONE_STEP, records, inFlight: IN_FLIGHT, modelUrl: stub.url, budgetNanos };
  const job = await harness.newJob(options);
  try {
    stub.watch({ milestones: [records], fullAt: tasks * IN_FLIGHT });
    const last = stub.milestone(records);
    const workers = Array.from({ length: tasks }, () => job.startWorker());
    const { fullPerSecond } = await last;
    await Promise.all(workers.map(({ ended }) => ended));
    for (const worker of workers) await job.completed(records, worker);
    return { perSecond: fullPerSecond, spentShare: (100 * (await spentOf(job))) / budgetNanos };
  } finally {
    await job.stop();
  }
}

/** @throws Error when the ledger does not balance */
async function spentOf(job: HarnessJob): Promise<number> {
  const { budgetNanos, remainingNanos, writtenOffNanos } = await job.budget();
  const spent = (await job.shards()).reduce((sum, { spentNanos }) => sum + spentNanos, 0);
  if (spent + writtenOffNanos + remainingNanos !== budgetNanos) throw new Error("The ledger does not balance.");
  return spent + writtenOffNanos;
}
