/** Records are read from the parts in slot order, each once, whichever pass delivered them. */
import type { Readable } from "node:stream";
import { EMPTY_HEADER, encodeLine, encodePart, NOTHING_OPEN } from "#core/shard/part";
import type { RecordMeta } from "#core/shard/record";
import { partObject } from "#core/bucket";
import type { PartRange, ShardRow } from "#core/shard/shard-row";
import { MAX_WINDOW_SLOTS } from "#core/shard/window";
import { slotOf, slotsInOrder } from "../../../worker/export/slots-in-order.ts";
import { MemoryObjects, withOther } from "../doubles.ts";

const META: RecordMeta = { models: {}, tokens: { input: 0, output: 0 }, costNanos: 0, seeds: {}, attempts: 1 };

interface Written {
  readonly run: Omit<PartRange, "fromSeq" | "toSeq">;
  readonly made: readonly number[];
  readonly failed?: readonly number[];
}

/** A slot with an F failed. */
async function order(parts: readonly Written[]): Promise<string[]> {
  const objects = new MemoryObjects();
  const ranges: PartRange[] = [];
  for (const { run, made, failed = [] } of parts) {
    const seq = ranges.length;
    ranges.push({ ...run, fromSeq: seq, toSeq: seq });
    const delivered = made.map((slot) => ({ slot, columns: { pass: run.pass ?? 0 }, meta: META }));
    const notDelivered = failed.map((slot) => ({ slot, reason: "It failed.", cause: "It failed", meta: META }));
    const lines = [
      ...delivered.map((record) => encodeLine({ delivered: record })),
      ...notDelivered.map((record) => encodeLine({ failed: record })),
    ];
    await objects.putIfAbsent(partObject("J", 0, run, seq), encodePart(NOTHING_OPEN, lines));
  }
  const shard = { jobId: "J", shardNo: 0, fromSlot: 0, partRanges: ranges } as unknown as ShardRow;
  const slots: string[] = [];
  for await (const entry of slotsInOrder(objects, shard)) slots.push(`${slotOf(entry)}${entry.failed ? "F" : ""}`);
  return slots;
}

test("records written out of order are read in order", async () => {
  const parts = [
    { run: { generation: 1 }, made: [1, 3] },
    { run: { generation: 1 }, made: [0, 2], failed: [4] },
  ];
  expect(await order(parts)).toEqual(["0", "1", "2", "3", "4F"]);
});

test("a record is at its place whatever its line begins with", async () => {
  const objects = new MemoryObjects();
  const line = (slot: number) => `{"delivered":{"columns":{},"slot":${slot}}}`;
  const text = `${EMPTY_HEADER}\n${line(1)}\n${line(0)}\n`;
  const ranges = [{ generation: 1, fromSeq: 0, toSeq: 0 }];
  await objects.putIfAbsent(partObject("J", 0, ranges[0]!, 0), text);
  const slots: number[] = [];
  const shard = { jobId: "J", shardNo: 0, fromSlot: 0, partRanges: ranges } as unknown as ShardRow;
  for await (const entry of slotsInOrder(objects, shard)) slots.push(slotOf(entry));
  expect(slots).toEqual([0, 1]);
});

test("a slot filled by a later pass appears once, at its place", async () => {
  const parts = [
    { run: { generation: 1 }, made: [0, 2], failed: [1, 3] },
    { run: { generation: 2, pass: 1 }, made: [3], failed: [1] },
    { run: { generation: 4, pass: 2 }, made: [1] },
  ];
  expect(await order(parts)).toEqual(["0", "1", "2", "3"]);
  expect(await order(parts.slice(0, 2))).toEqual(["0", "1F", "2", "3"]);
});

test("compacted parts are read from their dataset", async () => {
  const parts = [
    { run: { generation: 1, compacted: true as const }, made: [0], failed: [1] },
    { run: { generation: 1, pass: 1 }, made: [1] },
  ];
  expect(await order(parts)).toEqual(["0", "1"]);
});

test("a pass over a few slots of many holds back at most a window of them", async () => {
  const slots = Array.from({ length: 3 * MAX_WINDOW_SLOTS }, (_, n) => 5 * n + 1);
  const parts = [{ run: { generation: 2, pass: 1 }, made: slots }];
  expect(await order(parts)).toEqual(slots.map(String));
});

/** A shard with parts of one record each, and a store that says which are open, and whether all were closed. */
async function manyParts(count: number, characters = 10) {
  const ranges = [{ generation: 1, fromSeq: 0, toSeq: count - 1 }];
  const shard = { jobId: "J", shardNo: 0, fromSlot: 0, partRanges: ranges } as unknown as ShardRow;
  const whole = new MemoryObjects();
  for (let slot = 0; slot < count; slot++) {
    const made = { slot, columns: { text: "x".repeat(characters) }, meta: META };
    const part = encodePart(NOTHING_OPEN, [encodeLine({ delivered: made })]);
    await whole.putIfAbsent(partObject("J", 0, ranges[0]!, slot), part);
  }
  const opened: Readable[] = [];
  const open = async (name: string) => {
    const stream = await whole.open(name);
    stream.on("error", () => {});
    opened.push(stream);
    return stream;
  };
  return { shard, opened, objects: withOther(whole, { open }) };
}

test("parts are prefetched, but not all at once", async () => {
  const { shard, opened, objects } = await manyParts(40);
  const ahead: number[] = [];
  for await (const entry of slotsInOrder(objects, shard)) ahead.push(opened.length - 1 - slotOf(entry));
  expect(ahead).toEqual(Array.from({ length: 40 }, (_, slot) => Math.min(16, 39 - slot)));
});

test("stopping early closes everything that was prefetched", async () => {
  const { shard, opened, objects } = await manyParts(40);
  for await (const entry of slotsInOrder(objects, shard)) if (slotOf(entry) === 3) break;
  await new Promise(setImmediate);
  expect(opened.every((stream) => stream.destroyed)).toBe(true);
});

test("a part that breaks off, even before its turn, fails the read and nothing else", async () => {
  const { shard, opened, objects } = await manyParts(40);
  const slots: number[] = [];
  const reading = async () => {
    for await (const entry of slotsInOrder(objects, shard)) {
      slots.push(slotOf(entry));
      if (slots.length === 1) opened[9]?.destroy(new Error("The connection broke."));
    }
  };
  await expect(reading()).rejects.toThrow("The connection broke.");
  await new Promise(setImmediate);
  expect(slots).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(opened.every((stream) => stream.destroyed)).toBe(true);
});
