import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { followJob } from "../cli/job-watch.ts";
import type { BenchOptions, Figure } from "./figure.ts";
import { benchTemplate, callTimesOf, CALLS_IN_FLIGHT, startBenchJob, withInstance } from "./instance.ts";

const LATENCY_MS = 200;
/** One shard, so one worker; long enough that ramp-up and tail matter little. */
const RECORDS = 500;
const RECORDS_SHORT = 40;
const RUNS = 3;

/** One worker's records per second, compared with the ideal: calls in flight ÷ latency. */
export async function* speed({ isShort }: BenchOptions): AsyncGenerator<Figure> {
  const ideal = CALLS_IN_FLIGHT / (LATENCY_MS / 1000);
  const rates = (await ratesOf(isShort ? 1 : RUNS, isShort ? RECORDS_SHORT : RECORDS)).sort((a, b) => a - b);
  const rate = rates[Math.floor(rates.length / 2)] ?? 0;
  yield* [
    { what: `records per second, ${CALLS_IN_FLIGHT} calls of ${LATENCY_MS} ms in flight`, value: rate, unit: "1/s" },
    { what: "share of the ideal, median of the runs", value: (100 * rate) / ideal, unit: "%", aim: "≥ 90" },
    { what: "share of the ideal, minimum of the runs", value: (100 * (rates[0] ?? 0)) / ideal, unit: "%" },
  ];
}

function ratesOf(runs: number, records: number): Promise<number[]> {
  return withInstance({ latencyMs: LATENCY_MS }, async ({ api, data }) => {
    const log = join(data, "model-calls.jsonl");
    const templateId = await benchTemplate(api);
    const rates: number[] = [];
    for (let run = 0; run < runs; run++) {
      const before = callTimesOf(await readFile(log, "utf8").catch(() => "")).length;
      const id = await startBenchJob(api, templateId, records);
      await followJob(api, id, new AbortController().signal, () => undefined);
      rates.push(rateOf(callTimesOf(await readFile(log, "utf8")).slice(before)));
    }
    return rates;
  });
}

/** Answers per second from the first call's start to the last answer. */
function rateOf(times: readonly number[]): number {
  const first = Math.min(...times) - LATENCY_MS;
  return (times.length * 1000) / (Math.max(...times) - first);
}
