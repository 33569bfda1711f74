import { GeneratedItems } from "../../resolvers/lambda/generatedItems.ts";
import { truncateToFit, truncateText, truncateValue } from "../../resolvers/lambda/truncate.ts";

const SCHEMA = { type: "object", properties: { title: { type: "string" } }, required: ["title"] };

test("items that do not fit and duplicates are omitted", () => {
  const made = new GeneratedItems("films", SCHEMA);
  made.add([{ title: "Faust" }, { title: " FAUST" }, { title: "faust" }, { name: "x" }, { title: 3 }], 10);
  expect(made.count).toBe(2);
  made.add([{ title: "Faust" }, { title: "Metropolis" }], 10);
  expect(made.count).toBe(3);
});

test("no more items are added than requested", () => {
  const made = new GeneratedItems("films", SCHEMA);
  made.add([{ title: "a" }, { title: "b" }, { title: "c" }], 2);
  expect(made.count).toBe(2);
});

test("the latest items are shown truncated, up to a size limit", () => {
  const made = new GeneratedItems("films", SCHEMA);
  const titles = Array.from({ length: 100 }, (_, n) => ({ title: `${n} ${"x".repeat(500)}` }));
  made.add(titles, 100);
  const shown = made.latest();
  expect(shown.at(-1)).toMatch(/^\{"title":"99 x+ … \(\d+ more characters\)$/);
  expect(Buffer.byteLength(shown.join(""))).toBeLessThanOrEqual(6_000);
  expect(shown.length).toBeGreaterThan(20);
});

test("a text is truncated between characters, never within one", () => {
  expect(truncateText("ab😀cd", 3)).toBe("ab … (4 more characters)");
  expect(truncateText("ab😀cd", 4)).toBe("ab😀 … (2 more characters)");
  expect(truncateText("ab", 2)).toBe("ab");
});

test("long lists and wide objects are truncated too", () => {
  expect(truncateValue([1, 2, 3, 4, 5], 60)).toEqual([1, 2, 3, "… (2 more)"]);
  expect(truncateValue({ a: 1, b: 2, c: 3, d: "x" }, 60)).toEqual({ a: 1, b: 2, c: 3, "…": "(1 more)" });
  expect(truncateValue({ a: [null, true, "x".repeat(70)] }, 60)).toEqual({
    a: [null, true, `${"x".repeat(60)} … (10 more characters)`],
  });
});

test("shows as much as fits", () => {
  const text = "x".repeat(30_000);
  expect(truncateToFit(40_000, (most) => truncateText(text, most))).toBe(text);
  expect(truncateToFit(20_500, (most) => truncateText(text, most))).toHaveLength(
    20_000 + " … (10,000 more characters)".length,
  );
});
