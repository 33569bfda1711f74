/** What earlier passes over a shard have made, and what they gave up: read once, when the shard is opened in a later one. */
import { decodePart, partsOf } from "#core/shard/part";
import type { GivenUp } from "#core/shard/record";
import { partObject } from "#core/bucket";
import type { ShardRow } from "#core/shard/shard-row";
import type { Objects } from "../ports.ts";

/** Of each slot only its number is kept, or what it cost: a shard has some ten thousand slots. */
export interface EarlierPasses {
  readonly made: ReadonlySet<number>;
  readonly givenUp: ReadonlyMap<number, GivenUp>;
}

export const FIRST_PASS: EarlierPasses = { made: new Set(), givenUp: new Map() };
/** Parts read side by side: enough to hide the store's latency, few enough to hold. */
const AT_ONCE = 8;

/** `read` is called each time some parts have been read: there may be thousands, and a lease is short. */
export async function readEarlierPasses(
  objects: Objects,
  { jobId, shardNo, runs, pass }: ShardRow,
  read: () => Promise<void>,
): Promise<EarlierPasses> {
  const made = new Set<number>();
  const givenUp = new Map<number, GivenUp>();
  const parts = [...partsOf(runs.filter((run) => (run.pass ?? 0) < pass))];
  for (let at = 0; at < parts.length; at += AT_ONCE) {
    const names = parts.slice(at, at + AT_ONCE).map(({ run, seq }) => partObject(jobId, shardNo, run, seq));
    for (const text of await Promise.all(names.map((name) => objects.read(name)))) {
      const part = decodePart(text);
      for (const { slot } of part.made) made.add(slot);
      for (const { slot, meta } of part.failed) givenUp.set(slot, inShort(meta));
    }
    await read();
  }
  for (const slot of made) givenUp.delete(slot);
  return { made, givenUp };
}

function inShort({ attempts, tokens, costNanos }: GivenUp): GivenUp {
  return { attempts, tokens, costNanos };
}
