import fc from "fast-check";
import { permuted, pickSeeds } from "#core/pick";
import { hashOf, randomOf, tokenOf } from "#core/random";
import { recordId } from "#core/record";

const SHUFFLED = { seed: { from: "seeds", how: "shuffled" } } as const;
const RANDOM = { seed: { from: "seeds", how: "random" } } as const;
const IN_ORDER = { seed: { from: "seeds", how: "inOrder" } } as const;

function itemsOf(
  picks: Parameters<typeof pickSeeds>[0],
  slots: number,
  count: number,
  attempt = 0,
): (number | undefined)[] {
  return Array.from(
    { length: slots },
    (_, slot) => pickSeeds(picks, { seeds: count }, { jobId: "J", slot, attempt }).seed?.item,
  );
}

test("a permutation reaches every position once, for any size and seed", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }), (count, seed) => {
      const reached = new Set(Array.from({ length: count }, (_, position) => permuted(position, count, seed)));
      expect(reached.size).toBe(count);
      expect(Math.max(...reached)).toBe(count - 1);
    }),
    { numRuns: 60 },
  );
});

test("a permutation of many items stays within them without a list", () => {
  for (let n = 0; n < 1_000; n++) expect(permuted(n, 9_999_999, 7)).toBeLessThan(9_999_999);
});

test("shuffled uses every item before any comes again, in another order each time", () => {
  const [first, second] = [itemsOf(SHUFFLED, 50, 50), itemsOf(SHUFFLED, 100, 50).slice(50)];
  expect(new Set(first).size).toBe(50);
  expect(new Set(second).size).toBe(50);
  expect(second).not.toEqual(first);
  expect(first).not.toEqual(itemsOf(IN_ORDER, 50, 50));
});

test("inOrder goes round, also when it tries again", () => {
  expect(itemsOf(IN_ORDER, 5, 3)).toEqual([0, 1, 2, 0, 1]);
  expect(itemsOf(IN_ORDER, 5, 3, 2)).toEqual([0, 1, 2, 0, 1]);
});

test.each([["shuffled", SHUFFLED] as const, ["random", RANDOM] as const])(
  "%s draws anew for another attempt, the same for the same",
  (_, picks) => {
    expect(itemsOf(picks, 40, 1_000, 1)).not.toEqual(itemsOf(picks, 40, 1_000, 0));
    expect(itemsOf(picks, 40, 1_000, 1)).toEqual(itemsOf(picks, 40, 1_000, 1));
  },
);

test("random draws every item about as often as another", () => {
  const counts = new Map<number | undefined, number>();
  for (const item of itemsOf(RANDOM, 10_000, 10)) counts.set(item, (counts.get(item) ?? 0) + 1);
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150);
});

test("a collection without items is refused", () => {
  expect(() => pickSeeds(RANDOM, { seeds: 0 }, { jobId: "J", slot: 0, attempt: 0 })).toThrow(
    'The collection "seeds" has no items',
  );
});

test("hashes and tokens tell different names apart", () => {
  const names = Array.from({ length: 20_000 }, (_, n) => tokenOf("job", n % 100, Math.floor(n / 100)));
  expect(new Set(names).size).toBe(20_000);
  expect(names.every((name) => name.length === 28)).toBe(true);
  expect(hashOf("ab", "c")).not.toBe(hashOf("a", "bc"));
});

test("random numbers lie between 0 and 1 and spread evenly", () => {
  const random = randomOf("spread");
  const numbers = Array.from({ length: 20_000 }, random);
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  expect(numbers.reduce((sum, number) => sum + number, 0) / 20_000).toBeCloseTo(0.5, 1);
});

test("record ids are ULIDs, distinct for every slot, in the order of slots, and the same each time", () => {
  const job = "01KB1234567890ABCDEFGHJKMN";
  const ids = [0, 1, 31, 32, 1_023, 999_998, 999_999].map((slot) => recordId(job, slot));
  expect(ids).toEqual([...new Set(ids)].sort());
  for (const id of ids) expect(id).toMatch(/^01KB123456[0-9A-HJKMNP-TV-Z]{16}$/);
  expect(recordId(job, 5)).toBe(recordId(job, 5));
  expect(recordId("01KB1234567890ABCDEFGHJKMP", 5)).not.toBe(recordId(job, 5));
});
