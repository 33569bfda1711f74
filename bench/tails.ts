/**
 * Calls that take very different times, as those of real models do: whether the worker keeps its places in use beside slow ones,
 * and whether long answers arrive. Each worker runs beside a bare loop of the same SDK calls, under the same draw of latencies.
 */
import type { Figure } from "./figure.ts";
import { meanMsOf, type Latencies } from "./latencies.ts";
import { bundleLoop, startLoop } from "./loop-process.ts";
import type { StubFigures } from "./model-stub.ts";
import { ONE_STEP } from "./qa3.ts";
import { Stub } from "./stub.ts";
import { WorkerHarness } from "./worker-harness.ts";

/** All times are multiplied by `scale`. `short` runs with the tests: it takes some forty seconds, and little of a processor. */
const SIZES = {
  full: { scale: 1, seconds: 90, inFlight: [32, 128] },
  short: { scale: 0.2, seconds: 40, inFlight: [16] },
} as const;
export type TailsSize = keyof typeof SIZES;

const CASES = [
  { what: "lognormal, median 2 s, σ 0.8", aim: 92, latencies: { medianMs: 2_000, sigma: 0.8 } },
  {
    what: "lognormal, median 0.8 s, σ 0.5, with 1% at 30 s",
    aim: 90,
    latencies: { medianMs: 800, sigma: 0.5, slowShare: 0.01, slowMs: 30_000 },
  },
];
const LONG = { tokens: 8_000, tokensPerSecond: 60, calls: 24 };

export async function tails(size: TailsSize = "full"): Promise<Figure[]> {
  const harness = await WorkerHarness.open();
  await bundleLoop(harness.folder);
  const { scale, inFlight } = SIZES[size];
  try {
    // Side by side: what takes time here is waiting.
    const long = longAnswers(harness, scale);
    const figures: Figure[] = [];
    for (const calls of inFlight)
      figures.push(...(await Promise.all(CASES.map((one) => compare(harness, one, calls, size)))).flat());
    return [...figures, ...(await long)];
  } finally {
    await harness.close();
  }
}

async function compare(
  harness: WorkerHarness,
  { what, aim, latencies }: (typeof CASES)[number],
  inFlight: number,
  size: TailsSize,
): Promise<Figure[]> {
  const { scale, seconds } = SIZES[size];
  const scaled = scaledBy(latencies, scale);
  const records = Math.round((seconds * 1_000 * inFlight) / meanMsOf(latencies));
  const [loop, worker] = await Promise.all([
    loopOnce(harness, { records, inFlight, latencies: scaled }),
    workerOnce(harness, { records, inFlight, latencies: scaled }),
  ]);
  const which = `${what}, ${inFlight} in flight`;
  return [
    {
      what: `${which}: places in use until the last call begins`,
      value: (100 * worker.meanInFlight) / inFlight,
      unit: "%",
      aim: `≥ ${aim}`,
    },
    { what: `${which}: the same of the bare loop`, value: (100 * loop.meanInFlight) / inFlight, unit: "%" },
    { what: `${which}: worker, calls per second`, value: records / worker.seconds, unit: "1/s" },
    {
      what: `${which}: share of the bare loop's rate`,
      value: (100 * loop.seconds) / worker.seconds,
      unit: "%",
      aim: "≥ 95",
    },
  ];
}

interface Run {
  readonly records: number;
  readonly inFlight: number;
  readonly latencies: Latencies;
}

async function loopOnce(harness: WorkerHarness, { records, inFlight, latencies }: Run): Promise<StubFigures> {
  const stub = await Stub.start({ latencyMs: latencies });
  stub.watch({ milestones: [records], fullAt: inFlight });
  const last = stub.milestone(records);
  const loop = startLoop(harness.folder, { records, steps: 1, inFlight }, stub.url);
  const figures = await last;
  loop.kill();
  stub.stop();
  return figures;
}

async function workerOnce(harness: WorkerHarness, { records, inFlight, latencies }: Run): Promise<StubFigures> {
  const stub = await Stub.start({ latencyMs: latencies });
  const job = await harness.newJob({ template: ONE_STEP, records, inFlight, modelUrl: stub.url });
  try {
    stub.watch({ milestones: [records], fullAt: inFlight });
    const last = stub.milestone(records);
    const worker = job.startWorker();
    const figures = await last;
    await job.completed(records, worker);
    return figures;
  } finally {
    stub.stop();
    await job.stop();
  }
}

/** Answers of as many tokens as a long document has, at the pace of a usual model. */
async function longAnswers(harness: WorkerHarness, scale: number): Promise<Figure[]> {
  const { tokens, tokensPerSecond, calls } = LONG;
  const latencyMs = (scale * tokens * 1_000) / tokensPerSecond;
  const stub = await Stub.start({ latencyMs, outputTokens: tokens });
  const template = JSON.stringify(withMaxTokens(tokens));
  const job = await harness.newJob({ template, records: calls, inFlight: calls, modelUrl: stub.url });
  try {
    const worker = job.startWorker();
    await job.completed(calls, worker);
    const { begun } = await stub.figures();
    const what = `answers of ${tokens.toLocaleString("en-US")} tokens at ${tokensPerSecond} per second`;
    return [
      { what: `${what}: delivered`, value: (100 * (await job.delivered())) / calls, unit: "%", aim: "100" },
      { what: `${what}: paid for more than once`, value: begun - calls, unit: "calls", aim: "0" },
    ];
  } finally {
    stub.stop();
    await job.stop();
  }
}

function withMaxTokens(maxTokens: number): object {
  const template = JSON.parse(ONE_STEP) as { steps: object[] };
  return { ...template, steps: template.steps.map((step) => ({ ...step, maxTokens })) };
}

function scaledBy(latencies: Latencies, scale: number): Latencies {
  const { medianMs, slowMs = 0 } = latencies;
  return { ...latencies, medianMs: medianMs * scale, slowMs: slowMs * scale };
}
