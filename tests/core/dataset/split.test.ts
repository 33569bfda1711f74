import { recordId } from "../../../core/shard/record.ts";
import { checkSplit, parseSplit, assignSplit, splitNamesOf } from "../../../core/dataset/split.ts";

const SPLIT = { train: 80, validation: 15, test: 5 };
const ids = (count: number) => Array.from({ length: count }, (_, slot) => recordId("01J0000000000000000000000A", slot));

test("records fall into the portions as often as asked, and the same record always into the same", () => {
  const found = { train: 0, validation: 0, test: 0 };
  for (const id of ids(20_000)) found[assignSplit(SPLIT, id)] += 1;
  expect(Math.abs(found.train - 16_000)).toBeLessThan(300);
  expect(Math.abs(found.validation - 3_000)).toBeLessThan(300);
  expect(Math.abs(found.test - 1_000)).toBeLessThan(200);
  for (const id of ids(100)) expect(assignSplit(SPLIT, id)).toBe(assignSplit({ ...SPLIT }, id));
});

test("a portion of nothing gets no record and no file", () => {
  const split = { train: 90, validation: 0, test: 10 };
  expect(splitNamesOf(split)).toEqual(["train", "test"]);
  expect(new Set(ids(2_000).map((id) => assignSplit(split, id)))).toEqual(new Set(["train", "test"]));
});

test.each([
  ["80,10,10", { train: 80, validation: 10, test: 10 }],
  [" 90 / 0 / 10 ", { train: 90, validation: 0, test: 10 }],
  ["80 10 10", { train: 80, validation: 10, test: 10 }],
  ["80,10,5", undefined],
  ["80,20", undefined],
  ["80,10,-10", undefined],
  ["", undefined],
])("%j is read as %j", (text, split) => expect(parseSplit(text)).toEqual(split));

test.each([
  [{ train: 80, validation: 10, test: 5 }],
  [{ train: 120, validation: -20, test: 0 }],
  [{ train: 99.5, validation: 0.5, test: 0 }],
])("%j is refused in words", (split) => {
  expect(() => checkSplit(split)).toThrow(/^The split must be three whole percentages, .+ that add up to 100/);
  expect(() => checkSplit(SPLIT)).not.toThrow();
});
