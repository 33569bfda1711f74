import { ModelHealth } from "../../../worker/calls/model-health.ts";

test("a model that does not answer for some seconds is a problem, in the words of its last error, until it answers", () => {
  const health = new ModelHealth();
  health.onFailed("m", "first", 0);
  health.onFailed("m", "second", 2_000);
  expect(health.problemAt(2_999)).toBeNull();
  expect(health.problemAt(3_000)).toBe("second");
  health.onAnswered("m");
  expect(health.problemAt(3_000)).toBeNull();
});

test("errors between successes are no problem", () => {
  const health = new ModelHealth();
  for (let at = 0; at < 20_000; at += 1_000) {
    health.onFailed("m", "throttled", at);
    expect(health.problemAt(at)).toBeNull();
    health.onAnswered("m");
  }
});

test("a model that nobody calls any more is no problem", () => {
  const health = new ModelHealth();
  health.onFailed("m", "down", 0);
  expect(health.problemAt(59_000)).toBe("down");
  expect(health.problemAt(60_000)).toBeNull();
});

test("a model is waited for half an hour, and only while none of its calls succeeds", () => {
  const health = new ModelHealth();
  expect(health.isWorthWaiting("m", 0)).toBe(false);
  health.onFailed("m", "down", 0);
  expect(health.isWorthWaiting("m", 29 * 60_000)).toBe(true);
  expect(health.isWorthWaiting("m", 30 * 60_000)).toBe(false);
});

test("a model that says nothing at all is a problem after three minutes, until one of its calls ends", () => {
  const health = new ModelHealth();
  const [silentMs, words] = [3 * 60_000, "The model m has answered none of its calls for 3 minutes."];
  health.onBegun("m", 0);
  health.onBegun("m", 100_000);
  expect(health.problemAt(silentMs - 1)).toBeNull();
  expect(health.problemAt(silentMs)).toBe(words);
  health.onEnded("m", 200_000);
  expect(health.problemAt(200_000 + silentMs - 1)).toBeNull();
  expect(health.problemAt(200_000 + silentMs)).toBe(words);
  health.onEnded("m", 500_000);
  expect(health.problemAt(10 * silentMs)).toBeNull();
  // Nothing was in flight meanwhile.
  health.onBegun("m", 10 * silentMs);
  expect(health.problemAt(10 * silentMs)).toBeNull();
});
