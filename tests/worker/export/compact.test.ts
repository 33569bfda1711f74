/** What becomes of parts when a dataset is published: large parts in slot order that lie with it, and nothing is lost. */
import { decodePart, encodePart, EMPTY_HEADER, partsOf } from "#core/shard/part";
import { isOrphan } from "#core/job/orphans";
import { isAccepted, newOpenSlot } from "#core/shard/record";
import { budgetKey, shardKey } from "#core/keys";
import { partObject } from "#core/bucket";
import type { ShardRow } from "#core/shard/shard-row";
import { PartCompaction, ShardCompaction } from "../../../worker/export/compact.ts";
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

/** As the dispatcher does, on what stands in the table now. */
function sweep(world: World): void {
  const rows = structuredClone({ job: world.job, shards: world.shards });
  for (const name of [...world.objects.files.keys()]) if (isOrphan(name, rows)) world.objects.files.delete(name);
}

const objectsUnder = (world: World, prefix: string) =>
  [...world.objects.files.keys()].filter((name) => name.startsWith(prefix));

test("a completed job's shards name one run of parts with its dataset, in the order of their slots", async () => {
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

test("swept, a job keeps its dataset and its records, and no other object; swept again, the same", async () => {
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

test("a job at its budget keeps its parts where they are, and goes on with a dataset that is folded", async () => {
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

test("what was folded moves along into each later dataset, also into that of a job at its budget", async () => {
  const world = new World({ records: 40 });
  await world.work();
  expect(world.job.status).toBe("COMPLETED");
  sweep(world);
  world.extend(400);
  world.store.put(budgetKey(JOB), { ...world.budget, remainingNanos: 3 * world.job.maxAttemptCostNanos });
  await world.workUntilRest();
  expect(world.job.status).toBe("BUDGET_EXCEEDED");
  sweep(world);
  const folded = partsIn(world).filter(({ name }) => name.startsWith("datasets/"));
  expect(folded.length).toBeGreaterThan(0);
  for (const { name, text } of folded) {
    expect(name).toContain(world.job.datasetPrefix);
    expect(text).not.toBe("");
  }
  world.resume(5_000_000_000);
  await world.workUntilRest();
  expect(world.job).toMatchObject({ status: "COMPLETED", isCompacted: true });
  expect(new Set(world.lines("dataset.jsonl").map(({ id }) => id)).size).toBe(400);
});

test("failures are folded too", async () => {
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

test("slots that were begun and paid for stay begun: a job that has failed can go on without paying for them again", async () => {
  const world = new World({ records: 30 });
  // Cancelled in the middle: second steps are open whose first step is paid.
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
  world.setJob({ status: "QUEUED", openKey: "OPEN" });
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

describe("a fold", () => {
  const shard = { jobId: JOB, shardNo: 3, pass: 0, partRanges: [], fromSlot: 0 } as unknown as ShardRow;

  test("cuts what it is given into parts of about one size, the head in the last", async () => {
    const objects = new MemoryObjects();
    const fold = new PartCompaction(objects, shard, { generation: 4, pass: 2, fromSeq: 7 }, new LineBufferPool(125));
    const lines = Array.from({ length: 25 }, (_, slot) => JSON.stringify({ delivered: { slot } }));
    for (const line of lines) await fold.add(line);
    const head = JSON.stringify({ format: 1, open: [newOpenSlot(30)], done: [31] });
    const runs = await fold.end(head);
    expect(runs).toEqual([{ generation: 4, fromSeq: 7, toSeq: 11, compacted: true, pass: 2 }]);
    const parts = [...partsOf(runs)].map(({ range, seq }) =>
      String(objects.files.get(partObject(JOB, 3, range, seq)))
        .trimEnd()
        .split("\n"),
    );
    expect(parts.flatMap(([, ...below]) => below)).toEqual(lines);
    expect(parts.map(([head]) => head)).toEqual([...parts.slice(1).map(() => EMPTY_HEADER), head]);
  });

  test("of a shard without anything names no part; of one with nothing but begun slots, one", async () => {
    const objects = new MemoryObjects();
    expect((await new ShardCompaction(objects, shard, 4).end()).partRanges).toEqual([]);
    expect((await new ShardCompaction(objects, shard, 4).end(EMPTY_HEADER)).partRanges).toEqual([]);
    const head = JSON.stringify({ format: 1, open: [newOpenSlot(0)], done: [] });
    expect((await new ShardCompaction(objects, shard, 4).end(head)).partRanges).toHaveLength(1);
  });

  test("in a later pass tells what the earlier ones made from what this one has", async () => {
    const objects = new MemoryObjects();
    const fold = new ShardCompaction(
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
      await fold.add(`${slot}`, pass);
    const { partRanges } = await fold.end("head");
    expect(partRanges.map(({ pass }) => pass)).toEqual([1, 2]);
    const texts = [...partsOf(partRanges)].map(({ range, seq }) => objects.files.get(partObject(JOB, 3, range, seq)));
    expect(texts).toEqual([`${EMPTY_HEADER}\n0\n2\n`, "head\n1\n3\n"]);
  });

  test("says so when a part could not be written", async () => {
    const objects = new MemoryObjects();
    objects.putIfAbsent = () => Promise.reject(new Error("no room"));
    const fold = new PartCompaction(objects, shard, { generation: 4, pass: 0, fromSeq: 0 }, new LineBufferPool(10));
    await fold.add("0123456789");
    await expect(fold.end()).rejects.toThrow("no room");
  });

  test("copies lines of kinds that it does not know", async () => {
    const objects = new MemoryObjects();
    const text = encodePart({ open: [], done: [], delivered: [], failed: [], rejected: [] }) + '{"other":{"slot":1}}\n';
    await objects.putIfAbsent(partObject(JOB, 3, { generation: 1 }, 0), text);
    const known = { ...shard, partRanges: [{ generation: 1, fromSeq: 0, toSeq: 0 }] };
    const fold = new ShardCompaction(objects, known, 4);
    const entries: unknown[] = [];
    for await (const entry of slotsInOrder(objects, known, { beside: (line, pass) => fold.add(line, pass) }))
      entries.push(entry);
    await fold.end();
    expect(entries).toEqual([]);
    expect(objects.files.get(`datasets/${JOB}/4/records/3-0`)?.toString()).toContain('{"other":{"slot":1}}');
  });
});
