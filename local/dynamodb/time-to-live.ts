/** Time to live: items that have expired by the cloud's clock are deleted, soon but not immediately, as on AWS. */
import type { Clock } from "../service.ts";
import type { Database } from "./database.ts";
import type { StoredTable } from "./stored-table.ts";
import type { Item } from "./dynalite.ts";
import { itemKey, itemPrefix } from "./keys.ts";

const SWEEP_EVERY_MS = 60_000;
const LOOK_AT_CLOCK_EVERY_MS = 250;
/** AWS keeps items that expired more than five years ago: it assumes a mistake. */
const OLDEST_SECONDS = 5 * 365 * 24 * 3600;

/** Sweeps each minute of the cloud's time; a moved clock takes effect within a quarter of a second. */
export function keepSweeping(
  clock: Clock,
  sweep: () => Promise<void>,
  onError: (error: unknown) => void,
): { stop(): Promise<void> } {
  let sweptAtMs = clock.now();
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    const nowMs = clock.now();
    if (running || nowMs - sweptAtMs < SWEEP_EVERY_MS) return;
    sweptAtMs = nowMs;
    running = sweep()
      .catch(onError)
      .finally(() => (running = undefined));
  }, LOOK_AT_CLOCK_EVERY_MS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}

/** Deletes the expired items of all tables. */
export async function deleteExpired(database: Database, nowMs: number): Promise<void> {
  for (const name of database.tableNames()) {
    const { description, timeToLive } = database.table(name);
    if (!timeToLive) continue;
    for await (const item of database.values<Item>(itemPrefix(name))) {
      if (!isExpired(item, timeToLive.AttributeName, nowMs)) continue;
      const key = itemKey(item, description);
      await database.write(async (changes) => {
        const current = changes.item(name, key);
        if (current && isExpired(current, timeToLive.AttributeName, nowMs)) changes.deleteItem(name, key);
      });
    }
  }
}

/** @throws AwsError `ResourceNotFoundException` */
export function describeTimeToLive({ timeToLive }: StoredTable): object {
  return {
    TimeToLiveDescription: timeToLive
      ? { TimeToLiveStatus: "ENABLED", AttributeName: timeToLive.AttributeName }
      : { TimeToLiveStatus: "DISABLED" },
  };
}

function isExpired(item: Item, attribute: string, nowMs: number): boolean {
  const text = item[attribute]?.N as string | undefined;
  if (text === undefined) return false;
  const seconds = Number(text);
  const nowSeconds = nowMs / 1000;
  return seconds < nowSeconds && seconds > nowSeconds - OLDEST_SECONDS;
}
