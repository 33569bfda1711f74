import fc from "fast-check";
import { formatUsd, parseUsd, priceOf } from "../../../core/money/money.ts";

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
  [0, "$0"],
  [1, "$0.000000001"],
  [420_000, "$0.00042"],
  [10_000_000, "$0.010"],
  [120_000_000, "$0.12"],
  [1_000_000_000, "$1.00"],
  [1_005_000_000, "$1.01"],
  [999_999_999_999, "$1,000.00"],
  [5_000_000_000_000, "$5,000.00"],
])("shows %d nano-dollars as %s", (nanos, text) => {
  expect(formatUsd(nanos)).toBe(text);
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
