/** What a worker reports of its shard while it runs. */

/**
 * With the mutation's other fields, a subscriber's message stays below 5 KB, the unit in which subscription messages are
 * metered. The reported causes and spending leave less of it.
 */
const MAX_LATEST_BYTES = 2_200;
const MAX_LATEST = 3;
const VALUE_LENGTHS = [400, 200, 100, 40, 15];

/**
 * The latest records as JSON texts of their columns, newest first, long values truncated so that all fit.
 * @param takenBytes the bytes of other variable-length fields in the message
 */
export function latestRecords(records: readonly Readonly<Record<string, unknown>>[], takenBytes = 0): string[] {
  const newest = records.slice(-MAX_LATEST).reverse();
  for (const length of VALUE_LENGTHS) {
    const texts = newest.map((columns) => JSON.stringify(columns, (_, value: unknown) => cut(value, length)));
    if (bytesOf(texts) <= MAX_LATEST_BYTES - takenBytes) return texts;
  }
  return [];
}

function cut(value: unknown, length: number): unknown {
  if (typeof value === "string")
    return value.length > length ? `${value.slice(0, length - 1).replace(/[\ud800-\udbff]$/, "")}…` : value;
  return Array.isArray(value) ? value.slice(0, 5) : value;
}

function bytesOf(texts: readonly string[]): number {
  return new TextEncoder().encode(JSON.stringify(texts)).length;
}

/** The recent growth rate of something cumulative. */
export class Rate {
  #samples: { atMs: number; count: number }[] = [];

  constructor(readonly windowMs: number) {}

  /** Records the count at an instant and returns the growth per second over the last `windowMs`. */
  sample(atMs: number, count: number): number {
    this.#samples.push({ atMs, count });
    while (this.#samples.length > 2 && (this.#samples[1]?.atMs ?? atMs) <= atMs - this.windowMs) this.#samples.shift();
    const first = this.#samples[0];
    if (!first || first.atMs === atMs) return 0;
    return ((count - first.count) * 1000) / (atMs - first.atMs);
  }
}
