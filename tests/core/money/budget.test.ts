import fc from "fast-check";
import { isScarce, lowWaterMarkOf, neededWithin, CostBoundExceeded, GrantAccount, sliceOf } from "#core/money/budget";

test("a purse never hands out more than was granted, and loses nothing", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(1_000), fc.nat(1_000), fc.nat(1_000))), (moves) => {
      const purse = new GrantAccount();
      let granted = 0;
      let spent = 0;
      for (const [grant, need, cost] of moves) {
        purse.grant(grant);
        granted += grant;
        const reservation = purse.reserve(need);
        if (!reservation) expect(purse.availableNanos).toBeLessThan(need);
        else {
          const charged = Math.min(cost, need);
          reservation.charge(charged, need);
          spent += charged;
          expect(reservation.remainingNanos).toBe(need - charged);
          if (cost % 2) reservation.release();
          reservation.release();
        }
        expect(purse.availableNanos).toBe(granted - spent);
        expect(purse.spentNanos).toBe(spent);
        expect(purse.spentNanos).toBe(spent);
      }
    }),
  );
});

test("a charge above the worst case is told, and kept in the books", () => {
  const purse = new GrantAccount();
  purse.grant(100);
  const reservation = purse.reserve(50);
  expect(() => reservation?.charge(30, 20)).toThrow(CostBoundExceeded);
  reservation?.release();
  expect(purse.spentNanos).toBe(30);
  expect(purse.availableNanos).toBe(70);
});

const WISH = {
  neededNanos: 100,
  availableNanos: 0,
  boundNanos: 100,
  concurrency: 8,
  spentPerSecondNanos: 50,
  remainingNanos: 100_000,
  runningShards: 1,
};

test.each([
  ["asks for what may be in flight and a second's spend", {}, 850],
  ["counts what is free", { availableNanos: 60 }, 790],
  ["lasts longer where many shards draw", { runningShards: 45 }, 1_025],
  ["takes no more than a fair share", { remainingNanos: 1_000, runningShards: 4 }, 250],
  ["takes more than its share when one record needs it", { remainingNanos: 300, runningShards: 4 }, 100],
  ["takes the exact remainder when nothing more is left", { remainingNanos: 140 }, 140],
  ["takes just what is missing", { remainingNanos: 70, availableNanos: 30 }, 70],
  ["asks for nothing when the budget cannot pay one record", { remainingNanos: 99 }, 0],
  ["nor when budget and purse together cannot", { remainingNanos: 69, availableNanos: 30 }, 0],
])("a slice %s", (_, wish, slice) => expect(sliceOf({ ...WISH, ...wish })).toBe(slice));

test("more is to be asked for when a quarter of the records in flight could not be paid, one at least", () => {
  expect(lowWaterMarkOf(WISH)).toBe(200);
  expect(lowWaterMarkOf({ ...WISH, concurrency: 9 })).toBe(300);
  expect(lowWaterMarkOf({ ...WISH, concurrency: 1 })).toBe(100);
});

test("until the next checkpoint half as much again as is usually spent is needed beside that", () => {
  expect(neededWithin(1_000, WISH)).toBe(275);
  expect(neededWithin(100, WISH)).toBe(208);
  expect(neededWithin(1_000, { ...WISH, spentPerSecondNanos: 0 })).toBe(200);
});

test.each([
  ["every shard could draw what it lacks", { remainingNanos: 400, runningShards: 4 }, false],
  ["not every shard could draw what it lacks", { remainingNanos: 399, runningShards: 4 }, true],
  ["this shard lacks little", { remainingNanos: 399, runningShards: 4, availableNanos: 1 }, false],
])("a budget of which %s is scarce: %j %s", (_, wish, scarce) => expect(isScarce({ ...WISH, ...wish })).toBe(scarce));
