import fc from "fast-check";
import { formatUsd, formatUsdApart, parseUsd, priceOf } from "../../../core/money/money.ts";

test.each([
  ["5", 5_000_000_000],
  ["$5", 5_000_000_000],
  [" 0.01 ", 10_000_000],
  ["0.000000001", 1],
  ["0", 0],
  ["0.0000000001", undefined],
  ["-1", undefined],
  ["1e3", undefined],
  ["", undefined],
  ["five", undefined],
  ["9007199.254740991", Number.MAX_SAFE_INTEGER],
  ["9007199.254740992", undefined],
])("reads %j as %p nano-dollars", (text, nanos) => {
  expect(parseUsd(text)).toBe(nanos);
});

test.each([
  [0, "$0.00"],
  [1, "$0.000000001"],
  [420_000, "$0.00042"],
  [1_234_567, "$0.00123"],
  [10_000_000, "$0.01"],
  [120_000_000, "$0.12"],
  [123_400_000, "$0.123"],
  [999_600_000, "$1.00"],
  [1_000_000_000, "$1.00"],
  [1_005_000_000, "$1.01"],
  [999_999_999_999, "$1,000.00"],
  [5_000_000_000_000, "$5,000.00"],
])("shows %d nano-dollars as %s", (nanos, text) => {
  expect(formatUsd(nanos)).toBe(text);
});

test.each<[readonly number[], readonly string[]]>([
  [
    [1_914_000, 1_910_100],
    ["$0.001914", "$0.00191"],
  ],
  [
    [1_900_000, 1_880_000],
    ["$0.0019", "$0.00188"],
  ],
  [
    [1_000_000_000, 999_999_999],
    ["$1.00", "$0.999999999"],
  ],
  [
    [5_000_000_001, 5_000_000_000],
    ["$5.000000001", "$5.00"],
  ],
  [
    [470_000_000, 470_000_000, 400_000_000],
    ["$0.47", "$0.47", "$0.40"],
  ],
  [
    [12_345_000_000, 12_349_000_000, 1_111_111],
    ["$12.345", "$12.349", "$0.00111"],
  ],
])("amounts %j that a sentence compares are shown as %j: differently if they differ", (amounts, texts) => {
  expect(formatUsdApart(...amounts)).toEqual(texts);
});

test("different amounts never look the same, nor in another order", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.integer({ min: -2_000_000, max: 2_000_000 }), (one, distance) => {
      const other = Math.max(0, Math.min(Number.MAX_SAFE_INTEGER, one + distance));
      const [first, second] = formatUsdApart(one, other).map((text) => Number(text.replace(/[$,]/g, "")));
      expect(Math.sign((first ?? 0) - (second ?? 0))).toBe(Math.sign(one - other));
    }),
  );
});

test("the price of a call is exact for whole nano-dollars and rounded up once otherwise", () => {
  const price = { inputNanosPerThousand: 35_000, outputNanosPerThousand: 140_000 };
  expect(priceOf(price, 1000, 100)).toBe(49_000);
  expect(priceOf({ inputNanosPerThousand: 1, outputNanosPerThousand: 0 }, 1, 0)).toBe(1);
  expect(priceOf(price, 0, 0)).toBe(0);
});

test("what was written with up to nine decimals is read back to the nano-dollar", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5_000_000_000_000 }), (nanos) => {
      const text = `${Math.floor(nanos / 1e9)}.${String(nanos % 1e9).padStart(9, "0")}`;
      expect(parseUsd(text)).toBe(nanos);
    }),
  );
});
