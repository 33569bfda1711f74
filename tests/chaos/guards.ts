/** The protocol with one of its guards removed, to see that the chaos runs notice: a check that never fails proves nothing. */
import type { Change, Condition, Write } from "#core/change";
import type { Ports } from "../../worker/ports.ts";

export const GUARDS = {
  generation: "A shard's writes no longer check the lease's generation.",
  grant: "Money is granted even if the budget lacks it.",
  "flush-order": "A checkpoint is written before the part that it names.",
} as const;
export type Guard = keyof typeof GUARDS;

export function isGuard(name: string): name is Guard {
  return name in GUARDS;
}

/** The ports of a worker that lacks the guard. */
export function without(guard: Guard, ports: Ports): Ports {
  if (guard === "flush-order") return partsLast(ports);
  const weaken = guard === "generation" ? withoutGeneration : withoutRemaining;
  const { store } = ports;
  return {
    ...ports,
    store: {
      read: (key) => store.read(key),
      readAll: (keys) => store.readAll(keys),
      write: (change) => store.write(weakened(change, weaken)),
    },
  };
}

function weakened(change: Change, weaken: (when: Condition) => Condition): Change {
  const write = (one: Write): Write => ({ ...one, when: one.when && weaken(one.when) });
  return { ...change, writes: change.writes.map(write) };
}

function withoutGeneration({ equals, ...when }: Condition): Condition {
  const { generation: _, ...rest } = { ...equals };
  return { ...when, equals: rest };
}

function withoutRemaining({ atLeast, ...when }: Condition): Condition {
  const { remainingNanos: _, ...rest } = { ...atLeast };
  return { ...when, atLeast: rest };
}

/** A crash in between leaves a checkpoint that names a missing part. */
function partsLast({ objects, store, ...ports }: Ports): Ports {
  let waiting: (() => Promise<void>)[] = [];
  return {
    ...ports,
    objects: {
      read: (name) => objects.read(name),
      open: (name) => objects.open(name),
      upload: (...upload) => objects.upload(...upload),
      putIfAbsent: async (name, body) => void waiting.push(() => objects.putIfAbsent(name, body)),
    },
    store: {
      read: (key) => store.read(key),
      readAll: (keys) => store.readAll(keys),
      write: async (change) => {
        const done = await store.write(change);
        const puts = waiting;
        waiting = [];
        for (const put of puts) await put();
        return done;
      },
    },
  };
}
