import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ChatLoopOptions } from "./bare-chat-loop.ts";
import type { Figure } from "./figure.ts";
import { cpuMsOfEnded, cpuMsOfTree } from "./processes.ts";
import { ONE_STEP, SEED_LINES } from "./qa3.ts";
import { ROOT, startProduct, type StartedProduct } from "./started-product.ts";
import { Stub } from "./stub.ts";

const LATENCY_MS = 200;
const IN_FLIGHT = 128;
const RECORDS = 5_000;
/** An instance that uses less than this share of a processor is at rest. */
const REST_SHARE = 0.05;
const REST_INTERVAL_MS = 1_000;

interface Measurement {
  /** From the command to its end, when the files are there. */
  readonly seconds: number;
  readonly secondsToFirstCall: number;
  /** From the first call to the last answer, as the stub sees it. */
  readonly secondsOfCalls: number;
  /** Of the command and everything that the instance ran for it. */
  readonly cpuMs: number;
}

/**
 * What a person at their own machine waits for and pays in processor time: a job from the command line on an instance that runs,
 * against a model server, from the command to the files; compared with a bare loop of the same calls.
 * @param records fewer for a short form, whose figures then mean little
 */
export async function user(records = RECORDS): Promise<Figure[]> {
  const stub = await Stub.start({ latencyMs: LATENCY_MS });
  const folder = await mkdtemp(join(tmpdir(), "plot-palette-bench-"));
  try {
    const loopSeconds = await bareLoop(stub, records);
    const product = await startProduct({ data: join(folder, "data"), model: `openai=${stub.url}/v1` });
    try {
      return figuresOf(await generate(folder, product, stub, records), loopSeconds, records);
    } finally {
      await product.stop();
    }
  } finally {
    stub.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function figuresOf(job: Measurement, loopSeconds: number, records: number): Figure[] {
  const what = `${records} records of one ${LATENCY_MS} ms call, ${IN_FLIGHT} in flight`;
  return [
    { what: `${what}: command to files`, value: job.seconds, unit: "s" },
    { what: "the same, relative to the bare loop's calls", value: job.seconds / loopSeconds, unit: "×", aim: "≤ 1.6" },
    { what: "calls per second while calls are made", value: records / job.secondsOfCalls, unit: "1/s", aim: "≥ 450" },
    { what: "the bare loop's calls per second", value: records / loopSeconds, unit: "1/s" },
    { what: "processor time per call, all processes", value: job.cpuMs / records, unit: "ms", aim: "≤ 4" },
    { what: "command to first call", value: job.secondsToFirstCall, unit: "s", aim: "≤ 3" },
  ];
}

/** Runs the loop. @returns the seconds from its first call to its last answer */
async function bareLoop(stub: Stub, calls: number): Promise<number> {
  const options: ChatLoopOptions = { baseUrl: `${stub.url}/v1`, calls, inFlight: IN_FLIGHT };
  stub.watch({ milestones: [calls] });
  const last = stub.milestone(calls);
  await run(process.execPath, ["--import", "tsx", "bench/bare-chat-loop.ts", JSON.stringify(options)]);
  return (await last).seconds;
}

async function generate(
  folder: string,
  { data, pid }: StartedProduct,
  stub: Stub,
  records: number,
): Promise<Measurement> {
  const [template, seeds, out] = [join(folder, "template.json"), join(folder, "seeds.jsonl"), join(folder, "out")];
  await writeFile(template, ONE_STEP);
  await writeFile(seeds, `${SEED_LINES.join("\n")}\n`);
  await atRest(pid);
  const cpuMs = async () => (await cpuMsOfTree(pid)) + (await cpuMsOfEnded(process.pid));
  const before = await cpuMs();
  stub.watch({ milestones: [records] });
  const last = stub.milestone(records);
  const beganMs = performance.now();
  const secondsSince = () => (performance.now() - beganMs) / 1000;
  const first = stub.firstCall().then(secondsSince);
  const options = { template, seeds, records, budget: 100, formats: "jsonl,csv,parquet", out, data };
  await run("npm", [
    ...["run", "--silent", "generate", "--"],
    ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
  ]);
  const seconds = secondsSince();
  return {
    seconds,
    secondsToFirstCall: await first,
    secondsOfCalls: (await last).seconds,
    cpuMs: (await cpuMs()) - before,
  };
}

/** Waits until the instance does nothing: what it does after its start is not the job's. */
async function atRest(pid: number): Promise<void> {
  let before = await cpuMsOfTree(pid);
  for (;;) {
    await sleep(REST_INTERVAL_MS);
    const now = await cpuMsOfTree(pid);
    if (now - before < REST_SHARE * REST_INTERVAL_MS) return;
    before = now;
  }
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("exit", resolve));
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} exited with ${code}.`);
}
