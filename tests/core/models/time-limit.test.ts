import { callTimeLimitMs } from "#core/models/time-limit";

const MINUTE = 60_000;

test.each([
  ["a short answer: waiting and reading", 256, undefined, 0, 5 * MINUTE + 25_600],
  ["a long answer of a model that has not answered yet", 8_000, undefined, 0, 5 * MINUTE + 800_000],
  ["the same, of a fast model: no less", 8_000, 60, 0, 5 * MINUTE + 800_000],
  ["the same, of a model that took half an hour for one", 8_000, 8_000 / 1_800, 0, 60 * MINUTE],
  ["a model on a small machine: four times what its slowest answer would take", 500, 4, 0, 5 * MINUTE + 500_000],
  ["the longest answers: what the service allows", 64_000, 200, 0, 60 * MINUTE],
  ["after an attempt without an answer: twice as long", 256, undefined, 1, 2 * (5 * MINUTE + 25_600)],
  ["after two of them", 256, undefined, 2, 4 * (5 * MINUTE + 25_600)],
  ["never longer than the service allows", 8_000, undefined, 2, 60 * MINUTE],
])("%s", (_, maxTokens, slowestTokensPerSecond, unanswered, ms) => {
  expect(callTimeLimitMs({ maxTokens, slowestTokensPerSecond, unanswered })).toBe(ms);
});
