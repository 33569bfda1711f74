import { bytesOfCauses, reportedCauses } from "#core/shard/causes";
import { soleCauseMessage, tooManyFailuresMessage } from "#core/job/failure-tolerance";
import { latestRecords, Rate } from "#core/shard/progress";
import { REPORT_PROGRESS } from "#core/reports";

test("the latest records come newest first, three at most", () => {
  expect(latestRecords([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }])).toEqual(['{"n":4}', '{"n":3}', '{"n":2}']);
});

test.each([
  ["long texts", { text: "ä".repeat(100_000) }],
  ["many columns", Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`column${n}`, "x".repeat(500)]))],
  ["deep values", { deep: { list: Array.from({ length: 1_000 }, () => "😀".repeat(50)) } }],
])("%s are cut to valid JSON within the limit", (_, columns) => {
  const texts = latestRecords([columns, columns, columns]);
  expect(Buffer.byteLength(texts.join(""))).toBeLessThanOrEqual(2_000);
  for (const text of texts) expect(Object.keys(JSON.parse(text))).toEqual(Object.keys(columns));
});

test("the latest records leave room for what else has no fixed length", () => {
  const records = Array.from({ length: 3 }, () => ({ text: "x".repeat(5_000) }));
  expect(Buffer.byteLength(latestRecords(records, 1_500).join(""))).toBeLessThanOrEqual(500);
});

test("whatever there is to tell, a watcher's message has less than 4 KB", () => {
  const causes = Array.from({ length: 20 }, (_, n) => ({
    cause: `${n} ${"x".repeat(158)}`,
    attempts: 1e6,
    records: 1e6,
  }));
  const told = reportedCauses(causes);
  const latest = latestRecords(
    Array.from({ length: 3 }, () => ({ text: "x".repeat(5_000) })),
    bytesOfCauses(told),
  );
  const words = [
    tooManyFailuresMessage(1e6, 1e6, [causes], 100),
    soleCauseMessage(1e6, "x".repeat(9_000), true),
    soleCauseMessage(1e6, "x".repeat(9_000), false),
  ];
  const values: Record<string, unknown> = { causes: told, latest, datasets: [], budgetNanos: 5e12, spentNanos: 5e12 };
  for (const statusReason of words) {
    const fields = [...REPORT_PROGRESS.matchAll(/^ +(\w+)( \{)?$/gm)].map(([, name = ""]) => name);
    expect(fields).toEqual(expect.arrayContaining(["statusReason", "causes", "latest"]));
    const longest = "2026-11-23T12:00:00.000Z";
    const message = Object.fromEntries(fields.map((name) => [name, values[name] ?? longest]));
    expect(Buffer.byteLength(JSON.stringify({ ...message, statusReason }))).toBeLessThan(4_096);
  }
});

test("a rate is the growth over the last seconds", () => {
  const rate = new Rate(5_000);
  expect(rate.sample(0, 100)).toBe(0);
  expect(rate.sample(1_000, 110)).toBe(10);
  for (let second = 2; second <= 10; second++) rate.sample(second * 1_000, 110 + second * 20);
  expect(rate.sample(11_000, 330)).toBe(20);
});
