/** All records and failures of a shard in the order of their slots, out of parts that hold them in the order of their making. */
import { partsOf, peekSlot, type PartLine } from "#core/shard/part";
import type { FailedRecord, DeliveredRecord, RejectedCandidate } from "#core/shard/record";
import { partObject } from "#core/bucket";
import type { PartRange, ShardRow } from "#core/shard/shard-row";
import { MAX_WINDOW_SLOTS } from "#core/shard/window";
import { linesOf } from "../streams.ts";
import type { ObjectBytes, Objects } from "../ports.ts";

export type SlotEntry = Place &
  (
    | { readonly delivered: DeliveredRecord; readonly failed?: undefined }
    | { readonly delivered?: undefined; readonly failed: FailedRecord }
  );

interface Place {
  /** It as the part has it. */
  readonly line: string;
  /** In which pass it was written. */
  readonly pass: number;
}

/** What else is heard of while the parts are read. */
export interface ReadListener {
  /** A candidate that was rejected, which fills no slot: all passes', as they are read, so that none has to be held. */
  rejected?(candidate: RejectedCandidate): void | Promise<void>;
  /** The line of whatever fills no slot, likewise. */
  beside?(line: string, pass: number): void | Promise<void>;
  /** The head of the newest part: what a restart needs. */
  head?(line: string): void;
}

/** So many parts are asked for before their turn, to hide the store's latency; what comes of them waits in their connections. */
const PREFETCHED_PARTS = 16;

/**
 * Each slot once: what a later pass made of it stands for what an earlier one could not. Holds back at most a window of slots
 * for each pass: no worker begins one further beyond the lowest that is not done.
 */
export async function* slotsInOrder(
  objects: Objects,
  shard: ShardRow,
  hearing: ReadListener = {},
): AsyncGenerator<SlotEntry> {
  const passes = passesOf(shard.partRanges).map((runs) => slotsOfPass(objects, shard, runs, hearing));
  try {
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
  } finally {
    for (const pass of passes) await pass.return(undefined);
  }
}

export function slotOf({ delivered, failed }: SlotEntry): number {
  return (delivered ?? failed).slot;
}

async function nextOf(entries: AsyncGenerator<SlotEntry>): Promise<SlotEntry | undefined> {
  const { value, done } = await entries.next();
  return done ? undefined : (value as SlotEntry);
}

/** The runs of each pass, in the order of the passes. */
function passesOf(runs: readonly PartRange[]): PartRange[][] {
  const passes = new Map<number, PartRange[]>();
  for (const range of runs) passes.set(range.pass ?? 0, [...(passes.get(range.pass ?? 0) ?? []), range]);
  return [...passes].sort(([one], [other]) => one - other).map(([, ofPass]) => ofPass);
}

async function* slotsOfPass(
  objects: Objects,
  shard: ShardRow,
  runs: readonly PartRange[],
  hearing: ReadListener,
): AsyncGenerator<SlotEntry> {
  /** Read only when it is their turn: as objects, a window's lines would be old, and garbage late, by then. */
  const early = new Map<number, string>();
  const pass = runs[0]?.pass ?? 0;
  let next = shard.fromSlot;
  for await (const lines of linesOfPass(objects, shard, runs, hearing)) {
    for (const line of lines) {
      const slot = peekSlot(line);
      if (slot !== undefined) {
        early.set(slot, line);
        continue;
      }
      const { delivered, failed, rejected } = JSON.parse(line) as PartLine;
      const other = delivered ?? failed;
      if (other) early.set(other.slot, line);
      else await hearing.beside?.(line, pass);
      if (rejected) await hearing.rejected?.(rejected);
    }
    do {
      // So many are never held back for one slot: it is none of this pass, which may be one over failed slots alone.
      if (early.size >= MAX_WINDOW_SLOTS) next = Math.min(...early.keys());
      for (let line = early.get(next); line !== undefined; line = early.get(next)) {
        early.delete(next);
        next += 1;
        yield entryOf(line, pass);
      }
    } while (early.size >= MAX_WINDOW_SLOTS);
  }
  // A shard that was stopped has gaps too.
  for (const [, line] of [...early].sort(([one], [other]) => one - other)) yield entryOf(line, pass);
}

function entryOf(line: string, pass: number): SlotEntry {
  const { delivered, failed } = JSON.parse(line) as PartLine;
  if (delivered) return { delivered, line, pass };
  if (failed) return { failed, line, pass };
  throw new Error("A line that fills a slot holds neither a record nor a failure.");
}

/** The lines of all its parts below their heads, some at a time. */
async function* linesOfPass(
  objects: Objects,
  shard: ShardRow,
  runs: readonly PartRange[],
  hearing: ReadListener,
): AsyncGenerator<readonly string[]> {
  const newest = shard.partRanges.at(-1);
  for await (const { bytes, range, seq } of partsInTurn(objects, shard, runs)) {
    let head: string | undefined;
    for await (const lines of linesOf(bytes)) {
      if (head === undefined) {
        head = lines.shift() ?? "";
        if (range === newest && seq === newest.toSeq) hearing.head?.(head);
      }
      yield lines;
    }
  }
}

async function* partsInTurn(
  objects: Objects,
  { jobId, shardNo }: ShardRow,
  runs: readonly PartRange[],
): AsyncGenerator<{ readonly bytes: ObjectBytes; readonly range: PartRange; readonly seq: number }> {
  const opened: { readonly bytes: Promise<ObjectBytes>; readonly range: PartRange; readonly seq: number }[] = [];
  const first = async () => {
    const [{ bytes, ...place }] = opened.splice(0, 1) as [(typeof opened)[number]];
    return { ...place, bytes: await bytes };
  };
  try {
    for (const { range, seq } of partsOf(runs)) {
      const bytes = objects.open(partObject(jobId, shardNo, range, seq));
      // Whoever reads it hears of a failure; until then it must not count as unhandled.
      bytes.catch(() => {});
      opened.push({ bytes, range, seq });
      if (opened.length > PREFETCHED_PARTS) yield await first();
    }
    while (opened.length > 0) yield await first();
  } finally {
    for (const { bytes } of opened) void bytes.then((opened) => opened.destroy()).catch(() => {});
  }
}
