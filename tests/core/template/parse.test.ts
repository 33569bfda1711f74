import fc from "fast-check";
import { stringify } from "yaml";
import { columnsOf, parametersOf } from "../../../core/template/template.ts";
import { parseTemplate, readTemplate } from "../../../core/template/parse.ts";

/** A template of one step, with changes. */
const source = (changes: { prompt?: string; step?: string; rest?: string } = {}) => `name: T
${changes.rest ?? ""}
steps:
  - id: one
    tier: economy
    prompt: ${JSON.stringify(changes.prompt ?? "Hello <%= it.seed.name %>")}
${changes.step ?? ""}`;

describe("parseTemplate", () => {
  test("fills in what is left out: the collection seeds, a column for each step, text, the usual limits", () => {
    const template = parseTemplate(source());
    expect(template.pick).toEqual({ seed: { from: "seeds", how: "shuffled" } });
    expect(template.steps[0]).toMatchObject({
      modelId: "amazon.nova-micro-v1:0",
      fallbacks: [],
      examples: [],
      maxTokens: 1000,
      maxPromptBytes: 32_768,
      output: { type: "text" },
      repairs: 0,
    });
    expect(columnsOf(template)).toEqual(["one"]);
  });

  test("reads JSON as well as YAML", () => {
    const document = {
      name: "T",
      steps: [{ id: "one", model: "amazon.nova-pro-v1:0", prompt: "Hi <%= it.seed.a %>" }],
    };
    expect(parseTemplate(JSON.stringify(document)).steps[0]).toMatchObject({ modelId: "amazon.nova-pro-v1:0" });
  });

  test("spells out every short form", () => {
    const template = parseTemplate(`name: T
tags: [a, b]
pick:
  movie: movies
  critic: { from: critics, how: weighted, weight: reviews }
  few: { from: pairs, count: 3 }
steps:
  - id: one
    tier: economy
    fallbacks: [premium, us.amazon.nova-lite-v1:0]
    escalate: { to: balanced }
    forEach: it.few
    atMost: 3
    stop: END
    prompt: "<%= it.item.a %> <%= it.index %> <%= it.movie.t %> <%= it.critic.n %>"
    output: { type: list }
  - id: two
    tier: economy
    repeat: { until: it.steps.two.output.length > 3, atMost: 2 }
    prompt: "<%= it.steps.two.output %>"
    output: text
record: { a: it.steps.one.output, b: { value: it.steps.two.output, type: string } }
categories: [b]`);
    expect(template.pick).toEqual({
      movie: { from: "movies", how: "shuffled" },
      critic: { from: "critics", how: "weighted", weight: "reviews" },
      few: { from: "pairs", how: "shuffled", count: 3 },
    });
    expect(template.steps[0]).toMatchObject({
      fallbacks: [{ modelId: "amazon.nova-pro-v1:0", tier: "premium" }, { modelId: "us.amazon.nova-lite-v1:0" }],
      escalate: { modelId: "amazon.nova-lite-v1:0", tier: "balanced", on: ["schema", "refusal"] },
      forEach: { list: "it.few", as: "item", atMost: 3 },
      stop: ["END"],
      output: { type: "list", min: 1, max: 100 },
      repairs: 2,
    });
    expect(template.record).toEqual({
      a: { value: "it.steps.one.output" },
      b: expect.objectContaining({ type: "string" }),
    });
  });

  test("accept is one condition, or several by name, and lets a job make more attempts", () => {
    expect(parseTemplate(source())).toMatchObject({ accept: undefined, maxAttempts: 3 });
    expect(parseTemplate(source({ rest: "accept: it.record.one.length > 3" }))).toMatchObject({
      accept: [{ expression: "it.record.one.length > 3" }],
      maxAttempts: 10,
    });
    const rest = "accept: { b: it.record.one !== '', a: it.steps.one.output > it.seed.name }\nmaxAttempts: 2";
    expect(parseTemplate(source({ rest }))).toMatchObject({
      accept: [
        { name: "b", expression: "it.record.one !== ''" },
        { name: "a", expression: "it.steps.one.output > it.seed.name" },
      ],
      maxAttempts: 2,
    });
  });

  test("parameters give their defaults to prompts, and a job's choice where there is one", () => {
    const template = parseTemplate(
      source({ rest: "parameters: { audience: { values: [general, expert], default: expert }, n: { default: 1 } }" }),
    );
    expect(parametersOf(template)).toEqual({ audience: "expert", n: 1 });
    expect(parametersOf(template, { audience: "general", n: 0 })).toEqual({ audience: "general", n: 0 });
  });

  test("a template without draws may use their name for a pick", () => {
    expect(readTemplate(source({ rest: "pick: { draws: seeds }", prompt: "<%= it.draws.x %>" })).problems).toEqual([]);
  });

  test("the schema of an output may be a list's", () => {
    const schema = "{ type: array, items: { type: object, properties: { q: { type: string } } } }";
    const step = `    output: { type: json, schema: ${schema} }`;
    expect(
      readTemplate(source({ step, rest: "record: { n: it.steps.one.output.map((one) => one.q) }" })).problems,
    ).toEqual([]);
    expect(readTemplate(source({ step, rest: "record: { n: it.steps.one.output.trim() }" })).problems).toMatchObject([
      { message: expect.stringContaining("calls trim(), which a list does not have") },
    ]);
  });

  test("rows: its columns see the item and its index, its conditions all rows", () => {
    const rest = "rows: it.seed.list\nrecord: { a: it.row.x, n: it.index }\naccept: it.rows.length > it.seed.least";
    expect(parseTemplate(source({ rest }))).toMatchObject({ rows: "it.seed.list" });
    expect(parseTemplate(source())).toMatchObject({ rows: undefined });
  });

  test("tiers resolve to the models of the account that asks", () => {
    const template = parseTemplate(source(), { economy: "global.amazon.nova-2-lite-v1:0" });
    expect(template.steps[0]).toMatchObject({ modelId: "global.amazon.nova-2-lite-v1:0", tier: "economy" });
    expect(() => parseTemplate(source(), {})).toThrow(/^No model of the tier "economy" is available here/);
  });

  test("a stop sequence may be a line break, and an empty list of them is none", () => {
    expect(parseTemplate(source({ step: '    stop: "\\n"' })).steps[0]?.stop).toEqual(["\n"]);
    expect(parseTemplate(source({ step: "    stop: []" })).steps[0]?.stop).toBeUndefined();
  });

  test.each<[string, string]>([
    ["tens of thousands of keys", Array.from({ length: 14_000 }, (_, n) => `${n}:`).join("\n")],
    ["a key thousands of times", "name: T\n".repeat(12_000)],
    ["thousands of unknown keys", Array.from({ length: 8_000 }, (_, n) => `key${n}: 1`).join("\n")],
    ["thousands of steps without anything", `steps: [${Array(30_000).fill("{}").join(", ")}]`],
    ["comments that are never closed", source({ prompt: "<% /* ".repeat(15_000) })],
    ["quotes that are never closed", source({ prompt: `<% "${'\\\\"'.repeat(20_000)}` })],
    ["more than a template may hold", "a: 1\n".repeat(200_000)],
  ])("%s are refused soon, with a hundred problems at most", (_, text) => {
    const { problems } = readTemplate(text);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThanOrEqual(101);
  });

  test("a library has partials and no steps, and draws nothing", () => {
    const template = parseTemplate('name: Styles\npartials: { terse: "Be terse, <%= it.name %>." }');
    expect(template).toMatchObject({ steps: [], pick: {}, partials: { terse: "Be terse, <%= it.name %>." } });
  });

  test.each<[string, string, RegExp]>([
    ["YAML that is none", "name: [", /^The template is not valid YAML: [^]*line 1[^]*\^$/],
    ["a key twice", "name: a\nname: b\n", /^The template is not valid YAML: Map keys must be unique/],
    ["a thousand brackets", `name: ${"[".repeat(40_000)}`, /^The template is not valid YAML: It is nested too deep/],
    [
      "lists in lists",
      source({ rest: `parameters: { a: { default: ${"[".repeat(200)}${"]".repeat(200)} } }` }),
      /^The template is nested more than 100 levels deep; flatten it/,
    ],
    [
      "a list that holds itself twice",
      source({ rest: "parameters: { a: { default: &a [*a, *a] } }" }),
      /^The template is nested more than 100 levels deep/,
    ],
    [
      "aliases of aliases",
      `a: &a [x, x, x, x, x, x, x, x, x]\n${[..."bcdefgh"].map((c, n) => `${c}: &${c} [${Array(9).fill(`*${"abcdefgh"[n]}`).join(", ")}]`).join("\n")}`,
      /^The template is not valid YAML: Excessive alias count/,
    ],
    [
      "a long text that is repeated by aliases",
      `name: &x "${"x".repeat(20_000)}"\ntags: [${Array(50).fill("*x").join(", ")}]`,
      /^The template has more than 300 KB once its aliases are expanded; use fewer/,
    ],
    [
      "an expression nested beyond what can be walked",
      source({ prompt: `<%= it.seed${".a".repeat(4_000)} %>` }),
      /^Template "T" step "one" has a syntax error: It is nested more than 1000 levels deep; split it \(line/,
    ],
    ["a list", "[]", /^The template must be an object of names and values, not a list \(line 1, column 1\)\./],
    ["no name", source().replace("name: T", ""), /^The template needs "name"/],
    ["a blank name", source().replace("name: T", 'name: " "'), /^"name" must not be blank/],
    ["no steps", "name: T\nsteps: []", /^The template needs at least one step under "steps", or partials/],
    ["an unknown key", source({ rest: "seeds: x" }), /^The template has the unknown key "seeds"; it may have name, /],
    [
      "an unknown key of a step",
      source({ step: "    max_tokens: 5" }),
      /^Step "one" has the unknown key "max_tokens"; did you mean "maxTokens"\? \(line 7, column 5\)\.\n\n {6}max_tokens: 5\n {6}\^$/,
    ],
    [
      "a condition on a column that is not there",
      source({ rest: "record: { a: it.seed.name }\naccept: { good: it.record.score > 3 }" }),
      /^Template "T" condition "good" reads it\.record\.score, but the record has no such column \(it has a\) \(line 3, column 17\)/,
    ],
    [
      "a condition that cannot be understood",
      source({ rest: "accept: it.record.one >" }),
      /^Template "T" condition "accept" has a syntax error: Unexpected token \(line 2, column 24\)/,
    ],
    [
      "a record outside of accept",
      source({ rest: "record: { a: it.record.b }" }),
      /^Template "T" column "a" reads it\.record, but no pick or parameter has that name/,
    ],
    [
      "a pick that takes the record's name from accept",
      source({ rest: "pick: { record: records }\naccept: it.record.one", prompt: "<%= it.record.name %>" }),
      /^The name "record" means two things in "it"/,
    ],
    ["no condition in accept", source({ rest: "accept: {}" }), /^"accept" needs at least one condition/],
    [
      "a condition that is a list",
      source({ rest: "accept: [it.a]" }),
      /^"accept" must be an object of names and values/,
    ],
    [
      "a name of a condition that cannot be written",
      source({ rest: "accept: { good score: it.a }" }),
      /^"good score" under "accept" needs a name of letters, digits and _ that starts with a letter/,
    ],
    [
      "accept in a library",
      "name: T\npartials: { a: A }\naccept: it.record.a",
      /^"accept" filters records, and a library makes none; remove it/,
    ],
    [
      "too many attempts",
      source({ rest: "maxAttempts: 101" }),
      /^"maxAttempts" must be a whole number from 1 to 100, not 101/,
    ],
    [
      "both model and tier",
      source({ step: "    model: amazon.nova-pro-v1:0" }),
      /^Step "one" needs either "model" or "tier"/,
    ],
    [
      "an unknown model",
      source().replace("tier: economy", "model: gpt-99"),
      /^Step "one" uses the model "gpt-99", whose price is unknown; choose from amazon\./,
    ],
    [
      "an unknown tier",
      source().replace("economy", "golden"),
      /^"tier" of step "one" is "golden", which is unknown; choose economy, balanced or premium/,
    ],
    [
      "tokens out of range",
      source({ step: "    maxTokens: 0" }),
      /^"maxTokens" of step "one" must be a whole number from 1 to 64000, not 0/,
    ],
    [
      "a temperature out of range",
      source({ step: "    temperature: 1.5" }),
      /^"temperature" of step "one" must be a number from 0 to 1, not 1\.5/,
    ],
    ["an empty stop sequence", source({ step: '    stop: ["END", ""]' }), /^"stop.1" of step "one" must not be empty/],
    ["two steps of one name", `${source()}\n  - { id: one, tier: economy, prompt: x }`, /^Two steps have the id "one"/],
    [
      "an id that cannot be written",
      source().replace("id: one", "id: o ne"),
      /^"id" of step "o ne" must be letters, digits and _/,
    ],
    [
      "an unknown pick",
      source({ prompt: "<%= it.film.name %>" }),
      /^Template "T" step "one" reads it\.film, but no pick or parameter has that name \(there are seed, steps\)/,
    ],
    [
      "a later step",
      source({ prompt: "<%= it.steps.two.output %>" }),
      /^Template "T" step "one" reads it\.steps\.two, but no earlier step has that id/,
    ],
    [
      "rows without columns",
      source({ rest: "rows: it.seed.list" }),
      /^"rows" makes a row of each item from the columns/,
    ],
    [
      "the item of a row where there are none",
      source({ rest: "record: { a: it.row.x }" }),
      /^Template "T" column "a" reads it\.row, but no pick or parameter has that name/,
    ],
    [
      "the record where there are rows",
      source({ rest: "rows: it.seed.list\nrecord: { a: it.row.x }\naccept: it.record.a > 1" }),
      /^Template "T" condition "accept" reads it\.record, but no pick or parameter has that name \(there are seed, steps, rows\)/,
    ],
    [
      "rows that cannot be understood",
      source({ rest: "rows: it.seed.\nrecord: { a: it.row.x }" }),
      /^Template "T" "rows" has a syntax error/,
    ],
    [
      "a pick named like a row",
      source({ rest: "pick: { row: seeds }\nrows: it.row.list\nrecord: { a: it.row.x }" }),
      /^The name "row" means two things in "it"/,
    ],
    [
      "a draw that is not there",
      source({ rest: "draws: { tone: Math.random() }", prompt: "<%= it.draws.tune %>" }),
      /^Template "T" step "one" reads it\.draws\.tune, but no draw has that name \(there are tone\)/,
    ],
    [
      "a draw where there are none",
      source({ prompt: "<%= it.draws.a %>" }),
      /reads it\.draws, but no pick or parameter/,
    ],
    [
      "a draw that reads a later one",
      source({ rest: "draws: { a: it.draws.b, b: Math.random() }" }),
      /^Template "T" draw "a" reads it\.draws\.b, but no earlier draw has that name \(line 2, column 13\)/,
    ],
    [
      "a draw that reads a step",
      source({ rest: "draws: { a: it.steps.one.output }" }),
      /^Template "T" draw "a" reads it\.steps, but no pick or parameter has that name \(there are seed, draws\)/,
    ],
    [
      "a pick named like the draws",
      source({ rest: "pick: { draws: seeds }\ndraws: { a: it.draws.a }" }),
      /^The name "draws" means two things in "it"; rename a pick or a parameter/,
    ],
    [
      "a draw that is no expression",
      source({ rest: "draws: { a: pickOne( }" }),
      /^Template "T" draw "a" has a syntax error/,
    ],
    ["a draw without a value", source({ rest: "draws: { a: 5 }" }), /^The draw "a" must be a text, not 5/],
    [
      "the item of no loop",
      source({ prompt: "<%= it.item %>" }),
      /reads it\.item, but no pick or parameter has that name/,
    ],
    [
      "an unknown way to pick",
      source({ rest: "pick: { seed: { from: seeds, how: best } }" }),
      /^"how" of the pick "seed" is "best", which is unknown; choose shuffled, random, inOrder, weighted or combinations/,
    ],
    [
      "weights without a field",
      source({ rest: "pick: { seed: { from: seeds, how: weighted } }" }),
      /^The pick "seed" needs "weight"/,
    ],
    [
      "several combinations at once",
      source({ rest: "pick: { seed: { from: s, how: combinations, count: 2 } }" }),
      /remove "count"/,
    ],
    [
      "a loop without a bound",
      source({ step: "    forEach: it.seed.tags" }),
      /^"forEach" of step "one" needs "atMost"/,
    ],
    [
      "a loop that repeats",
      source({ step: "    forEach: it.seed.tags\n    atMost: 2\n    repeat: { until: 'true', atMost: 2 }" }),
      /^Step "one" has both "forEach" and "repeat"/,
    ],
    [
      "a loop's item that hides a pick",
      source({ step: "    forEach: it.seed.tags\n    atMost: 2\n    as: seed" }),
      /means two things in "it"/,
    ],
    [
      "a column called id",
      source({ rest: "record: { id: it.seed.name }" }),
      /^A column cannot be named "id"; every row already has one/,
    ],
    [
      "a category that is no column",
      source({ rest: "categories: [topic]" }),
      /^The category "topic" is not a column of the record \(it has one\)/,
    ],
    [
      "a training column that is none",
      source({ rest: "training: { messages: chat }" }),
      /^"training\.messages" is "chat", which is not a column of the record \(it has one\) \(line 2, column 23\)/,
    ],
    [
      "Alpaca without an output",
      source({ rest: "training: { alpaca: { instruction: one } }" }),
      /^"training.alpaca" needs "output"/,
    ],
    [
      "an unknown type of a column",
      source({ rest: "record: { a: { value: it.seed.a, type: date } }" }),
      /^"type" of the column "a" is "date", which is unknown; choose string, /,
    ],
    [
      "a name for two things",
      source({ rest: "parameters: { seed: { default: 1 } }" }),
      /^The name "seed" means two things in "it"/,
    ],
    [
      "a schema that is none",
      source({ step: "    output: { type: json, schema: { type: object, properties: { a: { type: strange } } } }" }),
      /^The output schema of step "one" is not valid JSON Schema/,
    ],
    [
      "an asynchronous schema",
      source({ step: "    output: { type: json, schema: { type: object, $async: true } }" }),
      /^The output schema of step "one" has "\$async", .+ remove it/,
    ],
    [
      "a schema of a text",
      source({ step: "    output: { type: json, schema: { type: string } }" }),
      /must describe an object \("type: object"\) or a list \("type: array"\)/,
    ],
    [
      "a list that may be cut off",
      source({ step: "    output: { type: list, allowCutOff: true }" }),
      /has "allowCutOff", which does not apply to the type "list"/,
    ],
    ["choices of nothing", source({ step: "    output: { type: choice }" }), /needs "of", the choices/],
    [
      "choices with a schema",
      source({ step: "    output: { type: choice, of: [a, b], schema: {} }" }),
      /has "schema", which does not apply to the type "choice"/,
    ],
    [
      "a default outside its values",
      source({ rest: "parameters: { p: { values: [a], default: b } }" }),
      /^The default of the parameter "p" must be one of its values \(a\)/,
    ],
    [
      "a tag that is not closed",
      source({ prompt: "Hello <%= it.seed.name" }),
      /This tag is not closed with %> \(line 6, column 20\)/,
    ],
    [
      "an include of nothing",
      source({ prompt: "<%~ include('style') %>" }),
      /includes "style", but no partial or step has that name/,
    ],
    [
      "an include by a computed name",
      source({ prompt: "<%~ include(it.seed.name) %>" }),
      /includes by a computed name/,
    ],
    ["more than 100 KB", source({ prompt: "x".repeat(100_001) }), /^A template may have at most 100 KB/],
  ])("refuses %s in a sentence", (_, text, sentence) => {
    expect(() => parseTemplate(text)).toThrow(sentence);
  });

  test("a YAML document that unfolds without end is refused", () => {
    const bomb = `name: T\na: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n`;
    expect(() => parseTemplate(bomb)).toThrow(/^The template/);
  });
});

test.each([
  ["promt", "prompt"],
  ["teir", "tier"],
  ["MaxTokens", "maxTokens"],
])("a misspelt %s is told from %s, and nothing is said twice", (typed, meant) => {
  const { problems } = readTemplate(source({ step: `    ${typed}: 5` }));
  expect(problems.map(({ message }) => message)).toEqual([
    `Step "one" has the unknown key "${typed}"; did you mean "${meant}"?`,
  ]);
});

describe("the places of faults", () => {
  const faultsIn = (text: string) => readTemplate(text).problems.map(({ from, to }) => text.slice(from, to));

  test("several faults are found at once, each at the words that are wrong", () => {
    const text = source({ step: "    max_tokens: 5\n    temperature: 2" }).replace("economy", "golden");
    expect(faultsIn(text)).toEqual(["golden", "max_tokens", "2"]);
  });

  test("a syntax error in a block of text is shown in the document's own line, with a caret", () => {
    const text =
      "name: T\nsteps:\n  - id: one\n    tier: economy\n    prompt: |\n      first line\n      Hello <%= it.seed. %>\n";
    expect(() => parseTemplate(text)).toThrow(
      /^Template "T" step "one" has a syntax error: .+ \(line 7, column 27\)\.\n\n {8}Hello <%= it\.seed\. %>\n {28}\^$/,
    );
  });

  test("a fault in a quoted text that holds escapes is shown at the text as a whole", () => {
    const text = source({ prompt: "first\nHello <%= it.seed. %>" });
    expect(faultsIn(text)).toEqual(['"first\\nHello <%= it.seed. %>"']);
  });

  test("an asynchronous schema is shown where it says so, at any depth, and a property of that name is none", () => {
    const step = (schema: string) =>
      source({ step: `    output: { type: json, schema: { type: object, ${schema} } }` });
    const inside = "properties: { list: { items: { anyOf: [{ type: string }, { $async: false }] } } }";
    expect(faultsIn(step(inside))).toEqual(["$async"]);
    expect(faultsIn(step("$defs: { x: { $async: true, type: string } }"))).toEqual(["$async"]);
    expect(faultsIn(step("properties: { $async: true }, required: [$async]"))).toEqual([]);
    expect(faultsIn(step("properties: { a: { const: { $async: true } } }"))).toEqual([]);
  });

  test("whatever is written, reading ends with a template or with faults inside the document", () => {
    const piece = fc.constantFrom(
      "name",
      "steps",
      "id",
      "prompt",
      "pick",
      "tier",
      ":",
      "\n",
      "  ",
      "- ",
      "|",
      "<%",
      "%>",
      "{",
      "}",
      "[",
      "]",
      "&a",
      "*a",
      "'",
      '"',
      "#",
      "é",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join("");
        const { template, problems } = readTemplate(text);
        expect(template === undefined).toBe(problems.length > 0);
        for (const { from, to, line, column } of problems) {
          expect(from >= 0 && from <= to && to <= text.length + 1).toBe(true);
          expect(line >= 1 && column >= 1).toBe(true);
        }
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  test("what YAML says and what JSON says is the same template", () => {
    const text = fc
      .string({ minLength: 1, maxLength: 20 })
      .filter((value) => /\S/.test(value) && !value.includes("<%"));
    const document = fc.record({
      name: text,
      description: text,
      tags: fc.array(text, { maxLength: 3 }),
      steps: fc.tuple(
        fc.record({
          id: fc.constant("one"),
          tier: fc.constant("economy"),
          prompt: text,
          temperature: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
      ),
    });
    fc.assert(
      fc.property(document, (value) => {
        expect(parseTemplate(stringify(value))).toEqual(parseTemplate(JSON.stringify(value)));
      }),
      { numRuns: 200, seed: 2 },
    );
  });
});

test.each([
  ["JSON Schema itself", "https://json-schema.org/draft/2020-12/schema"],
  ["a part of JSON Schema", "https://json-schema.org/draft/2020-12/meta/core"],
  ["the schema of another template", "https://example.com/answer"],
])("a schema that takes the $id of %s spoils nothing for others", (_, $id) => {
  const withSchema = (schema: string) =>
    `name: T\nsteps: [{ id: s, tier: economy, prompt: Hi, output: { type: json, schema: ${schema} } }]`;
  readTemplate(withSchema(`{ type: object, $id: "${$id}", properties: 5 }`));
  readTemplate(withSchema(`{ type: object, $defs: { a: { $id: "${$id}" } } }`));
  const { problems } = readTemplate(withSchema(`{ type: object, $id: "https://example.com/answer" }`));
  expect(problems).toEqual([]);
});
