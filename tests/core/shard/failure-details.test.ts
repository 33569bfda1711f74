import { truncateDetails } from "#core/shard/failure-details";

test("evidence is kept as it is when it is short, and without what is not there", () => {
  const evidence = { step: "a", prompt: "P", answer: "A" };
  expect(truncateDetails({ ...evidence, system: undefined, turns: [] })).toEqual(evidence);
});

test("long texts are cut at 4,000 characters, whole ones, and of many turns the last four are kept", () => {
  const turns = Array.from({ length: 9 }, (_, n) => ({ role: "user" as const, text: `${n}${"😀".repeat(4_000)}` }));
  const short = truncateDetails({ step: "a", system: "s".repeat(9_000), turns, prompt: "p".repeat(4_000), answer: "" });
  expect(short.turns?.map(({ text }) => text[0])).toEqual(["5", "6", "7", "8"]);
  for (const { text } of short.turns ?? [])
    expect([text.length <= 4_000, /\p{Surrogate}/u.test(text)]).toEqual([true, false]);
  expect(short.system).toBe(`${"s".repeat(3_999)}…`);
  expect(short).toMatchObject({ prompt: "p".repeat(4_000), answer: "" });
  expect(Buffer.byteLength(JSON.stringify(short))).toBeLessThan(60_000);
});
