import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { parseTemplate, readTemplate } from "#core/template/parse";
import { requestProblems } from "#core/template/document/check-requests";
import { TEMPLATE_SCHEMA } from "#core/template/document/schema";
import { seedRequirementsOf } from "#core/template/analysis/seed-requirements";

const GUIDE = readFileSync(join(import.meta.dirname, "..", "..", "docs", "templates.md"), "utf8");

interface Block {
  readonly kind: string;
  readonly text: string;
  readonly line: number;
}

const blocks: Block[] = [...GUIDE.matchAll(/^```(\S.*)\n([^]*?)^```$/gm)].map((match) => ({
  kind: match[1] ?? "",
  text: match[2] ?? "",
  line: GUIDE.slice(0, match.index).split("\n").length,
}));
const examples = blocks.filter(({ kind }) => kind === "yaml");
const refused = blocks.flatMap((block, n) =>
  block.kind === "yaml invalid" ? [{ ...block, sentence: blocks[n + 1]?.text.trim() }] : [],
);

/** What an example leaves out. */
const AROUND = {
  name: "Example",
  pick: { movie: "movies", critic: "critics" },
  steps: [{ id: "anything", tier: "economy", prompt: "Anything." }],
};

/** An example as a whole template: one with a name is one already. */
function wholeOf(text: string): string {
  const example = parse(text) as object;
  return "name" in example ? text : stringify({ ...AROUND, ...example });
}

/** What the editor shows. */
function problemsOf(text: string) {
  const { template, problems } = readTemplate(text);
  return template ? requestProblems(text, template) : problems;
}

describe("the guide to templates", () => {
  it.each(examples.map(({ line, text }) => [line, text]))("has an example in line %i that is a template", (_, text) => {
    expect(problemsOf(wholeOf(text))).toEqual([]);
  });

  it("has examples whose fields can all be checked against seeds", () => {
    const partials = { "house-style@1/plain": "Plain." };
    const warnings = examples.flatMap(
      ({ text }) => seedRequirementsOf(parseTemplate(wholeOf(text)), partials).warnings,
    );
    expect(warnings).toEqual([]);
  });

  it.each(refused.map(({ line, text, sentence }) => [line, text, sentence]))(
    "quotes what is said about the faulty template in line %i",
    (_, text, sentence) => {
      const [fault] = problemsOf(text ?? "");
      expect(sentence?.replace(/\s+/g, " ")).toBe(fault?.message);
    },
  );

  it("documents every key of a template and of a step", () => {
    const { properties } = TEMPLATE_SCHEMA as any;
    const keys = [...Object.keys(properties), ...Object.keys(properties.steps.items.properties)];
    expect(keys.filter((key) => !GUIDE.includes(`\`${key}\``) && !new RegExp(`\\b${key}:`).test(GUIDE))).toEqual([]);
  });
});
