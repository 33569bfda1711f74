/** Numbers for people have a comma at each thousand. */
import fc from "fast-check";
import { formatNumber } from "#core/numbers";

test.each([
  [0, "0"],
  [999, "999"],
  [1000, "1,000"],
  [-1234567, "-1,234,567"],
  [1234.5678, "1,234.5678"],
  ["1000.00", "1,000.00"],
])("%p is %s", (number, text) => {
  expect(formatNumber(number)).toBe(text);
});

test("whole numbers read as everybody's do", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (number) => expect(formatNumber(number)).toBe(number.toLocaleString("en-US"))),
  );
});
