/** What is said about code when a template is saved, judged by the sandbox that would run it. */
import { readTemplate } from "#core/template/parse";
import { globalsOf, LIBRARY_FUNCTIONS, membersOfNamespace } from "#core/template/analysis/globals";
import { LIBRARY } from "../../../worker/sandbox/guest/library/library.ts";
import { Prompts } from "../../../worker/sandbox/prompts.ts";
import { Sandbox } from "../../../worker/sandbox/sandbox.ts";
import { templateOf } from "./hostile/template-of.ts";

const IT = {
  seed: { title: "Heat", tags: ["a", "b"], none: null },
  steps: {
    text: { output: "An answer" },
    list: { output: ["one", "two"], outputs: ["x"] },
    choice: { output: "yes" },
    json: { output: { title: "T", tags: ["a"], score: 1, open: { any: 1 } } },
    each: { output: ["one"] },
  },
};

const STEPS = `
  - { id: text, tier: economy, prompt: Say. }
  - { id: list, tier: economy, prompt: Say., output: list }
  - { id: choice, tier: economy, prompt: Say., output: { type: choice, of: [yes, no] } }
  - id: json
    tier: economy
    prompt: Say.
    output:
      type: json
      schema:
        type: object
        properties: { title: { type: string }, tags: { type: array }, score: { type: integer }, open: { type: object } }
  - { id: each, tier: economy, prompt: Say., forEach: it.steps.list.output, atMost: 3 }`;

const sourceOf = (prompt: string, column: string) => `name: T
steps:${STEPS}
  - id: last
    tier: economy
    prompt: ${JSON.stringify(prompt)}
record: { c: ${JSON.stringify(column)} }`;

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await Sandbox.create();
});

afterEach(() => sandbox.ready());

const problemsOf = (prompt: string, column = "1") => readTemplate(sourceOf(prompt, column)).problems;
const messagesOf = (prompt: string, column?: string) => problemsOf(prompt, column).map(({ message }) => message);
const render = (prompt: string) =>
  new Prompts(templateOf({ prompt }), {}, sandbox).render("s", JSON.stringify(IT), 1).prompt;
const valueOf = (column: string) =>
  new Prompts(templateOf({ prompt: "x", column }), {}, sandbox).columns(JSON.stringify(IT), 1).c;

describe("the tables of names", () => {
  test("are those of the sandbox", () => {
    const inherited = "Object.getOwnPropertyNames(Object.prototype)";
    const names = valueOf(`[...Object.getOwnPropertyNames(globalThis), ...${inherited}]`) as string[];
    const [it, own] = [
      ["it", "arguments"],
      ["include", "output", "capture", "__eta"],
    ];
    expect([...globalsOf("expression")].sort()).toEqual([...new Set([...names, ...it])].sort());
    expect([...globalsOf("prompt")].sort()).toEqual([...new Set([...names, ...it, ...own])].sort());
    expect(LIBRARY_FUNCTIONS).toEqual(Object.keys(LIBRARY));
  });

  test.each(["Math", "JSON"])("know the members of %s", (name) => {
    expect([...(membersOfNamespace(name) ?? [])].sort()).toEqual(
      (valueOf(`Object.getOwnPropertyNames(${name})`) as string[]).sort(),
    );
  });
});

describe("code that cannot run is a problem when saving", () => {
  test.each([
    ["jsn(it.seed)", "calls jsn(), but there is no such function; did you mean json?"],
    ["trunc(it.seed.title)", "calls trunc(), but there is no such function; did you mean truncateTokens?"],
    ["floor(1.5)", "calls floor(), but there is no such function; did you mean Math.floor?"],
    ["fetch('x')", "calls fetch(), but there is no such function; templates have JavaScript's own and the library's."],
    ["parseint('1')", "calls parseint(), but there is no such function; did you mean parseInt?"],
    ["sead.title", "reads sead, but nothing defines it; did you mean it.seed?"],
    ["titel", "reads titel, but nothing defines it; values are members of it, such as it.seed."],
    ["it.seed.tags.map(upper)", "reads upper, but nothing defines it; values are members of it, such as it.seed."],
    ["[1].map((n) => jsn(n))", "calls jsn(), but there is no such function; did you mean json?"],
    ["({ jsn })", "reads jsn, but nothing defines it; did you mean json?"],
    ["Math.trunk(1)", "calls trunk(), which Math does not have; did you mean trunc?"],
    ["JSON.strngify(1)", "calls strngify(), which JSON does not have; did you mean stringify?"],
    ["it.seed.title.trimm()", "calls trimm(), which no value has; did you mean trim?"],
    ["it.steps.text.output.trimm()", "calls trimm(), which a text does not have; did you mean trim?"],
    ["it.steps.text.output.map((x) => x)", "calls map(), which a text does not have."],
    ["it.steps.text.output.trim().splitt(' ')", "calls splitt(), which a text does not have; did you mean split?"],
    ["it.steps.text.output.split(' ').lenght()", "calls lenght(), which a list does not have."],
    ["it.steps.list.output.trim()", "calls trim(), which a list does not have."],
    ["it.steps.each.output.trim()", "calls trim(), which a list does not have."],
    [
      "it.steps.choice.output.toUppercase()",
      "calls toUppercase(), which a text does not have; did you mean toUpperCase?",
    ],
    ["it.steps.json.output.trim()", "calls trim(), which an object does not have."],
    ["it.steps.json.output.title.map((x) => x)", "calls map(), which a text does not have."],
    ["it.steps.json.output.score.trim()", "calls trim(), which a number does not have."],
    ["('a' + it.seed.title).pop()", "calls pop(), which a text does not have."],
    ["json(it.seed).map((x) => x)", "calls map(), which a text does not have."],
    ["[1, 2].trim()", "calls trim(), which a list does not have."],
  ])("%s", (code, message) => {
    expect(messagesOf("x", code)).toEqual([`Template "T" column "c" ${message}`]);
    expect(messagesOf(`<%= ${code} %>`)).toEqual([`Template "T" step "last" ${message}`]);
    expect(() => valueOf(code)).toThrow("could not be evaluated");
    expect(() => render(`<%= ${code} %>`)).toThrow("could not be evaluated");
  });

  test("with its line and column, in prompts, columns and conditions", () => {
    const source = `name: T
steps:
  - id: one
    tier: economy
    when: isOpen(it.seed)
    prompt: |
      Hello.
      <%= jsn(it.seed) %> and <%= trunc(it.seed.title) %>
record: { a: ordinall(1) }
accept: { b: isGood(it.record.a) }
partials: { p: "<%= nope() %>" }`;
    expect(readTemplate(source).problems).toMatchObject([
      { line: 5, column: 11, message: expect.stringContaining('step "one", "when" calls isOpen()') },
      { line: 8, column: 11, message: expect.stringContaining('step "one" calls jsn()') },
      { line: 8, column: 35, message: expect.stringContaining("calls trunc()") },
      { line: 9, column: 14, message: expect.stringContaining("did you mean ordinal?") },
      { line: 10, column: 14, message: expect.stringContaining('condition "b" calls isGood()') },
      { line: 11, column: 21, message: expect.stringContaining('partial "p" calls nope()') },
    ]);
  });
});

describe("code that can run is none", () => {
  test.each([
    "<% const bullet = (text) => { %>- <%= text %><% } %><% it.seed.tags.forEach(bullet) %>",
    "<%= shout(it.seed.title) %><% function shout(text) { return text.toUpperCase() } %>",
    "<% const { title, tags: [first = 'x', ...rest], ...others } = it.seed %><%= title + first + rest + others.none %>",
    "<% for (const tag of it.seed.tags) { %><%= tag %><% } %>",
    "<% for (let n = 0; n < 2; n++) { %><%= n %><% } %>",
    "<% for (const key in it.seed) { %><%= key %><% } %>",
    "<% outer: for (const a of [1, 2]) { for (const b of [1]) continue outer; } %>x",
    "<% try { nothing() } catch (error) { %><%= error.message %><% } %>",
    "<% try { nothing() } catch { %>x<% } %>",
    "<%= typeof Temporal === 'undefined' ? 'x' : Temporal.Now() %>",
    "<% if (false) { %><%= jsn(it.seed) %><% } %>x",
    "<%= true ? 'x' : jsn() %><%= false && jsn() %><%= 'a' || jsn() %><%= null ?? 1 %>",
    "<% class Point { x = 1; get y() { return this.x } } %><%= new Point().y %>",
    "<%= (function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) })(5) %>",
    "<%= [...it.seed.tags].sort((a, b) => a.localeCompare(b)).join() %>",
    "<%= ((...all) => all.length)(1, 2) %><%= arguments.length %>",
    "<% var later = 1; { var inner = later } %><%= inner %>",
    "<% unused = 5 %>x",
    "<% eval('var made = 1') %><%= made %>",
    "<% with ({ inside: 1 }) { %><%= inside %><% } %>",
    "<%= ({ jsn: 1 }).jsn %><%= ({ jsn() { return 1 } }).jsn() %>",
    "<%= ((it) => it.trimm())({ trimm: () => 1 }) %>",
    "<%= [{ own: () => 1 }][0].own() %>",
    "<% const json = { pretty: () => 'x' } %><%= json.pretty() %>",
    "<% const Math = { trunk: () => 'x' } %><%= Math.trunk() %>",
    "<%= it.seed.title.trimm ? it.seed.title.trimm() : 'x' %>",
    "<%= it.seed.none?.trimm() %><%= it.seed.title.trimm?.() %>",
    "<%= it.seed.title.trim.call(' x ') %>",
    "<%= it.steps.list.output.map((one) => one.trim()).join(', ') %>",
    "<%= it.steps.json.output.tags.join() %><%= it.steps.json.output.open.hasOwnProperty('any') %>",
    "<%= (it.steps.text.output ?? []).slice(1) %>",
    "<%= it.steps.list.outputs.map((x) => x) %>",
    "<%= `a${it.seed.title}`.at(0) %><%= 'a'.concat('b').big() %>",
    "<% const text = capture(() => { %>x<% }) %><%= text.trim() %><% output('y') %>",
    "<%= new Date('1998-06-12').getFullYear() %><%= [3].map(ordinal) %>",
    "<%= String.raw`a\\n` %><%= Object.entries(it.seed).length %><%= Number.isInteger(1) %>",
    "<%= (function () { return new.target === undefined })() %>",
    "<%= Math.hasOwnProperty('max') %>",
    "<%= it.seed.title.constructor.fromCharCode(65) %><%= it.steps.text.output.constructor.raw`a` %>",
  ])("%s", (prompt) => {
    expect(messagesOf(prompt)).toEqual([]);
    expect(render(prompt)).not.toBe("");
  });
});
