import { latestOf, Rate } from "#core/progress";

test("the latest records come newest first, three at most", () => {
  expect(latestOf([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }])).toEqual(['{"n":4}', '{"n":3}', '{"n":2}']);
});

test.each([
  ["long texts", { text: "ä".repeat(100_000) }],
  ["many columns", Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`column${n}`, "x".repeat(500)]))],
  ["deep values", { deep: { list: Array.from({ length: 1_000 }, () => "😀".repeat(50)) } }],
])("%s are cut to valid JSON within the limit", (_, columns) => {
  const texts = latestOf([columns, columns, columns]);
  expect(Buffer.byteLength(texts.join(""))).toBeLessThanOrEqual(3_000);
  for (const text of texts) expect(Object.keys(JSON.parse(text))).toEqual(Object.keys(columns));
});

test("a rate is the growth over the last seconds", () => {
  const rate = new Rate(5_000);
  expect(rate.note(0, 100)).toBe(0);
  expect(rate.note(1_000, 110)).toBe(10);
  for (let second = 2; second <= 10; second++) rate.note(second * 1_000, 110 + second * 20);
  expect(rate.note(11_000, 330)).toBe(20);
});
