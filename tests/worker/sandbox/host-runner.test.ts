/** Template code has the same result on the host as in the sandbox, or is left to the sandbox. */
import fc from "fast-check";
import { NeedsSandbox, hostExpression } from "../../../worker/sandbox/host-expression.ts";
import { HostRunner } from "../../../worker/sandbox/host-runner.ts";
import { Prompts } from "../../../worker/sandbox/prompts.ts";
import { Sandbox } from "../../../worker/sandbox/sandbox.ts";
import { templateOf } from "./hostile/template-of.ts";

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await Sandbox.create();
});

afterEach(() => sandbox.ready());

/** The same template in both runners. */
function bothOf(prompt: string, column = "it.seed.title", when = "true") {
  const template = templateOf({ prompt });
  const [step] = template.steps;
  if (!step) throw new Error("The template has no step.");
  const whole = { ...template, steps: [{ ...step, when }], record: { c: { value: column } } };
  const [inside, plain] = [sandbox, new HostRunner()].map((runner) => new Prompts(whole, {}, runner));
  if (!inside || !plain) throw new Error("There are two.");
  return { inside, plain };
}

/** `undefined` if it needs the sandbox. */
function plainly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof NeedsSandbox) return undefined;
    throw error;
  }
}

const textOf = (prompts: Prompts, it: unknown) => prompts.render("s", JSON.stringify(it), 1).prompt;
const columnOf = (prompts: Prompts, it: unknown) => prompts.columns(JSON.stringify(it), 1).c;

const SEED = {
  title: " Heat ",
  year: 1995,
  tags: ["crime"],
  none: null,
  rate: 8.3,
  deep: { er: "x" },
  "a-b": 1,
  yes: true,
};
const IT = { seed: SEED, steps: { judge: { output: " 2\n" }, answer: { output: { answer: "It is." } } } };

describe("a prompt", () => {
  test.each([
    "Ask about <%= it.seed.title %>.",
    "<%~ it.seed.title -%>\n  !",
    "a\n<%_ = it.seed.deep.er _%>\n b",
    "it's \\n and \\\\ <%=it.seed.year%>\r\nnext\n\n'quoted'",
    "nothing to fill in",
    "<%= it.seed.tags.length %>",
    "<% = it.seed.title %> <%=\n it.seed.title\n%>",
    "<%= it.seed.title.trim() %> of <%= it.seed['a-b'] + it.seed.year %>, <%= it.seed.none ?? 'none' %>",
  ])("%j needs no sandbox", (prompt) => {
    const { inside, plain } = bothOf(prompt);
    expect(plainly(() => textOf(plain, IT))).toBe(textOf(inside, IT));
  });

  test.each([
    "<%= it.seed.rate %>",
    "<%= it.seed.none %>",
    "<%= it.seed.tags %>",
    "<%= it.seed.missing %>",
    "<%= it.seed.constructor %>",
    "<%= it.seed.title.slice(1) %>",
    "<% const a = 1 %>x",
    "<%/* nothing */%>x",
    "<%= it %>",
    "<%= seed.title %>",
    "<%= it.seed.title",
  ])("%j is left to the sandbox", (prompt) => {
    expect(plainly(() => textOf(bothOf(prompt).plain, IT))).toBeUndefined();
  });

  test("that is too long is left to the sandbox, which says why, before it fills the memory", () => {
    const long = { seed: { title: "x".repeat(40_000) } };
    expect(plainly(() => textOf(bothOf("<%= it.seed.title %>".repeat(20_000)).plain, long))).toBeUndefined();
  });

  test("that renders to nothing is an error here too", () => {
    expect(() => textOf(bothOf(" <%= it.seed.title %>").plain, { seed: { title: " " } })).toThrow("empty prompt");
  });

  test("renders the same text in and out of the sandbox, whatever the text and the value", () => {
    const text = fc.string({ unit: "binary", maxLength: 20 }).filter((one) => !/<%|%>/.test(one));
    fc.assert(
      fc.property(text, text, fc.jsonValue(), (before, after, title) => {
        const { inside, plain } = bothOf(`x${before}<%= it.seed.title %>${after}`);
        const found = plainly(() => textOf(plain, { seed: { title } }));
        if (found !== undefined) expect(found).toBe(textOf(inside, { seed: { title } }));
        else expect(typeof title).not.toBe("string");
      }),
      { numRuns: 300 },
    );
  });
});

describe("a column", () => {
  test("has the same value in and out of the sandbox, whatever it is", () => {
    const { inside, plain } = bothOf("x");
    fc.assert(
      fc.property(fc.jsonValue(), (title) => {
        expect(columnOf(plain, { seed: { title } })).toEqual(columnOf(inside, { seed: { title } }));
      }),
    );
    const minusZero = '{"seed":{"title":{"n":-0,"__proto__":{"a":1}}}}';
    expect(JSON.stringify(plain.columns(minusZero, 1))).toBe(JSON.stringify(inside.columns(minusZero, 1)));
    expect(Object.is((plain.columns(minusZero, 1).c as { n: number }).n, 0)).toBe(true);
  });

  test.each([
    ["Number(it.steps.judge.output)", 2],
    ["(it.steps.again?.output ?? it.steps.answer.output).answer", "It is."],
    ["it.steps.again?.output.answer.trim() ?? null", null],
    ["it.seed.mood ?? 'none'", "none"],
    ["it.seed.title.trim() === 'Heat' && !it.seed.none", true],
    ["it.seed.tags[0]", "crime"],
    ["it.seed.year >= 1990 ? `the ${it.seed.year}s` : 'old'", "the 1995s"],
    ["-(it.seed.rate * 2 - 1) / 4 % 3", -((8.3 * 2 - 1) / 4) % 3],
    ["it.seed.none == null", true],
    ["Number(it.seed.title)", null],
    ["Number('3 of 5') >= 3", false],
    ["Number('') <= 2", true],
    ["it.seed.year / 0", null],
    ["it.seed.year / 0 > 1e300", true],
    ["String(it.seed.yes) + it.seed.year", "true1995"],
  ])("%j is %j without the sandbox", (column, value) => {
    const { inside, plain } = bothOf("x", column);
    expect(plainly(() => columnOf(plain, IT))).toBe(value);
    expect(columnOf(inside, IT)).toBe(value);
  });

  test.each([
    "it.seed.missing",
    "it.missing.title",
    "it.seed.toString",
    "it.seed.tags.at",
    "it.seed.tags[1]",
    "it.seed.tags.map((tag) => tag)",
    "it.seed.tags == 'crime'",
    "it.seed.tags === it.seed.tags",
    "it.seed.title[0]",
    "Number('0x10')",
    "Number('Infinity')",
    "Number('1e3')",
    "`${it.seed.year / 0}`",
    "Number()",
    "`${it.seed.rate}`",
    "1 + it.seed.none",
    "(() => 1)()",
    "it.seed.year = 1",
    "it['constr' + 'uctor']",
    "this",
    "globalThis",
    "/x/.test('x')",
    "it.seed.year <!-- 1\n> 2",
  ])("%j is left to the sandbox", (column) => {
    expect(plainly(() => columnOf(bothOf("x", column).plain, IT))).toBeUndefined();
  });

  test.each([
    ["operators", `${"!".repeat(100)}it.seed`],
    ["parentheses", `${"(".repeat(10_000)}1${")".repeat(10_000)}`],
  ])("with too many %s is left to the sandbox", (_, column) => {
    expect(plainly(() => columnOf(bothOf("x", column).plain, IT))).toBeUndefined();
  });

  test("over data too deep, or with a growing text, is left to the sandbox", () => {
    const deep = `{"seed":{"title":${"[".repeat(50_000)}${"]".repeat(50_000)}}}`;
    expect(plainly(() => bothOf("x").plain.columns(deep, 1))).toBeUndefined();
    const grown = bothOf("x", "`" + "${it.seed.title}".repeat(2_000) + "`.length");
    expect(plainly(() => columnOf(grown.plain, { seed: { title: "x".repeat(900_000) } }))).toBeUndefined();
  });
});

describe("an expression", () => {
  const place = fc
    .array(fc.constantFrom(".a", ".b", "?.a", "?.b", "[0]", ".length", '["a"]', ".toString", ".__proto__"), {
      maxLength: 3,
    })
    .map((names) => `it.v${names.join("")}`);
  const literal = fc.oneof(
    fc.constantFrom("null", "true", "false", "undefined", "''", "'a'", "0", "-0", "1e400", "0.1", "'2'", "' -3.5 '"),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  );
  const { expression } = fc.letrec<{ expression: string }>((tie) => {
    const inner = tie("expression");
    const operator = fc.constantFrom(
      ...["===", "!==", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "&&", "||"],
    );
    return {
      expression: fc.oneof(
        { maxDepth: 3, depthSize: "small" },
        place,
        literal,
        fc.tuple(inner, operator, inner).map(([one, is, other]) => `(${one}) ${is} (${other})`),
        fc.tuple(inner, inner).map(([one, other]) => `(${one}) ?? (${other})`),
        fc.tuple(inner, inner, inner).map(([test, one, other]) => `(${test}) ? (${one}) : (${other})`),
        fc.tuple(fc.constantFrom("!", "-"), inner).map(([is, one]) => `${is}(${one})`),
        fc.tuple(fc.constantFrom("Number", "String"), inner).map(([name, one]) => `${name}(${one})`),
        inner.map((one) => `(${one}).trim()`),
        inner.map((one) => `(${one})?.trim()`),
        inner.map((one) => `\`a\${${one}}b\``),
      ),
    };
  });
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom("2", " 3 ", "a", 2, -0, 8.3, { a: { b: "2" } }, { a: [1, 2], b: null }, ["a"], { length: 3 }),
  );

  test("has the same value in and out of the sandbox, or is left to it", () => {
    let plainOnes = 0;
    fc.assert(
      fc.property(expression, value, (column, v) => {
        const { inside, plain } = bothOf("x", column, column);
        const found = plainly(() => columnOf(plain, { v }));
        if (found !== undefined) {
          plainOnes += 1;
          expect(found).toEqual(columnOf(inside, { v }));
        }
        const holds = plainly(() => plain.applies("s", JSON.stringify({ v }), 1));
        if (holds !== undefined) expect(holds).toBe(inside.applies("s", JSON.stringify({ v }), 1));
      }),
      { numRuns: 1_500 },
    );
    // Else it would have shown nothing.
    expect(plainOnes).toBeGreaterThan(200);
  });

  test("reads numbers as the sandbox does", () => {
    const { inside, plain } = bothOf("x", "Number(it.v)");
    const written = fc.stringMatching(/^\s{0,2}[+-]?\d{1,9}(\.\d{1,6})?\s{0,2}$/);
    const almost = fc.stringMatching(/^\s?[-+]?(0[xobXOB])?[\da-fA-F.,_]{1,4}([eE][-+]?\d|nfinity| 1)?$/);
    const near = fc.oneof(
      almost,
      fc.constantFrom("Infinity", "-Infinity", "NaN", "tiny", "0b1", "0O7", ".", "+", "1n"),
    );
    fc.assert(
      fc.property(written, (v) => expect(plainly(() => columnOf(plain, { v }))).toBe(columnOf(inside, { v }))),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(near, (v) => {
        const found = plainly(() => columnOf(plain, { v }));
        if (found !== undefined) expect(found).toBe(columnOf(inside, { v }));
      }),
      { numRuns: 1_000 },
    );
  });

  test.each(["it.a.", "it.a; it.b", ""])("%j, which is broken, is left to the sandbox", (source) => {
    expect(hostExpression(source)).toBeUndefined();
  });
});
