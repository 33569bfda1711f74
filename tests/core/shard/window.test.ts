import fc from "fast-check";
import { MAX_WINDOW_BYTES, SlotWindow, type SlotRange, type WindowBounds } from "#core/shard/window";

function windowOf(bounds: Partial<WindowBounds> & { readonly to: number }): SlotWindow {
  const all = { maxSlots: 10, maxBytes: MAX_WINDOW_BYTES, lowWater: 0, done: [], doneBytes: 0 };
  return new SlotWindow({ ...all, ...bounds });
}

function slotsIn(ranges: readonly SlotRange[]): number[] {
  return ranges.flatMap(([from, to]) => Array.from({ length: to - from }, (_, n) => from + n));
}

test("hands out no slot twice, none beyond the window, and every slot in the end, whatever restarts come between", () => {
  const slotsOf = (max: number) => fc.uniqueArray(fc.integer({ min: 0, max }), { maxLength: max });
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 40 }),
      slotsOf(60),
      fc.infiniteStream(fc.nat()),
      (to, maxSlots, maxBytes, before, choices) => {
        const delivered = new Set(before.filter((slot) => slot < to));
        let window = windowOf({ to, maxSlots, maxBytes, delivered });
        const finished = new Set(delivered);
        let inHand: number[] = [];
        for (let step = 0; !window.isComplete && step < 1_000; step++) {
          const choice = Number(choices.next().value);
          if (choice % 23 === 0) {
            // The worker is gone; the next one knows what its last part says.
            const { lowWater, done, doneBytes } = window;
            window = windowOf({ to, maxSlots, maxBytes, delivered, lowWater, done, doneBytes });
            inHand = [];
          }
          const canStart = window.startable;
          const slot = choice % 3 === 0 || inHand.length === 0 ? window.take() : undefined;
          if (slot !== undefined) {
            expect(canStart).toBeGreaterThan(0);
            expect(inHand).not.toContain(slot);
            expect(finished.has(slot)).toBe(false);
            const made = Array.from({ length: slot - window.lowWater }, (_, n) => window.lowWater + n);
            expect(made.filter((one) => !delivered.has(one)).length).toBeLessThan(maxSlots);
            inHand.push(slot);
            continue;
          }
          const [picked] = inHand.splice(choice % inHand.length, 1);
          if (picked === undefined) continue;
          if (choice % 5 === 0) window.requeue(picked);
          else {
            window.finish(picked, 1 + (choice % 9));
            finished.add(picked);
          }
          expect([...Array(window.lowWater).keys()].every((below) => finished.has(below))).toBe(true);
          const done = slotsIn(window.done);
          expect(done.every((one) => finished.has(one) && one >= window.lowWater)).toBe(true);
          expect([...finished].every((one) => one < window.lowWater || delivered.has(one) || done.includes(one))).toBe(
            true,
          );
          // What a restart must know does not grow with the window: a range ends where an open slot is.
          expect(window.done.length).toBeLessThanOrEqual(1 + to - finished.size);
        }
        expect(window.isComplete).toBe(true);
        expect([window.remaining, window.startable, window.doneBytes]).toEqual([0, 0, 0]);
      },
    ),
    { numRuns: 100 },
  );
});

test("skips what earlier passes delivered, which takes up no room", () => {
  const delivered = new Set([0, 1, 3, 4, 6, 8, 9]);
  const window = windowOf({ to: 10, maxSlots: 2, delivered });
  expect([window.lowWater, window.remaining, window.startable]).toEqual([2, 3, 2]);
  expect([window.take(), window.take(), window.take()]).toEqual([2, 5, undefined]);
  window.finish(5, 1);
  expect([window.lowWater, window.done, window.take()]).toEqual([2, [[5, 6]], undefined]);
  window.finish(2, 1);
  expect([window.lowWater, window.done, window.take()]).toEqual([7, [], 7]);
  expect(window.remaining).toBe(0);
  window.finish(7, 1);
  expect(window.isComplete).toBe(true);
});

test("slots done on both sides of what was delivered before are one range", () => {
  const window = windowOf({ to: 10, delivered: new Set([3, 4]) });
  expect([0, 1, 2, 3].map(() => window.take())).toEqual([0, 1, 2, 5]);
  for (const slot of [5, 2, 1]) window.finish(slot, 1);
  expect(window.done).toEqual([[1, 6]]);
});

test("resumes with the open slots below those done, although there is no room for others", () => {
  const window = windowOf({ to: 20, maxBytes: 100, lowWater: 2, done: [[3, 9]], doneBytes: 120 });
  expect([window.remaining, window.startable]).toEqual([12, 1]);
  expect([window.take(), window.take()]).toEqual([2, undefined]);
  window.finish(2, 30);
  expect([window.lowWater, window.doneBytes, window.take()]).toEqual([9, 0, 9]);
});

test("a slot that is put back comes before those not begun", () => {
  const window = windowOf({ to: 10 });
  expect([window.take(), window.take(), window.take()]).toEqual([0, 1, 2]);
  window.requeue(2);
  window.requeue(0);
  expect([window.take(), window.take(), window.take()]).toEqual([0, 2, 3]);
});

test("starts nothing further while what is done above an open slot has as many bytes as an export may hold back", () => {
  const window = windowOf({ to: 10, maxBytes: 100 });
  const slots = [0, 1, 2, 3].map(() => window.take());
  for (const slot of slots.slice(1)) window.finish(slot ?? 0, 40);
  expect([window.doneBytes, window.startable, window.hasNext, window.take()]).toEqual([120, 0, false, undefined]);
  window.finish(0, 40);
  expect([window.doneBytes, window.startable, window.take()]).toEqual([0, 6, 4]);
});

test("a slot that is not in hand cannot be finished", () => {
  expect(() => windowOf({ to: 2 }).finish(0, 1)).toThrow("slot 0 is in progress");
});
