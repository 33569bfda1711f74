import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { downloadAll } from "../cli/api-calls.ts";
import { followJob } from "../cli/job-watch.ts";
import type { Figure } from "./figure.ts";
import { benchTemplate, startBenchJob, withInstance } from "./instance.ts";

const LATENCY_MS = 200;
const RECORDS = 20;

/** A small job that someone waits for, from the mutation that creates it to the files on their disk. */
export async function* small(): AsyncGenerator<Figure> {
  const folder = await mkdtemp(join(tmpdir(), "plot-palette-bench-"));
  try {
    const seconds = await withInstance({ latencyMs: LATENCY_MS }, async ({ api }) => {
      const templateId = await benchTemplate(api);
      const beganMs = performance.now();
      const id = await startBenchJob(api, templateId, RECORDS);
      const job = await followJob(api, id, new AbortController().signal, () => undefined);
      await downloadAll(api, job, folder);
      if (job.delivered !== RECORDS) throw new Error(`The job delivered ${job.delivered} records, not ${RECORDS}.`);
      return (performance.now() - beganMs) / 1_000;
    });
    const what = `${RECORDS} records of one ${LATENCY_MS} ms call, creating the job to its files on disk`;
    yield { what, value: seconds, unit: "s", aim: "≤ 10" };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
