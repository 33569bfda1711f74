import { setImmediate } from "node:timers/promises";
import { Bell } from "../../../worker/condition-variable.ts";
import { Gate, type ConcurrencyLimiterOptions } from "../../../worker/calls/concurrency-limiter.ts";
import { Lease } from "../../../worker/shard/lease.ts";
import { Stop } from "../../../worker/signal.ts";
import { SimClock } from "../sim-clock.ts";

const [CHEAP, DEAR] = ["amazon.nova-micro-v1:0", "us.anthropic.claude-haiku-4-5-20251001-v1:0"];
const SIZE = { bytes: 300, maxTokens: 100 };

function gateOf(most: number, limits?: ConcurrencyLimiterOptions["limits"]) {
  const clock = new SimClock();
  return { clock, gate: new Gate({ most, clock, bell: new Bell(), limits }) };
}

/** Whether a call may begin now; it is never ended. */
async function beginsAtOnce(gate: Gate, modelId: string): Promise<boolean> {
  const stop = new AbortController();
  const call = gate.beginCall(modelId, SIZE, stop.signal);
  stop.abort();
  return (await call) !== undefined;
}

describe("the gate", () => {
  test("keeps to its most calls over all models together, and lets the longest waiting begin first", async () => {
    const { gate } = gateOf(2);
    const [first] = await Promise.all([gate.beginCall(CHEAP, SIZE), gate.beginCall(DEAR, SIZE)]);
    const begun: string[] = [];
    const waiting = [DEAR, CHEAP, DEAR].map(async (modelId, n) => {
      const call = await gate.beginCall(modelId, SIZE);
      begun.push(`${n}`);
      if (call) gate.endCall(modelId, call);
    });
    if (first) gate.endCall(CHEAP, first);
    await Promise.all(waiting);
    expect(begun).toEqual(["0", "1", "2"]);
  });

  test("a model that is throttled slows no other", async () => {
    const { gate } = gateOf(8);
    const call = await gate.beginCall(CHEAP, SIZE);
    if (!call) throw new Error("It did not begin.");
    gate.endCall(CHEAP, call);
    gate.throttled(CHEAP, call, 1_000);
    expect(gate.limitOf(CHEAP)).toBe(4);
    expect(gate.limitOf(DEAR)).toBe(8);
    expect(await beginsAtOnce(gate, CHEAP)).toBe(false);
    for (let n = 0; n < 8; n++) expect(await beginsAtOnce(gate, DEAR)).toBe(true);
  });

  test("lets no call of the model begin before the service's Retry-After is over", async () => {
    const { gate, clock } = gateOf(8);
    const call = await gate.beginCall(CHEAP, SIZE);
    if (!call) throw new Error("It did not begin.");
    gate.endCall(CHEAP, call);
    gate.throttled(CHEAP, call, 3_000);
    const again = await clock.run(gate.beginCall(CHEAP, SIZE));
    expect((again?.begunAtMs ?? 0) - call.begunAtMs).toBe(3_000);
  });

  test("spreads calls over the minute as the limits say, and takes a share of them among several tasks", async () => {
    const { gate, clock } = gateOf(1_000, { [CHEAP]: { requestsPerMinute: 600 } });
    const begin = async (calls: number) => {
      const beganMs = clock.monotonicMs();
      for (let n = 0; n < calls; n++) await clock.run(gate.beginCall(CHEAP, SIZE));
      return clock.monotonicMs() - beganMs;
    };
    expect(await begin(110)).toBeCloseTo(10_000, -2);
    gate.shareAmong(4);
    expect(await begin(25)).toBeCloseTo(10_000, -3);
    expect(await beginsAtOnce(gate, DEAR)).toBe(true);
  });

  test("a stop ends the waiting, and leaves the place to others", async () => {
    const { gate } = gateOf(1);
    const call = await gate.beginCall(CHEAP, SIZE);
    const stop = new AbortController();
    const stopped = gate.beginCall(CHEAP, SIZE, stop.signal);
    const next = gate.beginCall(CHEAP, SIZE);
    stop.abort();
    expect(await stopped).toBeUndefined();
    if (call) gate.endCall(CHEAP, call);
    expect(await next).toBeDefined();
    expect(await gate.beginCall(CHEAP, SIZE, stop.signal)).toBeUndefined();
  });

  test("a stop that sets off another ends each waiting once: those of other shards go on waiting", async () => {
    const { gate } = gateOf(1);
    const call = await gate.beginCall(CHEAP, SIZE);
    const [stopping, over] = [new Stop(), new Stop()];
    stopping.addEventListener("abort", () => over.abort());
    const stopped = gate.beginCall(CHEAP, SIZE, stopping, over);
    const ofOthers = gate.beginCall(CHEAP, SIZE, new Stop());
    stopping.abort();
    expect(await stopped).toBeUndefined();
    if (call) gate.endCall(CHEAP, call);
    expect(await Promise.race([ofOthers, setImmediate("it waits for ever")])).not.toBe("it waits for ever");
  });

  test("has room for a sixteenth more records than calls, and rings when one leaves", async () => {
    const bell = new Bell();
    const gate = new Gate({ most: 16, clock: new SimClock(), bell });
    for (let n = 0; n < 16; n++) gate.enter();
    expect(gate.hasRoom).toBe(true);
    gate.enter();
    expect(gate.hasRoom).toBe(false);
    const heard = bell.heard();
    gate.leave();
    await heard;
    expect(gate.hasRoom).toBe(true);
  });

  test("lets a record that has to be alone in when it is empty, and nobody else until it leaves", () => {
    const { gate } = gateOf(16);
    gate.enter();
    expect(gate.isEmpty).toBe(false);
    gate.leave();
    expect(gate.isEmpty).toBe(true);
    gate.enter(true);
    expect(gate.hasRoom).toBe(false);
    gate.leave();
    expect(gate.hasRoom).toBe(true);
  });
});

describe("a lease", () => {
  test("lets calls begin for half its length after a renewal was asked for, and ends before others may take it", async () => {
    const clock = new SimClock();
    let endedAtMs = 0;
    const beganAtMs = clock.monotonicMs();
    const lease = new Lease(clock, 60_000, beganAtMs, new Bell(), () => (endedAtMs = clock.monotonicMs() - beganAtMs));
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
