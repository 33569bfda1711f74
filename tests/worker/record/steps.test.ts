/** Concurrent steps, loops, repetitions and conditions. */
import { newOpenSlot, type OpenSlot } from "#core/shard/record";
import { ModelError } from "../../../worker/ports.ts";
import { openMaker, type MakerOptions } from "../one-record.ts";

const step = (id: string, prompt: string, more = "") =>
  `\n  - { id: ${id}, tier: economy, maxTokens: 50, maxPromptBytes: 2000, prompt: ${JSON.stringify(prompt)}${more && `, ${more}`} }`;
const template = (...steps: string[]) => `name: T\npick: {}\nsteps:${steps.join("")}\n`;
const echo: MakerOptions["behaviour"] = ({ prompt }) => `<${prompt}>`;

describe("independent steps", () => {
  const DIAMOND = template(
    step("a", "A"),
    step("b", "B"),
    step("c", "<%= it.steps.a.output %>+<%= it.steps.b.output %>"),
    step("d", "D of <%= it.steps.a.output %>"),
  );

  test("run concurrently, each as soon as its dependencies are done", async () => {
    const maker = await openMaker({ template: DIAMOND, behaviour: echo });
    const at = new Map<string, number>();
    const { converse } = maker.model;
    maker.model.converse = async (request, signal) => {
      at.set(request.prompt, maker.clock.nowMs());
      return await converse.call(maker.model, request, signal);
    };
    maker.model.latencyMs = (callNo) => (callNo === 1 ? 1_000 : 100);
    expect(await maker.columns()).toEqual({ a: "<A>", b: "<B>", c: "<<A>+<B>>", d: "<D of <A>>" });
    const begin = at.get("A") ?? 0;
    expect([...at].map(([prompt, ms]) => [prompt, ms - begin])).toEqual([
      ["A", 0],
      ["B", 0],
      ["D of <A>", 100],
      ["<A>+<B>", 1_000],
    ]);
  });

  test("never have more calls in flight than the limiter allows", async () => {
    const many = template(...Array.from({ length: 9 }, (_, n) => step(`s${n}`, `P${n}`)));
    const maker = await openMaker({ template: many, behaviour: echo, concurrency: 3 });
    await maker.columns();
    expect(maker.model.mostInFlight).toBe(3);
  });

  test("keep what was paid for when one of them fails: no call starts, those in flight finish", async () => {
    const failing = template(
      step("bad", "bad", "output: { type: choice, of: [x, y] }, repairs: 0"),
      step("slow", "slow"),
      step("later", "later <%= it.steps.slow.output %>"),
    );
    const maker = await openMaker({ template: failing, behaviour: echo });
    maker.model.latencyMs = (callNo) => (callNo === 1 ? 5_000 : 100);
    const open = newOpenSlot(0);
    const end = await maker.make(open);
    expect(end).toMatchObject({ kind: "retryable", failed: { reason: 'The answer to step "bad" is not JSON.' } });
    expect(maker.prompts.sort()).toEqual(["bad", "slow"]);
    expect(open.steps.slow).toMatchObject({ end: "done", rounds: [{ output: "<slow>" }] });
    expect(open.costNanos).toBe(maker.loggedNanos);
  });

  test("report the most severe of their failures", async () => {
    const two = template(step("a", "A", "output: { type: choice, of: [x, y] }, repairs: 0"), step("b", "B"));
    const maker = await openMaker({
      template: two,
      behaviour: ({ prompt }) => (prompt === "B" ? new ModelError("inaccessible", "Gone.") : "no choice"),
    });
    expect(await maker.make()).toMatchObject({ kind: "failed", failed: { reason: "Gone." } });
  });
});

describe("a loop", () => {
  const LIST = step("names", "Names", "output: { type: list, min: 1, max: 9 }");
  const LOOP = template(
    LIST,
    step("each", "<%= it.index %>: <%= it.name %>", 'forEach: "it.steps.names.output", as: name, atMost: 3'),
    step("all", "All: <%= it.steps.each.output.join(' ') %>"),
  );
  const names =
    (list: readonly string[]): MakerOptions["behaviour"] =>
    (request, callNo) =>
      request.prompt === "Names" ? JSON.stringify({ items: list }) : echo(request, callNo);

  test("makes one call per item, concurrently, up to its limit; its output is the list of theirs", async () => {
    const maker = await openMaker({ template: LOOP, behaviour: names(["x", "y", "z", "w"]) });
    // The first item's answer comes last.
    maker.model.latencyMs = (callNo) => 1_000 - 100 * callNo;
    expect(await maker.columns()).toEqual({
      names: ["x", "y", "z", "w"],
      each: ["<0: x>", "<1: y>", "<2: z>"],
      all: "<All: <0: x> <1: y> <2: z>>",
    });
    expect(maker.model.mostInFlight).toBe(3);
  });

  test("over an empty list has an empty list as its output, and calls nothing", async () => {
    const empty = template(
      step("each", "<%= it.item %>", 'forEach: "[]", atMost: 3'),
      step("all", "n = <%= it.steps.each.outputs.length %>"),
    );
    const maker = await openMaker({ template: empty, behaviour: echo });
    expect(await maker.columns()).toEqual({ each: [], all: "<n = 0>" });
    expect(maker.model.begun).toBe(1);
  });

  test("over anything else fails and says why", async () => {
    const maker = await openMaker({
      template: template(step("each", "<%= it.item %>", 'forEach: "5", atMost: 3')),
      behaviour: echo,
    });
    const end = await maker.make();
    expect(end).toMatchObject({
      kind: "retryable",
      failed: { reason: expect.stringMatching(/"each".*forEach.*list/) },
    });
  });

  test("resumes after a restart with the unanswered calls only", async () => {
    const maker = await openMaker({ template: LOOP, behaviour: names(["x", "y", "z"]) });
    const open = newOpenSlot(0);
    // The worker dies when two of the three items are answered: only what a part holds is left.
    let kept = "";
    const context = maker.context;
    Object.defineProperty(maker, "context", {
      value: {
        ...context,
        onProgress: () => {
          if (open.steps.each?.rounds.filter(({ calls }) => calls.length > 0).length === 2 && !kept)
            kept = JSON.stringify(open);
        },
      },
    });
    await maker.make(open);
    const again = await openMaker({ template: LOOP, behaviour: names(["x", "y", "z"]) });
    const resumed = JSON.parse(kept) as OpenSlot;
    expect(await again.columns(resumed)).toMatchObject({ each: ["<0: x>", "<1: y>", "<2: z>"] });
    expect(again.prompts).toEqual(["2: z", "All: <0: x> <1: y> <2: z>"]);
    expect(resumed.costNanos).toBe(open.costNanos);
  });
});

describe("a repetition", () => {
  const REPEAT = template(
    step(
      "draft",
      "<%= it.steps.draft.outputs.length %> after <%= it.steps.draft.output?.score %>",
      'output: { type: json, schema: { type: object, properties: { score: { type: integer } }, required: [score] } }, repeat: { until: "it.steps.draft.output.score >= 8", atMost: 4 }',
    ),
    step("end", "<%= it.steps.draft.output.score %> of <%= it.steps.draft.outputs.length %>"),
  );
  const scores =
    (list: readonly number[]): MakerOptions["behaviour"] =>
    (request, callNo) =>
      request.schema ? JSON.stringify({ score: list[callNo] }) : echo(request, callNo);

  test("calls again until its condition holds; each sees the ones before", async () => {
    const maker = await openMaker({ template: REPEAT, behaviour: scores([3, 5, 9]) });
    expect(await maker.columns()).toEqual({ draft: { score: 9 }, end: "<9 of 3>" });
    expect(maker.prompts.slice(0, 3)).toEqual(["0 after undefined", "1 after 3", "2 after 5"]);
  });

  test("ends at its limit with the last round", async () => {
    const maker = await openMaker({ template: REPEAT, behaviour: scores([1, 2, 3, 4, 5]) });
    expect(await maker.columns()).toEqual({ draft: { score: 4 }, end: "<4 of 4>" });
  });

  test("sees which model answered the round before, and its condition the one that answered last", async () => {
    const repeat = "repeat: { until: 'it.steps.draft.modelId === \"amazon.nova-lite-v1:0\"', atMost: 3 }";
    const maker = await openMaker({
      template: template(step("draft", "after <%= it.steps.draft.modelId %>", `fallbacks: [balanced], ${repeat}`)),
      behaviour: ({ modelId }, callNo) =>
        callNo > 0 && modelId === "amazon.nova-micro-v1:0"
          ? new ModelError("inaccessible", "Gone.")
          : `answer ${callNo}`,
    });
    expect(await maker.columns()).toEqual({ draft: "answer 2" });
    expect(maker.prompts).toEqual(["after null", "after amazon.nova-micro-v1:0"]);
  });

  test("resumes after a restart with the next round", async () => {
    const maker = await openMaker({ template: REPEAT, behaviour: scores([9]) });
    const call = { modelId: "m", reason: "first", inputTokens: 1, outputTokens: 1, costNanos: 1 } as const;
    const rounds = [
      { calls: [call], output: { score: 2 } },
      { calls: [call], latest: { text: '{"score":6}', stopReason: "" } },
    ];
    expect(await maker.columns({ ...newOpenSlot(0), steps: { draft: { rounds } } })).toMatchObject({
      draft: { score: 9 },
    });
    expect(maker.prompts[0]).toBe("2 after 6");
  });
});

test("a step whose condition is false is skipped: its output is null and costs nothing", async () => {
  const maker = await openMaker({
    template: template(
      step("a", "A", "when: 'it.level === 2'"),
      step("b", "<%= String(it.steps.a.output) %>, <%= it.steps.a.outputs.length %>"),
    ).replace("pick:", "parameters: { level: { default: 1 } }\npick:"),
    behaviour: echo,
  });
  expect(await maker.columns()).toEqual({ a: null, b: "<null, 0>" });
});

test("a step names the model that answered last, and none if it was skipped or had nothing to do", async () => {
  const maker = await openMaker({
    template: template(
      step("skipped", "A", "when: 'false'"),
      step("looped", "A", "forEach: '[]', atMost: 2"),
      step("better", "A", "escalate: { to: premium, when: 'it.steps.better.modelId === \"amazon.nova-micro-v1:0\"' }"),
      step(
        "after",
        "<%= JSON.stringify([it.steps.skipped, it.steps.looped, it.steps.better].map((s) => s.modelId)) %>",
      ),
    ),
    behaviour: ({ prompt }) => prompt,
  });
  expect(await maker.columns()).toMatchObject({ after: '[null,null,"amazon.nova-pro-v1:0"]' });
});

test("finished and skipped steps stay so after a restart", async () => {
  const maker = await openMaker({
    template: template(
      step("a", "A", "when: 'false'"),
      step("b", "B"),
      step("c", "<%= it.steps.b.output %> <%= it.steps.a.output === null %>"),
    ),
    behaviour: echo,
  });
  const rounds = [{ calls: [], output: "kept" }];
  const open = {
    ...newOpenSlot(0),
    steps: { a: { rounds: [], end: "skipped" as const }, b: { rounds, end: "done" as const } },
  };
  expect(await maker.columns(open)).toEqual({ a: null, b: "kept", c: "<kept true>" });
  expect(maker.model.begun).toBe(1);
});

test("parameters are the job's values or the defaults; several items of a pick are a list", async () => {
  const maker = await openMaker({
    template: `name: T
parameters: { tone: { values: [calm, loud], default: calm }, size: { default: 3 } }
pick: { pairs: { from: pairs, how: inOrder, count: 2 } }
steps: [{ id: s, tier: economy, maxTokens: 9, prompt: "<%= it.tone %> <%= it.size %> <%= it.pairs.map(p => p.n) %>" }]`,
    behaviour: echo,
    parameters: { tone: "loud" },
    seeds: { pairs: [{ n: 1 }, { n: 2 }, { n: 3 }] },
  });
  const end = await maker.make(newOpenSlot(1));
  expect(end).toMatchObject({
    kind: "delivered",
    record: { columns: { s: "<loud 3 3,1>" }, meta: { seeds: { pairs: { collection: "pairs", items: [2, 0] } } } },
  });
});

test("a record that breaks the sandbox breaks no other that runs at the same time", async () => {
  const maker = await openMaker({
    template: `name: T
pick: { seed: { from: seeds, how: inOrder } }
steps: [{ id: s, tier: economy, maxTokens: 9, prompt: "<% while (it.seed.bad) {} %>fine" }]`,
    behaviour: echo,
    seeds: { seeds: [{ bad: true }, { bad: false }, { bad: false }, { bad: false }] },
  });
  const outcomes = await Promise.all([0, 1, 2, 3].map((slot) => maker.make(newOpenSlot(slot))));
  expect(outcomes.map(({ kind }) => kind)).toEqual(["retryable", "delivered", "delivered", "delivered"]);
});
