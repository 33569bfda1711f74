/** A finished job of a million 1 KB records for the bench "export": its rows, and its parts in a folder. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { planShards } from "../core/job/job.ts";
import { encodeLine, encodePart, NOTHING_OPEN } from "../core/shard/part.ts";
import { randomOf } from "../core/random.ts";
import type { DeliveredRecord } from "../core/shard/record.ts";
import { partObject } from "../core/bucket.ts";
import type { JobRow } from "../core/job/job-row.ts";
import type { ShardRow } from "../core/shard/shard-row.ts";

export const TEMPLATE = `
name: Films
steps: [{ id: answer, tier: economy, prompt: Hi }]
record:
  title: it.seed.title
  question: it.steps.answer.output
  answer: it.steps.answer.output
  year: { value: it.seed.year, type: integer }
  score: { value: it.seed.score, type: number }
  good: { value: it.seed.good, type: boolean }
`;

const JOB_ID = "01J0000000000000000000000A";
/** About what a worker with many calls in flight flushes per second. */
const RECORDS_PER_PART = 250;
const RECORD_CHARACTERS = 1_000;
const WORDS = 20_000;

export function jobOf(records: number): { job: JobRow; shards: ShardRow[] } {
  const shards = planShards(records).map(({ from, to }, shardNo) => shardOf(shardNo, from, to));
  const job = {
    jobId: JOB_ID,
    name: "A million films",
    templateId: "films",
    templateVersion: 1,
    templateName: "Films",
    seedSetId: "films",
    seedSetName: "Films",
    recordCount: records,
    parameters: {},
    formats: ["JSONL", "CSV", "PARQUET"],
  } as unknown as JobRow; // All that the export reads of it.
  return { job, shards };
}

function shardOf(shardNo: number, fromSlot: number, toSlot: number): ShardRow {
  const delivered = toSlot - fromSlot;
  const toSeq = Math.ceil(delivered / RECORDS_PER_PART) - 1;
  const spent = { spentNanos: delivered * 1_000, inputTokens: delivered * 300, outputTokens: delivered * 200 };
  const runs = [{ generation: 1, fromSeq: 0, toSeq }];
  // All that the export reads of it.
  return {
    jobId: JOB_ID,
    shardNo,
    fromSlot,
    toSlot,
    partRanges: runs,
    delivered,
    failed: 0,
    ...spent,
    columns: {},
  } as never;
}

/** Writes the parts of all shards as workers leave them. */
export async function writeParts(folder: string, shards: readonly ShardRow[]): Promise<void> {
  const words = wordsOf();
  for (const { jobId, shardNo, fromSlot, toSlot } of shards)
    for (let from = fromSlot, seq = 0; from < toSlot; from += RECORDS_PER_PART, seq++) {
      const slots = Math.min(RECORDS_PER_PART, toSlot - from);
      const lines = Array.from({ length: slots }, (_, n) => encodeLine({ delivered: recordOf(from + n, words) }));
      const path = join(folder, partObject(jobId, shardNo, { generation: 1 }, seq));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, encodePart(NOTHING_OPEN, lines));
    }
}

function wordsOf(): string[] {
  const random = randomOf("words");
  const letter = () => String.fromCharCode(97 + Math.floor(random() * 26));
  return Array.from({ length: WORDS }, () => Array.from({ length: 3 + Math.floor(random() * 7) }, letter).join(""));
}

function recordOf(slot: number, words: readonly string[]): DeliveredRecord {
  const random = randomOf("record", slot);
  const text = (characters: number) => {
    let written = "";
    while (written.length < characters) written += `${words[Math.floor(random() * words.length)] ?? ""} `;
    return written;
  };
  const columns = {
    title: `${text(20)}, "${slot}"`,
    question: `${text(120)}?`,
    answer: `${text(RECORD_CHARACTERS - 220)}.`,
    year: 1900 + Math.floor(random() * 127),
    score: Math.floor(random() * 1_000) / 100,
    good: random() < 0.5,
  };
  const meta = {
    models: { answer: "amazon.nova-micro-v1:0" },
    tokens: { input: 300, output: 200 },
    costNanos: 1_000,
    seeds: { seed: { collection: "films", item: slot % 1_000 } },
    attempts: 1,
  };
  return { slot, columns, meta };
}
