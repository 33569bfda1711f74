/** Draws: evaluated once per attempt, read everywhere, and the same after a restart. */
import { newOpenSlot } from "#core/shard/record";
import { openMaker, type MakerOptions } from "../one-record.ts";

const LETTERS = [..."abcdefghijklmnopqrstuvwxyz"];

const EVERYWHERE = `name: T
pick: { s: seeds }
parameters: { suffix: { default: "!" } }
draws:
  letter: pickOne(it.s.letters)
  shout: it.draws.letter.toUpperCase() + it.suffix
  three: shuffle(it.s.letters).slice(0, 3)
partials: { inside: "<%= it.draws.letter %>" }
steps:
  - id: one
    tier: economy
    when: it.draws.letter !== ""
    system: "<%= it.draws.letter %>"
    examples: [{ user: "<%= it.draws.letter %>", assistant: "<%= it.draws.shout %>" }]
    prompt: '<%= it.draws.letter %> <%= it.draws.shout %> <%= include("inside") %>'
  - id: each
    tier: economy
    forEach: it.draws.three
    atMost: 3
    prompt: <%= it.item %>
  - id: again
    tier: economy
    repeat: { until: it.steps.again.output === it.draws.letter, atMost: 3 }
    prompt: <%= it.draws.letter.trim() %>
record:
  letter: it.draws.letter
  shout: it.draws.shout
  three: it.draws.three
  told: it.steps.one.output
  each: it.steps.each.output
  rounds: it.steps.again.outputs.length
accept: it.draws.letter === it.record.letter
`;

const seeds = { seeds: [{ letters: LETTERS }] };
const open = (template: string, more: Partial<MakerOptions> = {}) =>
  openMaker({ template, behaviour: ({ prompt }) => prompt, seeds, ...more });

test("a draw is one value in prompts, partials, conditions, loops, columns and accept", async () => {
  const maker = await open(EVERYWHERE);
  const { letter, shout, three, told, each, rounds } = (await maker.columns()) as Record<string, any>;
  expect(LETTERS).toContain(letter);
  expect(shout).toBe(`${letter.toUpperCase()}!`);
  expect(told).toBe(`${letter} ${shout} ${letter}`);
  expect(each).toEqual(three);
  expect(new Set(three).size).toBe(3);
  expect(rounds).toBe(1);
  const first = maker.observed.find(({ stepId }) => stepId === "one");
  expect(first).toMatchObject({ system: letter, turns: [{ text: letter }, { text: shout }] });
});

test("a restart draws the same, another attempt and another record draw anew", async () => {
  const lettersAt = async (slots: readonly number[], attempt: number) => {
    const maker = await open(EVERYWHERE);
    const letters: unknown[] = [];
    for (const slot of slots) {
      const end = await maker.make({ ...newOpenSlot(slot), attempt });
      letters.push(end.kind === "delivered" ? end.record.columns.letter : end.kind);
    }
    return letters;
  };
  const slots = [0, 1, 2, 3, 4, 5];
  const first = await lettersAt(slots, 0);
  expect(await lettersAt(slots, 0)).toEqual(first);
  expect(await lettersAt(slots, 1)).not.toEqual(first);
  expect(new Set(first).size).toBeGreaterThan(2);
});

test("a draw that is simple needs no sandbox, and undefined becomes null", async () => {
  const template = `name: T
pick: { s: seeds }
draws: { title: it.s.title ?? "none", missing: it.s.nothing, size: "it.s.letters.length + 1" }
steps: [{ id: one, tier: economy, prompt: "<%= it.draws.title %>" }]
record: { title: it.draws.title, missing: it.draws.missing, size: it.draws.size }`;
  expect(await (await open(template)).columns()).toEqual({ title: "none", missing: null, size: 27 });
});

test("a draw that fails ends the attempt before anything is paid", async () => {
  const template = `name: T
pick: { s: seeds }
draws: { one: pickOne(it.s.letters.filter((letter) => letter === "?")) }
steps: [{ id: one, tier: economy, prompt: "<%= it.draws.one %>" }]`;
  const maker = await open(template);
  expect(await maker.make()).toMatchObject({
    kind: "retryable",
    failed: {
      reason: expect.stringMatching(/^Draw "one" could not be evaluated: pickOne\(list\) must be a list with/),
    },
  });
  expect(maker.prompts).toEqual([]);
});
