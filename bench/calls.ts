import type { LoopOptions } from "./bare-loop.ts";
import type { BenchOptions, Figure } from "./figure.ts";
import { bundleLoop, startLoop } from "./loop-process.ts";
import { cpuMsOf } from "./processes.ts";
import { ONE_STEP, THREE_STEPS } from "./qa3.ts";
import { Stub } from "./stub.ts";
import { WorkerHarness } from "./worker-harness.ts";

const LATENCY_MS = 200;
/** The time an ideal caller takes, long enough for the ramp-up to matter little. */
const IDEAL_SECONDS = 10;
const IDEAL_SECONDS_SHORT = 1;
const RUNS = 3;
const CASES = [
  { inFlight: 16, aim: 97 },
  { inFlight: 64, aim: 97 },
  { inFlight: 256, aim: 95 },
] as const;

interface Measurement {
  readonly perSecond: number;
  readonly cpuMsPerCall: number;
}

/** The worker's calls compared with a bare loop of the same SDK calls, alternating against the same stub. */
export async function* calls({ isShort, wants }: BenchOptions): AsyncGenerator<Figure> {
  const harness = await WorkerHarness.open();
  const stub = await Stub.start({ latencyMs: LATENCY_MS });
  await bundleLoop(harness.folder);
  try {
    for (const { inFlight, aim } of isShort ? CASES.slice(0, 1) : CASES)
      for (const steps of [1, 3] as const) {
        const what = `${inFlight} in flight, ${steps === 1 ? "one step" : "three steps"}`;
        if (!wants(what)) continue;
        const loops: Measurement[] = [];
        const workers: Measurement[] = [];
        for (let run = 0; run < (isShort ? 1 : RUNS); run++) {
          const seconds = isShort ? IDEAL_SECONDS_SHORT : IDEAL_SECONDS;
          const records = Math.round((seconds * 1000 * inFlight) / LATENCY_MS / steps);
          loops.push(await loopOnce(harness, stub, { records, steps, inFlight }));
          workers.push(await workerOnce(harness, stub, { records, steps, inFlight }));
        }
        yield* compare(what, aim, loops, workers);
      }
  } finally {
    stub.stop();
    await harness.close();
  }
}

function compare(what: string, aim: number, loops: readonly Measurement[], workers: readonly Measurement[]): Figure[] {
  const ratio = (of: (measurement: Measurement) => number) =>
    median(workers.map((worker, run) => of(worker) / of(loops[run] ?? worker)));
  const share = 100 * ratio(({ perSecond }) => perSecond);
  return [
    {
      what: `${what}: worker, calls per second`,
      value: median(workers.map(({ perSecond }) => perSecond)),
      unit: "1/s",
    },
    { what: `${what}: share of the bare loop's rate`, value: share, unit: "%", aim: `≥ ${aim}` },
    {
      what: `${what}: worker, CPU time per call`,
      value: median(workers.map(({ cpuMsPerCall }) => cpuMsPerCall)),
      unit: "ms",
    },
    {
      what: `${what}: CPU time per call, relative to the bare loop`,
      value: ratio(({ cpuMsPerCall }) => cpuMsPerCall),
      unit: "×",
      aim: "≤ 1.3",
    },
  ];
}

async function loopOnce(harness: WorkerHarness, stub: Stub, options: LoopOptions): Promise<Measurement> {
  return await measure(stub, options, () => {
    const loop = startLoop(harness.folder, options, stub.url);
    return { pid: loop.pid, end: () => loop.kill() };
  });
}

async function workerOnce(harness: WorkerHarness, stub: Stub, options: LoopOptions): Promise<Measurement> {
  const { records, steps, inFlight } = options;
  const template = steps === 1 ? ONE_STEP : THREE_STEPS;
  const job = await harness.newJob({ template, records, inFlight, modelUrl: stub.url });
  const figures = await measure(stub, options, () => {
    const worker = job.startWorker();
    return { pid: worker.process.pid, end: () => job.completed(records, worker) };
  });
  await job.stop();
  return figures;
}

/** Measures from the first call to the last answer. @param start starts the process that makes the calls */
async function measure(
  stub: Stub,
  { records, steps }: LoopOptions,
  start: () => { pid: number | undefined; end: () => unknown },
): Promise<Measurement> {
  const count = records * steps;
  stub.watch({ milestones: [count] });
  const [first, last] = [stub.firstCall(), stub.milestone(count)];
  const { pid = 0, end } = start();
  const before = await first.then(() => cpuMsOf(pid));
  const { seconds } = await last;
  const cpuMs = (await cpuMsOf(pid)) - before;
  await end();
  return { perSecond: count / seconds, cpuMsPerCall: cpuMs / count };
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}
