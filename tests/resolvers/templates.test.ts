import { givenTemplate, TEMPLATE } from "./given.ts";
import { startWorld, type World } from "./world.ts";

const FACTS = `id name description category version latestVersion isSample source columns recordBoundNanos createdAt
  steps { id modelId tier prompt maxTokens } reads { collection field required }`;
const SAVE = `mutation ($id: ID, $source: String!) { saveTemplate(input: { id: $id, source: $source }) { ${FACTS} } }`;
const GET = `query ($id: ID!, $version: Int) { getTemplate(id: $id, version: $version) { ${FACTS} } }`;
const LIST =
  "query ($limit: Int) { listTemplates(limit: $limit) { items { id name latestVersion isSample } nextToken } }";
const SAMPLES = "{ listSampleTemplates { items { id name isSample sampleSeedSetId } nextToken } }";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

test("saving a template answers what is known of it", async () => {
  const { saveTemplate } = await world.ask("ann", SAVE, { source: TEMPLATE });
  expect(saveTemplate).toMatchObject({
    name: "Film questions",
    description: null,
    version: 1,
    latestVersion: 1,
    isSample: false,
    source: TEMPLATE,
    columns: ["question"],
    steps: [{ id: "question", modelId: "amazon.nova-micro-v1:0", tier: "economy", maxTokens: 100 }],
    reads: [{ collection: "movies", field: "Title", required: true }],
    // (1,000 bytes of prompt + 600 tokens of overhead) * 35,000 / 1,000 + 100 * 140,000 / 1,000
    recordBoundNanos: 70_000,
  });
});

test("saving again makes the next version, and the first stays as it was", async () => {
  const id = await givenTemplate(world, "ann");
  const source = TEMPLATE.replace("Film questions", "Better questions");
  expect((await world.ask("ann", SAVE, { id, source })).saveTemplate).toMatchObject({
    id,
    version: 2,
    name: "Better questions",
  });
  expect((await world.ask("ann", GET, { id })).getTemplate).toMatchObject({ version: 2, latestVersion: 2, source });
  expect((await world.ask("ann", GET, { id, version: 1 })).getTemplate).toMatchObject({
    version: 1,
    latestVersion: 2,
    source: TEMPLATE,
  });
  expect(await world.refusal("ann", GET, { id, version: 3 })).toBe(
    'NotFound: The template "Better questions" has no version 3; it has 1 to 2.',
  );
});

test("of two who save at the same moment each gets a version of its own, or is told", async () => {
  const id = await givenTemplate(world, "ann");
  const answers = await Promise.allSettled([1, 2, 3].map(() => world.ask("ann", SAVE, { id, source: TEMPLATE })));
  const versions = answers.flatMap((answer) =>
    answer.status === "fulfilled" ? [answer.value.saveTemplate.version] : [],
  );
  expect(new Set(versions).size).toBe(versions.length);
  for (const answer of answers)
    if (answer.status === "rejected")
      expect(answer.reason.message).toMatch(/^Conflict: The template got another version/);
  expect((await world.ask("ann", GET, { id })).getTemplate.latestVersion).toBe(1 + versions.length);
});

test("a fault in the template is answered with its place", async () => {
  const source = TEMPLATE.replace("it.movie.Title", "it.movie.");
  expect(await world.refusal("ann", SAVE, { source })).toMatch(
    /^BadInput: Template "Film questions" step "question" has a syntax error/,
  );
});

test("another person's template is answered like a made-up one, for reading and for saving", async () => {
  const id = await givenTemplate(world, "bob");
  const [read, saved] = [
    await world.refusal("ann", GET, { id }),
    await world.refusal("ann", SAVE, { id, source: TEMPLATE }),
  ];
  expect(read).toBe("NotFound: There is no template with that id.");
  expect(saved).toBe(read);
  expect(await world.refusal("ann", GET, { id: "made-up" })).toBe(read);
  expect(await world.refusal("ann", SAVE, { id: "made-up", source: TEMPLATE })).toBe(read);
  expect(await world.refusal("ann", GET, { id: "../x" })).toBe(read);
  expect((await world.ask("bob", GET, { id })).getTemplate.latestVersion).toBe(1);
});

test("my list has my templates, newest first; the samples are there for everyone, by name, and cannot be changed", async () => {
  const [first, second] = [await givenTemplate(world, "lea"), await givenTemplate(world, "lea")];
  const head = {
    sk: "HEAD",
    owner: "samples",
    latestVersion: 1,
    updatedAt: "2026-01-01T00:00:00.000Z",
    sampleSeedSetId: "wonders",
  };
  await world.put("Templates", { ...head, pk: "TEMPLATE#zebra", templateId: "zebra", listKey: "Zebra", name: "Zebra" });
  await world.put("Templates", { ...head, pk: "TEMPLATE#apple", templateId: "apple", listKey: "Apple", name: "Apple" });
  const mine = (await world.ask("lea", LIST)).listTemplates.items;
  expect(mine.map(({ id }: { id: string }) => id)).toEqual([second, first].sort().reverse());
  const { listSampleTemplates } = await world.ask("ann", SAMPLES);
  expect(listSampleTemplates.items).toEqual([
    { id: "apple", name: "Apple", isSample: true, sampleSeedSetId: "wonders" },
    { id: "zebra", name: "Zebra", isSample: true, sampleSeedSetId: "wonders" },
  ]);
  expect(await world.refusal("lea", SAVE, { id: "apple", source: TEMPLATE })).toBe(
    "BadInput: A sample cannot be changed; save it as a template of your own, without an id.",
  );
});
