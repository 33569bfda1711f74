import { setImmediate } from "node:timers/promises";
import { ConditionVariable } from "../../../worker/condition-variable.ts";
import { ConcurrencyLimiter, type ConcurrencyLimiterOptions } from "../../../worker/calls/concurrency-limiter.ts";
import { Lease } from "../../../worker/shard/lease.ts";
import { AbortSource } from "../../../worker/signal.ts";
import { SimClock } from "../sim-clock.ts";

const [CHEAP, DEAR] = ["amazon.nova-micro-v1:0", "us.anthropic.claude-haiku-4-5-20251001-v1:0"];
const SIZE = { bytes: 300, maxTokens: 100 };

function gateOf(most: number, limits?: ConcurrencyLimiterOptions["limits"]) {
  const clock = new SimClock();
  return {
    clock,
    limiter: new ConcurrencyLimiter({ maxCalls: most, clock, changed: new ConditionVariable(), limits }),
  };
}

/** Whether a call may start now; it is never released. */
async function beginsAtOnce(limiter: ConcurrencyLimiter, modelId: string): Promise<boolean> {
  const stop = new AbortController();
  const call = limiter.acquireCall(modelId, SIZE, stop.signal);
  stop.abort();
  return (await call) !== undefined;
}

describe("the limiter", () => {
  test("limits calls over all models together, first come, first served", async () => {
    const { limiter } = gateOf(2);
    const [first] = await Promise.all([limiter.acquireCall(CHEAP, SIZE), limiter.acquireCall(DEAR, SIZE)]);
    const begun: string[] = [];
    const waiting = [DEAR, CHEAP, DEAR].map(async (modelId, n) => {
      const call = await limiter.acquireCall(modelId, SIZE);
      begun.push(`${n}`);
      if (call) limiter.releaseCall(modelId, call);
    });
    if (first) limiter.releaseCall(CHEAP, first);
    await Promise.all(waiting);
    expect(begun).toEqual(["0", "1", "2"]);
  });

  test("a throttled model slows no other", async () => {
    const { limiter } = gateOf(8);
    const call = await limiter.acquireCall(CHEAP, SIZE);
    if (!call) throw new Error("It did not begin.");
    limiter.releaseCall(CHEAP, call);
    limiter.onThrottled(CHEAP, call, 1_000);
    expect(limiter.limitOf(CHEAP)).toBe(4);
    expect(limiter.limitOf(DEAR)).toBe(8);
    expect(await beginsAtOnce(limiter, CHEAP)).toBe(false);
    for (let n = 0; n < 8; n++) expect(await beginsAtOnce(limiter, DEAR)).toBe(true);
  });

  test("starts no call of the model before the service's Retry-After is over", async () => {
    const { limiter, clock } = gateOf(8);
    const call = await limiter.acquireCall(CHEAP, SIZE);
    if (!call) throw new Error("It did not begin.");
    limiter.releaseCall(CHEAP, call);
    limiter.onThrottled(CHEAP, call, 3_000);
    const again = await clock.run(limiter.acquireCall(CHEAP, SIZE));
    expect((again?.startedAtMs ?? 0) - call.startedAtMs).toBe(3_000);
  });

  test("spreads calls over the minute as the quotas require, and takes its share of them among several tasks", async () => {
    const { limiter, clock } = gateOf(1_000, { [CHEAP]: { requestsPerMinute: 600 } });
    const begin = async (calls: number) => {
      const beganMs = clock.monotonicMs();
      for (let n = 0; n < calls; n++) await clock.run(limiter.acquireCall(CHEAP, SIZE));
      return clock.monotonicMs() - beganMs;
    };
    expect(await begin(110)).toBeCloseTo(10_000, -2);
    limiter.shareQuota(4);
    expect(await begin(25)).toBeCloseTo(10_000, -3);
    expect(await beginsAtOnce(limiter, DEAR)).toBe(true);
  });

  test("a stop ends the wait, and leaves the permit to others", async () => {
    const { limiter } = gateOf(1);
    const call = await limiter.acquireCall(CHEAP, SIZE);
    const stop = new AbortController();
    const stopped = limiter.acquireCall(CHEAP, SIZE, stop.signal);
    const next = limiter.acquireCall(CHEAP, SIZE);
    stop.abort();
    expect(await stopped).toBeUndefined();
    if (call) limiter.releaseCall(CHEAP, call);
    expect(await next).toBeDefined();
    expect(await limiter.acquireCall(CHEAP, SIZE, stop.signal)).toBeUndefined();
  });

  test("a stop that triggers another ends each wait once: other shards keep waiting", async () => {
    const { limiter } = gateOf(1);
    const call = await limiter.acquireCall(CHEAP, SIZE);
    const [stopping, over] = [new AbortSource(), new AbortSource()];
    stopping.addEventListener("abort", () => over.abort());
    const stopped = limiter.acquireCall(CHEAP, SIZE, stopping, over);
    const ofOthers = limiter.acquireCall(CHEAP, SIZE, new AbortSource());
    stopping.abort();
    expect(await stopped).toBeUndefined();
    if (call) limiter.releaseCall(CHEAP, call);
    expect(await Promise.race([ofOthers, setImmediate("it waits for ever")])).not.toBe("it waits for ever");
  });

  test("admits a sixteenth more records than calls, and notifies when one leaves", async () => {
    const changed = new ConditionVariable();
    const limiter = new ConcurrencyLimiter({ maxCalls: 16, clock: new SimClock(), changed });
    for (let n = 0; n < 16; n++) limiter.enterRecord();
    expect(limiter.canAdmitRecord).toBe(true);
    limiter.enterRecord();
    expect(limiter.canAdmitRecord).toBe(false);
    const notified = changed.wait();
    limiter.leaveRecord();
    await notified;
    expect(limiter.canAdmitRecord).toBe(true);
  });

  test("admits an exclusive record when it is empty, and no other until it leaves", () => {
    const { limiter } = gateOf(16);
    limiter.enterRecord();
    expect(limiter.hasNoRecords).toBe(false);
    limiter.leaveRecord();
    expect(limiter.hasNoRecords).toBe(true);
    limiter.enterRecord(true);
    expect(limiter.canAdmitRecord).toBe(false);
    limiter.leaveRecord();
    expect(limiter.canAdmitRecord).toBe(true);
  });
});

describe("a lease", () => {
  test("lets calls start for half its length after a renewal was requested, and expires before others may take it", async () => {
    const clock = new SimClock();
    let endedAtMs = 0;
    const beganAtMs = clock.monotonicMs();
    const lease = new Lease(
      clock,
      60_000,
      beganAtMs,
      new ConditionVariable(),
      () => (endedAtMs = clock.monotonicMs() - beganAtMs),
    );
    clock.skip(29_999);
    expect(lease.isFresh).toBe(true);
    clock.skip(1);
    expect(lease.isFresh).toBe(false);
    lease.renewed(beganAtMs + 20_000);
    expect(lease.isFresh).toBe(true);
    await clock.run(new Promise<void>((resolve) => clock.after(100_000, resolve)));
    expect(endedAtMs).toBeGreaterThan(20_000 + 30_000);
    expect(endedAtMs).toBeLessThan(20_000 + 60_000);
  });
});
