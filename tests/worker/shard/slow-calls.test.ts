/** Calls that take much longer than others: work goes on beside them, and none is cut for being slow. */
import { hashOf } from "#core/random";
import { callTimeLimitMs } from "#core/models/time-limit";
import { boundOf, callBound } from "#core/template/bound";
import { parseTemplate } from "#core/template/parse";
import { isLeased } from "#core/shard/lease";
import type { ModelRequest } from "../../../worker/ports.ts";
import { World } from "../world.ts";

const ONE_STEP = `
name: Film questions
pick: { movie: movies }
steps:
  - { id: question, tier: economy, prompt: "Ask about <%= it.movie.title %>.", maxTokens: 8000, maxPromptBytes: 1000 }
record:
  question: it.steps.question.output
`;
const MINUTE_MS = 60_000;

interface JobOfShards {
  readonly shards: number;
  readonly perShard: number;
  readonly concurrency: number;
  /** By the number of the call. */
  readonly latencyMs: (callNo: number) => number;
}

function worldOf({ shards, perShard, concurrency, latencyMs }: JobOfShards): World {
  const world = new World({
    records: shards * perShard,
    template: ONE_STEP,
    shards: Array.from({ length: shards }, (_, n) => ({ from: n * perShard, to: (n + 1) * perShard })),
    behaviour: ({ prompt }) => `What of ${prompt}?`,
  });
  world.settings.concurrency = concurrency;
  world.model.latencyMs = latencyMs;
  return world;
}

const usualMs = (callNo: number) => 600 + (hashOf("usual", callNo) % 400);

/** The share of the places in use from when all were until the last call began. */
async function placesInUse(world: World): Promise<number> {
  const { clock, model, settings, job } = world;
  let [fullAtMs, changedAtMs, busyMs, share] = [Infinity, 0, 0, 0];
  const { latencyMs } = model;
  const advance = (calls: number) => {
    if (fullAtMs < Infinity) busyMs += calls * (clock.nowMs() - changedAtMs);
    changedAtMs = clock.nowMs();
  };
  model.latencyMs = (callNo) => {
    advance(model.inFlight - 1);
    if (model.inFlight === settings.concurrency) fullAtMs = Math.min(fullAtMs, clock.nowMs());
    if (callNo === job.recordCount - 1) share = busyMs / (settings.concurrency * (clock.nowMs() - fullAtMs));
    return latencyMs(callNo);
  };
  const { behaviour } = model;
  model.behaviour = (request, callNo) => {
    advance(model.inFlight + 1);
    return behaviour(request, callNo);
  };
  await world.work();
  expect(world.job.status).toBe("COMPLETED");
  expect(world.model.begun).toBe(job.recordCount);
  return share;
}

test("one call in a hundred that takes half a minute leaves no place empty", async () => {
  const latencyMs = (callNo: number) => (hashOf("slow", callNo) % 100 === 0 ? 30_000 : usualMs(callNo));
  const world = worldOf({ shards: 3, perShard: 500, concurrency: 32, latencyMs });
  expect(await placesInUse(world)).toBeGreaterThan(0.95);
});

test("work goes on in other shards once a shard may go no further beyond a slow call", async () => {
  const latencyMs = (callNo: number) => (callNo === 20 ? 30_000 : usualMs(callNo));
  const world = worldOf({ shards: 6, perShard: 200, concurrency: 16, latencyMs });
  world.settings.windowSlots = 50;
  const spans: number[] = [];
  const { putIfAbsent } = world.objects;
  world.objects.putIfAbsent = async (name, body) => {
    const [head = "{}"] = String(body).split("\n");
    if (name.startsWith("parts/")) spans.push(...(JSON.parse(head) as { done: number[][] }).done.map(lengthOf));
    await putIfAbsent.call(world.objects, name, body);
  };
  expect(await placesInUse(world)).toBeGreaterThan(0.95);
  expect(Math.max(...spans)).toBeLessThan(50);
  expect(Math.max(...spans)).toBeGreaterThan(40);
});

const lengthOf = ([from = 0, to = 0]: number[]) => to - from;

test("a worker runs at most 32 shards at once, however many wait for a slow call", async () => {
  const latencyMs = (callNo: number) => (callNo % 3 === 0 ? 10 * MINUTE_MS : 100);
  const world = worldOf({ shards: 40, perShard: 3, concurrency: 100, latencyMs });
  let most = 0;
  const watch = () => {
    const leased = world.shards.filter((shard) => isLeased(shard, world.clock.nowMs())).length;
    most = Math.max(most, leased);
    if (world.job.status !== "COMPLETED") world.clock.after(1_000, watch);
  };
  watch();
  await world.work();
  expect(world.job.status).toBe("COMPLETED");
  expect(most).toBe(32);
});

test("while a shard only waits for a slow call, it holds no more of the budget than that call may cost", async () => {
  const heldNanos: number[] = [];
  const latencyMs = (callNo: number) => {
    if (callNo !== 3) return 500;
    const hold = () => heldNanos.push(world.shards.reduce((sum, { grantNanos }) => sum + grantNanos, 0));
    for (const ms of [1_000, 2 * MINUTE_MS]) world.clock.after(ms, hold);
    return 3 * MINUTE_MS;
  };
  const world = worldOf({ shards: 2, perShard: 40, concurrency: 8, latencyMs });
  await world.work();
  const { costNanos } = boundOf(parseTemplate(ONE_STEP));
  expect(heldNanos[0]).toBeGreaterThan(4 * costNanos);
  expect(heldNanos[1]).toBe(costNanos);
  expect(world.accountedNanos).toBe(world.budget.budgetNanos);
  expect(world.spentNanos).toBe(world.loggedNanos);
});

test.each([
  ["8,000 tokens at 60 a second", (8_000 * 1_000) / 60],
  ["ten minutes, as from a small machine", 10 * MINUTE_MS],
])("answers that take %s are delivered, and paid once", async (_, latencyMs) => {
  const world = worldOf({ shards: 2, perShard: 6, concurrency: 4, latencyMs: () => latencyMs });
  expect(latencyMs).toBeGreaterThan(world.settings.leaseMs);
  await world.work();
  expect(world.lines("dataset.jsonl")).toHaveLength(12);
  expect(world.model.begun).toBe(12);
  expect(world.spentNanos).toBe(world.loggedNanos);
  expect(world.shards.map(({ generation }) => generation)).toEqual([1, 1]);
});

test("a call that hangs is aborted and charged its worst case, and may take twice as long the next time", async () => {
  const begunAtMs: number[] = [];
  const latencyMs = (callNo: number) => {
    begunAtMs.push(world.clock.nowMs());
    // Its second attempt comes when all other records are done.
    return callNo === 2 || callNo === 20 ? 1e9 : 200;
  };
  const world = worldOf({ shards: 1, perShard: 20, concurrency: 4, latencyMs });
  await world.work();
  expect(world.lines("dataset.jsonl")).toHaveLength(20);
  const [first = 0, second = 0, third = 0] = [2, 20, 21].map((callNo) => begunAtMs[callNo]);
  const limitMs = callTimeLimitMs({ maxTokens: 8_000, unanswered: 0 });
  expect(Math.abs(second - first - limitMs)).toBeLessThan(1_000);
  expect(Math.abs(third - second - 2 * limitMs)).toBeLessThan(1_000);
  const [step] = parseTemplate(ONE_STEP).steps;
  const [{ prompt, modelId }] = world.model.log.map(({ request }) => request) as [ModelRequest];
  const { costNanos } = callBound(step!, modelId, Buffer.byteLength(prompt));
  expect(world.spentNanos - world.loggedNanos).toBe(2 * costNanos);
  const problems = world.reporter.reports.map(({ report }) => report.modelProblem);
  expect(problems).toContain("The model amazon.nova-micro-v1:0 has answered none of its calls for 3 minutes.");
});
