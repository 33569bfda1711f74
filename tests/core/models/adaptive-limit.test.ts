import fc from "fast-check";
import { TokenBucket } from "#core/models/token-bucket";
import { AdaptiveLimit, type LimitedCall } from "#core/models/adaptive-limit";

const SIZE = { bytes: 300, maxTokens: 100 };

function begin(limit: AdaptiveLimit, calls: number, nowMs: number): LimitedCall[] {
  return Array.from({ length: calls }, () => limit.acquire(SIZE, nowMs));
}

function refuse(limit: AdaptiveLimit, calls: readonly LimitedCall[], nowMs: number): void {
  for (const call of calls) {
    limit.release(call, nowMs);
    limit.onThrottled(call, nowMs);
  }
}

function answer(limit: AdaptiveLimit, calls: readonly LimitedCall[], nowMs: number): void {
  for (const call of calls) {
    limit.release(call, nowMs);
    limit.onSuccess(call, nowMs);
  }
}

describe("an adaptive limit", () => {
  test("halves once for all calls that were in flight together, and not below one", () => {
    const limit = new AdaptiveLimit(32, {}, 1, 0);
    const [early, late] = [begin(limit, 20, 100), begin(limit, 12, 100)];
    refuse(limit, early, 200);
    expect(limit.limit).toBe(16);
    refuse(limit, late, 250);
    expect(limit.limit).toBe(16);
    for (let n = 3; n < 20; n++) refuse(limit, begin(limit, 1, n * 100), n * 100 + 50);
    expect(limit.limit).toBe(1);
  });

  test("recovers quickly to what was sustained beside throttled calls, and probes higher only after a while", () => {
    const limit = new AdaptiveLimit(128, {}, 1, 0);
    const [borne, refused] = [begin(limit, 40, 0), begin(limit, 30, 0)];
    refuse(limit, refused, 10);
    answer(limit, borne, 200);
    // Those begun before the halving say nothing.
    expect(limit.limit).toBe(64);
    refuse(limit, begin(limit, 64, 300).slice(0, 24), 310);
    expect(limit.limit).toBe(32);
    answer(limit, begin(limit, 4, 400), 600);
    expect(limit.limit).toBe(36);
    answer(limit, begin(limit, 50, 700), 900);
    expect(limit.limit).toBe(40);
    answer(limit, begin(limit, 41, 15_400), 15_600);
    expect(limit.limit).toBe(41);
  });

  test("does not probe while it is not used", () => {
    const limit = new AdaptiveLimit(64, {}, 1, 0);
    refuse(limit, begin(limit, 1, 0), 1);
    expect(limit.limit).toBe(32);
    for (let n = 0; n < 100; n++) answer(limit, begin(limit, 1, 20_000 + n), 20_001 + n);
    expect(limit.limit).toBe(32);
  });

  test("a call waits for the longer of two Retry-Afters, and for one that must end", () => {
    const limit = new AdaptiveLimit(2, {}, 1, 0);
    const [call] = begin(limit, 1, 0);
    if (!call) throw new Error("There is no call.");
    limit.release(call, 100);
    limit.onThrottled(call, 100, 5_000);
    limit.onThrottled(call, 200, 1_000);
    expect(limit.waitMs(SIZE, 300)).toBe(4_800);
    expect(limit.waitMs(SIZE, 5_100)).toBe(0);
    begin(limit, 1, 5_100);
    expect(limit.waitMs(SIZE, 9_000)).toBe(Infinity);
  });

  test("counts tokens as Bedrock does: input and maxTokens at the start, what was used after, an output token as its model says", () => {
    const limit = new AdaptiveLimit(100, { tokensPerMinute: 60_000 }, 5, 0);
    // A thousand tokens may be saved up; the call takes 100 + 100 of them.
    const [call] = begin(limit, 1, 0);
    if (!call) throw new Error("There is no call.");
    expect(call.reservedTokens).toBe(200);
    limit.release(call, 0, { inputTokens: 150, outputTokens: 20 });
    // 150 + 5 × 20 were used, 750 are left, and half a token a byte is known now: 300 × 0.5 + 1,000 do not fit.
    expect(limit.waitMs({ bytes: 300, maxTokens: 600 }, 0)).toBe(0);
    expect(limit.waitMs({ bytes: 300, maxTokens: 650 }, 0)).toBe(50);
    // What is larger than can be saved begins when that is there.
    expect(limit.waitMs({ bytes: 300, maxTokens: 90_000 }, 0)).toBe(250);
  });
});

describe("a token bucket", () => {
  test("gives in no minute more than itself, a second's share, and what the last taker took beyond", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 0, max: 20_000 })), { maxLength: 200 }),
        (perMinute, wishes) => {
          const bucket = new TokenBucket(perMinute, 0);
          const taken: { atMs: number; amount: number }[] = [];
          let nowMs = 0;
          for (const [amount, pauseMs] of wishes) {
            nowMs += pauseMs;
            nowMs += bucket.waitMs(amount, nowMs);
            expect(bucket.waitMs(amount, nowMs)).toBe(0);
            bucket.take(amount, nowMs);
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

  test("loses nothing: a caller that always waits gets the full rate", () => {
    const bucket = new TokenBucket(600, 0);
    let nowMs = 0;
    let taken = 0;
    while (nowMs < 120_000) {
      nowMs += bucket.waitMs(3, nowMs);
      bucket.take(3, nowMs);
      taken += 3;
    }
    expect(taken).toBeGreaterThan(1_190);
  });

  test("what was not used comes back, what was used beyond is waited for, and a smaller share holds at once", () => {
    const bucket = new TokenBucket(60_000, 0);
    bucket.take(1_000, 0);
    expect(bucket.waitMs(500, 0)).toBe(500);
    bucket.refund(400, 0);
    expect(bucket.waitMs(500, 0)).toBe(100);
    bucket.refund(-900, 0);
    expect(bucket.waitMs(500, 0)).toBe(1_000);
    bucket.setRate(6_000, 0);
    expect(bucket.waitMs(100, 0)).toBe(6_000);
  });
});
