/** When a dataset is published, its parts become large parts in slot order stored with it, and nothing is lost. */
import { decodePart, EMPTY_HEADER, partsOf } from "#core/shard/part";
import { isOrphan } from "#core/job/orphans";
import { isAccepted, newOpenSlot } from "#core/shard/record";
import { budgetKey, shardKey } from "#core/keys";
import { partObject } from "#core/bucket";
import type { ShardRow } from "#core/shard/shard-row";
import { PartCompaction, ShardCompaction } from "../../../worker/export/compaction.ts";
import { LineBufferPool } from "../../../worker/export/line-buffer.ts";
import { slotsInOrder } from "../../../worker/export/slots-in-order.ts";
import { ModelError } from "../../../worker/ports.ts";
import { MemoryObjects, withOther } from "../doubles.ts";
import { JOB, World } from "../world.ts";

function partsIn(world: World) {
  return world.shards.flatMap((shard) =>
    [...partsOf(shard.partRanges)].map(({ range, seq }) => {
      const name = partObject(JOB, shard.shardNo, range, seq);
      return { name, text: world.objects.files.get(name)?.toString() ?? "" };
    }),
  );
}

/** Sweeps as the dispatcher does, by the current rows. */
function sweep(world: World): void {
  const rows = structuredClone({ job: world.job, shards: world.shards });
  for (const name of [...world.objects.files.keys()]) if (isOrphan(name, rows)) world.objects.files.delete(name);
}

const objectsUnder = (world: World, prefix: string) =>
  [...world.objects.files.keys()].filter((name) => name.startsWith(prefix));

test("a completed job's shards name one range of parts with its dataset, in slot order", async () => {
  const world = new World({ records: 700 });
  await world.work();
  expect(world.job.status).toBe("COMPLETED");
  expect(world.shards.map(({ partRanges }) => partRanges)).toEqual([
    [{ generation: 1, fromSeq: 0, toSeq: 0, compacted: true }],
    [{ generation: 1, fromSeq: 0, toSeq: 0, compacted: true }],
  ]);
  const slots = partsIn(world).flatMap(({ text }) => decodePart(text).delivered.map(({ slot }) => slot));
  expect(slots).toEqual(Array.from({ length: 700 }, (_, slot) => slot));
  expect(world.job.datasetFiles.map(({ name }) => name).join()).not.toContain("records");
});

test("after a sweep, a job keeps its dataset and its records, and no other object; after another, the same", async () => {
  const world = new World({ records: 120 });
  await world.work();
  const kept = objectsUnder(world, "datasets/");
  expect(objectsUnder(world, "parts/").length).toBeGreaterThan(0);
  for (let n = 0; n < 2; n++) {
    sweep(world);
    expect(objectsUnder(world, "parts/")).toEqual([]);
    expect(objectsUnder(world, "datasets/")).toEqual(kept);
  }
  expect(partsIn(world).every(({ text }) => text !== "")).toBe(true);
});

test("a job that used up its budget keeps its parts where they are, and resumes with a dataset that is compacted", async () => {
  const world = new World({ records: 60, budgetNanos: 500_000 });
  await world.work();
  expect(world.job.status).toBe("BUDGET_EXCEEDED");
  expect(partsIn(world).every(({ name }) => name.startsWith("parts/"))).toBe(true);
  sweep(world);
  world.resume(5_000_000_000);
  await world.workUntilRest();
  expect(world.job.status).toBe("COMPLETED");
  sweep(world);
  expect(world.lines("dataset.jsonl")).toHaveLength(60);
  expect(objectsUnder(world, "parts/")).toEqual([]);
  expect(objectsUnder(world, `datasets/${JOB}/1/`)).toEqual([]);
  const slots = partsIn(world).flatMap(({ text }) => decodePart(text).delivered.map(({ slot }) => slot));
  expect(slots).toEqual(Array.from({ length: 60 }, (_, slot) => slot));
});

test("compacted parts move along into each later dataset, even when the budget is used up", async () => {
  const world = new World({ records: 40 });
  await world.work();
  expect(world.job.status).toBe("COMPLETED");
  sweep(world);
  world.extend(400);
  world.store.put(budgetKey(JOB), { ...world.budget, remainingNanos: 3 * world.job.maxAttemptCostNanos });
  await world.workUntilRest();
  expect(world.job.status).toBe("BUDGET_EXCEEDED");
  sweep(world);
  const compacted = partsIn(world).filter(({ name }) => name.startsWith("datasets/"));
  expect(compacted.length).toBeGreaterThan(0);
  for (const { name, text } of compacted) {
    expect(name).toContain(world.job.datasetPrefix);
    expect(text).not.toBe("");
  }
  world.resume(5_000_000_000);
  await world.workUntilRest();
  expect(world.job).toMatchObject({ status: "COMPLETED", isCompacted: true });
  expect(new Set(world.lines("dataset.jsonl").map(({ id }) => id)).size).toBe(400);
});

test("failures are compacted too", async () => {
  const world = new World({ records: 40 });
  const { behaviour } = world.model;
  world.model.behaviour = (request, callNo) =>
    callNo % 9 === 3 ? new ModelError("invalid", "It is too long.") : behaviour(request, callNo);
  await world.workUntilRest();
  const failed = world.shards.reduce((sum, shard) => sum + shard.failed, 0);
  expect(failed).toBeGreaterThan(3);
  const parts = partsIn(world).map(({ text }) => decodePart(text));
  expect(parts.flatMap((part) => part.failed)).toHaveLength(failed);
  expect(parts.flatMap((part) => part.delivered)).toHaveLength(40 - failed);
});

test("open slots stay open: a failed job can resume without paying for their calls again", async () => {
  const world = new World({ records: 30 });
  // Canceled in the middle: some second steps are open whose first step is paid for.
  const { behaviour } = world.model;
  world.model.behaviour = (request, callNo) => {
    if (callNo === 33) world.setJob({ status: "EXPORTING", outcome: "FAILED" });
    return behaviour(request, callNo);
  };
  world.model.latencyMs = (callNo) => 200 + callNo * 3;
  await world.workUntilRest();
  expect(world.job.status).toBe("FAILED");
  sweep(world);
  const [newest] = partsIn(world).slice(-1);
  const { open } = decodePart(newest?.text ?? "");
  expect(newest?.name).toContain("datasets/");
  expect(open.length).toBeGreaterThan(0);
  const paid = world.model.log.length;
  world.setJob({ status: "QUEUED", queueKey: "NEW" });
  await world.workUntilRest();
  expect(world.job.status).toBe("COMPLETED");
  expect(world.lines("dataset.jsonl")).toHaveLength(30);
  const rounds = open.flatMap(({ steps }) => Object.values(steps).flatMap((step) => step.rounds));
  const begun = rounds.filter(isAccepted).length;
  expect(begun).toBeGreaterThan(0);
  const delivered = decodePart(newest?.text ?? "").delivered.length;
  expect(world.model.log.length - paid).toBe(2 * (30 - delivered) - begun);
});

test("a dataset is not published when a shard has moved since its parts were read", async () => {
  const world = new World({ records: 20 });
  const ports = world.ports();
  const upload: typeof ports.objects.upload = async (name, ...rest) => {
    await world.objects.upload(name, ...rest);
    if (!name.endsWith("SHA256SUMS") || world.shards[0]?.generation === 9) return;
    world.store.put(shardKey(JOB, 0), { ...world.shards[0], generation: 9 });
  };
  await world.work(undefined, { ...ports, objects: withOther(ports.objects, { upload }) });
  expect(world.job.status).toBe("EXPORTING");
  expect(partsIn(world).every(({ name }) => name.startsWith("parts/"))).toBe(true);
});

describe("a compaction", () => {
  const shard = { jobId: JOB, shardNo: 3, pass: 0, partRanges: [], fromSlot: 0 } as unknown as ShardRow;

  test("splits lines into parts of about one size, with the header in the last", async () => {
    const objects = new MemoryObjects();
    const compaction = new PartCompaction(
      objects,
      shard,
      { generation: 4, pass: 2, fromSeq: 7 },
      new LineBufferPool(125),
    );
    const lines = Array.from({ length: 25 }, (_, slot) => JSON.stringify({ delivered: { slot } }));
    for (const line of lines) await compaction.add(line);
    const head = JSON.stringify({ format: 2, open: [newOpenSlot(30)], done: [[31, 32]], doneBytes: 9 });
    const ranges = await compaction.end(head);
    expect(ranges).toEqual([{ generation: 4, fromSeq: 7, toSeq: 11, compacted: true, pass: 2 }]);
    const parts = [...partsOf(ranges)].map(({ range, seq }) =>
      String(objects.files.get(partObject(JOB, 3, range, seq)))
        .trimEnd()
        .split("\n"),
    );
    expect(parts.flatMap(([, ...below]) => below)).toEqual(lines);
    expect(parts.map(([head]) => head)).toEqual([...parts.slice(1).map(() => EMPTY_HEADER), head]);
  });

  test("of an empty shard names no part; of one with only open slots, one", async () => {
    const objects = new MemoryObjects();
    expect((await new ShardCompaction(objects, shard, 4).end()).partRanges).toEqual([]);
    expect((await new ShardCompaction(objects, shard, 4).end(EMPTY_HEADER)).partRanges).toEqual([]);
    const head = JSON.stringify({ format: 2, open: [newOpenSlot(0)], done: [], doneBytes: 0 });
    expect((await new ShardCompaction(objects, shard, 4).end(head)).partRanges).toHaveLength(1);
  });

  test("in a later pass separates the earlier passes' lines from its own", async () => {
    const objects = new MemoryObjects();
    const compaction = new ShardCompaction(
      objects,
      { ...shard, pass: 2, partRanges: [{ generation: 3, fromSeq: 0, toSeq: 0, pass: 2 }] },
      4,
    );
    for (const [slot, pass] of [
      [0, 0],
      [1, 2],
      [2, 1],
      [3, 2],
    ] as const)
      await compaction.add(`${slot}`, pass);
    const { partRanges } = await compaction.end("head");
    expect(partRanges.map(({ pass }) => pass)).toEqual([1, 2]);
    const texts = [...partsOf(partRanges)].map(({ range, seq }) => objects.files.get(partObject(JOB, 3, range, seq)));
    expect(texts).toEqual([`${EMPTY_HEADER}\n0\n2\n`, "head\n1\n3\n"]);
  });

  test("throws when a part could not be written", async () => {
    const objects = new MemoryObjects();
    objects.putIfAbsent = () => Promise.reject(new Error("no room"));
    const compaction = new PartCompaction(
      objects,
      shard,
      { generation: 4, pass: 0, fromSeq: 0 },
      new LineBufferPool(10),
    );
    await compaction.add("0123456789");
    await expect(compaction.end()).rejects.toThrow("no room");
  });

  test("copies lines of unknown kinds", async () => {
    const objects = new MemoryObjects();
    const text = `${EMPTY_HEADER}\n{"other":{"slot":1}}\n`;
    await objects.putIfAbsent(partObject(JOB, 3, { generation: 1 }, 0), text);
    const known = { ...shard, partRanges: [{ generation: 1, fromSeq: 0, toSeq: 0 }] };
    const compaction = new ShardCompaction(objects, known, 4);
    const entries: unknown[] = [];
    for await (const entry of slotsInOrder(objects, known, { onOtherLine: (line, pass) => compaction.add(line, pass) }))
      entries.push(entry);
    await compaction.end();
    expect(entries).toEqual([]);
    expect(objects.files.get(`datasets/${JOB}/4/records/3-0`)?.toString()).toContain('{"other":{"slot":1}}');
  });
});
