import { ENVIRONMENT } from "../../core/environment.ts";
import { givenTemplate, TEMPLATE } from "./given.ts";
import { startWorld, type World } from "./world.ts";

const TEMPLATE_FIELDS = `id name description category tags version latestVersion isSample isMine publishedAt publishedVersions
  forkedFrom { id version name } sampleSeedSetId source createdAt
  analysis {
    steps { id modelId tier fallbacks escalatesTo prompt maxTokens output rounds dependsOn }
    parameters { name description values default } columns { name type } categories accept { name expression } maxAttempts
    reads { collection path required location } seedSchema warnings includes
    maxAttemptCost { calls inputTokens outputTokens costNanos } }`;
const SAVE = `mutation ($input: SaveTemplateInput!) { saveTemplate(input: $input) { ${TEMPLATE_FIELDS} } }`;
const GET = `query ($id: ID!, $version: Int) { getTemplate(id: $id, version: $version) { ${TEMPLATE_FIELDS} } }`;
const CHECK = `query ($source: String!, $id: ID) { checkTemplate(source: $source, id: $id) {
  problems { message line column from to } analysis { columns { name } includes steps { id } } } }`;
const VERSIONS = `query ($id: ID!, $limit: Int, $nextToken: String) {
  listTemplateVersions(id: $id, limit: $limit, nextToken: $nextToken) {
    items { version name isPublished createdAt } nextToken } }`;
const RESTORE = `mutation ($id: ID!, $version: Int!) { restoreTemplate(id: $id, version: $version) { ${TEMPLATE_FIELDS} } }`;
const SUMMARY = `id name description category tags latestVersion isSample isMine publishedAt stepCount sampleSeedSetId updatedAt`;
const LIST = `query ($limit: Int) { listTemplates(limit: $limit) { items { ${SUMMARY} } nextToken } }`;
const SAMPLES = "{ listSampleTemplates { items { id name isSample isMine sampleSeedSetId } nextToken } }";
const DELETE = `mutation ($id: ID!) { deleteTemplate(id: $id) { ${SUMMARY} } }`;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const save = async (person: string, input: object) => (await world.ask(person, SAVE, { input })).saveTemplate;
const get = async (person: string, id: string, version?: number) =>
  (await world.ask(person, GET, { id, version })).getTemplate;
const titled = (name: string) => TEMPLATE.replace("Film questions", name);

describe("saving", () => {
  test("returns the analysis of the template", async () => {
    const saved = await save("ann", {
      source: `name: Film questions
description: Asks and answers
category: question_answer
tags: [film, cinema]
parameters: { audience: { values: [general, expert], default: general, description: Who reads it } }
pick: { movie: movies }
steps:
  - { id: question, tier: economy, prompt: Ask about <%= it.movie.Title %>., maxTokens: 100, maxPromptBytes: 1000 }
  - { id: answer, tier: economy, fallbacks: [premium], escalate: { to: premium }, prompt: "<%= it.steps.question.output %>" }
record: { q: it.steps.question.output, n: { value: it.movie.Year ?? 0, type: integer } }
categories: [q]
accept: { asked: it.record.q.length > 3 }
`,
    });
    expect(saved).toMatchObject({
      name: "Film questions",
      description: "Asks and answers",
      category: "question_answer",
      tags: ["film", "cinema"],
      version: 1,
      latestVersion: 1,
      isSample: false,
      isMine: true,
      publishedAt: null,
      publishedVersions: [],
      forkedFrom: null,
      sampleSeedSetId: null,
      analysis: {
        steps: [
          {
            id: "question",
            modelId: "amazon.nova-micro-v1:0",
            tier: "economy",
            maxTokens: 100,
            rounds: 1,
            dependsOn: [],
          },
          {
            id: "answer",
            fallbacks: ["amazon.nova-pro-v1:0"],
            escalatesTo: "amazon.nova-pro-v1:0",
            output: "text",
            dependsOn: ["question"],
          },
        ],
        parameters: [
          { name: "audience", description: "Who reads it", values: ['"general"', '"expert"'], default: '"general"' },
        ],
        columns: [
          { name: "q", type: null },
          { name: "n", type: "integer" },
        ],
        categories: ["q"],
        accept: [{ name: "asked", expression: "it.record.q.length > 3" }],
        maxAttempts: 10,
        includes: [],
      },
    });
    expect(saved.analysis.reads).toContainEqual(
      expect.objectContaining({ collection: "movies", path: "Title", required: true }),
    );
    expect(JSON.parse(saved.analysis.seedSchema)).toHaveProperty("movies");
    expect(await get("ann", saved.id)).toEqual(saved);
  });

  test("returns the maximum cost of a record", async () => {
    const { analysis } = await save("ann", { source: TEMPLATE });
    // (1,000 bytes of prompt + 600 tokens of overhead) * 35,000 / 1,000 + 100 * 140,000 / 1,000
    expect(analysis.maxAttemptCost).toEqual({ calls: 1, inputTokens: 1_600, outputTokens: 100, costNanos: 70_000 });
  });

  test("creates the next version, and keeps the first unchanged", async () => {
    const id = await givenTemplate(world, "ann");
    const source = titled("Better questions");
    expect(await save("ann", { id, source })).toMatchObject({ id, version: 2, name: "Better questions" });
    expect(await get("ann", id)).toMatchObject({ version: 2, latestVersion: 2, source });
    expect(await get("ann", id, 1)).toMatchObject({ version: 1, latestVersion: 2, source: TEMPLATE });
    expect(await world.refusal("ann", GET, { id, version: 3 })).toBe(
      'NotFound: The template "Better questions" has no version 3; it has versions 1 to 2.',
    );
  });

  test("removes a description and category that the next version omits", async () => {
    const { id } = await save("ann", { source: `description: Old\ncategory: c\ntags: [t]\n${TEMPLATE}` });
    await save("ann", { id, source: TEMPLATE });
    const { items } = (await world.ask("ann", LIST, { limit: 1 })).listTemplates;
    expect(items).toMatchObject([{ id, description: null, category: null, tags: [], stepCount: 1, latestVersion: 2 }]);
  });

  test("gives each of ten concurrent saves its own version, without gaps", async () => {
    const id = await givenTemplate(world, "ann");
    const saved = await Promise.all(
      Array.from({ length: 10 }, (_, n) => save("ann", { id, source: titled(`Writer ${n}`) })),
    );
    expect(saved.map(({ version }) => version).sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    for (const { version, name } of saved) expect(await get("ann", id, version)).toMatchObject({ version, name });
  });

  test("rejects an edit based on an older version, also when the newer one is saved at the same time", async () => {
    const id = await givenTemplate(world, "ann");
    await save("ann", { id, source: TEMPLATE, basedOnVersion: 1 });
    expect(await world.refusal("ann", SAVE, { input: { id, source: TEMPLATE, basedOnVersion: 1 } })).toBe(
      "Conflict: The template has been saved as version 2, but this edit is based on version 1; review the changes, then save again.",
    );
    const answers = await Promise.allSettled(
      [1, 2, 3, 4].map(() => save("ann", { id, source: TEMPLATE, basedOnVersion: 2 })),
    );
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await get("ann", id)).latestVersion).toBe(3);
  });

  test("returns a problem with its location", async () => {
    const source = TEMPLATE.replace("it.movie.Title", "it.movie.");
    expect(await world.refusal("ann", SAVE, { input: { source } })).toMatch(
      /^BadInput: Template "Film questions" step "question" has a syntax error.*\(line 6, column \d+\)\.\n\n.*\n +\^/,
    );
  });

  describe("what Bedrock would refuse", () => {
    const REFUSED = TEMPLATE.replace("tier: economy", "model: openai.gpt-oss-20b-1:0\n    stop: END");
    const SENTENCE =
      'Step "question" sets stop, but GPT-OSS 20B does not support stop sequences; remove it or choose another model.';

    test("is a problem at its place, beside others", async () => {
      const source = REFUSED.replace("Ask", 'Ask <%~ include("01M84PWMBVEC9YJ97HPCKBSZ6B@1/x") %>');
      const { problems, analysis } = (await world.ask("ann", CHECK, { source })).checkTemplate;
      expect(problems).toMatchObject([
        { message: SENTENCE, line: 6, column: 11, from: source.indexOf("END"), to: source.indexOf("END") + 3 },
        {
          message: expect.stringContaining('includes "01M84PWMBVEC9YJ97HPCKBSZ6B@1/x", which does not exist'),
          line: 7,
        },
      ]);
      expect(analysis).toBeNull();
    });

    test("is not saved", async () => {
      expect(await world.refusal("ann", SAVE, { input: { source: REFUSED } })).toBe(
        `BadInput: ${SENTENCE.slice(0, -1)} (line 6, column 11).\n\n      stop: END\n            ^`,
      );
    });

    test("is what the tier's model refuses, unless another server stands in for it", async () => {
      const source = TEMPLATE.replace("maxTokens: 100", "maxTokens: 20000");
      expect(await world.refusal("ann", SAVE, { input: { source } })).toMatch(
        /^BadInput: Step "question" sets maxTokens to 20000, but Amazon Nova Micro, the tier "economy" here, accepts at/,
      );
      process.env[ENVIRONMENT.tiersAreStandIns] = "true";
      try {
        expect((await save("ann", { source })).version).toBe(1);
        expect(await world.refusal("ann", SAVE, { input: { source: REFUSED } })).toContain("does not support stop");
      } finally {
        delete process.env[ENVIRONMENT.tiersAreStandIns];
      }
    });
  });

  test("accepts a library of partials without steps", async () => {
    const saved = await save("ann", { source: "name: Styles\npartials: { calm: Write calmly. }\n" });
    expect(saved.analysis).toMatchObject({
      steps: [],
      columns: [],
      reads: [],
      maxAttemptCost: { calls: 0, costNanos: 0 },
    });
  });

  test("resolves tiers to models that the deployment allows, and reports when there are none", async () => {
    process.env[ENVIRONMENT.models] = "global.amazon.nova-2-lite-v1:0";
    try {
      const { analysis } = await save("ann", { source: TEMPLATE });
      expect(analysis.steps).toMatchObject([{ tier: "economy", modelId: "global.amazon.nova-2-lite-v1:0" }]);
      const source = TEMPLATE.replace("economy", "premium");
      expect(await world.refusal("ann", SAVE, { input: { source } })).toMatch(
        /^BadInput: No model of the tier "premium" is available here; name a model in step "question" instead \(line 5/,
      );
    } finally {
      delete process.env[ENVIRONMENT.models];
    }
  });

  test("rejects changing a sample", async () => {
    await world.put("Templates", { ...SAMPLE, pk: "TEMPLATE#fixed", templateId: "fixed", listKey: "F", name: "F" });
    const sentence = "BadInput: Samples are read-only; fork the template and edit your copy.";
    expect(await world.refusal("lea", SAVE, { input: { id: "fixed", source: TEMPLATE } })).toBe(sentence);
    expect(await world.refusal("lea", RESTORE, { id: "fixed", version: 1 })).toBe(sentence);
    expect(await world.refusal("lea", DELETE, { id: "fixed" })).toBe(sentence);
  });

  test("responds to another person's template as to a nonexistent one", async () => {
    const id = await givenTemplate(world, "bob");
    const sentence = "NotFound: There is no template with that id.";
    for (const each of [id, "made-up", "../x", "z".repeat(200)])
      expect(await world.refusal("ann", SAVE, { input: { id: each, source: TEMPLATE } })).toBe(sentence);
    expect((await get("bob", id)).latestVersion).toBe(1);
  });
});

describe("a source", () => {
  /** Line endings and the like that editors and systems produce. */
  const source =
    "# made by hand\r\nname: Zoë's \u{1F3AC} films   \r\n\r\npick: { movie: movies }\t# a comment\r\nsteps:\r\n  - id: q\r\n" +
    "    tier: economy\r\n    prompt: |\r\n      Ask “<%= it.movie.Title %>”.  \r\n      第二行\u00a0\r\n    # end  \r\n\r\n\r\n";

  test("is preserved byte for byte through saving, forking and restoring", async () => {
    const { id } = await save("ann", { source });
    await save("ann", { id, source: TEMPLATE });
    expect((await get("ann", id, 1)).source).toBe(source);
    const { forkTemplate } = await world.ask("ann", FORK, { id, version: 1 });
    expect(forkTemplate.source).toBe(source);
    expect((await get("ann", forkTemplate.id)).source).toBe(source);
    expect((await world.ask("ann", RESTORE, { id, version: 1 })).restoreTemplate).toMatchObject({ version: 3, source });
    expect((await get("ann", id)).source).toBe(source);
  });
});
const FORK = `mutation ($id: ID!, $version: Int) { forkTemplate(id: $id, version: $version) { ${TEMPLATE_FIELDS} } }`;

describe("checking", () => {
  const check = async (source: string, id?: string) =>
    (await world.ask("ann", CHECK, { source, id })).checkTemplate as { problems: any[]; analysis: any };

  test("returns every problem with its character range, and stores nothing", async () => {
    const rows = (await world.all("Templates")).length;
    const source = TEMPLATE.replace("tier: economy", "tier: cheap\n    colour: red");
    const { problems, analysis } = await check(source);
    expect(analysis).toBeNull();
    expect(problems.map(({ from, to }) => source.slice(from, to))).toEqual(["cheap", "colour"]);
    expect(problems.map(({ line }) => line)).toEqual([5, 6]);
    expect(await world.all("Templates")).toHaveLength(rows);
  });

  test("returns the analysis of a valid template", async () => {
    expect(await check(TEMPLATE)).toEqual({
      problems: [],
      analysis: { columns: [{ name: "question" }], includes: [], steps: [{ id: "question" }] },
    });
  });

  test("locates an include that does not exist", async () => {
    const source = TEMPLATE.replace("Ask one", `<%~ include("NOBODY@1/calm") %> Ask one`);
    const { problems } = await check(source);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      line: 6,
      message:
        'The template "Film questions" includes "NOBODY@1/calm", which does not exist in your templates or any public one.',
    });
  });
});

describe("versions", () => {
  test("are listed newest first, page by page", async () => {
    const id = await givenTemplate(world, "ann");
    for (const n of [2, 3, 4, 5]) await save("ann", { id, source: titled(`Number ${n}`) });
    const page = async (nextToken?: string) =>
      (await world.ask("ann", VERSIONS, { id, limit: 2, nextToken })).listTemplateVersions;
    const first = await page();
    expect(first.items).toMatchObject([
      { version: 5, name: "Number 5", isPublished: false },
      { version: 4, name: "Number 4" },
    ]);
    const second = await page(first.nextToken);
    expect(second.items.map(({ version }: any) => version)).toEqual([3, 2]);
    expect(await page(second.nextToken)).toMatchObject({ items: [{ version: 1 }], nextToken: null });
  });

  test.each(["0", "1", "x", "99999999", "-1"])("reject the made-up page %s", async (nextToken) => {
    const id = await givenTemplate(world, "ann");
    expect(await world.refusal("ann", VERSIONS, { id, nextToken })).toMatch(/^BadInput: This nextToken was not issued/);
  });

  test("can be restored as the latest, unless they already are", async () => {
    const id = await givenTemplate(world, "ann");
    await save("ann", { id, source: titled("Second") });
    const { restoreTemplate } = await world.ask("ann", RESTORE, { id, version: 1 });
    expect(restoreTemplate).toMatchObject({ version: 3, latestVersion: 3, name: "Film questions", source: TEMPLATE });
    expect(await world.refusal("ann", RESTORE, { id, version: 3 })).toBe(
      "BadInput: Version 3 is already the latest; choose an older one to restore.",
    );
    expect(await world.refusal("ann", RESTORE, { id, version: 4 })).toBe(
      'NotFound: The template "Film questions" has no version 4; it has versions 1 to 3.',
    );
  });
});

describe("deleting", () => {
  test("leaves no rows behind, and the template is gone for its owner too", async () => {
    const id = await givenTemplate(world, "ann");
    for (const n of [2, 3]) await save("ann", { id, source: titled(`Number ${n}`) });
    expect((await world.ask("ann", DELETE, { id })).deleteTemplate).toMatchObject({ id, name: "Number 3" });
    expect(await world.refusal("ann", GET, { id })).toBe("NotFound: There is no template with that id.");
    expect(await world.refusal("ann", GET, { id, version: 1 })).toBe("NotFound: There is no template with that id.");
    await world.settled();
    expect((await world.all("Templates")).filter(({ pk }) => pk === `TEMPLATE#${id}`)).toEqual([]);
  });

  test("removes more versions than one batch holds", async () => {
    for (let version = 1; version <= 30; version++)
      await world.put("Templates", { pk: "TEMPLATE#many", sk: `V#${String(version).padStart(7, "0")}` });
    await world.run("purgeTemplate", { templateId: "many", latestVersion: 30 });
    expect((await world.all("Templates")).filter(({ pk }) => pk === "TEMPLATE#many")).toEqual([]);
  });
});

const SAMPLE = {
  sk: "HEAD",
  owner: "samples",
  tags: [],
  stepCount: 1,
  latestVersion: 1,
  updatedAt: "2026-01-01T00:00:00.000Z",
  sampleSeedSetId: "wonders",
};

test("my list has my templates, newest first; the samples are available to everyone, by name", async () => {
  const [first, second] = [await givenTemplate(world, "lea"), await givenTemplate(world, "lea")];
  for (const name of ["Zebra", "Apple"])
    await world.put("Templates", { ...SAMPLE, pk: `TEMPLATE#${name}`, templateId: name, listKey: name, name });
  const mine = (await world.ask("lea", LIST)).listTemplates.items;
  expect(mine.map(({ id }: { id: string }) => id)).toEqual([second, first].sort().reverse());
  const { items } = (await world.ask("ann", SAMPLES)).listSampleTemplates;
  expect(items.filter(({ id }: any) => ["Zebra", "Apple"].includes(id))).toEqual(
    ["Apple", "Zebra"].map((name) => ({
      id: name,
      name,
      isSample: true,
      isMine: false,
      sampleSeedSetId: "wonders",
    })),
  );
});
