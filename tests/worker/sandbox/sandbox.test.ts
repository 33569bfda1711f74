/** The results of prompts, conditions, lists and columns, and how their errors are reported. */
import type { Step, Template } from "#core/template/template";
import { buildGuest } from "../../../worker/sandbox/guest/build.ts";
import { GUEST_PROGRAM } from "../../../worker/sandbox/generated/guest.ts";
import { bytesOf, Prompts, RenderError } from "../../../worker/sandbox/prompts.ts";
import { Sandbox } from "../../../worker/sandbox/sandbox.ts";
import { templateOf } from "./hostile/template-of.ts";

const IT = JSON.stringify({ seed: { title: "Heat", year: 1995, tags: ["crime", "drama"] }, steps: {} });

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await Sandbox.create();
});

afterEach(() => sandbox.ready());

function withStep(prompt: string, more: Partial<Step> = {}, rest: Partial<Template> = {}): Template {
  const template = { ...templateOf({ prompt }), ...rest };
  return { ...template, steps: template.steps.map((step) => ({ ...step, ...more })) };
}

function render(prompt: string, more: Partial<Step> = {}, rest: Partial<Template> = {}, others = {}): string {
  return new Prompts(withStep(prompt, more, rest), others, sandbox).render("s", IT, 1).prompt;
}

function errorOf(act: () => unknown): RenderError {
  try {
    act();
  } catch (error) {
    if (error instanceof RenderError) return error;
    throw error;
  }
  throw new Error("Expected an error.");
}

test("the program of the sandbox is the one built from its sources (npx tsx worker/sandbox/guest/build.ts)", async () => {
  const built = await buildGuest();
  const module = (await import(`data:text/javascript,${encodeURIComponent(built)}`)) as { GUEST_PROGRAM: string };
  expect(module.GUEST_PROGRAM === GUEST_PROGRAM).toBe(true);
});

describe("a prompt", () => {
  test.each([
    ["Ask about <%= it.seed.title %> (<%= it.seed.year %>).", "Ask about Heat (1995)."],
    ["<% for (const tag of it.seed.tags) { %>- <%= tag %>\n<% } %>", "- crime\n- drama\n"],
    ["<% it.seed.tags.forEach((tag, n) => { -%>\n<%= n %>:<%= tag %> <% }) %>", "0:crime 1:drama "],
    ["<% if (it.seed.year > 2000) { %>new<% } else { %>old<% } %>", "old"],
    ["<%= it.seed.title.toUpperCase() %> & <b>", "HEAT & <b>"],
    ["<%= new Date('1998-06-12').getFullYear() %>", "1998"],
    ["plain 'text' with \\ and `ticks` ${it}", "plain 'text' with \\ and `ticks` ${it}"],
    ["<%~ JSON.stringify(it.seed.tags) %>", '["crime","drama"]'],
    ["<% const s = 'a%>b' %><%= s %>", "a%>b"],
    ["<% const bullet = (text) => { %>* <%= text %>\n<% } %><% it.seed.tags.map(bullet) %>", "* crime\n* drama\n"],
    ["<% const twice = capture(() => { %>x<%= 1 %><% }) %><%= twice + twice %>", "x1x1"],
    ["<% output('a', 'b') %><%= [undefined, null, 1] %>", "a,,1"],
    ["<% const json = 1, include = 2, print = 3 %><%= json + include + print %>", "6"],
  ])("%j renders", (prompt, expected) => expect(render(prompt)).toBe(expected));

  test("is sent with its system prompt and its examples, in order", () => {
    const examples = [
      { user: "Ask about <%= it.seed.tags[0] %>.", assistant: "Who?" },
      { user: "And <%= it.seed.tags[1] %>?", assistant: "<%= it.seed.year %>" },
    ];
    const prompts = new Prompts(
      withStep("Now <%= it.seed.title %>", { system: "S <%= it.seed.year %>", examples }),
      {},
      sandbox,
    );
    const rendered = prompts.render("s", IT, 1);
    expect(rendered).toEqual({
      system: "S 1995",
      turns: [
        { role: "user", text: "Ask about crime." },
        { role: "assistant", text: "Who?" },
        { role: "user", text: "And drama?" },
        { role: "assistant", text: "1995" },
      ],
      prompt: "Now Heat",
    });
    expect(bytesOf(rendered)).toBe("S 1995Ask about crime.Who?And drama?1995Now Heat".length);
  });

  test("that is too long says both sizes in bytes, and counts everything sent", () => {
    expect(() => render("ä".repeat(60), { maxPromptBytes: 100 })).toThrow(
      'Step "s" exceeded its maxPromptBytes of 100: it rendered to 120 bytes; shorten the seeds or raise it.',
    );
    const examples = [{ user: "u".repeat(40), assistant: "a".repeat(40) }];
    expect(() => render("p".repeat(40), { maxPromptBytes: 100, examples })).toThrow("rendered to 120 bytes");
  });

  test("that renders to nothing is rejected", () =>
    expect(() => render(" <%= '' %>")).toThrow("rendered to an empty prompt"));

  test("leaves out a system prompt that renders to blanks", () => {
    const prompts = new Prompts(withStep("Hi", { system: "<%= it.seed.missing ?? '' %> \n" }), {}, sandbox);
    expect(prompts.render("s", IT, 1)).toEqual({ system: undefined, turns: [], prompt: "Hi" });
  });

  test("is rejected when one of its examples renders to nothing, which is named", () => {
    const [first, second] = [
      { user: "u", assistant: "a" },
      { user: "u", assistant: "<%= '' %> " },
    ];
    expect(() => render("Hi", { examples: [first, second] })).toThrow(
      'Step "s" rendered to an empty assistant message in example 2.',
    );
    expect(() => render("Hi", { examples: [{ user: "<%= '' %>", assistant: "a" }] })).toThrow(
      'Step "s" rendered to an empty user message in example 1.',
    );
  });

  test("has the same randomness for the same seed, each program its own, and no clock", () => {
    const prompts = new Prompts(withStep("<%= Math.random() %>", { system: "<%= Math.random() %>" }), {}, sandbox);
    const first = prompts.render("s", IT, 5);
    expect(prompts.render("s", IT, 5)).toEqual(first);
    expect(prompts.render("s", IT, 6).prompt).not.toBe(first.prompt);
    expect(first.system).not.toBe(first.prompt);
    const alone = new Prompts(withStep("<%= Math.random() %>"), {}, sandbox).render("s", IT, 5);
    expect(alone.prompt).toBe(first.prompt);
    for (const clock of ["Date.now()", "new Date()", "Date()"])
      expect(() => render(`<%= ${clock} %>`)).toThrow("templates have no clock");
  });

  test("reads dates in UTC wherever the worker runs", () => {
    expect(render("<%= new Date(2020, 0, 1).toISOString() + new Date('2020-06-01T10:00').getHours() %>")).toBe(
      "2020-01-01T00:00:00.000Z10",
    );
  });

  test("gets lone surrogates replaced, so that the bytes counted are those sent", () => {
    expect(render("<%= '\\ud800' %>x")).toBe("\ufffdx");
  });

  test("sees the data of this run, although the sandbox keeps the last one", () => {
    const prompts = new Prompts(withStep("<%= it.seed.title %>", { when: "it.seed.year > 1990" }), {}, sandbox);
    const other = JSON.stringify({ seed: { title: "Ran", year: 1985 } });
    expect([prompts.applies("s", IT, 1), prompts.render("s", IT, 1).prompt]).toEqual([true, "Heat"]);
    expect([prompts.applies("s", other, 1), prompts.render("s", other, 1).prompt]).toEqual([false, "Ran"]);
    expect(() => prompts.render("s", "{}", 1)).toThrow(RenderError);
    expect(prompts.render("s", other, 1).prompt).toBe("Ran");
  });
});

describe("an error", () => {
  test.each([
    ["one\ntwo <%= it.seed.author.name %>", "cannot read property 'name' of undefined", 2, 23],
    ["one\n<%\n  const a = 1;\n  const b = it.x.y;\n%>", "cannot read property 'y' of undefined", 4, 17],
    ["one\n<% const a = ; %>", "unexpected token in expression: ';'", 2, 14],
    ["<% const a = 1; %>\n<% const a = 2; %>", "invalid redefinition of lexical identifier", 2, 12],
    ["x\n  <% const a = 'x %>", "unclosed string", 2, 16],
    ["x\n<%= [1, 2 %>", "expecting ']'", 2, 5],
    ["x\ny <% if (1) {", "unclosed tag", 2, 3],
    ["<% const f = (x) => {\n  throw new Error('my own');\n} %>\n<% f(1) %>", "my own", 2, 18],
    ["<%= sentences(1) %>", "sentences(text) must be a text, not 1", 1, 14],
  ])("in %j is reported with its line and column", (prompt, message, line, column) => {
    const error = errorOf(() => render(prompt));
    expect(error.message).toBe(`Step "s" could not be evaluated: ${message} (line ${line}, column ${column}).`);
    expect(error.location).toEqual({ step: "s", path: ["steps", 0, "prompt"], line, column });
  });

  test("names the step's part", () => {
    const bad = "<%= it.x.y %>";
    const examples = [
      { user: "a", assistant: "b" },
      { user: "c", assistant: bad },
    ];
    expect(errorOf(() => render("x", { system: bad }))).toMatchObject({
      message: expect.stringContaining('Step "s", system prompt could not'),
      location: { path: ["steps", 0, "system"], line: 1 },
    });
    expect(errorOf(() => render("x", { examples }))).toMatchObject({
      message: expect.stringContaining('Step "s", example 2, assistant could not'),
      location: { path: ["steps", 0, "examples", 1, "assistant"] },
    });
  });

  test("in a partial names the partial, and the part that includes it", () => {
    const error = errorOf(() =>
      render("x\n<%= include('A@2/style') %>", {}, {}, { "A@2/style": "a\n\n<%= it.x.y %>" }),
    );
    expect(error.message).toContain("cannot read property 'y' of undefined (partial \"A@2/style\", line 3, column");
    expect(error.location).toMatchObject({ path: ["steps", 0, "prompt"], partial: "A@2/style", line: 3 });
  });
});

describe("include", () => {
  test.each([
    ["a partial with the caller's data", "<%= include('p') %>", { p: "<%= it.seed.title %>" }, {}, "Heat"],
    [
      "a partial with data laid over",
      "<%= include('p', { year: 1, seed: 2 }) %>",
      { p: "<%= it.year + it.seed %>" },
      {},
      "3",
    ],
    [
      "nested partials, each with its caller's data",
      "<%= include('p', { a: 1 }) %>",
      { p: "<%= include('q', { b: 2 }) %>", q: "<%= it.a + it.b %>" },
      {},
      "3",
    ],
    ["a partial of another template", "<%= include('A@2/p') %>!", {}, { "A@2/p": "other" }, "other!"],
    [
      "a plain name in another template's partial as that template's own",
      "<%= include('A@2/p') %>",
      { q: "mine" },
      { "A@2/p": "<%= include('q') %>", "A@2/q": "theirs" },
      "theirs",
    ],
    [
      "a third template from another's partial",
      "<%= include('A@2/p') %>",
      {},
      { "A@2/p": "<%= include('B@1/q') %>", "B@1/q": "third" },
      "third",
    ],
    [
      "a partial in a loop",
      "<% for (const tag of it.seed.tags) { %><%= include('p', { tag }) %><% } %>",
      { p: "<%= it.tag %>;" },
      {},
      "crime;drama;",
    ],
    ["a partial with a function as data", "<%= include('p', { f: (n) => n * 2 }) %>", { p: "<%= it.f(4) %>" }, {}, "8"],
  ])("brings %s", (_, prompt, partials, others, expected) =>
    expect(render(prompt, {}, { partials }, others)).toBe(expected),
  );

  test("brings a step's prompt by the step's id", () => {
    const template = withStep("<%= it.seed.title %>");
    const steps = [...template.steps, { ...(template.steps[0] as Step), id: "t", prompt: "T <%= include('s') %>" }];
    expect(new Prompts({ ...template, steps }, {}, sandbox).render("t", IT, 1).prompt).toBe("T Heat");
  });

  test("that is missing or too deep says so", () => {
    expect(() => render("<%= include('p') %>")).toThrow('there is no partial "p" (line 1');
    expect(() => render("<%= include('p') %>", {}, { partials: { p: "<%= include('p') %>" } })).toThrow(
      'include("p") is 11 partials deep, but at most 10 are allowed',
    );
  });

  test("is not available in expressions", () =>
    expect(() => new Prompts(withStep("x", { when: "include('p')" }), {}, sandbox).applies("s", IT, 1)).toThrow(
      "'include' is not defined",
    ));
});

describe("conditions, lists and columns", () => {
  const of = (step: Partial<Step>, rest: Partial<Template> = {}) => new Prompts(withStep("x", step, rest), {}, sandbox);

  test("a step applies by the truth of its condition", () => {
    const prompts = of({ when: "it.seed.year > 1990 // after" });
    expect(prompts.applies("s", IT, 1)).toBe(true);
    expect(prompts.applies("s", JSON.stringify({ seed: { year: 1980 } }), 1)).toBe(false);
    expect(() => prompts.applies("s", "{}", 1)).toThrow('Step "s", "when" could not be evaluated');
    expect(of({}).applies("s", IT, 1)).toBe(true);
  });

  test("a list returns its items as JSON, up to its limit", () => {
    const loop = (list: string, atMost = 2) => of({ forEach: { list, as: "item", atMost } }).items("s", IT, 1);
    expect(loop("it.seed.tags")).toEqual(['"crime"', '"drama"']);
    expect(loop("[{ a: 1 }, undefined, 3]")).toEqual(['{"a":1}', "null"]);
    expect(loop("[]")).toEqual([]);
    expect(() => loop("it.seed.title")).toThrow(
      'Step "s", "forEach" could not be evaluated: it must be a list, not a string',
    );
  });

  test("repeating and escalating are decided by the latest answer", () => {
    const prompts = of({
      repeat: { until: "it.steps.s.output.score >= 8", atMost: 3 },
      escalate: { modelId: "m", on: [], when: "it.steps.s.output.score < 3" },
    });
    const scored = (score: number) => JSON.stringify({ steps: { s: { output: { score } } } });
    expect([2, 5, 9].map((score) => prompts.until("s", scored(score), 1))).toEqual([false, false, true]);
    expect([2, 5, 9].map((score) => prompts.escalates("s", scored(score), 1))).toEqual([true, false, false]);
    expect([of({}).until("s", IT, 1), of({}).escalates("s", IT, 1)]).toEqual([true, false]);
  });

  test("every column gets a value, null for none", () => {
    const record = { film: { value: "it.seed.title" }, tags: { value: "it.seed.tags" }, none: { value: "it.x" } };
    expect(of({}, { record }).columns(IT, 1)).toEqual({ film: "Heat", tags: ["crime", "drama"], none: null });
    const steps = JSON.stringify({ steps: { s: { output: "answer" } } });
    expect(of({}).columns(steps, 1)).toEqual({ s: "answer" });
  });

  test("a column that fails is named", () => {
    const record = { film: { value: "it.seed.author.name" } };
    expect(errorOf(() => of({}, { record }).columns(IT, 1))).toMatchObject({
      message: expect.stringContaining('Column "film" could not be evaluated: cannot read property'),
      location: { path: ["record", "film"], line: 1, column: 15 },
    });
  });
});
