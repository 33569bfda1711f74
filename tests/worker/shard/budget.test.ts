import { boundOf } from "#core/template/bound";
import { parseTemplate } from "#core/template/parse";
import { budgetKey } from "#core/keys";
import { findModel } from "#core/models/models";
import { priceOf } from "#core/money/money";
import type { Change } from "#core/change";
import { sleep, type Ports } from "../../../worker/ports.ts";
import { JOB, World, TWO_STEPS } from "../world.ts";

const BOUND = boundOf(parseTemplate(TWO_STEPS)).costNanos;
/** Its four calls start together. */
const CALLS_AT_ONCE = `
name: Numbers
pick: { movie: movies }
steps:
  - id: each
    model: amazon.nova-micro-v1:0
    forEach: "[1, 2, 3, 4]"
    atMost: 4
    prompt: Write a line about <%= it.movie.title %>.
    maxTokens: 100
    maxPromptBytes: 1000
record: { lines: it.steps.each.outputs }
`;
const SIX_SHARDS = Array.from({ length: 6 }, (_, n) => ({ from: n * 100, to: (n + 1) * 100 }));

describe("a job's budget", () => {
  test.each([3.5, 10, 20.25])(
    "stops it within one record's worst case of the limit (%f worst cases)",
    async (bounds) => {
      const budgetNanos = Math.floor(BOUND * bounds);
      const world = new World({ records: 3_000, shards: [{ from: 0, to: 3_000 }], budgetNanos });
      await world.work();
      expect(world.job).toMatchObject({ status: "BUDGET_EXCEEDED", outcome: "BUDGET_EXCEEDED" });
      expect(world.job.statusReason).toContain("resume with a larger budget");
      expect(world.loggedNanos).toBeLessThanOrEqual(budgetNanos);
      expect(world.loggedNanos).toBeGreaterThan(budgetNanos - BOUND);
      expect(world.spentNanos).toBe(world.loggedNanos);
      expect(world.budget.remainingNanos).toBe(budgetNanos - world.spentNanos);
      expect(world.shards[0]?.state).toBe("PARKED");
      // Every record whose last step was paid for is in the dataset.
      const finished = world.model.log.filter(({ request }) => request.schema).length;
      expect(world.lines("dataset.jsonl")).toHaveLength(finished);
    },
  );

  test("raised, lets it resume without paying for any call again", async () => {
    const world = new World({ records: 100, budgetNanos: Math.floor(BOUND * 1.5) });
    await world.work();
    expect(world.job.status).toBe("BUDGET_EXCEEDED");
    world.resume(BOUND * 100);
    await world.work();
    expect(world.job).toMatchObject({ status: "COMPLETED", openShards: 0 });
    expect(world.job.statusReason).toBeUndefined();
    expect(world.lines("dataset.jsonl")).toHaveLength(100);
    expect(world.model.log).toHaveLength(200);
    expect(new Set(world.model.log.map(({ request }) => request.prompt + request.modelId)).size).toBeLessThanOrEqual(
      200,
    );
    expect(world.spentNanos).toBe(world.loggedNanos);
  });

  test("is accounted for by step, model and day in every report", async () => {
    const world = new World({ records: 200 });
    await world.work();
    const reports = world.reporter.reports.map(({ report }) => report);
    for (const { spending, spentNanos } of reports)
      expect(spending.reduce((sum, { costNanos }) => sum + costNanos, 0)).toBe(spentNanos);
    expect(reports.at(-1)?.spending).toEqual(world.shards[0]?.spending);
    expect(reports.at(-1)?.spending.reduce((sum, { calls }) => sum + calls, 0)).toBe(world.model.log.length);
  });

  test("too small for one record stops the job before any call", async () => {
    const world = new World({ records: 10, budgetNanos: BOUND - 1 });
    await world.work();
    expect(world.job.status).toBe("BUDGET_EXCEEDED");
    expect(world.model.begun).toBe(0);
    expect(world.lines("dataset.jsonl")).toEqual([]);
  });

  test("shared by several shards and workers is used up to one record's worst case", async () => {
    const budgetNanos = Math.floor(BOUND * 3.5);
    const world = new World({ records: 600, shards: SIX_SHARDS, budgetNanos });
    await world.clock.run(Promise.all([world.start(), world.start(), world.start()]));
    await world.workUntilRest();
    expect(world.job.status).toBe("BUDGET_EXCEEDED");
    expect(world.loggedNanos).toBeLessThanOrEqual(budgetNanos);
    expect(world.budget.remainingNanos).toBeLessThan(BOUND);
    expect(world.accountedNanos).toBe(budgetNanos);
    expect(world.spentNanos).toBe(world.loggedNanos);
  });

  describe("with a server that counts more tokens than maxTokens", () => {
    function overcounting(budgetNanos: number, records: number): World {
      const world = new World({ records, budgetNanos });
      const { model } = world;
      const converse = model.converse.bind(model);
      model.converse = async (request, signal) => ({
        ...(await converse(request, signal)),
        server: "http://127.0.0.1:9/v1",
        usage: { inputTokens: 20, outputTokens: 5_000 },
      });
      return world;
    }

    test("is charged what it counts, and the job goes on", async () => {
      const world = overcounting(1_000 * BOUND, 40);
      await world.work();
      expect(world.job.status).toBe("COMPLETED");
      const outputTokens = world.shards.reduce((sum, shard) => sum + shard.outputTokens, 0);
      expect(outputTokens).toBe(80 * 5_000);
      expect(world.shards.flatMap(({ spending }) => spending).reduce((sum, { calls }) => sum + calls, 0)).toBe(80);
      expect(world.spentNanos).toBeGreaterThan(40 * BOUND);
      expect(world.accountedNanos).toBe(1_000 * BOUND);
      expect(world.warnings.join()).toContain(
        "The model server at http://127.0.0.1:9/v1, which stands in for amazon.nova-micro-v1:0, counted 5,000 output tokens where maxTokens allows 100.",
      );
    });

    test("parks with what the next record needs, so that no worker leases the shard in vain", async () => {
      const world = overcounting(100 * BOUND, 400);
      world.settings.concurrency = 1;
      await world.work();
      expect(world.job.statusReason).toMatch(/^The next record could cost up to .* counted 5,000 output tokens/);
      expect(world.shards[0]?.parkedNeed?.nanos).toBeGreaterThan(world.budget.remainingNanos);
      world.resume(5_000 * BOUND);
      await world.work();
      expect(world.job.status).toBe("COMPLETED");
      expect(world.accountedNanos).toBe(5_100 * BOUND);
    });

    test("pays for the calls beside an overrun, which has used up what was reserved for them", async () => {
      const world = new World({ records: 1, template: CALLS_AT_ONCE, budgetNanos: 1_000_000_000 });
      const { model } = world;
      const converse = model.converse.bind(model);
      model.latencyMs = (callNo) => (callNo === 0 ? 10 : 500);
      let calls = 0;
      model.converse = async (request, signal) => {
        const isFirst = calls++ === 0;
        const answer = await converse(request, signal);
        // More than the worst case of all records in flight, so that nothing of the grant is left for the others.
        return { ...answer, usage: isFirst ? { inputTokens: 20, outputTokens: 100_000 } : undefined };
      };
      await world.work();
      expect(world.job.statusReason).toBeUndefined();
      expect(world.job.status).toBe("COMPLETED");
      const { spending = [], spentNanos, inputTokens, outputTokens } = world.shards[0]!;
      expect(outputTokens).toBe(100_000 + 3 * 100);
      expect(spending.reduce((sum, { calls: counted }) => sum + counted, 0)).toBe(4);
      expect(spending.reduce((sum, { costNanos }) => sum + costNanos, 0)).toBe(spentNanos);
      expect(spentNanos).toBe(priceOf(findModel("amazon.nova-micro-v1:0")!, inputTokens, outputTokens));
      expect(world.accountedNanos).toBe(1_000_000_000);
    });

    test("stops before it is passed, and says whose counts those are", async () => {
      const world = overcounting(30 * BOUND, 200);
      await world.work();
      expect(world.job.status).toBe("BUDGET_EXCEEDED");
      expect(world.job.statusReason).toMatch(
        /The model server at http:\/\/127\.0\.0\.1:9\/v1, which stands in for amazon\.nova-.*, counted 5,000 output tokens/,
      );
      expect(world.spentNanos).toBeLessThanOrEqual(30 * BOUND);
      expect(world.accountedNanos).toBe(30 * BOUND);
    });
  });

  test("an answer without usage is charged its worst case", async () => {
    const world = new World({ records: 5 });
    const { model } = world;
    const converse = model.converse.bind(model);
    model.converse = async (request, signal) => ({ ...(await converse(request, signal)), usage: undefined });
    await world.work();
    expect(world.job.status).toBe("COMPLETED");
    expect(world.spentNanos).toBeGreaterThan(world.loggedNanos);
    expect(world.accountedNanos).toBe(world.budget.budgetNanos);
  });

  test("is drawn from by a fast-spending shard's checkpoints, without extra writes", async () => {
    const world = new World({ records: 2_000, shards: [{ from: 0, to: 2_000 }] });
    const { ports, drawn } = watched(world);
    await world.work(undefined, ports);
    expect(world.job.status).toBe("COMPLETED");
    expect(drawn.withCheckpoints).toBeGreaterThan(4);
    // The first, for everything that may be in flight, and more until the speed is known.
    expect(drawn.alone).toBeLessThanOrEqual(3);
    expect(world.accountedNanos).toBe(world.budget.budgetNanos);
  });

  test("that is slow to grant leaves no permit idle: more is drawn ahead of need", async () => {
    const world = new World({ records: 600, shards: [{ from: 0, to: 600 }] });
    // So that hardly any checkpoint draws money.
    world.settings.flushIntervalMs = 20_000;
    const { ports } = watched(world);
    const { write } = ports.store;
    ports.store.write = async (change) => {
      if (change.writes.some(({ add }) => (add?.remainingNanos ?? 0) < 0)) await sleep(world.clock, 400);
      return await write(change);
    };
    let fewest = Infinity;
    world.model.latencyMs = (callNo) => {
      // Not while the first permits are taken, nor at the end.
      if (callNo > 50 && callNo < 1_100) fewest = Math.min(fewest, world.model.inFlight);
      return 100 + (callNo % 7) * 10;
    };
    await world.work(undefined, ports);
    expect(world.job.status).toBe("COMPLETED");
    expect(fewest).toBeGreaterThan(4);
  });

  test("emptied by others just before a checkpoint draws from it does not fail the checkpoint", async () => {
    const world = new World({ records: 2_000, shards: [{ from: 0, to: 2_000 }] });
    const { ports, drawn } = watched(world, () => {
      const { remainingNanos, writtenOffNanos } = world.budget;
      const gone = { remainingNanos: 0, writtenOffNanos: writtenOffNanos + remainingNanos };
      world.store.put(budgetKey(JOB), { ...world.budget, ...gone });
    });
    await world.work(undefined, ports);
    expect(drawn.withCheckpoints).toBe(1);
    expect(world.job.status).toBe("BUDGET_EXCEEDED");
    expect(world.spentNanos).toBe(world.loggedNanos);
    expect(world.accountedNanos).toBe(world.budget.budgetNanos);
    const { delivered, generation } = world.shards[0]!;
    expect(generation).toBe(1);
    expect(world.lines("dataset.jsonl")).toHaveLength(delivered);
  });
});

/** Counts how money was drawn; `before` runs before a checkpoint draws. */
function watched(world: World, before: () => void = () => {}): { ports: Ports; drawn: Drawn } {
  const drawn = { alone: 0, withCheckpoints: 0 };
  const ports = world.ports();
  const write = (change: Change) => {
    if (change.writes.some(({ add }) => (add?.remainingNanos ?? 0) < 0)) {
      const isCheckpoint = change.writes.some(({ set }) => set?.checkpointNo !== undefined);
      if (isCheckpoint) before();
      drawn[isCheckpoint ? "withCheckpoints" : "alone"] += 1;
    }
    return world.store.write(change);
  };
  const { store } = world;
  return {
    ports: { ...ports, store: { read: (key) => store.read(key), readAll: (keys) => store.readAll(keys), write } },
    drawn,
  };
}

interface Drawn {
  alone: number;
  withCheckpoints: number;
}
