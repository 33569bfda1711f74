import { spawn } from "node:child_process";
import { join } from "node:path";
import { build } from "esbuild";
import type { LoopOptions } from "./bare-loop.ts";
import type { Figure } from "./figure.ts";
import { WORKER_FLAGS, workerEnvironment } from "./flags.ts";
import { cpuMsOf } from "./processes.ts";
import { ONE_STEP, THREE_STEPS } from "./qa3.ts";
import { Stub } from "./stub.ts";
import { SIGNED_IN, WorkerStand } from "./worker-harness.ts";

const LATENCY_MS = 200;
/** So long an ideal caller takes: then the ramp at its beginning weighs little. */
const IDEAL_SECONDS = 10;
const RUNS = 3;
const CASES = [
  { inFlight: 16, aim: 97 },
  { inFlight: 64, aim: 97 },
  { inFlight: 256, aim: 95 },
] as const;

interface Taken {
  readonly perSecond: number;
  readonly cpuMsPerCall: number;
}

/** The worker's calls against a bare loop of the same SDK calls, turn by turn against the same stub. */
export async function calls(): Promise<Figure[]> {
  const stand = await WorkerStand.open();
  const stub = await Stub.start({ latencyMs: LATENCY_MS });
  await bundleLoop(stand.folder);
  try {
    const figures: Figure[] = [];
    for (const { inFlight, aim } of CASES)
      for (const steps of [1, 3] as const) {
        const loops: Taken[] = [];
        const workers: Taken[] = [];
        for (let run = 0; run < RUNS; run++) {
          const records = Math.round((IDEAL_SECONDS * 1000 * inFlight) / LATENCY_MS / steps);
          loops.push(await loopOnce(stand, stub, { records, steps, inFlight }));
          workers.push(await workOnce(stand, stub, { records, steps, inFlight }));
        }
        figures.push(
          ...compared(`${inFlight} in flight, ${steps === 1 ? "one step" : "three steps"}`, aim, loops, workers),
        );
      }
    return figures;
  } finally {
    stub.stop();
    await stand.close();
  }
}

function compared(what: string, aim: number, loops: readonly Taken[], workers: readonly Taken[]): Figure[] {
  const ratio = (of: (taken: Taken) => number) =>
    median(workers.map((worker, run) => of(worker) / of(loops[run] ?? worker)));
  const share = 100 * ratio(({ perSecond }) => perSecond);
  return [
    {
      what: `${what}: the worker's calls a second`,
      value: median(workers.map(({ perSecond }) => perSecond)),
      unit: "1/s",
    },
    { what: `${what}: of the bare loop's`, value: share, unit: "%", aim: `≥ ${aim}` },
    {
      what: `${what}: processor time of a call`,
      value: median(workers.map(({ cpuMsPerCall }) => cpuMsPerCall)),
      unit: "ms",
    },
    {
      what: `${what}: against the bare loop's`,
      value: ratio(({ cpuMsPerCall }) => cpuMsPerCall),
      unit: "×",
      aim: "≤ 1.3",
    },
  ];
}

async function loopOnce(stand: WorkerStand, stub: Stub, options: LoopOptions): Promise<Taken> {
  return await taken(stub, options, () => {
    const loop = spawn(process.execPath, [...WORKER_FLAGS, "bare-loop.mjs", JSON.stringify(options)], {
      cwd: stand.folder,
      env: {
        ...SIGNED_IN,
        NODE_NO_WARNINGS: "1",
        ...workerEnvironment(options.inFlight),
        AWS_ENDPOINT_URL_BEDROCK_RUNTIME: stub.url,
      },
      stdio: "inherit",
    });
    return { pid: loop.pid, end: () => loop.kill() };
  });
}

async function workOnce(stand: WorkerStand, stub: Stub, options: LoopOptions): Promise<Taken> {
  const { records, steps, inFlight } = options;
  const template = steps === 1 ? ONE_STEP : THREE_STEPS;
  const job = await stand.newJob({ template, records, inFlight, modelUrl: stub.url });
  const figures = await taken(stub, options, () => {
    const worker = job.startWorker();
    return { pid: worker.process.pid, end: () => job.completed(records, worker) };
  });
  await job.stop();
  return figures;
}

/** `start` starts the process that makes the calls. Measured is from the first call to the last answer. */
async function taken(
  stub: Stub,
  { records, steps }: LoopOptions,
  start: () => { pid: number | undefined; end: () => unknown },
): Promise<Taken> {
  const count = records * steps;
  stub.watch({ marks: [count] });
  const [first, last] = [stub.first(), stub.mark(count)];
  const { pid = 0, end } = start();
  const before = await first.then(() => cpuMsOf(pid));
  const { seconds } = await last;
  const cpuMs = (await cpuMsOf(pid)) - before;
  await end();
  return { perSecond: count / seconds, cpuMsPerCall: cpuMs / count };
}

async function bundleLoop(folder: string): Promise<void> {
  await build({
    entryPoints: [join(import.meta.dirname, "bare-loop.ts")],
    outfile: join(folder, "bare-loop.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    minifyWhitespace: true,
    minifySyntax: true,
    mainFields: ["module", "main"],
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "warning",
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}
