/** What happens with unusable answers, and with unavailable models. */
import { newOpenSlot } from "#core/shard/record";
import { REPAIR_ERROR_BYTES } from "#core/template/bound";
import { ModelError } from "../../../worker/ports.ts";
import { openMaker, type MakerOptions } from "../one-record.ts";

const NOVA = { economy: "amazon.nova-micro-v1:0", balanced: "amazon.nova-lite-v1:0", premium: "amazon.nova-pro-v1:0" };
const template = (more: string) =>
  `name: T\npick: {}\nsteps:\n  - { id: s, tier: economy, maxTokens: 50, maxPromptBytes: 500, prompt: Do it., ${more} }`;
const JSON_STEP =
  "output: { type: json, schema: { type: object, properties: { n: { type: integer } }, required: [n] } }";
const inTurn =
  (...answers: ReturnType<MakerOptions["behaviour"]>[]): MakerOptions["behaviour"] =>
  (_, callNo) =>
    answers[callNo] ?? "too many calls";

async function make(more: string, behaviour: MakerOptions["behaviour"]) {
  const maker = await openMaker({ template: template(more), behaviour });
  const open = newOpenSlot(0);
  return { maker, open, end: await maker.make(open) };
}

describe("a repair", () => {
  test("shows the model its answer and what is wrong with it", async () => {
    const { maker, end } = await make(JSON_STEP, inTurn('{"n": "five"}', '{"n": 5}'));
    expect(end).toMatchObject({ kind: "delivered", record: { columns: { s: { n: 5 } } } });
    expect(maker.model.log[1]?.request).toMatchObject({
      turns: [
        { role: "user", text: "Do it." },
        { role: "assistant", text: '{"n": "five"}' },
      ],
      prompt:
        "Your answer cannot be used: it does not match its schema: /n must be integer. Answer again, as one JSON object that matches the schema, with nothing before or after it.",
    });
  });

  test.each([JSON_STEP, "repairs: 1"])("follows an answer that Bedrock reports as malformed (%s)", async (step) => {
    const malformed = { text: "", stopReason: "malformed_model_output" };
    const { maker, end } = await make(step, inTurn(malformed, '{"n": 5}'));
    expect(end).toMatchObject({ kind: "delivered" });
    expect(maker.model.log[1]?.request.prompt).toMatch(
      /^Your answer cannot be used: it was malformed according to Bedrock \(malformed_model_output\)\. Answer again/,
    );
  });

  test("happens as often as the step says, is charged, and is in the record's provenance", async () => {
    const { maker, open, end } = await make(JSON_STEP, inTurn("no", "{}", '{"n": 1}'));
    const call = { step: "s", round: 0, modelId: NOVA.economy };
    expect(end).toMatchObject({
      record: {
        meta: {
          models: { s: NOVA.economy },
          calls: [
            { ...call, reason: "first" },
            { ...call, reason: "repair" },
            { ...call, reason: "repair" },
          ],
          costNanos: maker.loggedNanos,
        },
      },
    });
    expect(open.costNanos).toBe(maker.loggedNanos);
    const worse = await make(`${JSON_STEP}, repairs: 1`, inTurn("no", "{}", '{"n": 1}'));
    expect(worse.end).toMatchObject({
      kind: "retryable",
      failed: { reason: expect.stringContaining("required property 'n'") },
    });
    expect(worse.maker.model.begun).toBe(2);
    expect((await make(`${JSON_STEP}, repairs: 0`, inTurn("no"))).maker.model.begun).toBe(1);
  });

  test("shows no more of a long answer and a long error than the bound counts", async () => {
    const names = Array.from({ length: 300 }, (_, n) => `wanted_but_missing_${n}`);
    const schema = `output: { type: json, schema: { type: object, required: [${names.join()}] } }`;
    const { maker } = await make(schema, inTurn(`"${"ü".repeat(5_000)}"`, "{}", "{}"));
    const [, second, third] = maker.model.log.map(({ request }) => request);
    const bytes = (text = "") => new TextEncoder().encode(text).length;
    expect(bytes(second?.turns[1]?.text)).toBe(199);
    expect(bytes(third?.prompt)).toBeLessThanOrEqual(REPAIR_ERROR_BYTES);
    expect(third?.prompt).toContain("and 295 more");
  });

  test("of text happens if requested, and shows an empty answer as such", async () => {
    const { maker, end } = await make("repairs: 1", inTurn("  ", "words"));
    expect(end).toMatchObject({ record: { columns: { s: "words" } } });
    expect(maker.model.log[1]?.request.turns[1]).toEqual({ role: "assistant", text: "…" });
    expect((await make("repairs: 0", inTurn(""))).end).toMatchObject({
      kind: "retryable",
      failed: { reason: 'The answer to step "s" is empty.' },
    });
  });

  test("says that an answer was truncated", async () => {
    const { maker } = await make(JSON_STEP, inTurn({ text: '{"n', stopReason: "max_tokens" }, '{"n": 1}'));
    expect(maker.prompts[1]).toContain("was truncated at maxTokens (50)");
  });

  const CUT_OFF = { text: "The end of this", stopReason: "max_tokens" };

  test("happens for truncated text too", async () => {
    const { maker, end } = await make("repairs: 1", inTurn(CUT_OFF, "The end."));
    expect(end).toMatchObject({ record: { columns: { s: "The end." } } });
    expect(maker.prompts[1]).toContain("was truncated at maxTokens (50)");
    expect((await make("repairs: 0", inTurn(CUT_OFF))).end).toMatchObject({
      kind: "retryable",
      failed: {
        reason: 'The answer to step "s" was truncated at maxTokens (50); raise it, or allow that with "allowCutOff".',
      },
    });
  });

  test("does not happen for text that may be cut off", async () => {
    const { end } = await make("output: { type: text, allowCutOff: true }", inTurn(CUT_OFF));
    expect(end).toMatchObject({ record: { columns: { s: "The end of this" } } });
  });

  test("says that the model's context was exhausted", async () => {
    const full = { text: "The end of this", stopReason: "model_context_window_exceeded" };
    const { maker } = await make("repairs: 1", inTurn(full, "The end."));
    expect(maker.prompts[1]).toContain("was truncated at the end of the model's context window");
  });

  test("is not repeated after a restart, nor is an answer not yet judged paid for twice", async () => {
    const maker = await openMaker({ template: template(JSON_STEP), behaviour: inTurn('{"n": 7}') });
    const call = { modelId: NOVA.economy, inputTokens: 1, outputTokens: 1, costNanos: 1 };
    const latest = { text: "not JSON", stopReason: "end_turn" };
    const calls = [
      { ...call, reason: "first" as const },
      { ...call, reason: "repair" as const },
    ];
    expect(await maker.columns({ ...newOpenSlot(0), steps: { s: { rounds: [{ calls, latest }] } } })).toEqual({
      s: { n: 7 },
    });
    expect(maker.model.log[0]?.request.turns[1]?.text).toBe("not JSON");
    const judged = { ...newOpenSlot(0), steps: { s: { rounds: [{ calls, latest: { ...latest, text: '{"n":3}' } }] } } };
    expect(await maker.columns(judged)).toEqual({ s: { n: 3 } });
    expect(maker.model.begun).toBe(1);
  });
});

describe("an answer is understood", () => {
  test.each([
    ["in a code fence", 'Sure!\n```json\n{"n": 1}\n```\nAnything else?'],
    ["in the middle of words", 'Of course {as you say}: {"n": 1, "text": "a } in a string"} is it.'],
    ["behind one that does not fit", 'First I thought {"m": 0}, but then {"n": 1}.'],
  ])("as JSON %s", async (_, text) => {
    const { end } = await make(`${JSON_STEP}, repairs: 0`, inTurn(text));
    expect(end).toMatchObject({ record: { columns: { s: { n: 1 } } } });
  });

  test.each([
    ['{"choice": "yes"}', "yes"],
    ["No.", "no"],
    ['**"Yes"**', "yes"],
  ])("as a choice: %s", async (text, choice) => {
    const { end } = await make(
      "output: { type: choice, of: [yes, no] }".replace("yes, no", '"yes", "no"'),
      inTurn(text),
    );
    expect(end).toMatchObject({ record: { columns: { s: choice } } });
  });

  test("as a list, whose length is checked against its bounds", async () => {
    const list = "output: { type: list, min: 2, max: 3 }";
    expect((await make(list, inTurn('["a", "b"]'))).end).toMatchObject({ record: { columns: { s: ["a", "b"] } } });
    const { maker } = await make(list, inTurn('{"items": ["a"]}', '{"items": ["a", "b"]}'));
    expect(maker.prompts[1]).toContain("/items must NOT have fewer than 2 items");
  });
});

describe("what a model thought", () => {
  const thinking = ({ prompt }: { readonly prompt: string }) => ({
    text: `Answer to ${prompt}`,
    reasoning: `About ${prompt}`,
    stopReason: "end_turn",
  });
  const columns = async (more: string) =>
    await (await openMaker({ template: `${template("")}${more}`, behaviour: thinking })).columns();

  test("is not in the answer, and can be a column", async () => {
    expect(await columns("\nrecord: { answer: it.steps.s.output, thought: it.steps.s.reasoning }")).toEqual({
      answer: "Answer to Do it.",
      thought: "About Do it.",
    });
  });

  test("is a list after a loop, and null without reasoning", async () => {
    const loop = `name: T\npick: {}\nsteps:\n  - { id: s, tier: economy, maxTokens: 50, maxPromptBytes: 500, forEach: "[1, 2]", atMost: 2, prompt: "<%= it.item %>" }`;
    const record = "\nrecord: { thoughts: it.steps.s.reasoning }";
    const maker = await openMaker({ template: loop + record, behaviour: thinking });
    expect(await maker.columns()).toEqual({ thoughts: ["About 1", "About 2"] });
    maker.model.behaviour = () => "plain";
    expect(await maker.columns(newOpenSlot(1))).toEqual({ thoughts: [null, null] });
  });

  test("is not kept where the template does not read it", async () => {
    const open = newOpenSlot(0);
    const maker = await openMaker({ template: template(""), behaviour: thinking });
    await maker.make(open);
    expect(JSON.stringify(open)).not.toContain("About");
  });
});

describe("a better model is asked", () => {
  const better = (rest = "") => `escalate: { to: premium${rest} }`;

  test("when the repairs are used up, from scratch and with repairs of its own", async () => {
    const { maker, end } = await make(`${JSON_STEP}, repairs: 1, ${better()}`, inTurn("1", "2", "3", '{"n": 4}'));
    expect(end).toMatchObject({ record: { columns: { s: { n: 4 } }, meta: { models: { s: NOVA.premium } } } });
    expect(maker.observed.map(({ modelId, reason, turns }) => [modelId, reason, turns.length])).toEqual([
      [NOVA.economy, "first", 0],
      [NOVA.economy, "repair", 2],
      [NOVA.premium, "escalation", 0],
      [NOVA.premium, "repair", 2],
    ]);
    const failed = await make(`${JSON_STEP}, repairs: 0, ${better()}`, inTurn("1", "2"));
    expect(failed.end).toMatchObject({ kind: "retryable" });
    expect(failed.maker.model.begun).toBe(2);
  });

  test.each([
    "I'm sorry, but I can't help with that.",
    "I cannot create this content.",
    "As an AI, I am unable to judge.",
  ])("at once when the model refuses: %s", async (refusal) => {
    const { maker, end } = await make(`repairs: 2, ${better()}`, inTurn(refusal, "Here it is."));
    expect(end).toMatchObject({ record: { columns: { s: "Here it is." } } });
    expect(maker.observed[0]?.problem).toBe('The answer to step "s" is a refusal.');
    expect(maker.observed[1]?.reason).toBe("escalation");
  });

  test("when the answer was withheld, and without a better model the attempt fails", async () => {
    const withheld = { text: "", stopReason: "guardrail_intervened" };
    expect((await make(better(), inTurn(withheld, "fine"))).end).toMatchObject({ record: { columns: { s: "fine" } } });
    expect((await make("repairs: 0", inTurn(withheld))).end).toMatchObject({
      kind: "retryable",
      failed: { reason: 'The answer to step "s" was withheld (guardrail_intervened).' },
    });
  });

  test("when its condition holds for the answer, once", async () => {
    const when = `${JSON_STEP}, ${better(", when: 'it.steps.s.output.n < 5'")}`;
    const { maker, end } = await make(when, inTurn('{"n": 3}', '{"n": 4}'));
    expect(end).toMatchObject({ record: { columns: { s: { n: 4 } } } });
    expect(maker.observed[0]?.problem).toContain("escalate.when");
    expect((await make(when, inTurn('{"n": 6}'))).maker.model.begun).toBe(1);
  });

  test("but a condition that cannot be evaluated is reported with the answer that was paid for, which is not paid for again", async () => {
    const { maker, end } = await make(better(", when: 'it.steps.s.output.a.b > 1'"), inTurn("words"));
    const problem = expect.stringMatching(/^Step "s", "escalate\.when" could not be evaluated/);
    expect(end).toMatchObject({ kind: "failed", failed: { reason: problem } });
    expect(maker.observed).toMatchObject([{ answer: "words", problem, costNanos: maker.loggedNanos }]);
  });

  test("only for what the step names", async () => {
    const refusalOnly = `${JSON_STEP}, repairs: 0, ${better(", on: [refusal]")}`;
    expect((await make(refusalOnly, inTurn("no JSON"))).end).toMatchObject({ kind: "retryable" });
    expect((await make(refusalOnly, inTurn("Sorry, I can't do that.", '{"n": 1}'))).end).toMatchObject({
      kind: "delivered",
    });
    const schemaOnly = better(", on: [schema]");
    expect((await make(schemaOnly, inTurn("Sorry, I can't do that."))).end).toMatchObject({
      record: { columns: { s: "Sorry, I can't do that." } },
    });
  });

  test.each([
    "I'm sorry to hear that your parcel is late.",
    "Sorry seems to be the hardest word.",
    "Unfortunately, the train was late. I cannot say why.",
    "I can't wait to create something with you!",
    '"I\'m sorry, Dave," said the ship.',
  ])("but not for what only sounds like a refusal: %s", async (text) => {
    expect((await make(better(), inTurn(text))).maker.model.begun).toBe(1);
  });
});

describe("an unavailable model", () => {
  const fallbacks = "fallbacks: [balanced, premium]";
  const away =
    (ids: readonly string[], kind: ModelError["kind"]): MakerOptions["behaviour"] =>
    ({ modelId }) =>
      ids.includes(modelId) ? new ModelError(kind, "Not now.") : modelId;

  test("gets half a minute, then the next one answers, and the next record does not wait again", async () => {
    const { maker, end } = await make(fallbacks, away([NOVA.economy], "throttled"));
    expect(end).toMatchObject({
      record: {
        columns: { s: NOVA.balanced },
        meta: { models: { s: NOVA.balanced }, calls: [{ reason: "fallback" }] },
      },
    });
    const begun = maker.model.begun;
    expect(begun).toBeGreaterThan(5);
    expect(begun).toBeLessThan(12);
    const beganAtMs = maker.clock.nowMs();
    expect(await maker.columns(newOpenSlot(1))).toEqual({ s: NOVA.balanced });
    expect(maker.model.begun).toBe(begun + 1);
    expect(maker.clock.nowMs() - beganAtMs).toBeLessThan(1_000);
    maker.clock.skip(120_000);
    maker.model.behaviour = away([], "throttled");
    expect(await maker.columns(newOpenSlot(2))).toEqual({ s: NOVA.economy });
  });

  test("is skipped immediately when it is inaccessible", async () => {
    const { maker, end } = await make(fallbacks, away([NOVA.economy, NOVA.balanced], "inaccessible"));
    expect(end).toMatchObject({ record: { columns: { s: NOVA.premium } } });
    expect(maker.model.begun).toBe(3);
    expect(maker.observed.map(({ modelId, problem, costNanos }) => [modelId, problem, costNanos > 0])).toEqual([
      [NOVA.economy, "Not now.", false],
      [NOVA.balanced, "Not now.", false],
      [NOVA.premium, undefined, true],
    ]);
  });

  test("is not one that finds a request invalid: no other is asked, and the next record asks it as usual", async () => {
    const { maker, end } = await make(fallbacks, away([NOVA.economy], "invalid"));
    expect(end).toMatchObject({ kind: "failed", failed: { reason: "Not now." } });
    expect(maker.observed.map(({ modelId, problem }) => [modelId, problem])).toEqual([[NOVA.economy, "Not now."]]);
    maker.model.behaviour = away([], "invalid");
    expect(await maker.columns(newOpenSlot(1))).toEqual({ s: NOVA.economy });
    expect(maker.model.begun).toBe(2);
  });

  test("fails the record when there is no other", async () => {
    const all = Object.values(NOVA);
    expect((await make(fallbacks, away(all, "inaccessible"))).end).toMatchObject({ kind: "failed" });
    expect((await make("repairs: 0", away(all, "inaccessible"))).maker.model.begun).toBe(1);
  });
});

test("an observer gets everything about a call", async () => {
  const { maker } = await make(
    `system: Be brief., ${JSON_STEP}, examples: [{ user: Q, assistant: A }]`,
    inTurn("x", '{"n":1}'),
  );
  expect(maker.observed[0]).toMatchObject({
    stepId: "s",
    round: 0,
    reason: "first",
    modelId: NOVA.economy,
    system: "Be brief.",
    turns: [
      { role: "user", text: "Q" },
      { role: "assistant", text: "A" },
    ],
    prompt: "Do it.",
    answer: "x",
    problem: 'The answer to step "s" is not JSON.',
    ms: 100,
  });
  expect(maker.observed[1]).toMatchObject({ reason: "repair", answer: '{"n":1}', problem: undefined });
  expect(maker.observed.reduce((sum, { costNanos }) => sum + costNanos, 0)).toBe(maker.loggedNanos);
});
