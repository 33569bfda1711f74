/** All records and failures of a shard in the order of their slots, out of parts that hold them in the order of their making. */
import { partsOf, type PartLine } from "#core/part";
import { slotAtBeginning, splitPart } from "#core/part-lines";
import type { FailedRecord, MadeRecord, RefusedCandidate } from "#core/record";
import { partObject, type PartRun, type ShardRow } from "#core/rows";
import { LONGEST_WINDOW } from "#core/window";
import type { Objects } from "../ports.ts";

export type Entry = Place &
  (
    | { readonly made: MadeRecord; readonly failed?: undefined }
    | { readonly made?: undefined; readonly failed: FailedRecord }
  );

interface Place {
  /** It as the part has it. */
  readonly line: string;
  /** In which pass it was written. */
  readonly pass: number;
}

/** What else is heard of while the parts are read. */
export interface Hearing {
  /** A candidate that was refused, which fills no slot: all passes', as they are read, so that none has to be held. */
  refused?(candidate: RefusedCandidate): void | Promise<void>;
  /** The line of whatever fills no slot, likewise. */
  beside?(line: string, pass: number): void | Promise<void>;
  /** The head of the newest part: what a restart needs. */
  head?(line: string): void;
}

/** Parts are read ahead, to hide the store's latency: so many, or as many as have so many characters together. */
const MOST_AHEAD = 16;
const CHARACTERS_AHEAD = 1_000_000;

/**
 * Each slot once: what a later pass made of it stands for what an earlier one could not. Holds back at most a window of slots
 * for each pass: no worker begins one further beyond the lowest that is not done.
 */
export async function* slotsInOrder(objects: Objects, shard: ShardRow, hearing: Hearing = {}): AsyncGenerator<Entry> {
  const passes = passesOf(shard.runs).map((runs) => slotsOfPass(objects, shard, runs, hearing));
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
  objects: Objects,
  shard: ShardRow,
  runs: readonly PartRun[],
  hearing: Hearing,
): AsyncGenerator<Entry> {
  /** Read only when it is their turn: as objects, a part's lines would be old, and garbage late, by then. */
  const early = new Map<number, string>();
  const newest = shard.runs.at(-1);
  const pass = runs[0]?.pass ?? 0;
  let next = shard.fromSlot;
  for await (const { text, run, seq } of partTexts(objects, shard, runs)) {
    const part = splitPart(text);
    if (run === newest && seq === newest.toSeq) hearing.head?.(part.head);
    for (const line of part.lines) {
      const slot = slotAtBeginning(line);
      if (slot !== undefined) {
        early.set(slot, line);
        continue;
      }
      const { made, failed, refused } = JSON.parse(line) as PartLine;
      const other = made ?? failed;
      if (other) early.set(other.slot, line);
      else await hearing.beside?.(line, pass);
      if (refused) await hearing.refused?.(refused);
    }
    do {
      // So many are never held back for one slot: it is none of this pass, which may be one over failed slots alone.
      if (early.size >= LONGEST_WINDOW) next = Math.min(...early.keys());
      for (let line = early.get(next); line !== undefined; line = early.get(next)) {
        early.delete(next);
        next += 1;
        yield entryOf(line, pass);
      }
    } while (early.size >= LONGEST_WINDOW);
  }
  // A shard that was stopped has gaps too.
  for (const [, line] of [...early].sort(([one], [other]) => one - other)) yield entryOf(line, pass);
}

function entryOf(line: string, pass: number): Entry {
  const { made, failed } = JSON.parse(line) as PartLine;
  if (made) return { made, line, pass };
  if (failed) return { failed, line, pass };
  throw new Error("A line that fills a slot holds neither a record nor a failure.");
}

async function* partTexts(
  objects: Objects,
  { jobId, shardNo }: ShardRow,
  runs: readonly PartRun[],
): AsyncGenerator<{ readonly text: string; readonly run: PartRun; readonly seq: number }> {
  const reading: { readonly text: Promise<string>; readonly run: PartRun; readonly seq: number }[] = [];
  // One part is about as long as the next; before the first is read, they are taken to be long.
  let ahead = 2;
  const read = async ({ text, ...place }: (typeof reading)[number]) => {
    const whole = await text;
    ahead = Math.min(MOST_AHEAD, Math.max(1, Math.floor(CHARACTERS_AHEAD / whole.length)));
    return { ...place, text: whole };
  };
  for (const { run, seq } of partsOf(runs)) {
    const text = objects.read(partObject(jobId, shardNo, run, seq));
    // Whoever awaits it hears of the failure; until then it must not count as unhandled.
    text.catch(() => {});
    reading.push({ text, run, seq });
    while (reading.length > ahead) for (const first of reading.splice(0, 1)) yield await read(first);
  }
  for (const one of reading) yield await read(one);
}
