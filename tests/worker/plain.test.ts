/** What prompts and columns give without the sandbox is what they give in it, or nothing. */
import fc from "fast-check";
import { Prompts } from "../../worker/sandbox/prompts.ts";
import { Sandbox } from "../../worker/sandbox/sandbox.ts";
import { templateOf } from "./hostile/template-of.ts";

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await Sandbox.create();
});

afterEach(() => sandbox.ready());

function promptsOf(prompt: string, column = "it.seed.title") {
  const template = templateOf({ prompt });
  return new Prompts({ ...template, record: { c: { value: column } } }, {}, sandbox);
}

const textOf = (prompts: Prompts, it: unknown) => prompts.render("s", JSON.stringify(it), 1).prompt;
const plainTextOf = (prompts: Prompts, it: unknown) => prompts.renderPlainly("s", JSON.stringify(it))?.prompt;

const SEED = { title: "Heat", year: 1995, tags: ["crime"], none: null, rate: 8.3, deep: { er: "x" }, "a-b": 1 };

describe("a prompt", () => {
  test.each([
    "Ask about <%= it.seed.title %>.",
    "<%~ it.seed.title -%>\n  !",
    "a\n<%_ = it.seed.deep.er _%>\n b",
    "it's \\n and \\\\ <%=it.seed.year%>\r\nnext\n\n'quoted'",
    "nothing to fill in",
    "<%= it.seed.tags.length %>",
    "<% = it.seed.title %> <%=\n it.seed.title\n%>",
  ])("%j needs no sandbox", (prompt) => {
    const prompts = promptsOf(prompt);
    expect(plainTextOf(prompts, { seed: SEED })).toBe(textOf(prompts, { seed: SEED }));
    expect(plainTextOf(prompts, { seed: SEED })).toBeDefined();
  });

  test.each([
    "<%= it.seed.rate %>",
    "<%= it.seed.none %>",
    "<%= it.seed.tags %>",
    "<%= it.seed.missing %>",
    "<%= it.seed.title.length %>",
    "<%= it.seed.constructor %>",
    "<%= it.seed['a-b'] %>",
    "<%= it.seed?.title %>",
    "<%= it.seed.title.trim() %>",
    "<% const a = 1 %>x",
    "<%/* nothing */%>x",
    "<%= it %>",
    "<%= seed.title %>",
  ])("%j is left to the sandbox", (prompt) => {
    expect(plainTextOf(promptsOf(prompt), { seed: SEED })).toBeUndefined();
  });

  test("that is broken or too long is left to the sandbox, which says why", () => {
    expect(promptsOf("<%= it.seed.title").renderPlainly("s", JSON.stringify({ seed: SEED }))).toBeUndefined();
    const long = { seed: { title: "x".repeat(40_000) } };
    expect(plainTextOf(promptsOf("<%= it.seed.title %>"), long)).toBeUndefined();
  });

  test("that renders to nothing is a fault here too", () => {
    expect(() => plainTextOf(promptsOf(" <%= it.seed.title %>"), { seed: { title: " " } })).toThrow("empty prompt");
  });

  test("gives the same text in and out of the sandbox, whatever the text around and the value are", () => {
    const text = fc.string({ unit: "binary", maxLength: 20 }).filter((one) => !/<%|%>/.test(one));
    fc.assert(
      fc.property(text, text, fc.jsonValue(), (before, after, title) => {
        const prompts = promptsOf(`x${before}<%= it.seed.title %>${after}`);
        const plain = plainTextOf(prompts, { seed: { title } });
        if (plain !== undefined) expect(plain).toBe(textOf(prompts, { seed: { title } }));
        else expect(typeof title).not.toBe("string");
      }),
      { numRuns: 300 },
    );
  });
});

describe("a column", () => {
  test("gives the same value in and out of the sandbox, whatever it is", () => {
    const prompts = promptsOf("x", "it.seed.title");
    fc.assert(
      fc.property(fc.jsonValue(), (title) => {
        const it = JSON.stringify({ seed: { title } });
        expect(prompts.columnsPlainly(it)).toEqual(prompts.columns(it, 1));
      }),
    );
    const minusZero = '{"seed":{"title":{"n":-0,"__proto__":{"a":1}}}}';
    expect(JSON.stringify(prompts.columnsPlainly(minusZero))).toBe(JSON.stringify(prompts.columns(minusZero, 1)));
    expect(Object.is((prompts.columnsPlainly(minusZero)?.c as { n: number }).n, 0)).toBe(true);
  });

  test.each(["it.seed.missing", "it.missing.title", "it.seed.title + 1", "1", "it.seed.toString"])(
    "%j is left to the sandbox",
    (column) => {
      expect(promptsOf("x", column).columnsPlainly(JSON.stringify({ seed: SEED }))).toBeUndefined();
    },
  );
});
