import { appendPart, decodePart, encodeLine, encodePart, partsOf, type Part } from "#core/shard/part";

const META = { models: { a: "m" }, tokens: { input: 1, output: 2 }, costNanos: 3, seeds: {}, attempts: 1 };

test("a part is read as it was written, whatever its texts hold", () => {
  const part: Part = {
    open: [{ slot: 4, attempt: 1, unansweredCalls: 0, steps: {}, inputTokens: 1, outputTokens: 1, costNanos: 9 }],
    done: [
      [6, 8],
      [9, 10],
    ],
    doneBytes: 700,
    delivered: [{ slot: 5, columns: { text: 'two\nlines \u2028 and "quotes"' }, meta: META }],
    failed: [{ slot: 6, reason: "It\ndid not work.", cause: "It did not work", meta: META }],
    rejected: [{ slot: 5, attempt: 0, reason: "No.", cause: "No", columns: { text: null }, meta: META }],
  };
  const lines = [
    ...part.delivered.map((record) => encodeLine({ delivered: record })),
    ...part.failed.map((record) => encodeLine({ failed: record })),
    ...part.rejected.map((candidate) => encodeLine({ rejected: candidate })),
  ];
  expect(decodePart(encodePart(part, lines))).toEqual(part);
});

test("a part written before slots were listed as ranges is still read", () => {
  const { open, done, doneBytes } = decodePart('{"format":1,"open":[],"done":[6,7,9]}\n');
  expect([open, done, doneBytes]).toEqual([
    [],
    [
      [6, 7],
      [7, 8],
      [9, 10],
    ],
    0,
  ]);
});

test("a part of another format is not taken for one of ours", () => {
  expect(() => decodePart('{"format":3}\n')).toThrow("format 3");
});

test("runs grow part by part, and a new generation begins a new one", () => {
  const runs = [
    [1, 0],
    [1, 1],
    [3, 0],
  ].reduce(
    (sofar, [generation = 0, seq = 0]) => appendPart(sofar, generation, seq),
    [] as ReturnType<typeof appendPart>,
  );
  expect(runs).toEqual([
    { generation: 1, fromSeq: 0, toSeq: 1 },
    { generation: 3, fromSeq: 0, toSeq: 0 },
  ]);
  expect([...partsOf(runs)].map(({ range, seq }) => [range.generation, seq])).toEqual([
    [1, 0],
    [1, 1],
    [3, 0],
  ]);
  expect(() => appendPart(runs, 3, 2)).toThrow("part 2 follows part 0");
});

test("a part never joins a run that was folded into a dataset, even if the numbers are alike", () => {
  const folded = { generation: 3, fromSeq: 0, toSeq: 1, compacted: true } as const;
  expect(appendPart([folded], 3, 0, 1)).toEqual([folded, { generation: 3, fromSeq: 0, toSeq: 0, pass: 1 }]);
});
