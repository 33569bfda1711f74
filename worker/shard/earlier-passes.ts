/** What earlier passes over a shard delivered, and what failed: read once, when the shard is opened in a later one. */
import { decodePart, partsOf } from "#core/shard/part";
import type { EarlierFailure } from "#core/shard/record";
import { partObject } from "#core/bucket";
import type { ShardRow } from "#core/shard/shard-row";
import type { Objects } from "../ports.ts";

/** Only each slot's number or cost is kept: a shard has some ten thousand slots. */
export interface EarlierPasses {
  readonly delivered: ReadonlySet<number>;
  readonly failures: ReadonlyMap<number, EarlierFailure>;
}

export const NO_EARLIER_PASSES: EarlierPasses = { delivered: new Set(), failures: new Map() };
/** Parts read at once: enough to hide the store's latency, few enough to hold in memory. */
const CONCURRENT_READS = 8;

/** `onRead` is called each time some parts have been read: there may be thousands, and a lease is short. */
export async function readEarlierPasses(
  objects: Objects,
  { jobId, shardNo, partRanges, pass }: ShardRow,
  onRead: () => Promise<void>,
): Promise<EarlierPasses> {
  const delivered = new Set<number>();
  const failures = new Map<number, EarlierFailure>();
  const parts = [...partsOf(partRanges.filter((range) => (range.pass ?? 0) < pass))];
  for (let at = 0; at < parts.length; at += CONCURRENT_READS) {
    const names = parts
      .slice(at, at + CONCURRENT_READS)
      .map(({ range, seq }) => partObject(jobId, shardNo, range, seq));
    for (const text of await Promise.all(names.map((name) => objects.read(name)))) {
      const part = decodePart(text);
      for (const { slot } of part.delivered) delivered.add(slot);
      for (const { slot, meta } of part.failed) failures.set(slot, totalsOf(meta));
    }
    await onRead();
  }
  for (const slot of delivered) failures.delete(slot);
  return { delivered, failures };
}

function totalsOf({ attempts, tokens, costNanos }: EarlierFailure): EarlierFailure {
  return { attempts, tokens, costNanos };
}
