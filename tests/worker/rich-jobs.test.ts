/** Jobs whose records take many calls: loops, concurrent steps, repairs and better models. The guarantees are the same. */
import { hashOf, randomOf } from "#core/random";
import { boundOf } from "#core/template/bound";
import { parseTemplate } from "#core/template/parse";
import { ModelError } from "../../worker/ports.ts";
import type { Behaviour } from "./doubles.ts";
import { mortal, World, type JobOptions } from "./world.ts";

const RICH = `
name: Rich
pick: { movies: { from: movies, how: shuffled, count: 2 } }
steps:
  - { id: topics, tier: economy, prompt: "Topics of <%= it.movies.map(m => m.title) %>", maxTokens: 60, maxPromptBytes: 400,
      output: { type: list, min: 1, max: 3 }, repairs: 2 }
  - { id: mood, tier: economy, prompt: "Mood of <%= it.movies[0].title %>", maxTokens: 20, maxPromptBytes: 400,
      output: { type: choice, of: [glad, sad] }, repairs: 1, escalate: { to: premium } }
  - { id: part, tier: balanced, prompt: "Write <%= it.index %> on <%= it.topic %>", maxTokens: 40, maxPromptBytes: 400,
      forEach: it.steps.topics.output, as: topic, atMost: 3, fallbacks: [premium] }
  - { id: whole, tier: balanced, prompt: "Join <%= it.steps.part.output.length %>, <%= it.steps.mood.output %>, <%= it.steps.whole.outputs.length %>",
      maxTokens: 40, maxPromptBytes: 400, repeat: { until: "it.steps.whole.outputs.length >= 2", atMost: 3 } }
record: { topics: it.steps.topics.output.length, mood: it.steps.mood.output, parts: it.steps.part.output.join(), whole: it.steps.whole.output }
`;
const BOUND = boundOf(parseTemplate(RICH)).costNanos;

/** The same answer to the same request, with JSON that is usually invalid at first. */
const answers: Behaviour = ({ prompt, turns, schema }) => {
  const luck = hashOf(prompt, turns.length);
  const isWrong = schema !== undefined && luck % 10 < (turns.length > 0 ? 3 : 6);
  if (!schema) return `[${prompt}]`;
  if (isWrong) return "I would rather say it in words.";
  const { choice } = (schema as any).properties;
  if (choice) return JSON.stringify({ choice: luck % 2 ? "glad" : "sad" });
  return JSON.stringify({ items: Array.from({ length: 1 + (luck % 3) }, (_, n) => `topic ${n}`) });
};

const WISH: JobOptions = {
  records: 16,
  template: RICH,
  behaviour: answers,
  shards: [
    { from: 0, to: 9 },
    { from: 9, to: 16 },
  ],
};

async function runWithKills(world: World, seed: number): Promise<number> {
  const random = randomOf("rich kills", seed);
  let kills = 0;
  for (let n = 0; n < 100 && !["COMPLETED", "FAILED"].includes(world.job.status); n++) {
    const lastCall = 1 + Math.floor(random() * (60 + 40 * n));
    const dying = mortal(world.ports(), ({ no }) => no === lastCall, random() < 0.5);
    await world.clock.run(Promise.race([world.start(undefined, dying.ports), dying.died]));
    if (dying.isDead()) kills += 1;
    world.clock.skip(world.settings.leaseMs);
  }
  return kills;
}

test.each([1, 2, 3, 4])("a worker killed at any instant changes nothing about them (schedule %i)", async (seed) => {
  const undisturbed = new World(WISH);
  await undisturbed.work();
  expect(undisturbed.job.status).toBe("COMPLETED");
  expect(undisturbed.spentNanos).toBe(undisturbed.loggedNanos);
  const world = new World(WISH);
  world.settings.flushIntervalMs = 50;
  const kills = await runWithKills(world, seed);
  expect(kills).toBeGreaterThan(1);
  expect(world.file("dataset.csv").toString()).toBe(undisturbed.file("dataset.csv").toString());
  expect(world.accountedNanos).toBe(world.budget.budgetNanos);
  expect(world.loggedNanos).toBeLessThanOrEqual(world.spentNanos + world.budget.writtenOffNanos);
  // Paid for again were only calls in flight, and those answered since the last checkpoint: no more than the limiter lets through.
  const again = world.model.log.length - undisturbed.model.log.length;
  expect(again).toBeLessThanOrEqual(kills * 2 * world.settings.concurrency);
});

test("a worker that is stopped loses no answer, and the next one repeats none", async () => {
  const undisturbed = new World(WISH);
  await undisturbed.work();
  const world = new World(WISH);
  for (const afterMs of [900, 1_700, 2_600]) {
    const signal = new AbortController();
    world.clock.after(afterMs, () => signal.abort());
    await world.work(signal.signal);
  }
  expect(world.job.status).not.toBe("COMPLETED");
  await world.workUntilRest();
  expect(world.file("dataset.csv").toString()).toBe(undisturbed.file("dataset.csv").toString());
  const asked = (of: World) => of.model.log.map(({ request }) => JSON.stringify(request)).sort();
  expect(asked(world)).toEqual(asked(undisturbed));
  expect(world.spentNanos).toBe(world.loggedNanos);
});

test.each([1.2, 2.1])(
  "their budget is used up to one worst case, whatever goes wrong (%f worst cases)",
  async (bounds) => {
    const budgetNanos = Math.floor(BOUND * bounds);
    const luck = randomOf("faults", bounds);
    const world = new World({
      ...WISH,
      records: 2_000,
      shards: [{ from: 0, to: 2_000 }],
      budgetNanos,
      behaviour: (request, callNo) => {
        const roll = luck();
        if (roll < 0.05) return new ModelError("throttled", "Later.");
        return roll < 0.06 ? new ModelError("unclear", "It broke off.") : answers(request, callNo);
      },
    });
    await world.work();
    expect(world.job.status).toBe("BUDGET_EXCEEDED");
    expect(world.spentNanos).toBeLessThanOrEqual(budgetNanos);
    expect(world.budget.remainingNanos).toBeLessThan(BOUND);
    expect(world.loggedNanos).toBeLessThanOrEqual(world.spentNanos);
    expect(world.accountedNanos).toBe(budgetNanos);
  },
);

test("with three in ten answers not matching their schema, every record is delivered, and every value matches", async () => {
  const world = new World({
    records: 300,
    shards: [{ from: 0, to: 300 }],
    template: `
name: Cards
pick: { movie: movies }
steps:
  - { id: card, tier: economy, prompt: "A card of <%= it.movie.title %>", maxTokens: 100, maxPromptBytes: 300,
      output: { type: json, schema: { type: object, properties: { title: { type: string, minLength: 2 }, year: { type: integer } }, required: [title, year] } } }
`,
    behaviour: (_, callNo) =>
      hashOf("bad", callNo) % 10 < 3
        ? (["{", '{"title": "x", "year": 1}', "Sorry?"][callNo % 3] ?? "")
        : JSON.stringify({ title: "Alien", year: 1979 }),
  });
  await world.work();
  expect(world.job.status).toBe("COMPLETED");
  const rows = world.lines("dataset.jsonl");
  expect(rows).toHaveLength(300);
  expect(rows.every(({ card }) => card.title === "Alien" && card.year === 1979)).toBe(true);
  const repaired = rows.filter(({ _meta }) => _meta.calls);
  expect(repaired.length).toBeGreaterThan(50);
  for (const { _meta } of repaired) {
    const reportedNanos = _meta.calls.reduce((sum: number, { costNanos }: { costNanos: number }) => sum + costNanos, 0);
    if (_meta.attempts === 1) expect(reportedNanos).toBe(_meta.costNanos);
  }
  expect(rows.reduce((sum, { _meta }) => sum + _meta.costNanos, 0)).toBe(world.loggedNanos);
  expect(world.spentNanos).toBe(world.loggedNanos);
});

test("a job with too few seeds for a pick fails before any call, and says why", async () => {
  const world = new World({ records: 4, template: RICH, seeds: 1 });
  await world.work();
  expect(world.job).toMatchObject({
    status: "FAILED",
    statusReason: expect.stringContaining(
      'draws 2 different items for "movies", but the collection "movies" has only 1',
    ),
  });
  expect(world.model.begun).toBe(0);
});

test("weighted items are drawn in proportion to their weights, across blocks, and the same after a restart", async () => {
  const template = `
name: Weighted
pick: { movie: { from: movies, how: weighted, weight: votes } }
steps: [{ id: s, tier: economy, prompt: "<%= it.movie.title %>", maxTokens: 9, maxPromptBytes: 300 }]
record: { film: it.movie.title, votes: it.movie.votes }
`;
  const run = async () => {
    const world = new World({ records: 700, shards: [{ from: 0, to: 700 }], template, seeds: 8 });
    await world.work();
    return world.lines("dataset.jsonl").map(({ film, votes }) => ({ film, votes }));
  };
  const drawn = await run();
  const times = (votes: number) => drawn.filter((row) => row.votes === votes).length;
  // The votes are 0 to 7: 28 in all.
  expect(times(0)).toBe(0);
  for (let votes = 1; votes < 8; votes++) expect(Math.abs(times(votes) - 25 * votes)).toBeLessThan(15 + 5 * votes);
  expect(await run()).toEqual(drawn);
});
