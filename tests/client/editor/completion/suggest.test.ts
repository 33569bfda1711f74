import { outlineOf } from "../../../../client/editor/completion/outline.ts";
import { indentAfter, cursorContextAt } from "../../../../client/editor/completion/cursor.ts";
import { suggest } from "../../../../client/editor/completion/suggest.ts";
import type { CompletionData } from "../../../../client/editor/completion/suggestions.ts";

const field = (name: string, ...types: string[]) => ({ name, types });
const KNOWLEDGE: CompletionData = {
  models: [{ id: "amazon.nova-lite-v1:0", name: "Amazon Nova Lite", tier: "balanced" }],
  collections: [
    {
      name: "articles",
      fields: [
        field("title", "string"),
        field("weight", "number"),
        field("body", "object"),
        field("body.text", "string"),
        field("sections", "array"),
        field("sections[]", "object"),
        field("sections[].name", "string"),
      ],
    },
    { name: "tones", fields: [field("word", "string")] },
  ],
};

const TEMPLATE = `name: Articles
pick:
  article: articles
  tones: { from: tones, how: random, count: 3 }
parameters:
  audience: { values: [general, expert], default: general }
partials:
  style: Be brief.
steps:
  - id: facts
    tier: economy
    prompt: List facts.
    output:
      type: json
      schema: { type: object, properties: { score: { type: integer }, names: { type: array, items: { type: object, properties: { first: { type: string } } } } } }
  - id: parts
    tier: economy
    forEach: it.article.sections
    as: section
    atMost: 3
    prompt: |
      PROMPT
  - id: last
    tier: economy
    when: WHEN
    prompt: Last.
record:
  topic: COLUMN
`;

/** What is suggested where `|` stands in a text that takes the place of a word of the template. */
function labels(place: string, typed: string): string[] {
  const text = TEMPLATE.replace(place, typed);
  const position = text.indexOf("|", TEMPLATE.indexOf(place));
  return labelsAt(text.slice(0, position) + text.slice(position + 1), position);
}

function labelsAt(text: string, position: number): string[] {
  return suggest(text, position, KNOWLEDGE)?.options.map(({ label }) => label) ?? [];
}

/** The same for a document of its own, with the cursor at `|` alone: where a bar is YAML's, it is written `¦`. */
function labelsIn(typed: string): string[] {
  const position = typed.indexOf("|");
  return labelsAt((typed.slice(0, position) + typed.slice(position + 1)).replaceAll("¦", "|"), position);
}

describe("in a prompt", () => {
  test.each<[string, string[]]>([
    ["<%= it.|", ["article", "tones", "audience", "section", "index", "steps"]],
    ["<%= it.article.|", ["title", "weight", "body", "sections"]],
    ["<%= it.article.bo|", ["title", "weight", "body", "sections"]],
    ["<%= it.article.body.|", ["text"]],
    ["<%= it.article?.body?.|", ["text"]],
    ["<%= it.article.sections[0].|", ["name"]],
    ["<%= it.section.|", ["name"]],
    ["<%= it.tones[1].|", ["word"]],
    ["<%= it.steps.|", ["facts"]],
    ["<%= it.steps.facts.|", ["output", "outputs", "reasoning", "modelId"]],
    ["<%= it.steps.facts.output.|", ["score", "names"]],
    ["<%= it.steps.facts.output.names[0].|", ["first"]],
    ["<% if (it.steps.facts.output.score > 3 && it.article.body.|", ["text"]],
    ['<%~ include("|', ["style", "facts", "parts", "last"]],
    ["<%= it.steps.last.|", []],
    ["<%= it.nothing.|", []],
    ["it.|", []],
    ["<%= it.article.title %> it.|", []],
    ['<%= "it.|', []],
  ])("%s is followed by %j", (typed, expected) => {
    expect(labels("PROMPT", typed)).toEqual(expected);
  });

  test("a list has the members of a list", () => {
    expect(labels("PROMPT", "<%= it.tones.|")).toContain("map");
    expect(labels("PROMPT", "<%= it.article.sections.|")).toContain("length");
  });

  test("a word can become `it`, a function with its signature, or a keyword", () => {
    const text = TEMPLATE.replace("PROMPT", "<%= trunc");
    const position = text.indexOf("trunc") + 5;
    const found = suggest(text, position, KNOWLEDGE);
    expect(found?.from).toBe(position - 5);
    expect(found?.options).toContainEqual(
      expect.objectContaining({ label: "truncateTokens", detail: "(text, n)", apply: "truncateTokens(" }),
    );
    expect(found?.options.map(({ label }) => label)).toEqual(expect.arrayContaining(["it", "include", "if"]));
  });
});

describe("in an expression", () => {
  test("a condition reads earlier steps only, a column all of them", () => {
    expect(labels("WHEN", "it.steps.|")).toEqual(["facts", "parts"]);
    expect(labels("COLUMN", "it.steps.|")).toEqual(["facts", "parts", "last"]);
  });

  test("there is no include", () => {
    expect(labels("COLUMN", "ke|")).toContain("keywords");
    expect(labels("COLUMN", "inc|")).not.toContain("include");
  });

  test("a loop's outputs are a list", () => {
    expect(labels("COLUMN", "it.steps.parts.output.|")).toContain("join");
  });
});

describe("draws", () => {
  const DRAWN = TEMPLATE.replace("steps:", "draws:\n  first: FIRST\n  second: SECOND\nsteps:");
  const at = (place: string, typed: string) => labelsIn(DRAWN.replace(place, typed).replaceAll("|\n", "¦\n"));

  test("are read everywhere after them", () => {
    expect(at("PROMPT", "<%= it.|%>")).toContain("draws");
    expect(at("PROMPT", "<%= it.draws.|%>")).toEqual(["first", "second"]);
    expect(at("COLUMN", "it.draws.| ")).toEqual(["first", "second"]);
  });

  test("read picks, parameters and the draws above them", () => {
    expect(at("SECOND", "it.| ")).toEqual(["article", "tones", "audience", "draws"]);
    expect(at("SECOND", "it.draws.| ")).toEqual(["first"]);
    expect(at("FIRST", "it.article.| ")).toEqual(["title", "weight", "body", "sections"]);
  });
});

describe("rows", () => {
  const ROWS = `${TEMPLATE.replace("record:", "rows: ROWS\nrecord:")}accept: ACCEPT\n`;
  const at = (place: string, typed: string) => labelsIn(ROWS.replace(place, typed).replaceAll("|\n", "¦\n"));

  test("are an expression, whose item a column reads, and whose columns a condition reads", () => {
    expect(at("ROWS", "it.steps.| ")).toEqual(["facts", "parts", "last"]);
    expect(at("COLUMN", "it.| ")).toEqual(["article", "tones", "audience", "row", "index", "steps"]);
    expect(at("ACCEPT", "it.| ")).toEqual(["article", "tones", "audience", "rows", "steps"]);
  });
});

describe("keys and values", () => {
  test("keys are completed with those of the format that are not yet there", () => {
    const found = labelsIn("name: A\nsteps:\n  - id: a\n    ti|\n    prompt: B\n");
    expect(found).toEqual(expect.arrayContaining(["tier", "model", "maxTokens", "output"]));
    expect(found).not.toContain("id");
    expect(found).not.toContain("prompt");
    expect(found).not.toContain("steps");
  });

  test.each<[string, string[]]>([
    ["steps:\n  - id: a\n    tier: |", ["economy", "balanced", "premium"]],
    ["steps:\n- id: a\n  tier: |", ["economy", "balanced", "premium"]],
    ["steps:\n  - id: a\n    model: ama|", ["amazon.nova-lite-v1:0"]],
    ["steps:\n  - id: a\n    fallbacks: [premium, |", ["economy", "balanced", "premium", "amazon.nova-lite-v1:0"]],
    ["steps:\n  - id: a\n    escalate: { to: |", ["economy", "balanced", "premium", "amazon.nova-lite-v1:0"]],
    ["steps:\n  - id: a\n    output:\n      type: |", ["text", "list", "choice", "json"]],
    ["pick:\n  a: |", ["articles", "tones"]],
    ["pick:\n  a: { from: articles, how: |", ["shuffled", "random", "inOrder", "weighted", "combinations"]],
    ["pick:\n  a: { from: articles, how: weighted, weight: |", ["weight"]],
    ["pick:\n  a: { from: articles, |", ["how", "weight", "count"]],
    ["steps:\n  - id: a\n    prompt: ¦\n      tier: |", []],
    ["record:\n  a: it.x\n  b: it.y\ncategories: [|", ["a", "b"]],
    ["record:\n  a: it.x\n  b: it.y\ntraining: { messages: |", ["a", "b"]],
    ["record:\n  a: it.x\ntraining:\n  alpaca: { input: |", ["a"]],
    ["record:\n  a: it.x\n  b: it.y\naccept: it.record.|", ["a", "b"]],
    ["record:\n  a: it.x\naccept:\n  good: it.record.|", ["a"]],
    ["record:\n  a: it.x\naccept: it.|", ["seed", "record", "steps"]],
    ["record:\n  a: it.record.|", []],
  ])("%j is completed with %j", (typed, expected) => {
    expect(labelsIn(typed)).toEqual(expected);
  });

  test("a prompt starts on its own line, below its key", () => {
    const text = "steps:\n  - id: a\n    pro";
    const option = suggest(text, text.length, KNOWLEDGE)?.options.find(({ label }) => label === "prompt");
    expect(option?.apply).toBe("prompt: |\n      ");
  });
});

describe("the cursor context", () => {
  test.each<[string, string, (string | number)[]]>([
    ["steps:\n  - id: a\n  - id: b\n    output:\n      ty", "key", ["steps", 1, "output"]],
    ["steps:\n  - id: a\n    prompt: |\n      one\n\n      two ", "text", ["steps", 0, "prompt"]],
    ["steps:\n  - id: a\n    prompt: |\n      one\n    whe", "key", ["steps", 0]],
    ["a: 1\n# b: 2\nc: x", "value", ["c"]],
    ['{ "pick": { "a": { "from": "mov', "value", ["pick", "a", "from"]],
    ["record:\n  a: { value: it.x, type: ", "value", ["record", "a", "type"]],
  ])("%j is a %s at %j", (text, kind, path) => {
    const place = cursorContextAt(text, text.length);
    expect([place.kind, place.path]).toEqual([kind, path]);
  });
});

test.each([
  ["pick:", 2],
  ["steps:\n  - id: a", 4],
  ["steps:\n  - id: a\n    output:", 6],
  ["steps:\n  - id: a\n    prompt: |", 6],
  ["steps:\n  - id: a\n    prompt: |\n      - one:", 6],
  ["name: x", 0],
  ["# a:", 0],
])("after %j a line begins at column %i", (text, column) => {
  expect(indentAfter(text)).toBe(column);
});

test("an unfinished document still yields the names it defines", () => {
  const outline = outlineOf("pick:\n  movie: movies\nsteps:\n  - id: a\n    pro\n  - id: b\n");
  expect(outline.picks).toEqual({ movie: { from: "movies", isList: false } });
  expect(outlineOf("a: [1, {").steps).toEqual([]);
  expect(outlineOf("name: X\nsteps: []").picks).toEqual({ seed: { from: "seeds", isList: false } });
});
