import fc from "fast-check";
import { SlotWindow } from "#core/shard/window";

test("hands out no slot twice, none beyond the window, and every slot in the end", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 1, max: 12 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 40 })),
      fc.infiniteStream(fc.nat()),
      (to, size, beyond, choices) => {
        const done = beyond.filter((slot) => slot < to && slot > 0);
        const window = new SlotWindow({ to, size, lowWater: 0, done });
        const finished = new Set(done);
        const inHand: number[] = [];
        for (let step = 0; !window.isComplete && step < 1_000; step++) {
          const choice = Number(choices.next().value);
          const slot = choice % 3 === 0 || inHand.length === 0 ? window.take() : undefined;
          if (slot !== undefined) {
            expect(inHand).not.toContain(slot);
            expect(finished.has(slot)).toBe(false);
            expect(slot).toBeLessThan(window.lowWater + size);
            inHand.push(slot);
            continue;
          }
          const [picked] = inHand.splice(choice % inHand.length, 1);
          if (picked === undefined) continue;
          if (choice % 5 === 0) window.requeue(picked);
          else {
            window.finish(picked);
            finished.add(picked);
          }
          expect([...Array(window.lowWater).keys()].every((below) => finished.has(below))).toBe(true);
          expect(new Set([...window.doneAboveLowWater])).toEqual(
            new Set([...finished].filter((one) => one >= window.lowWater)),
          );
        }
        expect(window.isComplete).toBe(true);
        expect(window.remaining).toBe(0);
      },
    ),
    { numRuns: 60 },
  );
});

test("skips what earlier passes delivered, and never counts it among what is done above the mark", () => {
  const made = new Set([0, 1, 3, 4, 6, 8, 9]);
  const window = new SlotWindow({ to: 10, size: 4, lowWater: 0, done: [], delivered: made });
  expect(window.lowWater).toBe(2);
  expect([window.take(), window.take(), window.take()]).toEqual([2, 5, undefined]);
  window.finish(5);
  expect([window.lowWater, window.doneAboveLowWater, window.take()]).toEqual([2, [5], undefined]);
  window.finish(2);
  expect([window.lowWater, window.doneAboveLowWater, window.take()]).toEqual([7, [], 7]);
  expect(window.remaining).toBe(0);
  window.finish(7);
  expect(window.isComplete).toBe(true);
  // Resumed in the middle: only what lies beyond the mark is asked of the parts.
  expect(new SlotWindow({ to: 10, size: 4, lowWater: 2, done: [5], delivered: made }).take()).toBe(2);
});

test("a slot that is put back comes before those not begun", () => {
  const window = new SlotWindow({ to: 10, size: 10, lowWater: 0, done: [] });
  expect([window.take(), window.take(), window.take()]).toEqual([0, 1, 2]);
  window.requeue(2);
  window.requeue(0);
  expect([window.take(), window.take(), window.take()]).toEqual([0, 2, 3]);
});

test("a slot that is not in hand cannot be finished", () => {
  expect(() => new SlotWindow({ to: 2, size: 2, lowWater: 0, done: [] }).finish(0)).toThrow("slot 0 is in progress");
});
