import { parseCount } from "../../../client/jobs/recordCount.ts";

test.each([
  ["12,345", 12_345],
  [" 7 ", 7],
  ["1e3", undefined],
  ["", undefined],
])("%j is read as %d records", (text, count) => {
  expect(parseCount(text)).toBe(count);
});
