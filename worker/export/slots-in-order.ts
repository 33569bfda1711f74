/** All records and failures of a shard in slot order, from parts that hold them in the order they were written. */
import { partsOf, peekSlot, type PartLine } from "#core/shard/part";
import type { FailedRecord, DeliveredRecord, RejectedCandidate } from "#core/shard/record";
import { partObject } from "#core/bucket";
import type { PartRange, ShardRow } from "#core/shard/shard-row";
import { MAX_WINDOW_SLOTS } from "#core/shard/window";
import { linesOf } from "../streams.ts";
import type { ObjectBytes, Objects } from "../ports.ts";

export type SlotEntry = LineOrigin &
  (
    | { readonly delivered: DeliveredRecord; readonly failed?: undefined }
    | { readonly delivered?: undefined; readonly failed: FailedRecord }
  );

interface LineOrigin {
  /** Its line in the part. */
  readonly line: string;
  /** The pass in which it was written. */
  readonly pass: number;
}

/** Receives what fills no slot while the parts are read. */
export interface ReadListener {
  /** A rejected candidate of any pass, as it is read, so that none has to be held. */
  onRejected?(candidate: RejectedCandidate): void | Promise<void>;
  /** The line of anything that fills no slot, likewise. */
  onOtherLine?(line: string, pass: number): void | Promise<void>;
  /** The header of the newest part: what a restart needs. */
  onHeader?(line: string): void;
}

/** Parts requested ahead, to hide the store's latency; their bytes wait in their connections. */
const PREFETCHED_PARTS = 16;

/**
 * Each slot once: a later pass's entry replaces an earlier one's failure. Holds back at most one window of slots per pass, because
 * no worker starts a slot further beyond the lowest that is not done; what it holds back has at most `MAX_WINDOW_BYTES`, and what
 * was in flight, if the pass is the shard's first.
 */
export async function* slotsInOrder(
  objects: Objects,
  shard: ShardRow,
  listener: ReadListener = {},
): AsyncGenerator<SlotEntry> {
  const passes = passesOf(shard.partRanges).map((ranges) => slotsOfPass(objects, shard, ranges, listener));
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

/** The ranges of each pass, in the order of the passes. */
function passesOf(ranges: readonly PartRange[]): PartRange[][] {
  const passes = new Map<number, PartRange[]>();
  for (const range of ranges) passes.set(range.pass ?? 0, [...(passes.get(range.pass ?? 0) ?? []), range]);
  return [...passes].sort(([one], [other]) => one - other).map(([, ofPass]) => ofPass);
}

async function* slotsOfPass(
  objects: Objects,
  shard: ShardRow,
  ranges: readonly PartRange[],
  listener: ReadListener,
): AsyncGenerator<SlotEntry> {
  /** Lines, parsed only when they are due: as objects, a window of them would live long enough to be collected late. */
  const early = new Map<number, string>();
  const pass = ranges[0]?.pass ?? 0;
  let next = shard.fromSlot;
  for await (const lines of linesOfPass(objects, shard, ranges, listener)) {
    for (const line of lines) {
      const slot = peekSlot(line);
      if (slot !== undefined) {
        early.set(slot, line);
        continue;
      }
      const { delivered, failed, rejected } = JSON.parse(line) as PartLine;
      const other = delivered ?? failed;
      if (other) early.set(other.slot, line);
      else await listener.onOtherLine?.(line, pass);
      if (rejected) await listener.onRejected?.(rejected);
    }
    do {
      // A full window is never held back by one slot: so that slot is not in this pass, which may cover only failed slots.
      if (early.size >= MAX_WINDOW_SLOTS) while (!early.has(next)) next += 1;
      for (let line = early.get(next); line !== undefined; line = early.get(next)) {
        early.delete(next);
        next += 1;
        yield entryOf(line, pass);
      }
    } while (early.size >= MAX_WINDOW_SLOTS);
  }
  // A stopped shard has gaps too.
  for (const [, line] of [...early].sort(([one], [other]) => one - other)) yield entryOf(line, pass);
}

function entryOf(line: string, pass: number): SlotEntry {
  const { delivered, failed } = JSON.parse(line) as PartLine;
  if (delivered) return { delivered, line, pass };
  if (failed) return { failed, line, pass };
  throw new Error("A line that fills a slot holds neither a record nor a failure.");
}

/** The lines of all its parts, without their headers, some at a time. */
async function* linesOfPass(
  objects: Objects,
  shard: ShardRow,
  ranges: readonly PartRange[],
  listener: ReadListener,
): AsyncGenerator<readonly string[]> {
  for await (const { bytes, isNewest } of openParts(objects, shard, ranges)) {
    let header: string | undefined;
    for await (const lines of linesOf(bytes)) {
      if (header === undefined) {
        header = lines.shift() ?? "";
        if (isNewest) listener.onHeader?.(header);
      }
      yield lines;
    }
  }
}

async function* openParts(
  objects: Objects,
  { jobId, shardNo }: ShardRow,
  ranges: readonly PartRange[],
): AsyncGenerator<{ readonly bytes: ObjectBytes; readonly isNewest: boolean }> {
  const newest = ranges.at(-1);
  const opened: { readonly bytes: Promise<ObjectBytes>; readonly isNewest: boolean }[] = [];
  const first = async () => {
    const [{ bytes, isNewest }] = opened.splice(0, 1) as [(typeof opened)[number]];
    return { bytes: await bytes, isNewest };
  };
  try {
    for (const { range, seq } of partsOf(ranges)) {
      const bytes = objects.open(partObject(jobId, shardNo, range, seq));
      // A failure surfaces when it is read; until then it must not count as unhandled.
      bytes.catch(() => {});
      opened.push({ bytes, isNewest: range === newest && seq === newest.toSeq });
      if (opened.length > PREFETCHED_PARTS) yield await first();
    }
    while (opened.length > 0) yield await first();
  } finally {
    for (const { bytes } of opened) void bytes.then((opened) => opened.destroy()).catch(() => {});
  }
}
