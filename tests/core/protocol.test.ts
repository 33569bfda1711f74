/** Leases, grants, checkpoints and endings as they interleave: every change of core, in any order, by workers that may vanish. */
import fc from "fast-check";
import { beginExport, startJob } from "#core/job/ending";
import { budgetKey, jobKey, shardKey } from "#core/keys";
import type { BudgetRow } from "#core/money/budget-row";
import type { JobRow } from "#core/job/job-row";
import type { ShardRow } from "#core/shard/shard-row";
import {
  checkpoint,
  fenceExpiredLease,
  crashesAtTakeover,
  endLease,
  grantSlice,
  isLeased,
  leaseShard,
  renewLease,
  type Progress,
  poisonSlot,
  suspectedSlotAtTakeover,
  suspectSlot,
} from "#core/shard/lease";
import { meetsCondition, type Change } from "#core/change";
import { MemoryStore } from "../worker/doubles.ts";

const JOB = "J";
const BUDGET = 10_000;
const SHARDS = 3;

function freshStore(): MemoryStore {
  const store = new MemoryStore();
  const job = {
    jobId: JOB,
    owner: "o",
    budgetId: JOB,
    status: "RUNNING",
    openShards: SHARDS,
    parkedShards: 0,
    controlNo: 1,
    maxAttemptCostNanos: 100,
  };
  store.put(jobKey(JOB), job);
  store.put(budgetKey(JOB), { budgetId: JOB, budgetNanos: BUDGET, remainingNanos: BUDGET, writtenOffNanos: 0 });
  for (let shardNo = 0; shardNo < SHARDS; shardNo++) store.put(shardKey(JOB, shardNo), freshShard(shardNo));
  return store;
}

function freshShard(shardNo: number): Partial<ShardRow> {
  const counts = {
    delivered: 0,
    failed: 0,
    attempts: 0,
    inputTokens: 0,
    outputTokens: 0,
    spentNanos: 0,
    grantNanos: 0,
    writtenOffNanos: 0,
  };
  const lease = {
    generation: 0,
    leaseUntilMs: 0,
    checkpointNo: 0,
    consecutiveCrashes: 0,
    lowWaterSlot: 0,
    partRanges: [],
    columns: {},
  };
  return { jobId: JOB, owner: "o", shardNo, kind: "RECORDS", state: "OPEN", ...counts, ...lease };
}

async function rowsOf(store: MemoryStore) {
  const job = (await store.read(jobKey(JOB))) as JobRow;
  const budget = (await store.read(budgetKey(JOB))) as BudgetRow;
  const shards = (await store.readAll([0, 1, 2].map((n) => shardKey(JOB, n)))) as ShardRow[];
  return { job, budget, shards };
}

/** A worker as the model sees it: what it believes of its lease, and what it has spent since its last checkpoint. */
interface Believer {
  row: ShardRow;
  purse: number;
  unaccounted: number;
  grantNo: number;
}

function progressOf({ row, unaccounted }: Believer): Progress {
  const { lowWaterSlot, partRanges, delivered, failed, attempts, inputTokens, outputTokens } = row;
  return {
    lowWaterSlot,
    partRanges,
    delivered: delivered + 1,
    failed,
    rejected: 0,
    mended: 0,
    attempts,
    causes: [],
    inputTokens,
    outputTokens,
    newlySpentNanos: unaccounted,
    spending: [],
    workerMs: 0,
    columns: {},
  };
}

async function proves(store: MemoryStore, { postcondition }: Change): Promise<boolean> {
  const row = postcondition && (await store.read(postcondition.key));
  return row !== undefined && meetsCondition(row, postcondition?.when);
}

type Step = readonly [kind: number, worker: number, amount: number];

async function play(steps: readonly Step[]): Promise<void> {
  const store = freshStore();
  const workers = new Map<number, Believer>();
  let nowMs = 1_000;
  let trulySpent = 0;
  const lastDelivered = new Map<number, number>();

  for (const [kind, no, amount] of steps) {
    const { job, shards } = await rowsOf(store);
    const worker = workers.get(no);
    if (kind === 0) nowMs += amount;
    else if (kind === 1 && !worker) {
      const row = shards[amount % SHARDS];
      if (!row || isLeased(row, nowMs) || row.state === "DONE") continue;
      const { change, leased } = leaseShard(row, job, { task: `t${no}`, nowMs, leaseMs: 500 });
      if (await store.write(change)) workers.set(no, { row: leased, purse: 0, unaccounted: 0, grantNo: 0 });
    } else if (!worker) continue;
    else if (kind === 2) {
      if (await store.write(grantSlice(worker.row, { budgetId: JOB, nanos: amount }, worker.grantNo++))) {
        worker.purse += amount;
        worker.row = { ...worker.row, grantNanos: worker.row.grantNanos + amount };
      }
    } else if (kind === 3) {
      // Spending needs no write: a zombie does it too, inside the grant it was given.
      const cost = Math.min(amount, worker.purse);
      worker.purse -= cost;
      worker.unaccounted += cost;
      trulySpent += cost;
    } else if (kind === 4) {
      const plain = checkpoint(worker.row, progressOf(worker), nowMs + 500);
      const slice = { budgetId: JOB, nanos: amount };
      const funded = checkpoint(worker.row, progressOf(worker), nowMs + 500, slice);
      const wantsMore = amount % 2 === 0;
      const done = wantsMore && (await store.write(funded.change)) ? funded : plain;
      if (done === funded || (await store.write(plain.change))) {
        // Sent again after an unclear answer neither changes anything, and only the proof of the one that took effect holds.
        for (const one of [plain, funded]) {
          await store.write(one.change);
          expect(await proves(store, one.change)).toBe(one === done);
        }
        worker.row = done.next;
        worker.unaccounted = 0;
        if (done === funded) worker.purse += amount;
      } else workers.delete(no);
    } else if (kind === 5) {
      const state = (["DONE", "PARKED", "OPEN"] as const)[amount % 3] ?? "OPEN";
      await store.write(endLease(worker.row, job, progressOf(worker), state));
      workers.delete(no);
    } else if (kind === 6) workers.delete(no);
    else if (kind === 7) await store.write(renewLease(worker.row, nowMs + 500));

    const after = await rowsOf(store);
    const held = after.shards.reduce((sum, { grantNanos, spentNanos }) => sum + grantNanos + spentNanos, 0);
    expect(held + after.budget.writtenOffNanos + after.budget.remainingNanos).toBe(BUDGET);
    expect(after.budget.remainingNanos).toBeGreaterThanOrEqual(0);
    expect(after.shards.every(({ grantNanos }) => grantNanos >= 0)).toBe(true);
    const accounted = after.shards.reduce((sum, { spentNanos, grantNanos }) => sum + spentNanos + grantNanos, 0);
    expect(trulySpent).toBeLessThanOrEqual(accounted + after.budget.writtenOffNanos);
    expect(after.job.openShards).toBe(after.shards.filter(({ state }) => state !== "DONE").length);
    expect(after.job.parkedShards).toBe(after.shards.filter(({ state }) => state === "PARKED").length);
    for (const { shardNo, delivered } of after.shards) {
      expect(delivered).toBeGreaterThanOrEqual(lastDelivered.get(shardNo) ?? 0);
      lastDelivered.set(shardNo, delivered);
    }
  }
}

test("every nano-dollar is granted, spent, written off or left, whatever workers do and wherever they vanish", async () => {
  const step = fc.tuple(
    fc.integer({ min: 0, max: 7 }),
    fc.integer({ min: 0, max: 3 }),
    fc.integer({ min: 1, max: 900 }),
  );
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120 }), play), { numRuns: 200 });
});

describe("a lease", () => {
  async function leased(store: MemoryStore) {
    const { job, shards } = await rowsOf(store);
    const [row] = shards;
    if (!row) throw new Error("There is no shard.");
    const { change, leased: mine } = leaseShard(row, job, { task: "t", nowMs: 1_000, leaseMs: 500 });
    return { taken: await store.write(change), mine, job };
  }

  test("is taken by one of two who saw it free", async () => {
    const store = freshStore();
    const { job, shards } = await rowsOf(store);
    const [row] = shards as [ShardRow];
    const [one, other] = ["a", "b"].map((task) => leaseShard(row, job, { task, nowMs: 1_000, leaseMs: 500 }).change);
    expect(await Promise.all([one, other].map((change) => change && store.write(change)))).toEqual([true, false]);
  });

  test.each(["PAUSED", "EXPORTING", "CANCELLED", "QUEUED"])("cannot begin while the job is %s", async (status) => {
    const store = freshStore();
    const seen = await rowsOf(store);
    store.put(jobKey(JOB), { ...seen.job, status });
    const [row] = seen.shards as [ShardRow];
    expect(await store.write(leaseShard(row, seen.job, { task: "t", nowMs: 1_000, leaseMs: 500 }).change)).toBe(false);
  });

  test("is not inherited with its grant: what may be spent is written off", async () => {
    const store = freshStore();
    const { mine } = await leased(store);
    await store.write(grantSlice(mine, { budgetId: JOB, nanos: 700 }, 1));
    const { job, shards } = await rowsOf(store);
    await store.write(leaseShard(shards[0] as ShardRow, job, { task: "u", nowMs: 9_000, leaseMs: 500 }).change);
    const after = await rowsOf(store);
    expect(after.shards[0]).toMatchObject({
      grantNanos: 0,
      writtenOffNanos: 700,
      generation: 2,
      consecutiveCrashes: 1,
    });
    expect(after.budget).toMatchObject({ remainingNanos: BUDGET - 700, writtenOffNanos: 700 });
  });

  test("of a vanished worker is closed before an export, and its later writes are refused", async () => {
    const store = freshStore();
    const { mine, job } = await leased(store);
    await store.write(grantSlice(mine, { budgetId: JOB, nanos: 300 }, 1));
    await store.write(beginExport(job, "CANCELLED", undefined));
    const { shards } = await rowsOf(store);
    expect(await store.write(fenceExpiredLease(shards[0] as ShardRow, job))).toBe(true);
    expect(
      await store.write(
        checkpoint(mine, progressOf({ row: mine, purse: 0, unaccounted: 0, grantNo: 0 }), 2_000).change,
      ),
    ).toBe(false);
    expect((await rowsOf(store)).shards[0]).toMatchObject({
      generation: 2,
      leaseUntilMs: 0,
      grantNanos: 0,
      writtenOffNanos: 300,
    });
    expect((await rowsOf(store)).shards[0]?.leaseTask).toBeUndefined();
  });

  test.each([
    [{ leaseTask: undefined, consecutiveCrashes: 2 }, 2],
    [{ leaseTask: "gone", consecutiveCrashes: 2 }, 3],
    [
      {
        leaseTask: "gone",
        consecutiveCrashes: 2,
        generation: 4,
        partRanges: [{ generation: 4, fromSeq: 0, toSeq: 1 }],
      },
      0,
    ],
    [
      {
        leaseTask: "gone",
        consecutiveCrashes: 2,
        generation: 5,
        partRanges: [{ generation: 4, fromSeq: 0, toSeq: 1 }],
      },
      3,
    ],
    [{ leaseTask: "gone", consecutiveCrashes: 2, isLeasedAhead: true }, 2],
    [{ leaseTask: "gone", consecutiveCrashes: 2, isLeasedAhead: true, grantNanos: 1 }, 3],
    [{ leaseTask: "gone", consecutiveCrashes: 2, isLeasedAhead: false }, 3],
  ])("%j counts %i deaths in a row", (set, deaths) => {
    expect(crashesAtTakeover({ ...freshShard(0), ...set } as ShardRow)).toBe(deaths);
  });

  const SUSPECT = { slot: 4, generation: 7, crashes: 1 };
  test.each([
    ["died with the slot in hand", { leaseTask: "gone", generation: 7, suspectedSlot: SUSPECT }, 4],
    ["died before it took any", { leaseTask: "gone", generation: 8, suspectedSlot: SUSPECT }, undefined],
    ["gave its lease back", { leaseTask: undefined, generation: 7, suspectedSlot: SUSPECT }, undefined],
    [
      "was the first to die so",
      { leaseTask: "gone", generation: 7, suspectedSlot: { ...SUSPECT, crashes: 0 } },
      undefined,
    ],
    ["had nothing to be careful of", { leaseTask: "gone", generation: 7 }, undefined],
  ])("when the last careful worker %s, the slot to be set aside is %#", (_, set, slot) => {
    const row = { ...freshShard(0), ...set } as ShardRow;
    expect(poisonSlot({ ...row, suspectedSlot: suspectedSlotAtTakeover(row) })).toBe(slot);
  });

  test("another slot in hand is suspected anew, the same one goes on being", () => {
    const row = { ...freshShard(0), generation: 9, suspectedSlot: SUSPECT } as ShardRow;
    expect(suspectSlot(row, 4)).toEqual({ slot: 4, generation: 9, crashes: 1 });
    expect(suspectSlot(row, 5)).toEqual({ slot: 5, generation: 9, crashes: 0 });
  });
});

test("a job is started once, and a resumed one forgets how it ended", async () => {
  const store = freshStore();
  const { job } = await rowsOf(store);
  store.put(jobKey(JOB), {
    ...job,
    status: "QUEUED",
    outcome: "BUDGET_EXCEEDED",
    statusReason: "r",
    finishedAt: "f",
    startedAt: "s",
  });
  const queued = (await rowsOf(store)).job;
  expect(await store.write(startJob(queued, "now"))).toBe(true);
  expect(await store.write(startJob(queued, "later"))).toBe(false);
  const after = (await rowsOf(store)).job;
  expect(after).toMatchObject({ status: "RUNNING", ownerStatus: "o#RUNNING", startedAt: "s" });
  expect([after.outcome, after.statusReason, after.finishedAt]).toEqual([undefined, undefined, undefined]);
});
