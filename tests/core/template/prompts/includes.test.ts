import { checkIncludes, includesOf, qualifiedOf, resolvedName } from "../../../../core/template/prompts/includes.ts";
import { dependenciesOf } from "../../../../core/template/prompts/dependencies.ts";
import { parseTemplate } from "../../../../core/template/parse.ts";

const template = (prompt: string, partials = "{}") =>
  parseTemplate(
    `name: T\npartials: ${partials}\nsteps: [{ id: one, tier: economy, prompt: ${JSON.stringify(prompt)} }]`,
  );

test("a partial of another template is named by id, version and name", () => {
  expect(qualifiedOf("01J8ZQ@2/style")).toEqual({ id: "01J8ZQ", version: 2, name: "style" });
  for (const name of ["style", "01J8ZQ@0/style", "01J8ZQ@2", "@2/style", "01J8ZQ@2/st yle", "a/b@1/c"])
    expect(qualifiedOf(name)).toBeUndefined();
});

test("what is needed from others is listed once, also when only a partial needs it", () => {
  const read = template(
    "<%~ include('a@1/x') %><%~ include('a@1/x') %><%~ include('own') %>",
    `{ own: "<%~ include('b@3/y') %>" }`,
  );
  expect(includesOf(read)).toEqual(["a@1/x", "b@3/y"]);
});

test("a plain name in another template's text is that template's own", () => {
  expect(resolvedName("x", undefined)).toBe("x");
  expect(resolvedName("x", "a@1/y")).toBe("a@1/x");
  expect(resolvedName("b@2/x", "a@1/y")).toBe("b@2/x");
});

describe("checkIncludes", () => {
  test("follows includes of includes", () => {
    const read = template("<%~ include('a@1/x') %>");
    expect(() => checkIncludes(read, { "a@1/x": "<%~ include('y') %>", "a@1/y": "end" })).not.toThrow();
    expect(() => checkIncludes(read, { "a@1/x": "<%~ include('y') %>" })).toThrow(
      'includes "a@1/y", which does not exist',
    );
  });

  test("refuses circles, in the template and through others", () => {
    const own = template("<%~ include('a') %>", `{ a: "<%~ include('b') %>", b: "<%~ include('a') %>" }`);
    expect(() => checkIncludes(own, {})).toThrow("has a circular include: a → b → a.");
    const foreign = template("<%~ include('x@1/a') %>");
    const partials = { "x@1/a": "<%~ include('y@1/b') %>", "y@1/b": "<%~ include('x@1/a') %>" };
    expect(() => checkIncludes(foreign, partials)).toThrow("has a circular include: x@1/a → y@1/b → x@1/a.");
  });

  test("a step that includes its own prompt is a circle too", () => {
    expect(() => checkIncludes(template("<%~ include('one') %>"), {})).toThrow("has a circular include: one → one.");
  });

  test("follows each text once, however many ways lead to it", () => {
    const levels = Array.from({ length: 9 }, (_, n) => [`l${n}`, `<%~ include('l${n + 1}') %>`.repeat(20)]);
    const own = template("<%~ include('l0') %>", JSON.stringify({ ...Object.fromEntries(levels), l9: "end" }));
    expect(() => checkIncludes(own, {})).not.toThrow();
  });

  test("refuses texts within texts deeper than rendering goes", () => {
    const levels = Array.from({ length: 10 }, (_, n) => [`l${n}`, `<%~ include('l${n + 1}') %>`]);
    const own = template("<%~ include('l0') %>", JSON.stringify({ ...Object.fromEntries(levels), l10: "end" }));
    expect(() => checkIncludes(own, {})).toThrow("nests includes 11 deep; the limit is 10.");
  });

  test("refuses more than 100 KB of included text", () => {
    expect(() => checkIncludes(template("<%~ include('a@1/x') %>"), { "a@1/x": "x".repeat(100_001) })).toThrow(
      /has 100001 bytes in total/,
    );
  });
});

describe("which steps wait for which", () => {
  const steps = (...prompts: string[]) =>
    parseTemplate(
      `name: T\npartials: { last: "<%= it.steps.a.output %>" }\nsteps: ${JSON.stringify(
        prompts.map((prompt, n) => ({ id: "abcd"[n], tier: "economy", prompt })),
      )}`,
    );

  test.each<[string, string[], Record<string, string[]>]>([
    ["those that need nothing wait for nothing", ["x", "y"], { a: [], b: [] }],
    ["who reads an output waits for it", ["x", "y", "<%= it.steps.b.output %>"], { a: [], b: [], c: ["b"] }],
    ["also through a partial", ["x", "<%~ include('last') %>"], { a: [], b: ["a"] }],
    ["also through another template's", ["x", "<%~ include('f@1/p') %>"], { a: [], b: ["a"] }],
    ["a computed key waits for all", ["x", "y", "<%= it.steps[it.seed.k].output %>"], { a: [], b: [], c: ["a", "b"] }],
    ["and so does it as a whole", ["x", "<%= JSON.stringify(it) %>"], { a: [], b: ["a"] }],
    ["and an alias of it", ["x", "<% const s = it.steps %><%= s.a.output %>"], { a: [], b: ["a"] }],
  ])("%s", (_, prompts, expected) => {
    expect(dependenciesOf(steps(...prompts), { "f@1/p": "<%= it.steps.a.output %>" })).toEqual(expected);
  });

  test("conditions, lists and tests of a step count as its prompt does", () => {
    const read = parseTemplate(`name: T
steps:
  - { id: a, tier: economy, prompt: x }
  - { id: b, tier: economy, prompt: x }
  - { id: c, tier: economy, prompt: x, when: it.steps.a.output, forEach: it.steps.b.output, atMost: 2 }
  - { id: d, tier: economy, prompt: x, repeat: { until: it.steps.d.output === it.steps.a.output, atMost: 2 } }`);
    expect(dependenciesOf(read, {})).toEqual({ a: [], b: [], c: ["a", "b"], d: ["a"] });
  });
});
