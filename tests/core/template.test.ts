import { readdirSync, readFileSync } from "node:fs";
import {
  columnsOf,
  parametersOf,
  parseTemplate,
  recordBoundNanos,
  seedReadsOf,
  stepBoundNanos,
} from "../../core/template.ts";

const SAMPLES = new URL("../../samples/templates/", import.meta.url);

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
      maxTokens: 1000,
      maxPromptBytes: 32_768,
      output: { type: "text" },
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

  test("parameters give their defaults to prompts", () => {
    const template = parseTemplate(
      source({ rest: "parameters: { audience: { values: [general, expert], default: expert } }" }),
    );
    expect(parametersOf(template)).toEqual({ audience: "expert" });
  });

  test.each(readdirSync(SAMPLES))("the sample %s is one", (name) => {
    const template = parseTemplate(readFileSync(new URL(name, SAMPLES), "utf8"));
    expect(recordBoundNanos(template)).toBeGreaterThan(0);
  });

  test("a syntax error in a prompt shows line, column and caret", () => {
    expect(() => parseTemplate(source({ prompt: "first line\nHello <%= it.seed. %>" }))).toThrow(
      /^Template "T" step "one" has a syntax error: .+ at line 2, column \d+:\n\n {2}Hello <%= it\.seed\. %>\n +\^$/,
    );
  });

  test.each<[string, string, RegExp]>([
    ["YAML that is none", "name: [", /^The template is not valid YAML: [^]*\^/],
    ["a key twice", "name: a\nname: b\n", /^The template is not valid YAML/],
    ["a list", "[]", /^The template must be an object of names and values, not a list\.$/],
    ["no name", "steps: []", /^The template's name must be a text, not nothing\.$/],
    ["no steps", "name: T\nsteps: []", /^A template needs 1 to 10 steps under "steps"\.$/],
    [
      "an unknown key",
      source({ rest: "seeds: x" }),
      /^The template has "seeds", which is not known here; it may have name, /,
    ],
    [
      "an unknown key of a step",
      source({ step: "    max_tokens: 5" }),
      /^Step "one" has "max_tokens", which is not known here/,
    ],
    [
      "both model and tier",
      source({ step: "    model: amazon.nova-pro-v1:0" }),
      /^Step "one" needs either "model" or "tier", one of them\.$/,
    ],
    [
      "an unknown model",
      source().replace("tier: economy", "model: gpt-99"),
      /^Step "one" names the model "gpt-99", whose price is not known; choose among amazon\./,
    ],
    [
      "an unknown tier",
      source().replace("economy", "golden"),
      /^Step "one" has the tier "golden", which is not known; choose economy, balanced or premium\.$/,
    ],
    [
      "tokens out of range",
      source({ step: "    maxTokens: 0" }),
      /^maxTokens of Step "one" must be a whole number from 1 to 64000, not 0\.$/,
    ],
    [
      "a temperature out of range",
      source({ step: "    temperature: 1.5" }),
      /^temperature of Step "one" must be a number from 0 to 1, not 1\.5\.$/,
    ],
    ["two steps of one name", `${source()}\n  - { id: one, tier: economy, prompt: x }`, /^Two steps have the id "one"/],
    [
      "an unknown pick",
      source({ prompt: "<%= it.film.name %>" }),
      /^Template "T" step "one" reads it\.film, but there is no such pick or parameter \(there are seed, steps\)\.$/,
    ],
    [
      "a later step",
      source({ prompt: "<%= it.steps.two.output %>" }),
      /^Template "T" step "one" reads it\.steps\.two, but no earlier step has that id\.$/,
    ],
    [
      "an unknown way to pick",
      source({ rest: "pick: { seed: { from: seeds, how: best } }" }),
      /^The pick "seed" is to be drawn "best"; choose shuffled, random, inOrder\.$/,
    ],
    [
      "a column called id",
      source({ rest: "record: { id: it.seed.name }" }),
      /^A column cannot be called "id"; every row has one already\.$/,
    ],
    [
      "an unknown type of a column",
      source({ rest: "record: { a: { value: it.seed.a, type: date } }" }),
      /^The column "a" has the type "date"; choose string, /,
    ],
    [
      "a name for two things",
      source({ rest: "parameters: { seed: { default: 1 } }" }),
      /^The name "seed" stands for two things in "it"/,
    ],
    [
      "a schema that is none",
      source({ step: "    output: { type: json, schema: { type: object, properties: { a: { type: strange } } } }" }),
      /^The output schema of Step "one" is not valid JSON Schema/,
    ],
    [
      "a schema of a list",
      source({ step: "    output: { type: json, schema: { type: array } }" }),
      /must describe an object/,
    ],
    [
      "a default outside its values",
      source({ rest: "parameters: { p: { values: [a], default: b } }" }),
      /^The default of the parameter "p" must be one of its values \(a\)\.$/,
    ],
    [
      "a tag that is not closed",
      source({ prompt: "Hello <%= it.seed.name" }),
      /This tag is opened but not closed by %> at line 1, column 7:/,
    ],
    ["more than 100 KB", source({ prompt: "x".repeat(100_001) }), /^A template may have 100 KB at most/],
  ])("refuses %s in a sentence", (_, text, sentence) => {
    expect(() => parseTemplate(text)).toThrow(sentence);
  });

  test("a YAML document that unfolds without end is refused", () => {
    const bomb = `name: T\na: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n`;
    expect(() => parseTemplate(bomb)).toThrow(/^The template/);
  });
});

describe("what a template reads", () => {
  test.each<[string, string, [string, string | undefined, boolean][]]>([
    ["a field", "<%= it.seed.name %>", [["seeds", "name", true]]],
    ["a field by its quoted name", '<%= it.seed["Release Date"] %>', [["seeds", "Release Date", true]]],
    ["a method's object", "<%= it.seed.name.trim().slice(1) %>", [["seeds", "name", true]]],
    ["a field with a fallback", "<%= it.seed.name ?? 'nobody' %>", [["seeds", "name", false]]],
    [
      "a field that is asked for first",
      "<% if (it.seed.flaw) { %><%= it.seed.flaw %><% } %>",
      [["seeds", "flaw", false]],
    ],
    ["a field read with and without a fallback", "<%= it.seed.a ?? '' %><%= it.seed.a %>", [["seeds", "a", true]]],
    ["the whole item", "<%= JSON.stringify(it.seed) %>", [["seeds", undefined, true]]],
    ["nothing", "Hello", [["seeds", undefined, true]]],
  ])("%s", (_, prompt, reads) => {
    const found = seedReadsOf(parseTemplate(source({ prompt })));
    expect(found.map(({ collection, field, required }) => [collection, field, required])).toEqual(reads);
  });

  test("a step that may be skipped requires nothing, a column does", () => {
    const template = parseTemplate(`name: T
pick: { film: { from: films } }
steps:
  - { id: one, tier: economy, when: it.film.year > 1990, prompt: "About <%= it.film.Title %>" }
record: { director: it.film.Director, answer: it.steps.one.output }`);
    expect(seedReadsOf(template)).toEqual([
      { collection: "films", field: "Title", required: false, place: 'step "one"' },
      { collection: "films", field: "year", required: false, place: 'step "one"' },
      { collection: "films", field: "Director", required: true, place: 'column "director"' },
    ]);
  });
});

test("the bound of a record is the price of every byte sent and every token allowed, summed over its steps", () => {
  const template = parseTemplate(`name: T
steps:
  - { id: one, tier: economy, prompt: a, maxTokens: 100, maxPromptBytes: 1000 }
  - id: two
    tier: premium
    prompt: b
    maxTokens: 10
    maxPromptBytes: 400
    output: { type: json, schema: { type: object } }`);
  const [one, two] = template.steps;
  // 600 tokens of overhead each; the schema {"type":"object"} has 17 characters, counted twice.
  expect(stepBoundNanos(one!)).toBe((1600 * 35_000 + 100 * 140_000) / 1000);
  expect(stepBoundNanos(two!)).toBe((1034 * 800_000 + 10 * 3_200_000) / 1000);
  expect(recordBoundNanos(template)).toBe(stepBoundNanos(one!) + stepBoundNanos(two!));
});
