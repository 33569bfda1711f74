/** An instance for one bench, in its own data folder. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openApi, type Api } from "../cli/api.ts";
import { startInstance, type Instance } from "../cli/instance.ts";
import { saveTemplate } from "../cli/api-calls.ts";

export interface BenchInstance extends Instance {
  readonly data: string;
  readonly api: Api;
}

/** Starts an instance, passes it to `work`, then stops it and deletes its data. */
export async function withInstance<T>(model: object, work: (instance: BenchInstance) => Promise<T>): Promise<T> {
  const data = await mkdtemp(join(tmpdir(), "plot-palette-bench-"));
  process.env.PLOT_PALETTE_MODEL = JSON.stringify(model);
  const instance = await startInstance({ data });
  const api = await openApi(instance.outputs, instance.outputs.demoUser);
  try {
    return await work({ ...instance, data, api });
  } finally {
    api.close();
    await instance.stop();
    await rm(data, { recursive: true, force: true });
  }
}

/** One step, one short answer, which is never cut off: it is the calls that are measured. */
const ONE_STEP = `name: Bench
steps:
  - { id: say, tier: economy, maxTokens: 400, maxPromptBytes: 500, prompt: "Praise <%= it.seed.name %>." }
`;

/** Saves the template of the bench's jobs. @returns its id */
export function benchTemplate(api: Api): Promise<string> {
  return saveTemplate(api, { name: "Bench", source: ONE_STEP });
}

/** The most calls that the jobs of a bench have in flight: what a small task has. */
export const CALLS_IN_FLIGHT = 32;

/** Starts a job over the sample seeds. @returns its id */
export async function startBenchJob(api: Api, templateId: string, recordCount: number): Promise<string> {
  const input = {
    name: `Bench ${recordCount}`,
    templateId,
    seedSetId: "natural-wonders",
    recordCount,
    budgetNanos: 100_000_000_000,
    inFlight: CALLS_IN_FLIGHT,
    formats: ["JSONL", "CSV", "PARQUET"],
    clientToken: `bench-${recordCount}-${Date.now()}`,
  };
  const { createJob } = await api.call<{ createJob: { id: string } }>(
    "mutation($input: CreateJobInput!) { createJob(input: $input) { id } }",
    { input },
  );
  return createJob.id;
}

/** The times in the sample model's log, in milliseconds since the epoch. */
export function callTimesOf(log: string): number[] {
  return log
    .split("\n")
    .filter(Boolean)
    .map((line) => Date.parse((JSON.parse(line) as { at: string }).at));
}
