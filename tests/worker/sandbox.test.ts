import { parseTemplate, type Template } from "#core/template";
import { Prompts, RenderFault } from "../../worker/sandbox/prompts.ts";
import { Sandbox } from "../../worker/sandbox/sandbox.ts";

const IT = JSON.stringify({ seed: { title: "Heat", year: 1995, tags: ["crime", "drama"] }, steps: {} });

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await Sandbox.create();
});

/** A template of one step, past the checks that would refuse what these tests try. */
function templateOf(
  prompt: string,
  more: Partial<Template["steps"][number]> = {},
  record?: Template["record"],
): Template {
  const template = parseTemplate("name: T\nsteps: [{ id: s, tier: economy, prompt: hello }]");
  return { ...template, record, steps: template.steps.map((step) => ({ ...step, prompt, ...more })) };
}

function render(prompt: string, it = IT, more: Partial<Template["steps"][number]> = {}): string {
  return new Prompts(templateOf(prompt, more), sandbox).render("s", it, 1).prompt;
}

describe("a prompt", () => {
  test.each([
    ["Ask about <%= it.seed.title %> (<%= it.seed.year %>).", "Ask about Heat (1995)."],
    ["<% for (const tag of it.seed.tags) { %>- <%= tag %>\n<% } %>", "- crime\n- drama\n"],
    ["<%= it.seed.title.toUpperCase() %> & <b>", "HEAT & <b>"],
    ["<%= new Date('1998-06-12').getUTCFullYear() %>", "1998"],
    ["plain 'text' with \\ and `ticks` ${it}", "plain 'text' with \\ and `ticks` ${it}"],
    ["<%~ JSON.stringify(it.seed.tags) %>", '["crime","drama"]'],
    ["<% const s = 'a%>b' %><%= s %>", "a%>b"],
  ])("%j renders", (prompt, expected) => expect(render(prompt)).toBe(expected));

  test("with a fault names step and line", () => {
    expect(() => render("one\ntwo <%= it.seed.author.name %>")).toThrow(RenderFault);
    expect(() => render("one\ntwo <%= it.seed.author.name %>")).toThrow(
      /^Step "s" could not be evaluated: cannot read property 'name' of undefined \(line 2\)\.$/,
    );
  });

  test("longer than it may be says both lengths in bytes", () => {
    expect(() => render("ä".repeat(60), IT, { maxPromptBytes: 100 })).toThrow(
      'Step "s" rendered to 120 bytes, and its maxPromptBytes is 100',
    );
  });

  test("that renders to nothing is refused", () =>
    expect(() => render(" <%= '' %>")).toThrow("rendered to an empty prompt"));

  test("has the same chance for the same seed, and no clock", () => {
    const prompts = new Prompts(templateOf("<%= Math.random() %>"), sandbox);
    expect(prompts.render("s", IT, 5)).toEqual(prompts.render("s", IT, 5));
    expect(prompts.render("s", IT, 5)).not.toEqual(prompts.render("s", IT, 6));
    for (const clock of ["Date.now()", "new Date()", "Date()"])
      expect(() => render(`<%= ${clock} %>`)).toThrow("a template has no clock");
  });

  test("gets half a character pair replaced, so that its bytes are what is counted", () => {
    expect(render("<%= '\\ud800' %>x")).toBe("\ufffdx");
  });
});

describe("conditions and columns", () => {
  test("decide by truth", () => {
    const prompts = new Prompts(templateOf("x", { when: "it.seed.year > 1990 // after" }), sandbox);
    expect(prompts.applies("s", IT, 1)).toBe(true);
    expect(prompts.applies("s", JSON.stringify({ seed: { year: 1980 } }), 1)).toBe(false);
    expect(() => prompts.applies("s", "{}", 1)).toThrow('Step "s", "when" could not be evaluated');
  });

  test("give every column a value, null for none", () => {
    const prompts = new Prompts(
      templateOf(
        "x",
        {},
        { film: { value: "it.seed.title" }, tags: { value: "it.seed.tags" }, none: { value: "it.x" } },
      ),
      sandbox,
    );
    expect(prompts.columns(IT, 1)).toEqual({ film: "Heat", tags: ["crime", "drama"], none: null });
  });

  test("name the column that fails", () => {
    const prompts = new Prompts(templateOf("x", {}, { film: { value: "it.seed.author.name" } }), sandbox);
    expect(() => prompts.columns(IT, 1)).toThrow(
      'The record could not be evaluated: column "film": cannot read property',
    );
  });
});

describe("a hostile template", () => {
  test.each([
    ["the constructor escape", "<%= (function(){}).constructor('return process')() %>"],
    ["the constructor escape over data", "<%= it.constructor.constructor('return this.process.env')() .PATH %>"],
    ["process", "<%= process.exit(1) %>"],
    ["require", "<%= require('node:fs') %>"],
    ["the built-in loader", "<%= globalThis.process.getBuiltinModule('node:child_process') %>"],
    ["an include", "<%~ include('/etc/passwd') %>"],
    ["an endless loop", "<% for (;;); %>"],
    ["an endless regular expression", "<%= /(a+)+$/.test('a'.repeat(40) + 'b') %>"],
    ["endless recursion", "<% const f = () => f() + 1; f(); %>"],
    ["all the memory", "<% const a = []; for (;;) a.push(new Array(1000).fill('x')); %>"],
    ["one huge text", "<%= 'x'.repeat(5e8) %>"],
    ["more text than allowed", "<%= 'x'.repeat(3e6) %>"],
    ["a loop that swallows its errors", "<% for (;;) { try { null.x } catch {} } %>"],
    ["a getter that never ends", "<% const o = { get x() { for (;;); } }; %><%= o.x %>"],
    ["an exception of another kind", "<% throw { toString() { throw 1 } } %>"],
    ["breaking out of its function", "<% } catch (e) {} } globalThis.leak = 1; function g() { try { %>"],
    ["its own machinery", "<%= this.config.filterFunction.constructor('return this')().process.pid %>"],
  ])("gets nowhere with %s, and the next record is rendered", async (_, prompt) => {
    const began = performance.now();
    expect(() => render(prompt)).toThrow(RenderFault);
    expect(performance.now() - began).toBeLessThan(2_000);
    await sandbox.ready();
    expect(render("<%= it.seed.title %>")).toBe("Heat");
  });

  test("sees nothing of the host", async () => {
    expect(
      render(
        "<%= ['process','require','module','fetch','setTimeout','WebAssembly','console','Buffer'].filter((n) => n in globalThis).join() || 'none' %>",
      ),
    ).toBe("none");
    expect(() => render("<% import('node:fs').then(() => 0) %>x")).toThrow(RenderFault);
    await sandbox.ready();
  });

  test.each([
    [
      "a prototype",
      "<% try { Object.prototype.leak = it.seed.title; Array.prototype.map = () => 'x' } catch {} %>x",
      "<%= ({}).leak ?? [1].map((n) => n).join() %>",
      "1",
    ],
    [
      "a global",
      "<% try { leak = it.seed.title } catch {} try { globalThis.leak = 1 } catch {} %>x",
      "<%= typeof leak %>",
      "undefined",
    ],
    [
      "a built-in function",
      "<% try { JSON.parse = () => ({}); String.prototype.trim.leak = 1 } catch {} %>x",
      "<%= typeof ''.trim.leak %>",
      "undefined",
    ],
    [
      "itself",
      "<% try { arguments.callee.leak = 1 } catch {} try { this.leak = 1 } catch {} %><%= typeof this.leak + typeof arguments.callee.leak %>",
      "",
      "",
    ],
    [
      "a class's hidden prototype",
      "<% try { Object.getPrototypeOf(function*(){}).leak = 1 } catch {} %>x",
      "<%= typeof (function*(){}).leak %>",
      "undefined",
    ],
    [
      "a promise",
      "<% try { Promise.prototype.leak = 1 } catch {} %>x",
      "<%= typeof Promise.prototype.leak %>",
      "undefined",
    ],
  ])("leaves nothing for the next record in %s", (_, leave, look, expected) => {
    if (look === "") {
      const prompts = new Prompts(templateOf(leave), sandbox);
      expect([prompts.render("s", IT, 1).prompt, prompts.render("s", IT, 1).prompt]).toEqual([
        "undefinedundefined",
        "undefinedundefined",
      ]);
      return;
    }
    render(leave);
    expect(render(look)).toBe(expected);
  });

  test("cannot change its data", () => {
    expect(
      render(
        "<% it.seed.title = 'x'; it.seed.tags.length = 0; %><%= it.seed.title + it.seed.tags.length %>".replace(
          "it.seed.tags.length = 0;",
          "",
        ),
      ),
    ).toBe("Heat2");
  });

  test("cannot stop the worker with a pattern of its schema", async () => {
    expect(() => sandbox.matches("(a+)+$", "u", `${"a".repeat(40)}b`)).toThrow("took longer than");
    await sandbox.ready();
    expect(sandbox.matches("^a+$", "u", "aaa")).toBe(true);
  });
});
