/** All records and failures of a shard in the order of their slots, out of parts that hold them in the order of their making. */
import { decodePart, partsOf } from "#core/part";
import type { FailedRecord, MadeRecord } from "#core/record";
import { partObject, type ShardRow } from "#core/rows";
import type { Objects } from "../ports.ts";

export type Entry =
  | { readonly made: MadeRecord; readonly failed?: undefined }
  | { readonly made?: undefined; readonly failed: FailedRecord };

/** Parts read ahead: enough to hide the store's latency. */
const AHEAD = 4;

/** Holds back at most a window of slots: no worker begins one further beyond the lowest that is not done. */
export async function* slotsInOrder(objects: Objects, shard: ShardRow): AsyncGenerator<Entry> {
  const early = new Map<number, Entry>();
  let next = shard.fromSlot;
  for await (const part of partTexts(objects, shard)) {
    const { made, failed } = decodePart(part);
    for (const record of made) early.set(record.slot, { made: record });
    for (const record of failed) early.set(record.slot, { failed: record });
    for (let entry = early.get(next); entry; entry = early.get(next)) {
      early.delete(next);
      next += 1;
      yield entry;
    }
  }
  // A shard that was stopped has gaps.
  for (const slot of [...early.keys()].sort((one, other) => one - other)) {
    const entry = early.get(slot);
    if (entry) yield entry;
  }
}

async function* partTexts(objects: Objects, { jobId, shardNo, runs }: ShardRow): AsyncGenerator<string> {
  const reading: Promise<string>[] = [];
  for (const { generation, seq } of partsOf(runs)) {
    const text = objects.read(partObject(jobId, shardNo, generation, seq));
    // Whoever awaits it hears of the failure; until then it must not count as unhandled.
    text.catch(() => {});
    reading.push(text);
    const first = reading.length > AHEAD ? reading.shift() : undefined;
    if (first) yield await first;
  }
  for (const text of reading) yield await text;
}
