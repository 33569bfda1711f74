import fc from "fast-check";
import { TokenBucket } from "#core/models/token-bucket";
import { AdaptiveLimit, type LimitedCall } from "#core/models/adaptive-limit";

const SIZE = { bytes: 300, maxTokens: 100 };

function begin(pace: AdaptiveLimit, calls: number, nowMs: number): LimitedCall[] {
  return Array.from({ length: calls }, () => pace.acquire(SIZE, nowMs));
}

function refuse(pace: AdaptiveLimit, calls: readonly LimitedCall[], nowMs: number): void {
  for (const call of calls) {
    pace.release(call, nowMs);
    pace.onThrottled(call, nowMs);
  }
}

function answer(pace: AdaptiveLimit, calls: readonly LimitedCall[], nowMs: number): void {
  for (const call of calls) {
    pace.release(call, nowMs);
    pace.onSuccess(call, nowMs);
  }
}

describe("the pace of a model", () => {
  test("halves once for all calls that were in flight together, and not below one", () => {
    const pace = new AdaptiveLimit(32, {}, 1, 0);
    const [early, late] = [begin(pace, 20, 100), begin(pace, 12, 100)];
    refuse(pace, early, 200);
    expect(pace.limit).toBe(16);
    refuse(pace, late, 250);
    expect(pace.limit).toBe(16);
    for (let n = 3; n < 20; n++) refuse(pace, begin(pace, 1, n * 100), n * 100 + 50);
    expect(pace.limit).toBe(1);
  });

  test("comes back quickly to what was borne beside refusals, and creeps up from there only after a while", () => {
    const pace = new AdaptiveLimit(128, {}, 1, 0);
    const [borne, refused] = [begin(pace, 40, 0), begin(pace, 30, 0)];
    refuse(pace, refused, 10);
    answer(pace, borne, 200);
    // Those begun before the halving say nothing.
    expect(pace.limit).toBe(64);
    refuse(pace, begin(pace, 64, 300).slice(0, 24), 310);
    expect(pace.limit).toBe(32);
    answer(pace, begin(pace, 4, 400), 600);
    expect(pace.limit).toBe(36);
    answer(pace, begin(pace, 50, 700), 900);
    expect(pace.limit).toBe(40);
    answer(pace, begin(pace, 41, 15_400), 15_600);
    expect(pace.limit).toBe(41);
  });

  test("does not creep up where it is not used", () => {
    const pace = new AdaptiveLimit(64, {}, 1, 0);
    refuse(pace, begin(pace, 1, 0), 1);
    expect(pace.limit).toBe(32);
    for (let n = 0; n < 100; n++) answer(pace, begin(pace, 1, 20_000 + n), 20_001 + n);
    expect(pace.limit).toBe(32);
  });

  test("a call waits for the longer of two Retry-Afters, and for one that must end", () => {
    const pace = new AdaptiveLimit(2, {}, 1, 0);
    const [call] = begin(pace, 1, 0);
    if (!call) throw new Error("There is no call.");
    pace.release(call, 100);
    pace.onThrottled(call, 100, 5_000);
    pace.onThrottled(call, 200, 1_000);
    expect(pace.waitMs(SIZE, 300)).toBe(4_800);
    expect(pace.waitMs(SIZE, 5_100)).toBe(0);
    begin(pace, 1, 5_100);
    expect(pace.waitMs(SIZE, 9_000)).toBe(Infinity);
  });

  test("counts tokens as Bedrock does: input and maxTokens at the start, what was used after, an output token as its model says", () => {
    const pace = new AdaptiveLimit(100, { tokensPerMinute: 60_000 }, 5, 0);
    // A thousand tokens may be saved up; the call takes 100 + 100 of them.
    const [call] = begin(pace, 1, 0);
    if (!call) throw new Error("There is no call.");
    expect(call.reservedTokens).toBe(200);
    pace.release(call, 0, { inputTokens: 150, outputTokens: 20 });
    // 150 + 5 × 20 were used, 750 are left, and half a token a byte is known now: 300 × 0.5 + 1,000 do not fit.
    expect(pace.waitMs({ bytes: 300, maxTokens: 600 }, 0)).toBe(0);
    expect(pace.waitMs({ bytes: 300, maxTokens: 650 }, 0)).toBe(50);
    // What is larger than can be saved begins when that is there.
    expect(pace.waitMs({ bytes: 300, maxTokens: 90_000 }, 0)).toBe(250);
  });
});

describe("an allowance", () => {
  test("gives in no minute more than itself, a second's share, and what the last taker took beyond", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 0, max: 20_000 })), { maxLength: 200 }),
        (perMinute, wishes) => {
          const allowance = new TokenBucket(perMinute, 0);
          const taken: { atMs: number; amount: number }[] = [];
          let nowMs = 0;
          for (const [amount, pauseMs] of wishes) {
            nowMs += pauseMs;
            nowMs += allowance.waitMs(amount, nowMs);
            expect(allowance.waitMs(amount, nowMs)).toBe(0);
            allowance.take(amount, nowMs);
            taken.push({ atMs: nowMs, amount });
          }
          for (const { atMs } of taken) {
            const within = taken.filter((other) => other.atMs > atMs - 60_000 && other.atMs <= atMs);
            const sum = within.reduce((total, { amount }) => total + amount, 0);
            const last = within.at(-1)?.amount ?? 0;
            expect(sum).toBeLessThanOrEqual(perMinute + perMinute / 60 + last + 1e-6);
          }
        },
      ),
    );
  });

  test("loses nothing: whoever always waits gets all of it", () => {
    const allowance = new TokenBucket(600, 0);
    let nowMs = 0;
    let taken = 0;
    while (nowMs < 120_000) {
      nowMs += allowance.waitMs(3, nowMs);
      allowance.take(3, nowMs);
      taken += 3;
    }
    expect(taken).toBeGreaterThan(1_190);
  });

  test("what was not used comes back, what was used beyond is waited for, and a smaller share holds at once", () => {
    const allowance = new TokenBucket(60_000, 0);
    allowance.take(1_000, 0);
    expect(allowance.waitMs(500, 0)).toBe(500);
    allowance.refund(400, 0);
    expect(allowance.waitMs(500, 0)).toBe(100);
    allowance.refund(-900, 0);
    expect(allowance.waitMs(500, 0)).toBe(1_000);
    allowance.setRate(6_000, 0);
    expect(allowance.waitMs(100, 0)).toBe(6_000);
  });
});
