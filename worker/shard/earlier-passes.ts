/** What earlier passes over a shard have made, and what they gave up: read once, when the shard is opened in a later one. */
import { decodePart, partsOf } from "#core/shard/part";
import type { EarlierFailure } from "#core/shard/record";
import { partObject } from "#core/bucket";
import type { ShardRow } from "#core/shard/shard-row";
import type { Objects } from "../ports.ts";

/** Of each slot only its number is kept, or what it cost: a shard has some ten thousand slots. */
export interface EarlierPasses {
  readonly delivered: ReadonlySet<number>;
  readonly failures: ReadonlyMap<number, EarlierFailure>;
}

export const NO_EARLIER_PASSES: EarlierPasses = { delivered: new Set(), failures: new Map() };
/** Parts read side by side: enough to hide the store's latency, few enough to hold. */
const AT_ONCE = 8;

/** `read` is called each time some parts have been read: there may be thousands, and a lease is short. */
export async function readEarlierPasses(
  objects: Objects,
  { jobId, shardNo, partRanges, pass }: ShardRow,
  read: () => Promise<void>,
): Promise<EarlierPasses> {
  const delivered = new Set<number>();
  const givenUp = new Map<number, EarlierFailure>();
  const parts = [...partsOf(partRanges.filter((range) => (range.pass ?? 0) < pass))];
  for (let at = 0; at < parts.length; at += AT_ONCE) {
    const names = parts.slice(at, at + AT_ONCE).map(({ range, seq }) => partObject(jobId, shardNo, range, seq));
    for (const text of await Promise.all(names.map((name) => objects.read(name)))) {
      const part = decodePart(text);
      for (const { slot } of part.delivered) delivered.add(slot);
      for (const { slot, meta } of part.failed) givenUp.set(slot, inShort(meta));
    }
    await read();
  }
  for (const slot of delivered) givenUp.delete(slot);
  return { delivered, failures: givenUp };
}

function inShort({ attempts, tokens, costNanos }: EarlierFailure): EarlierFailure {
  return { attempts, tokens, costNanos };
}
