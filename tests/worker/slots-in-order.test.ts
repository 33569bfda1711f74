/** Records leave the parts in the order of their slots, each once, whichever pass made them. */
import { encodePart } from "#core/part";
import type { RecordMeta } from "#core/record";
import { partObject, type PartRun, type ShardRow } from "#core/rows";
import { LONGEST_WINDOW } from "#core/window";
import { slotOf, slotsInOrder } from "../../worker/export/slots-in-order.ts";
import { MemoryObjects } from "./doubles.ts";

const META: RecordMeta = { models: {}, tokens: { input: 0, output: 0 }, costNanos: 0, seeds: {}, attempts: 1 };

interface Written {
  readonly run: Omit<PartRun, "fromSeq" | "toSeq">;
  readonly made: readonly number[];
  readonly failed?: readonly number[];
}

/** A slot with an F failed. */
async function order(parts: readonly Written[]): Promise<string[]> {
  const objects = new MemoryObjects();
  const runs: PartRun[] = [];
  for (const { run, made, failed = [] } of parts) {
    const seq = runs.length;
    runs.push({ ...run, fromSeq: seq, toSeq: seq });
    const text = encodePart({
      open: [],
      done: [],
      made: made.map((slot) => ({ slot, columns: { pass: run.pass ?? 0 }, meta: META })),
      refused: [],
      failed: failed.map((slot) => ({ slot, reason: "It did not work.", cause: "It did not work", meta: META })),
    });
    await objects.putNew(partObject("J", 0, run, seq), text);
  }
  const shard = { jobId: "J", shardNo: 0, fromSlot: 0, runs } as unknown as ShardRow;
  const slots: string[] = [];
  for await (const entry of slotsInOrder(objects, shard)) slots.push(`${slotOf(entry)}${entry.failed ? "F" : ""}`);
  return slots;
}

test("records made out of order come in order", async () => {
  const parts = [
    { run: { generation: 1 }, made: [1, 3] },
    { run: { generation: 1 }, made: [0, 2], failed: [4] },
  ];
  expect(await order(parts)).toEqual(["0", "1", "2", "3", "4F"]);
});

test("a record stands at its place whatever its line begins with", async () => {
  const objects = new MemoryObjects();
  const line = (slot: number) => `{"made":{"columns":{},"slot":${slot}}}`;
  const text = `${encodePart({ open: [], done: [], made: [], refused: [], failed: [] })}${line(1)}\n${line(0)}\n`;
  const runs = [{ generation: 1, fromSeq: 0, toSeq: 0 }];
  await objects.putNew(partObject("J", 0, runs[0]!, 0), text);
  const slots: number[] = [];
  const shard = { jobId: "J", shardNo: 0, fromSlot: 0, runs } as unknown as ShardRow;
  for await (const entry of slotsInOrder(objects, shard)) slots.push(slotOf(entry));
  expect(slots).toEqual([0, 1]);
});

test("a slot that a later pass filled stands once, at its place", async () => {
  const parts = [
    { run: { generation: 1 }, made: [0, 2], failed: [1, 3] },
    { run: { generation: 2, pass: 1 }, made: [3], failed: [1] },
    { run: { generation: 4, pass: 2 }, made: [1] },
  ];
  expect(await order(parts)).toEqual(["0", "1", "2", "3"]);
  expect(await order(parts.slice(0, 2))).toEqual(["0", "1F", "2", "3"]);
});

test("parts that were folded into a dataset are read where they lie now", async () => {
  const parts = [
    { run: { generation: 1, folded: true as const }, made: [0], failed: [1] },
    { run: { generation: 1, pass: 1 }, made: [1] },
  ];
  expect(await order(parts)).toEqual(["0", "1"]);
});

test("a pass over a few slots of many holds back no more than a window of them", async () => {
  const slots = Array.from({ length: 3 * LONGEST_WINDOW }, (_, n) => 5 * n + 1);
  const parts = [{ run: { generation: 2, pass: 1 }, made: slots }];
  expect(await order(parts)).toEqual(slots.map(String));
});

test.each([
  ["small parts many", 10, 16],
  ["parts of a third of what may be held three", 330_000, 3],
  ["large parts one", 3_000_000, 1],
])("ahead of the one in hand are read: of %s", async (_, characters, ahead) => {
  const runs = [{ generation: 1, fromSeq: 0, toSeq: 39 }];
  const shard = { jobId: "J", shardNo: 0, fromSlot: 0, runs } as unknown as ShardRow;
  const objects = new MemoryObjects();
  for (let slot = 0; slot < 40; slot++) {
    const made = { slot, columns: { text: "x".repeat(characters) }, meta: META };
    const part = encodePart({ open: [], done: [], made: [made], refused: [], failed: [] });
    await objects.putNew(partObject("J", 0, runs[0]!, slot), part);
  }
  const store = new MemoryObjects();
  let read = 0;
  store.read = (name) => {
    read += 1;
    return objects.read(name);
  };
  const readAhead: number[] = [];
  for await (const entry of slotsInOrder(store, shard)) readAhead.push(read - 1 - slotOf(entry));
  expect(readAhead).toHaveLength(40);
  // Before the first it is not known how long they are.
  expect(readAhead[0]).toBe(2);
  expect(Math.max(...readAhead.slice(3))).toBe(ahead);
});
