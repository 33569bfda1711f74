import { causeOf, mergeCauses, OTHER_CAUSES, reportedCauses, withCause, type CauseCount } from "#core/shard/causes";

test.each([
  [
    'The answer to step "a" does not fit its schema: /n must be integer.',
    'The answer to step "a" does not fit its schema',
  ],
  [
    'The answer to step "a" was truncated at maxTokens (200); raise it.',
    'The answer to step "a" was truncated at maxTokens (200)',
  ],
  [
    "The model amazon.nova-pro-v1:0 answered AccessDeniedException: No access.",
    "The model amazon.nova-pro-v1:0 answered AccessDeniedException",
  ],
  ["The connection to the model m failed (ECONNRESET: read).", "The connection to the model m failed"],
  [
    'Step "a" passed its maxPromptBytes of 100: it rendered to 120 bytes; cut it.',
    'Step "a" passed its maxPromptBytes of 100',
  ],
  ['Column "c" could not be evaluated: x is not defined (line 1, column 2).', 'Column "c" could not be evaluated'],
  ['The condition "good" does not hold.', 'The condition "good" does not hold'],
])("the cause of %j is %j", (sentence, cause) => expect(causeOf(sentence)).toBe(cause));

test("a cause is short, whatever was said", () => expect(causeOf("x".repeat(5_000))).toHaveLength(160));

test("attempts and records are counted by cause", () => {
  const causes = withCause(withCause(withCause([], "A", { attempts: 1 }), "B", { attempts: 1 }), "A", { records: 1 });
  expect(causes).toEqual([
    { cause: "A", attempts: 1, records: 1 },
    { cause: "B", attempts: 1, records: 0 },
  ]);
});

const many = Array.from({ length: 50 }, (_, n) => `Cause ${n} ${"x".repeat(140)}`);
const counted = many.reduce<CauseCount[]>((sum, cause, n) => withCause(sum, cause, { attempts: n, records: 1 }), []);
const sumOf = (causes: readonly CauseCount[]) => causes.reduce((sum, { attempts }) => sum + attempts, 0);

test("beyond twenty causes the rest is counted together, and none is lost", () => {
  expect(counted).toHaveLength(20);
  expect(counted.at(-1)).toMatchObject({ cause: OTHER_CAUSES, records: 31 });
  expect(sumOf(counted)).toBe((49 * 50) / 2);
});

test("the causes of many shards are as many, the most frequent by name", () => {
  const merged = mergeCauses([counted, [{ cause: "The one", attempts: 900, records: 800 }], counted]);
  expect(merged).toHaveLength(20);
  expect(merged[0]?.cause).toBe("The one");
  expect(sumOf(merged)).toBe(49 * 50 + 900);
});

test("what is told fits beside the rest of a message, and its sums are right", () => {
  const told = reportedCauses(counted);
  expect(Buffer.byteLength(JSON.stringify(told))).toBeLessThanOrEqual(800);
  expect(told.length).toBeGreaterThan(1);
  expect(sumOf(told)).toBe(sumOf(counted));
  expect(reportedCauses([{ cause: "A", attempts: 1, records: 0 }])).toEqual([{ cause: "A", attempts: 1, records: 0 }]);
});
