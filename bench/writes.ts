import type { Figure } from "./figure.ts";
import { ONE_STEP } from "./qa3.ts";
import { Stub } from "./stub.ts";
import { WorkerHarness } from "./worker-harness.ts";

const LATENCY_MS = 200;

export interface WritesSize {
  readonly idealSeconds: number;
  /** Calls in flight. */
  readonly speeds: readonly number[];
}

const FULL: WritesSize = { idealSeconds: 10, speeds: [16, 256] };
export const SHORT_WRITES: WritesSize = { idealSeconds: 2, speeds: [16] };

/** What a shard writes while it runs, which must not depend on its speed. */
export async function writes({ idealSeconds, speeds }: WritesSize = FULL): Promise<Figure[]> {
  const harness = await WorkerHarness.open();
  const stub = await Stub.start({ latencyMs: LATENCY_MS });
  try {
    const figures: Figure[] = [];
    for (const inFlight of speeds) figures.push(...(await writesAt(harness, stub, inFlight, idealSeconds)));
    return figures;
  } finally {
    stub.stop();
    await harness.close();
  }
}

async function writesAt(harness: WorkerHarness, stub: Stub, inFlight: number, idealSeconds: number): Promise<Figure[]> {
  const records = (idealSeconds * 1_000 * inFlight) / LATENCY_MS;
  const shards = [{ from: 0, to: records }];
  const job = await harness.newJob({ template: ONE_STEP, records, inFlight, modelUrl: stub.url, shards });
  try {
    stub.watch({ milestones: [records] });
    const [first, last] = [stub.firstCall(), stub.milestone(records)];
    const worker = job.startWorker();
    await first;
    const count = () => {
      const [table, bucket] = [job.writesTo("dynamodb"), job.writesTo("s3")];
      const units = job.capacity.total("write");
      return { table: table.requests, rows: table.items, units, bucket: bucket.requests };
    };
    const largest = (operation: string) => job.capacity.largest.get(operation) ?? 0;
    const before = count();
    const { seconds } = await last;
    const after = count();
    const [alone, drawing] = [largest("UpdateItem"), largest("TransactWriteItems")];
    await job.completed(records, worker);
    const per = (name: keyof typeof after) => (after[name] - before[name]) / seconds;
    const what = `per second, one shard, ${inFlight} calls in flight`;
    return [
      { what: `writes to DynamoDB ${what}`, value: per("table"), unit: "1/s", aim: "≤ 2" },
      { what: `rows they wrote ${what}`, value: per("rows"), unit: "1/s" },
      { what: `write units they consumed ${what}`, value: per("units"), unit: "1/s", aim: "≤ 4" },
      {
        what: `write units of a checkpoint, at most, ${inFlight} calls in flight`,
        value: alone,
        unit: "units",
        aim: "≤ 4",
      },
      { what: "of one that draws from the budget", value: drawing, unit: "units" },
      { what: `writes to S3 ${what}`, value: per("bucket"), unit: "1/s", aim: "≤ 1" },
    ];
  } finally {
    await job.stop();
  }
}
