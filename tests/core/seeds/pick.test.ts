import fc from "fast-check";
import { checkPicks, weightedIndex, drawItems, type SeedPicks } from "#core/seeds/pick";
import { permute } from "#core/seeds/permutation";
import { hashOf, randomOf, tokenOf } from "#core/random";
import { recordId } from "#core/shard/record";
import type { Template } from "#core/template/template";

const SHUFFLED = { seed: { from: "seeds", how: "shuffled" } } as const;
const RANDOM = { seed: { from: "seeds", how: "random" } } as const;
const IN_ORDER = { seed: { from: "seeds", how: "inOrder" } } as const;

function listsOf(picks: SeedPicks, slots: number, count: number, attempt = 0): number[][] {
  return Array.from({ length: slots }, (_, slot) =>
    drawItems(picks, "seed", { seeds: count }, { jobId: "J", slot, attempt }),
  );
}

function itemsOf(picks: SeedPicks, slots: number, count: number, attempt = 0): number[] {
  return listsOf(picks, slots, count, attempt).flat();
}

test("a permutation reaches every position once, for any size and seed", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }), (count, seed) => {
      const reached = new Set(Array.from({ length: count }, (_, position) => permute(position, count, seed)));
      expect(reached.size).toBe(count);
      expect(Math.max(...reached)).toBe(count - 1);
    }),
    { numRuns: 60 },
  );
});

test("a permutation of many items stays within them without a list", () => {
  for (let n = 0; n < 1_000; n++) expect(permute(n, 9_999_999, 7)).toBeLessThan(9_999_999);
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

test("a collection with too few items is refused", () => {
  expect(() => itemsOf(RANDOM, 1, 0)).toThrow('The collection "seeds" has only 0 items');
  expect(() => itemsOf({ seed: { from: "seeds", how: "shuffled", count: 4 } }, 1, 3)).toThrow("too few to draw 4");
});

describe("several at once", () => {
  const sizes = fc
    .record({ each: fc.integer({ min: 1, max: 20 }), more: fc.integer({ min: 0, max: 60 }) })
    .map(({ each, more }) => ({ each, items: each + more }));

  test("are different items, however they are drawn", () => {
    fc.assert(
      fc.property(
        sizes,
        fc.constantFrom("shuffled", "random", "inOrder"),
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 0, max: 1 }),
        ({ each, items }, how, slot, attempt) => {
          const picks: SeedPicks = { seed: { from: "seeds", how, count: each } };
          const drawn = drawItems(picks, "seed", { seeds: items }, { jobId: "J", slot, attempt });
          expect(drawn).toHaveLength(each);
          expect(new Set(drawn).size).toBe(each);
          expect(drawn.every((item) => item >= 0 && item < items)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("shuffled still use every item before any comes twice, across all slots", () => {
    fc.assert(
      fc.property(sizes, ({ each, items }) => {
        const cycles = 2 * each + 1;
        const slots = Math.ceil((items * cycles) / each);
        const drawn = listsOf({ seed: { from: "seeds", how: "shuffled", count: each } }, slots, items).flat();
        for (let cycle = 0; cycle < cycles; cycle++)
          expect(new Set(drawn.slice(cycle * items, (cycle + 1) * items)).size).toBe(items);
      }),
      { numRuns: 120 },
    );
  });

  test("at random stand in any order, each as often as another", () => {
    const lists = listsOf({ seed: { from: "seeds", how: "random", count: 3 } }, 12_000, 4);
    const orders = new Map<string, number>();
    for (const list of lists) orders.set(list.join(), (orders.get(list.join()) ?? 0) + 1);
    expect(orders.size).toBe(24);
    for (const times of orders.values()) expect(Math.abs(times - 500)).toBeLessThan(110);
  });

  test("in order go on where the slot before ended", () => {
    expect(listsOf({ seed: { from: "seeds", how: "inOrder", count: 2 } }, 3, 5)).toEqual([
      [0, 1],
      [2, 3],
      [4, 0],
    ]);
  });
});

describe("combinations", () => {
  const PICKS: SeedPicks = {
    tone: { from: "tones", how: "combinations" },
    topic: { from: "topics", how: "combinations" },
    other: { from: "topics", how: "random" },
    level: { from: "levels", how: "combinations" },
  };
  const combine = (counts: Record<string, number>, slot: number, attempt = 0) =>
    ["tone", "topic", "level"].flatMap((name) => drawItems(PICKS, name, counts, { jobId: "J", slot, attempt }));

  test("all come before any comes twice, in another order each time", () => {
    fc.assert(
      fc.property(fc.tuple(...[1, 2, 3].map(() => fc.integer({ min: 1, max: 7 }))), ([tones, topics, levels]) => {
        const counts = { tones: tones ?? 1, topics: topics ?? 1, levels: levels ?? 1 };
        const all = counts.tones * counts.topics * counts.levels;
        const seen = Array.from({ length: 2 * all }, (_, slot) => combine(counts, slot).join());
        expect(new Set(seen.slice(0, all)).size).toBe(all);
        expect(new Set(seen.slice(all)).size).toBe(all);
        if (all > 20) expect(seen.slice(all)).not.toEqual(seen.slice(0, all));
      }),
      { numRuns: 60 },
    );
  });

  test("do not repeat where there are more than a number can count", () => {
    const counts = { tones: 5_000_000, topics: 5_000_000, levels: 5_000_000 };
    const seen = new Set(Array.from({ length: 2_000 }, (_, slot) => combine(counts, slot).join()));
    expect(seen.size).toBe(2_000);
    expect(combine(counts, 7)).toEqual(combine(counts, 7));
    expect(combine(counts, 7).every((item) => item >= 0 && item < 5_000_000)).toBe(true);
  });

  test("are drawn anew for another attempt", () => {
    const counts = { tones: 50, topics: 50, levels: 50 };
    const [first, again] = [0, 1].map((attempt) =>
      Array.from({ length: 30 }, (_, slot) => combine(counts, slot, attempt)),
    );
    expect(again).not.toEqual(first);
  });
});

test("a weight of 0 is never found, and others as often as they weigh", () => {
  const random = randomOf("weights");
  const found = Array.from({ length: 8_000 }, () => weightedIndex([0, 1, 0, 3, 0], random()));
  expect(found.filter((index) => index === 1).length / 8_000).toBeCloseTo(0.25, 1);
  expect(found.filter((index) => index === 3).length / 8_000).toBeCloseTo(0.75, 1);
  expect(weightedIndex([0.1, 0.2, 0], 1 - Number.EPSILON)).toBe(1);
  expect(weightedIndex([0, 0], 0.5)).toBeUndefined();
});

describe("what the seeds cannot give is told before a job starts", () => {
  const check = (pick: SeedPicks, collection: object) =>
    checkPicks({ name: "T", pick } as unknown as Template, { seeds: { itemCount: 3, ...collection } });
  const weighted: SeedPicks = { seed: { from: "seeds", how: "weighted", weight: "votes" } };
  const block = { firstItem: 0, itemCount: 3, bytes: 9 };

  test.each([
    [
      "a collection without items",
      { seed: { from: "none", how: "random" } },
      {},
      'from the collection "none", which has no items',
    ],
    [
      "more items than there are",
      { seed: { from: "seeds", how: "shuffled", count: 4 } },
      {},
      "draws 4 different items",
    ],
    ["weights that are no numbers", weighted, { blocks: [block] }, 'weights "seed" by the field "votes"'],
    ["weights that are all 0", weighted, { blocks: [{ ...block, sums: { votes: 0 } }] }, "and one above 0;"],
  ] as [string, SeedPicks, object, string][])("%s", (_, picks, collection, words) => {
    expect(() => check(picks, collection)).toThrow(words);
  });

  test("but not what they can", () => {
    expect(() => check({ seed: { from: "seeds", how: "shuffled", count: 3 } }, {})).not.toThrow();
    expect(() => check(weighted, { blocks: [block, { ...block, sums: { votes: 2 } }] })).not.toThrow();
  });
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
