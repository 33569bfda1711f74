import {
  exceedsFailureTolerance,
  exceedsFailureToleranceSoFar,
  soleCause,
  tooManyFailuresMessage,
} from "#core/job/failure-tolerance";

const done = (delivered: number, failed: number, attempts: number, ...counts: number[]) => ({
  delivered,
  failed,
  attempts,
  priorUnsuccessfulAttempts: 0,
  causes: counts.map((count, n) => ({ cause: `Cause ${n}`, attempts: count, records: 0 })),
});

test.each([
  ["twenty attempts for one cause", done(0, 3, 20, 20), "Cause 0"],
  ["nineteen", done(0, 3, 19, 19), undefined],
  ["twenty for two causes", done(0, 3, 20, 19, 1), undefined],
  ["hundreds, and one record", done(1, 3, 300, 299), undefined],
  [
    "nineteen since what failed was taken up again",
    { ...done(0, 0, 39, 19), priorUnsuccessfulAttempts: 20 },
    undefined,
  ],
  ["twenty since then", { ...done(0, 0, 40, 20), priorUnsuccessfulAttempts: 20 }, "Cause 0"],
])("after %s the sole cause is found: %#", (_, shard, cause) => expect(soleCause(shard)).toBe(cause));

test.each([
  [20, 100, 20, false],
  [21, 100, 20, true],
  [0, 100, 0, false],
  [1, 1_000_000, 0, true],
  [100, 100, 100, false],
])("%i failed of %i, where %i %% may: too much is %s", (failed, of, percent, isTooMuch) => {
  expect(exceedsFailureTolerance(failed, of, percent)).toBe(isTooMuch);
});

test("a job that does not say allows 20 percent", () => {
  expect([exceedsFailureTolerance(20, 100), exceedsFailureTolerance(21, 100)]).toEqual([false, true]);
});

test("a percentage of fewer than fifty records says nothing yet", () => {
  expect(exceedsFailureToleranceSoFar(done(1, 48, 49))).toBe(false);
  expect(exceedsFailureToleranceSoFar(done(1, 49, 50))).toBe(true);
  expect(exceedsFailureToleranceSoFar(done(40, 10, 50))).toBe(false);
});

test("the message groups failed records by cause, the most frequent first", () => {
  const causes = [
    [
      { cause: "A", attempts: 12, records: 12 },
      { cause: "Refused now and then", attempts: 50, records: 0 },
    ],
    [
      { cause: "B", attempts: 400, records: 400 },
      { cause: "C", attempts: 1, records: 1 },
      { cause: "D", attempts: 1, records: 1 },
    ],
  ];
  expect(tooManyFailuresMessage(414, 500, causes)).toBe(
    "414 of 500 records failed, more than the 20% this job allows: 400 × B; 12 × A; 1 × C; 1 × other causes. " +
      "Fix the causes and retry the failed records, or start a new job with a higher failure tolerance; meta/failures.jsonl lists each record.",
  );
});
