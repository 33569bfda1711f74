import { randomBelow, hashOf, randomOf, tokenOf } from "../../core/random.ts";

describe("randomness from names", () => {
  test("stays what it is from version to version: a job that goes on draws the seeds that it would have drawn", () => {
    expect(hashOf("job", 1, 2)).toBe(1_397_387_511);
    expect(tokenOf("job", 1, 2)).toBe("0n3yv3r02pydgn0cuv4n802fyu1x");
    expect(randomOf("job", 1, 2)()).toBe(0.3980626023840159);
  });

  test("tells lists apart whose names read alike when put together", () => {
    const lists = [["ab", "c"], ["a", "bc"], ["abc"], ["c", "ab"], [1, "1"], [11], ["1", "", "1"]];
    expect(new Set(lists.map((names) => tokenOf(...names))).size).toBe(lists.length);
  });

  test("gives each of ten numbers about as often as the others", () => {
    const drawn = Array.from({ length: 10_000 }, (_, slot) => randomBelow(10, randomOf("job", slot)));
    const counts = Array.from({ length: 10 }, (_, number) => drawn.filter((one) => one === number).length);
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(120);
  });
});
