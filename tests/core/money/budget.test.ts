import fc from "fast-check";
import { isScarce, lowWaterMarkOf, neededWithin, GrantAccount, sliceOf } from "#core/money/budget";

test("an account never reserves more than was granted, and loses nothing", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(1_000), fc.nat(1_000), fc.nat(1_000))), (moves) => {
      const account = new GrantAccount();
      let granted = 0;
      let spent = 0;
      for (const [grant, need, cost] of moves) {
        account.grant(grant);
        granted += grant;
        const reservation = account.reserve(need);
        if (!reservation) expect(account.availableNanos).toBeLessThan(need);
        else {
          const charged = Math.min(cost, need);
          expect(reservation.charge(charged)).toBe(charged);
          spent += charged;
          expect(reservation.remainingNanos).toBe(need - charged);
          if (cost % 2) reservation.release();
          reservation.release();
        }
        expect(account.availableNanos).toBe(granted - spent);
        expect(account.spentNanos).toBe(spent);
      }
    }),
  );
});

test("a charge above what is reserved is paid as far as the grant goes, and not from what others have reserved", () => {
  const account = new GrantAccount();
  account.grant(100);
  const [reservation, other] = [account.reserve(50), account.reserve(20)];
  expect(reservation?.charge(60)).toBe(60);
  expect(reservation?.charge(60)).toBe(20);
  reservation?.release();
  expect(account).toMatchObject({ spentNanos: 80, availableNanos: 0 });
  expect(other?.charge(20)).toBe(20);
  expect(account.spentNanos).toBe(100);
});

const REQUEST = {
  neededNanos: 100,
  availableNanos: 0,
  boundNanos: 100,
  concurrency: 8,
  spentPerSecondNanos: 50,
  remainingNanos: 100_000,
  runningShards: 1,
};

test.each([
  ["asks for what may be in flight and two seconds' spend", {}, 900],
  ["counts what is available", { availableNanos: 60 }, 840],
  ["lasts longer where many shards draw", { runningShards: 70 }, 1_150],
  ["takes no more than a fair share", { remainingNanos: 1_000, runningShards: 4 }, 250],
  ["takes more than its share when one record needs it", { remainingNanos: 300, runningShards: 4 }, 100],
  ["takes the exact remainder when nothing more is left", { remainingNanos: 140 }, 140],
  ["takes just what is missing", { remainingNanos: 70, availableNanos: 30 }, 70],
  ["asks for nothing when the budget cannot pay one record", { remainingNanos: 99 }, 0],
  ["nor when budget and grant together cannot", { remainingNanos: 69, availableNanos: 30 }, 0],
])("a slice %s", (_, overrides, slice) => expect(sliceOf({ ...REQUEST, ...overrides })).toBe(slice));

test("requests more when a quarter of the records in flight, at least one, could not be paid", () => {
  expect(lowWaterMarkOf(REQUEST)).toBe(200);
  expect(lowWaterMarkOf({ ...REQUEST, concurrency: 9 })).toBe(300);
  expect(lowWaterMarkOf({ ...REQUEST, concurrency: 1 })).toBe(100);
});

test("needs 1.5 times the usual spend on top until the next checkpoint", () => {
  expect(neededWithin(1_000, REQUEST)).toBe(275);
  expect(neededWithin(100, REQUEST)).toBe(208);
  expect(neededWithin(1_000, { ...REQUEST, spentPerSecondNanos: 0 })).toBe(200);
});

test.each([
  ["every shard could draw what it lacks", { remainingNanos: 400, runningShards: 4 }, false],
  ["not every shard could draw what it lacks", { remainingNanos: 399, runningShards: 4 }, true],
  ["this shard lacks little", { remainingNanos: 399, runningShards: 4, availableNanos: 1 }, false],
])("a budget of which %s is scarce: %j %s", (_, overrides, scarce) =>
  expect(isScarce({ ...REQUEST, ...overrides })).toBe(scarce),
);
