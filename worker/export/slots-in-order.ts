/** All records and failures of a shard in the order of their slots, out of parts that hold them in the order of their making. */
import { decodePart, partsOf } from "#core/part";
import type { FailedRecord, MadeRecord, RefusedCandidate } from "#core/record";
import { partObject, type PartRun, type ShardRow } from "#core/rows";
import { LONGEST_WINDOW } from "#core/window";
import type { Objects } from "../ports.ts";

export type Entry =
  | { readonly made: MadeRecord; readonly failed?: undefined }
  | { readonly made?: undefined; readonly failed: FailedRecord };

/** Parts read ahead: enough to hide the store's latency. */
const AHEAD = 4;

/**
 * Each slot once: what a later pass made of it stands for what an earlier one could not. Holds back at most a window of slots
 * for each pass: no worker begins one further beyond the lowest that is not done. Refused candidates fill no slot: `refused`
 * hears of each as it is read, of all passes and in the order of their making, so that none has to be held.
 */
export async function* slotsInOrder(
  objects: Objects,
  shard: ShardRow,
  refused: (candidate: RefusedCandidate) => Promise<void> = async () => {},
): AsyncGenerator<Entry> {
  const passes = passesOf(shard.runs).map((runs) => slotsOfPass(partTexts(objects, shard, runs), shard, refused));
  const heads = await Promise.all(passes.map(nextOf));
  for (;;) {
    const lowest = Math.min(...heads.map((entry) => (entry ? slotOf(entry) : Infinity)));
    const entry = heads.findLast((head) => head && slotOf(head) === lowest);
    if (!entry) return;
    yield entry;
    for (const [n, pass] of passes.entries()) {
      const head = heads[n];
      if (head && slotOf(head) === lowest) heads[n] = await nextOf(pass);
    }
  }
}

export function slotOf({ made, failed }: Entry): number {
  return (made ?? failed).slot;
}

async function nextOf(entries: AsyncGenerator<Entry>): Promise<Entry | undefined> {
  const { value, done } = await entries.next();
  return done ? undefined : (value as Entry);
}

/** The runs of each pass, in the order of the passes. */
function passesOf(runs: readonly PartRun[]): PartRun[][] {
  const passes = new Map<number, PartRun[]>();
  for (const run of runs) passes.set(run.pass ?? 0, [...(passes.get(run.pass ?? 0) ?? []), run]);
  return [...passes].sort(([one], [other]) => one - other).map(([, ofPass]) => ofPass);
}

async function* slotsOfPass(
  texts: AsyncGenerator<string>,
  shard: ShardRow,
  refused: (candidate: RefusedCandidate) => Promise<void>,
): AsyncGenerator<Entry> {
  const early = new Map<number, Entry>();
  let next = shard.fromSlot;
  for await (const text of texts) {
    const { made, failed, refused: candidates } = decodePart(text);
    for (const candidate of candidates) await refused(candidate);
    for (const record of made) early.set(record.slot, { made: record });
    for (const record of failed) early.set(record.slot, { failed: record });
    do {
      // So many are never held back for one slot: it is none of this pass, which may be one over failed slots alone.
      if (early.size >= LONGEST_WINDOW) next = Math.min(...early.keys());
      for (let entry = early.get(next); entry; entry = early.get(next)) {
        early.delete(next);
        next += 1;
        yield entry;
      }
    } while (early.size >= LONGEST_WINDOW);
  }
  // A shard that was stopped has gaps too.
  for (const slot of [...early.keys()].sort((one, other) => one - other)) {
    const entry = early.get(slot);
    if (entry) yield entry;
  }
}

async function* partTexts(
  objects: Objects,
  { jobId, shardNo }: ShardRow,
  runs: readonly PartRun[],
): AsyncGenerator<string> {
  const reading: Promise<string>[] = [];
  for (const { run, seq } of partsOf(runs)) {
    const text = objects.read(partObject(jobId, shardNo, run, seq));
    // Whoever awaits it hears of the failure; until then it must not count as unhandled.
    text.catch(() => {});
    reading.push(text);
    const first = reading.length > AHEAD ? reading.shift() : undefined;
    if (first) yield await first;
  }
  for (const text of reading) yield await text;
}
