/** Which candidates fill a slot, how often it is tried, and what is kept of those that were rejected. */
import { newOpenSlot } from "#core/shard/record";
import { openMaker } from "../one-record.ts";
import { ANSWERS, mortal, TWO_STEPS, World, type JobWish } from "../world.ts";

/** Films whose number is a multiple of three are rejected; 33 films make a third of them. */
const NOT_EVERY_FILM = `${TWO_STEPS}accept: { recent: it.record.year >= 1980, lucky: it.movie.votes % 3 !== 0 }\n`;
const choosy = (wish: Partial<JobWish> = {}) =>
  new World({ records: 40, seeds: 33, template: NOT_EVERY_FILM, ...wish });
const NO_FILM = `${TWO_STEPS}accept: { good: it.movie.votes < 0 }\n`;

async function verdict(accept: string, { record = "a: it.seed.n", n = 3 as unknown } = {}) {
  const maker = await openMaker({
    template: `name: T\nsteps: [{ id: s, tier: economy, prompt: Do it. }]\nrecord: { ${record} }\naccept: ${accept}`,
    behaviour: () => "words",
    seeds: { seeds: [{ n }] },
  });
  return await maker.make(newOpenSlot(0));
}

describe("a candidate", () => {
  test.each([
    ["it.record.a > 2", "made"],
    ["it.record.a > 3", "rejected"],
    ["it.seed.n + it.steps.s.output.length === 8", "made"],
    ["'[].length'", "rejected"],
    ["{ one: it.record.a > 2, two: it.record.a < 9 }", "made"],
    ["{ one: it.record.a > 2, two: it.record.a > 9 }", "rejected"],
  ])("with accept: %s is %s", async (accept, end) => expect((await verdict(accept)).end).toBe(end));

  test("sees its columns as they are delivered, in their declared types", async () => {
    const record = "a: { value: it.seed.n, type: integer }, b: it.seed.none";
    expect((await verdict("it.record.a === 7 && it.record.b === null", { record, n: "7" })).end).toBe("made");
  });

  test("is rejected by the first condition that does not hold, which is named; those after it are not asked", async () => {
    const end = await verdict("{ fine: it.record.a > 0, big: it.record.a > 9, odd: it.seed.none.none }");
    expect(end).toMatchObject({
      end: "rejected",
      rejected: { slot: 0, attempt: 0, reason: 'The condition "big" does not hold.', columns: { a: 3 } },
      failed: { cause: 'The condition "big" does not hold' },
    });
    expect(await verdict("it.record.a > 9")).toMatchObject({
      rejected: { reason: 'The condition "accept" does not hold.' },
    });
  });

  test("whose condition cannot be evaluated is no candidate: the attempt has failed, and says where", async () => {
    expect(await verdict("{ odd: it.record.a.b.c }")).toMatchObject({
      end: "again",
      failed: { reason: expect.stringMatching(/^Condition "odd" could not be evaluated: .*line 1, column/) },
    });
  });
});

describe("a job that chooses", () => {
  test("delivers as many accepted records as were asked for, and keeps each rejected one aside", async () => {
    const world = choosy();
    await world.work();
    expect(world.job.status).toBe("COMPLETED");
    const rows = world.lines("dataset.jsonl");
    expect(rows).toHaveLength(40);
    expect(rows.filter(({ year }) => (year - 1980) % 3 === 0)).toEqual([]);
    const rejected = world.lines("rejected.jsonl");
    const [shard] = world.shards;
    expect(rejected.length).toBeGreaterThan(5);
    expect(shard).toMatchObject({
      delivered: 40,
      failed: 0,
      rejected: rejected.length,
      attempts: 40 + rejected.length,
    });
    for (const { id, attempt, reason, record, models, seeds, costNanos } of rejected) {
      expect(rows.find((row) => row.id === id)._meta.attempts).toBeGreaterThan(attempt);
      expect(reason).toBe('The condition "lucky" does not hold.');
      expect((record.year - 1980) % 3).toBe(0);
      expect([Object.keys(models), seeds.movie.collection, costNanos > 0]).toEqual([
        ["question", "answer"],
        "movies",
        true,
      ]);
    }
    const paid = (all: any[]) => all.reduce((sum, { costNanos }) => sum + costNanos, 0);
    const attempts = rows.map(({ _meta }) => _meta);
    expect(paid(attempts)).toBe(world.spentNanos);
    expect(paid(rejected)).toBeLessThan(paid(attempts));
    expect(shard?.causes).toEqual([
      { cause: 'The condition "lucky" does not hold', attempts: rejected.length, records: 0 },
    ]);
  });

  test("tells in its card what records meet, and how many were rejected", async () => {
    const world = choosy();
    await world.work();
    const card = world.file("README.md").toString();
    const { rejected } = world.shards[0] ?? {};
    expect(card).toContain(`| Rejected candidates | ${rejected} |`);
    expect(card).toContain("| lucky | `it.movie.votes % 3 !== 0` |");
    expect(card).toContain(`| The condition "lucky" does not hold | ${rejected} | 0 |`);
    expect(card).toContain(`- \`rejected.jsonl\`: ${rejected} rows`);
  });

  test("reports rejections and their causes while it runs", async () => {
    const world = choosy({ records: 200 });
    await world.work();
    const reports = world.reporter.reports.map(({ report }) => report);
    expect(reports.at(-1)).toMatchObject({ rejected: world.shards[0]?.rejected, causes: world.shards[0]?.causes });
    expect(reports.every((report, n) => report.rejected >= (reports[n - 1]?.rejected ?? 0))).toBe(true);
    expect(reports.some(({ rejected, delivered }) => rejected > 0 && delivered < 200)).toBe(true);
  });

  test("makes the same dataset whoever makes it, and forgets no attempt when a worker dies", async () => {
    const undisturbed = choosy();
    await undisturbed.work();
    const world = choosy();
    for (let n = 1; world.job.status !== "COMPLETED" && n < 30; n++) {
      const dying = mortal(world.ports(), ({ no }) => no === 25 * n, n % 2 === 0);
      await world.clock.run(Promise.race([world.start(undefined, dying.ports), dying.died]));
      world.clock.skip(world.settings.leaseMs);
    }
    expect(world.file("dataset.csv").toString()).toBe(undisturbed.file("dataset.csv").toString());
    const told = (of: World) =>
      of
        .lines("rejected.jsonl")
        .map(({ id, attempt }) => `${id} ${attempt}`)
        .sort();
    expect(told(world)).toEqual(told(undisturbed));
    expect(world.shards[0]?.attempts).toBe(undisturbed.shards[0]?.attempts);
  });
});

describe("attempts", () => {
  /** Every second film answers something else than JSON, always. */
  const half: JobWish["behaviour"] = (request, callNo) =>
    request.schema && /Film \d*[13579]"/.test(request.prompt) ? "no" : ANSWERS(request, callNo);

  test("of a shard come out of one pool: what one slot does not use another may", async () => {
    const world = new World({ records: 60, seeds: 50, behaviour: half });
    await world.work();
    expect(world.job.status).toBe("COMPLETED");
    expect(world.shards[0]).toMatchObject({ delivered: 60, failed: 0 });
    const attempts = world.lines("dataset.jsonl").map(({ _meta }) => _meta.attempts);
    expect(Math.max(...attempts)).toBeGreaterThan(3);
    expect(world.shards[0]?.attempts).toBeLessThanOrEqual(180);
  });

  test.each([1, 2, 5])("are %i for each record at most, on average, when none is of use", async (maxAttempts) => {
    const template = `${TWO_STEPS}maxAttempts: ${maxAttempts}\n`;
    // Two causes in turn, so that the start does not look hopeless.
    const behaviour: JobWish["behaviour"] = (request, callNo) =>
      !request.schema ? ANSWERS(request, callNo) : callNo % 2 === 0 ? "no" : '{"answer": 5}';
    const world = new World({ records: 24, template, behaviour });
    await world.work();
    expect(world.job.status).toBe("FAILED");
    expect(world.shards[0]).toMatchObject({ delivered: 0, failed: 24, attempts: 24 * maxAttempts });
    for (const { attempts } of world.lines("failures.jsonl")) expect(attempts).toBeLessThanOrEqual(5 * maxAttempts);
  });

  test("are counted on by the next worker, not begun anew", async () => {
    const template = `${TWO_STEPS}maxAttempts: 2\n`;
    let stop = new AbortController();
    const behaviour: JobWish["behaviour"] = (request, callNo) => {
      if (callNo % 15 === 0) stop.abort();
      return !request.schema ? ANSWERS(request, callNo) : callNo % 2 === 0 ? "no" : '{"answer": 5}';
    };
    const world = new World({ records: 24, template, behaviour });
    for (let n = 0; n < 6 && world.job.status !== "FAILED"; n++) {
      stop = new AbortController();
      await world.work(stop.signal);
    }
    await world.workUntilRest();
    expect(world.shards[0]?.generation).toBeGreaterThan(3);
    expect(world.shards[0]).toMatchObject({ failed: 24, attempts: 48 });
  });
});

describe("a job that cannot succeed", () => {
  test("stops at once when one condition refuses everything, and names it", async () => {
    const world = new World({ records: 400, template: NO_FILM });
    await world.work();
    expect(world.job).toMatchObject({ status: "FAILED", outcome: "FAILED" });
    expect(world.job.statusReason).toMatch(
      /^The first \d\d candidates were all rejected for one cause\. The condition "good" does not hold\. Loosen the condition/,
    );
    expect(world.shards[0]?.attempts).toBeLessThan(40);
    expect(world.lines("rejected.jsonl")).toHaveLength(world.shards[0]?.rejected ?? -1);
  });

  test("goes on when the first attempts come to nothing for several causes", async () => {
    const world = new World({
      records: 60,
      template: `${TWO_STEPS}maxAttempts: 6\n`,
      behaviour: (request, callNo) =>
        request.schema && callNo < 60 ? (callNo % 2 === 0 ? "no" : '{"answer": 5}') : ANSWERS(request, callNo),
    });
    await world.work();
    expect(world.job.status).toBe("COMPLETED");
    expect(world.lines("dataset.jsonl")).toHaveLength(60);
  });

  const FEW_BAD: JobWish["behaviour"] = (request, callNo) =>
    request.schema && request.prompt.includes('Film 1"') ? "no" : ANSWERS(request, callNo);
  const ONE_ATTEMPT = `${TWO_STEPS}maxAttempts: 1\n`;

  test.each([
    [undefined, "FAILED"],
    [24, "FAILED"],
    [25, "COMPLETED"],
  ])("of whose records a quarter fails and %s percent may, is %s", async (maxFailedPercent, status) => {
    const world = new World({ records: 40, seeds: 4, template: ONE_ATTEMPT, behaviour: FEW_BAD });
    world.setJob({ maxFailedPercent });
    await world.work();
    expect(world.job.status).toBe(status);
    expect(world.lines("dataset.jsonl")).toHaveLength(30);
    expect(world.lines("failures.jsonl")).toHaveLength(10);
    if (status === "FAILED")
      expect(world.job.statusReason).toContain(
        `10 of 40 records failed, more than the ${maxFailedPercent ?? 20}% this job allows: 10 × The answer to step "answer" is not JSON.`,
      );
  });

  test("stops once fifty records tell that too many will fail", async () => {
    const world = new World({ records: 400, seeds: 3, template: ONE_ATTEMPT, behaviour: FEW_BAD });
    await world.work();
    expect(world.job.status).toBe("FAILED");
    const [shard] = world.shards;
    expect((shard?.delivered ?? 0) + (shard?.failed ?? 0)).toBeLessThan(90);
    expect(world.job.statusReason).toMatch(
      /^\d+ of \d+ records failed, more than the 20% this job allows: \d+ × The answer/,
    );
  });
});

describe("a failed record tells", () => {
  const failures = async (wish: Partial<JobWish>) => {
    const world = new World({ records: 2, template: `${TWO_STEPS}maxAttempts: 1\n`, ...wish });
    await world.work();
    return world.lines("failures.jsonl");
  };

  test("which step asked what, and what was answered", async () => {
    const [failure] = await failures({ behaviour: (request, no) => (request.schema ? "no" : ANSWERS(request, no)) });
    expect(failure).toMatchObject({
      reason: 'The answer to step "answer" is not JSON.',
      cause: 'The answer to step "answer" is not JSON',
      step: "answer",
      prompt: expect.stringMatching(/^Answer in JSON: What of Ask one question about "Film \d"\.\?$/),
      answer: "no",
    });
    expect(failure.turns).toBeUndefined();
  });

  test("the whole conversation when the answer was to be repaired", async () => {
    const [failure] = await failures({
      template: `${TWO_STEPS.replace("repairs: 0", "repairs: 1")}maxAttempts: 1\n`,
      behaviour: (request, no) => (request.schema ? `no ${request.turns.length}` : ANSWERS(request, no)),
    });
    expect(failure.turns.map(({ role }: { role: string }) => role)).toEqual(["user", "assistant"]);
    expect(failure.turns[1].text).toBe("no 0");
    expect(failure).toMatchObject({ prompt: expect.stringContaining("Your answer cannot be used"), answer: "no 2" });
  });

  test("the step, and no answer, of a prompt that could not be rendered", async () => {
    const [failure] = await failures({
      template: `${TWO_STEPS.replace("it.steps.question.output %>", "it.steps.question.output.none.none %>")}maxAttempts: 1\n`,
    });
    expect(failure).toMatchObject({ step: "answer", cause: 'Step "answer" could not be evaluated' });
    expect([failure.prompt, failure.answer]).toEqual([undefined, undefined]);
  });

  test("the prompt also when the worker that rendered it is gone", async () => {
    const maker = await openMaker({
      template: `name: T\npick: {}\nsteps: [{ id: s, tier: economy, prompt: Do it., output: { type: choice, of: [a, b] }, repairs: 0 }]`,
      behaviour: () => "none of them",
    });
    const paid = { modelId: "amazon.nova-micro-v1:0", reason: "first", inputTokens: 1, outputTokens: 1, costNanos: 1 };
    const round = { calls: [paid], latest: { text: "none of them", stopReason: "end_turn" } };
    const end = await maker.make({ ...newOpenSlot(0), steps: { s: { rounds: [round] } } } as never);
    expect(maker.model.begun).toBe(0);
    expect(end).toMatchObject({
      end: "again",
      failed: { details: { step: "s", prompt: "Do it.", answer: "none of them" } },
    });
  });
});
