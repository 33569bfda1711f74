/** Which candidates fill a slot, how many attempts it gets, and what is kept of rejected candidates. */
import { newOpenSlot } from "#core/shard/record";
import { openMaker } from "../one-record.ts";
import { ANSWERS, mortal, TWO_STEPS, World, type JobOptions } from "../world.ts";

/** Films whose number is a multiple of three are rejected: with 33 films, a third of them. */
const NOT_EVERY_FILM = `${TWO_STEPS}accept: { recent: it.record.year >= 1980, lucky: it.movie.votes % 3 !== 0 }\n`;
const choosy = (options: Partial<JobOptions> = {}) =>
  new World({ records: 40, seeds: 33, template: NOT_EVERY_FILM, ...options });
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
    ["it.record.a > 2", "delivered"],
    ["it.record.a > 3", "rejected"],
    ["it.seed.n + it.steps.s.output.length === 8", "delivered"],
    ["'[].length'", "rejected"],
    ["{ one: it.record.a > 2, two: it.record.a < 9 }", "delivered"],
    ["{ one: it.record.a > 2, two: it.record.a > 9 }", "rejected"],
  ])("with accept: %s is %s", async (accept, kind) => expect((await verdict(accept)).kind).toBe(kind));

  test("sees its columns as they are delivered, in their declared types", async () => {
    const record = "a: { value: it.seed.n, type: integer }, b: it.seed.none";
    expect((await verdict("it.record.a === 7 && it.record.b === null", { record, n: "7" })).kind).toBe("delivered");
  });

  test("is rejected by the first condition that does not hold, which is named; later ones are not evaluated", async () => {
    const end = await verdict("{ fine: it.record.a > 0, big: it.record.a > 9, odd: it.seed.none.none }");
    expect(end).toMatchObject({
      kind: "rejected",
      rejected: { slot: 0, attempt: 0, reason: 'Rejected by "big".', columns: { a: 3 } },
      failed: { cause: 'Rejected by "big"' },
    });
    expect(await verdict("it.record.a > 9")).toMatchObject({
      rejected: { reason: 'Rejected by "accept".' },
    });
  });

  test("whose condition cannot be evaluated is none: the attempt fails, and says where", async () => {
    expect(await verdict("{ odd: it.record.a.b.c }")).toMatchObject({
      kind: "retryable",
      failed: { reason: expect.stringMatching(/^Condition "odd" could not be evaluated: .*line 1, column/) },
    });
  });
});

describe("a job with conditions", () => {
  test("delivers as many accepted records as requested, and keeps each rejected candidate", async () => {
    const world = choosy();
    await world.work();
    expect(world.job.status).toBe("COMPLETED");
    const rows = world.lines("dataset.jsonl");
    expect(rows).toHaveLength(40);
    expect(rows.filter(({ year }) => (year - 1980) % 3 === 0)).toEqual([]);
    const rejected = world.lines("meta/rejected.jsonl");
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
      expect(reason).toBe('Rejected by "lucky".');
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
    expect(shard?.causes).toEqual([{ cause: 'Rejected by "lucky"', attempts: rejected.length, records: 0 }]);
  });

  test("lists in its card the conditions, and how many candidates were rejected", async () => {
    const world = choosy();
    await world.work();
    const card = world.file("README.md").toString();
    const { rejected } = world.shards[0] ?? {};
    expect(card).toContain(`| Rejected candidates | ${rejected} |`);
    expect(card).toContain("| lucky | `it.movie.votes % 3 !== 0` |");
    expect(card).toContain(`| Rejected by "lucky" | ${rejected} | 0 |`);
    expect(card).toContain(`- \`meta/rejected.jsonl\`: ${rejected} rows`);
  });

  test("reports rejections and their causes while it runs", async () => {
    const world = choosy({ records: 200 });
    await world.work();
    const reports = world.reporter.reports.map(({ report }) => report);
    expect(reports.at(-1)).toMatchObject({ rejected: world.shards[0]?.rejected, causes: world.shards[0]?.causes });
    expect(reports.every((report, n) => report.rejected >= (reports[n - 1]?.rejected ?? 0))).toBe(true);
    expect(reports.some(({ rejected, delivered }) => rejected > 0 && delivered < 200)).toBe(true);
  });

  test("has the same dataset whichever workers run it, and forgets no attempt when a worker crashes", async () => {
    const undisturbed = choosy();
    await undisturbed.work();
    const world = choosy();
    for (let n = 1; world.job.status !== "COMPLETED" && n < 30; n++) {
      const dying = mortal(world.ports(), ({ no }) => no === 25 * n, n % 2 === 0);
      await world.clock.run(Promise.race([world.start(undefined, dying.ports), dying.died]));
      world.clock.skip(world.settings.leaseMs);
    }
    expect(world.file("dataset.csv").toString()).toBe(undisturbed.file("dataset.csv").toString());
    const countsOf = (of: World) =>
      of
        .lines("meta/rejected.jsonl")
        .map(({ id, attempt }) => `${id} ${attempt}`)
        .sort();
    expect(countsOf(world)).toEqual(countsOf(undisturbed));
    expect(world.shards[0]?.attempts).toBe(undisturbed.shards[0]?.attempts);
  });
});

describe("attempts", () => {
  /** For every second film the answer is never JSON. */
  const half: JobOptions["behaviour"] = (request, callNo) =>
    request.schema && /Film \d*[13579]"/.test(request.prompt) ? "no" : ANSWERS(request, callNo);

  test("of a shard share one pool: what one slot does not use, another may", async () => {
    const world = new World({ records: 60, seeds: 50, behaviour: half });
    await world.work();
    expect(world.job.status).toBe("COMPLETED");
    expect(world.shards[0]).toMatchObject({ delivered: 60, failed: 0 });
    const attempts = world.lines("dataset.jsonl").map(({ _meta }) => _meta.attempts);
    expect(Math.max(...attempts)).toBeGreaterThan(3);
    expect(world.shards[0]?.attempts).toBeLessThanOrEqual(180);
  });

  test.each([1, 2, 5])("are at most %i per record on average if none succeeds", async (maxAttempts) => {
    const template = `${TWO_STEPS}maxAttempts: ${maxAttempts}\n`;
    // Two alternating causes, so that there is no sole cause at the start.
    const behaviour: JobOptions["behaviour"] = (request, callNo) =>
      !request.schema ? ANSWERS(request, callNo) : callNo % 2 === 0 ? "no" : '{"answer": 5}';
    const world = new World({ records: 24, template, behaviour });
    await world.work();
    expect(world.job.status).toBe("FAILED");
    expect(world.shards[0]).toMatchObject({ delivered: 0, failed: 24, attempts: 24 * maxAttempts });
    for (const { attempts } of world.lines("meta/failures.jsonl"))
      expect(attempts).toBeLessThanOrEqual(5 * maxAttempts);
  });

  test("are counted on by the next worker, not from zero", async () => {
    const template = `${TWO_STEPS}maxAttempts: 2\n`;
    let stop = new AbortController();
    const behaviour: JobOptions["behaviour"] = (request, callNo) => {
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
  test("stops early when one condition rejects everything, and names it", async () => {
    const world = new World({ records: 400, template: NO_FILM });
    await world.work();
    expect(world.job).toMatchObject({ status: "FAILED", outcome: "FAILED" });
    expect(world.job.statusReason).toMatch(
      /^The first \d\d candidates were all rejected for one cause\. Rejected by "good"\. Loosen the condition/,
    );
    expect(world.shards[0]?.attempts).toBeLessThan(40);
    expect(world.lines("meta/rejected.jsonl")).toHaveLength(world.shards[0]?.rejected ?? -1);
  });

  test("continues when the first attempts fail for several causes", async () => {
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

  const FEW_BAD: JobOptions["behaviour"] = (request, callNo) =>
    request.schema && request.prompt.includes('Film 1"') ? "no" : ANSWERS(request, callNo);
  const ONE_ATTEMPT = `${TWO_STEPS}maxAttempts: 1\n`;

  test.each([
    [undefined, "FAILED"],
    [24, "FAILED"],
    [25, "COMPLETED"],
  ])("with a quarter of its records failing and a tolerance of %s%%, is %s", async (maxFailedPercent, status) => {
    const world = new World({ records: 40, seeds: 4, template: ONE_ATTEMPT, behaviour: FEW_BAD });
    world.setJob({ maxFailedPercent });
    await world.work();
    expect(world.job.status).toBe(status);
    expect(world.lines("dataset.jsonl")).toHaveLength(30);
    expect(world.lines("meta/failures.jsonl")).toHaveLength(10);
    if (status === "FAILED")
      expect(world.job.statusReason).toContain(
        `10 of 40 records failed, more than the ${maxFailedPercent ?? 20}% this job allows: 10 × The answer to step "answer" is not JSON.`,
      );
  });

  test("stops once fifty records show that too many will fail", async () => {
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

describe("a failed record reports", () => {
  const failures = async (options: Partial<JobOptions>) => {
    const world = new World({ records: 2, template: `${TWO_STEPS}maxAttempts: 1\n`, ...options });
    await world.work();
    return world.lines("meta/failures.jsonl");
  };

  test("which step sent what, and what was answered", async () => {
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

  test("the whole conversation if a repair was tried", async () => {
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

  test("the prompt even if the worker that rendered it is gone", async () => {
    const maker = await openMaker({
      template: `name: T\npick: {}\nsteps: [{ id: s, tier: economy, prompt: Do it., output: { type: choice, of: [a, b] }, repairs: 0 }]`,
      behaviour: () => "none of them",
    });
    const paid = { modelId: "amazon.nova-micro-v1:0", reason: "first", inputTokens: 1, outputTokens: 1, costNanos: 1 };
    const round = { calls: [paid], latest: { text: "none of them", stopReason: "end_turn" } };
    const end = await maker.make({ ...newOpenSlot(0), steps: { s: { rounds: [round] } } } as never);
    expect(maker.model.begun).toBe(0);
    expect(end).toMatchObject({
      kind: "retryable",
      failed: { details: { step: "s", prompt: "Do it.", answer: "none of them" } },
    });
  });
});
