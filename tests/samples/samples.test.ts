import { Ajv2020 } from "ajv/dist/2020.js";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { boundOf } from "#core/template/bound";
import { includesOf } from "#core/template/prompts/includes";
import { MODELS, type Tier } from "#core/models/models";
import { requestProblems } from "#core/template/document/check-requests";
import { DEFAULT_TIERS, parseTemplate } from "#core/template/parse";
import { seedRequirementsOf } from "#core/template/analysis/seed-requirements";
import { columnsOf, type Template } from "#core/template/template";
import { Prompts } from "../../worker/sandbox/prompts.ts";
import { Sandbox } from "../../worker/sandbox/sandbox.ts";
import { itemsOf, readSamples, type Sample } from "./bundled.ts";
import { makeRecord, type MadeRecord } from "./canned-model.ts";

const GOLDEN = join(import.meta.dirname, "..", "golden");
const TEMPLATES = join(import.meta.dirname, "..", "..", "samples", "templates");
/** One record of any sample may cost this much at worst, in nano-dollars: two cents. */
const DEAREST_NANOS = 20_000_000;
const RECORDS = 3;

const samples = await readSamples();
const sandbox = await Sandbox.create();
const read = ({ template }: Sample): Template => parseTemplate(template.source);

it("lists every template of the directory once", () => {
  const files = readdirSync(TEMPLATES).map((file) => file.replace(".yaml", ""));
  expect(samples.map(({ template }) => template.id).sort()).toEqual(files.sort());
});

it("uses every feature of the format somewhere", () => {
  const templates = samples.map(read);
  const steps = templates.flatMap((template) => template.steps);
  const picks = templates.flatMap((template) => Object.values(template.pick));
  const used = {
    parameters: templates.some(({ parameters }) => Object.keys(parameters).length > 0),
    accept: templates.some(({ accept = [] }) => accept.length > 0),
    categories: templates.some(({ categories }) => categories.length > 0),
    partials: templates.some(({ partials }) => Object.keys(partials).length > 0),
    ...Object.fromEntries(
      ["shuffled", "random", "weighted", "combinations"].map((how) => [how, picks.some((pick) => pick.how === how)]),
    ),
    count: picks.some(({ count }) => count !== undefined),
    ...Object.fromEntries(
      ["text", "list", "choice", "json"].map((type) => [type, steps.some(({ output }) => output.type === type)]),
    ),
    forEach: steps.some(({ forEach }) => forEach),
    repeat: steps.some(({ repeat }) => repeat),
    when: steps.some(({ when }) => when),
    examples: steps.some(({ examples }) => examples.length > 0),
    fallbacks: steps.some(({ fallbacks }) => fallbacks.length > 0),
    escalate: steps.some(({ escalate }) => escalate),
  };
  expect(Object.entries(used).filter(([, isUsed]) => !isUsed)).toEqual([]);
});

describe.each(samples.map((sample) => [sample.template.id, sample] as const))("%s", (id, sample) => {
  it("says in a comment and its description what it generates, and needs no other template", () => {
    const template = read(sample);
    expect(sample.template.source).toMatch(/^# \S/);
    expect(template.description?.length).toBeGreaterThan(40);
    expect(template.category).toBeDefined();
    expect(includesOf(template)).toEqual([]);
  });

  it("asks nothing of a model that it refuses, whichever models the tiers are", () => {
    const { source } = sample.template;
    for (const { id, tier } of MODELS.filter((model) => model.tier)) {
      const template = parseTemplate(source, { ...DEFAULT_TIERS, [tier as Tier]: id });
      expect([id, requestProblems(source, template)]).toEqual([id, []]);
    }
  });

  it("costs at most two cents per record", () => {
    expect(boundOf(read(sample)).costNanos).toBeLessThanOrEqual(DEAREST_NANOS);
  });

  it("has seeds whose items all fit the template, with no warnings", async () => {
    const { collections, warnings } = seedRequirementsOf(read(sample), {});
    expect(warnings).toEqual([]);
    const items = await itemsOf(sample.seedSet);
    for (const [name, schema] of Object.entries(collections)) {
      const fits = new Ajv2020({ strict: false }).compile(schema);
      const misfits = items[name]?.filter((item) => !fits(item)) ?? `no collection "${name}"`;
      expect(misfits).toEqual([]);
    }
  });

  it("renders every prompt and every column for each of its seeds", async () => {
    const template = read(sample);
    const items = await itemsOf(sample.seedSet);
    const prompts = new Prompts(template, {}, sandbox);
    const slots = Math.max(...Object.values(items).map((list) => list.length));
    for (let slot = 0; slot < slots; slot++) {
      const { calls, columns } = makeRecord({ template, prompts, items, slot, manner: "terse" });
      expect(calls.map(({ rendered }) => textOf(rendered)).join("\n")).not.toMatch(/undefined|\[object|NaN/);
      expect(Object.keys(columns)).toEqual(columnsOf(template));
    }
  });

  it("keeps its prompts within their limits even after answers that use all their tokens", async () => {
    const template = read(sample);
    const items = await itemsOf(sample.seedSet);
    const prompts = new Prompts(template, {}, sandbox);
    const slots = Math.max(...Object.values(items).map((list) => list.length));
    for (let slot = 0; slot < slots; slot++)
      expect(() => makeRecord({ template, prompts, items, slot, manner: "verbose" })).not.toThrow();
  });

  it("renders like its golden file", async () => {
    const template = read(sample);
    const items = await itemsOf(sample.seedSet);
    const prompts = new Prompts(template, {}, sandbox);
    const records = Array.from({ length: RECORDS }, (_, slot) =>
      makeRecord({ template, prompts, items, slot, manner: "terse" }),
    );
    const rendered = records.map(recordText).join("\n");
    const file = join(GOLDEN, `${id}.txt`);
    if (process.env.UPDATE_GOLDEN) writeFileSync(file, rendered);
    expect(existsSync(file) ? readFileSync(file, "utf8") : "no golden file; run with UPDATE_GOLDEN=1").toBe(rendered);
  });
});

function recordText({ calls, columns }: MadeRecord, slot: number): string {
  const sent = calls.map(({ step, round, rendered }) => {
    const title = `---------- ${step}${round > 0 ? `, call ${round + 1}` : ""} ----------`;
    return `${title}\n${textOf(rendered)}`;
  });
  const row = Object.entries(columns).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return `========== record ${slot} ==========\n${sent.join("\n")}\n---------- columns ----------\n${row.join("\n")}\n`;
}

function textOf({ system, turns, prompt }: MadeRecord["calls"][number]["rendered"]): string {
  return [
    ...(system === undefined ? [] : [`[system] ${system}`]),
    ...turns.map(({ role, text }) => `[${role}] ${text}`),
    `[prompt] ${prompt}`,
  ].join("\n");
}
