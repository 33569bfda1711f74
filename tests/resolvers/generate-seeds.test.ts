import { seedSetKey } from "../../core/keys.ts";
import { documentClient } from "../../resolvers/lambda/clients.ts";
import { interfere, type Interference } from "./interfere.ts";
import { SampleModels, sumOf } from "./sample-models.ts";
import { startWorld, type World } from "./world.ts";

const FACTS = `id owner name status statusReason spentNanos collections { name fileName itemCount fields { name types missing } }`;
const GENERATE = `mutation ($input: GenerateSeedsInput!) { generateSeeds(input: $input) { ${FACTS} } }`;
const GET = `query ($id: ID!) { getSeedSet(id: $id) { ${FACTS} } }`;
const CHANGED = `subscription { onSeedSetChanged { id status spentNanos collections { itemCount } } }`;
const ITEMS = `query ($id: ID!, $collection: String!) { listSeedItems(seedSetId: $id, collection: $collection, limit: 100) {
  items { json } } }`;

const TEMPLATE = `name: Film questions
pick: { movie: movies, tone: tones }
steps:
  - id: question
    tier: economy
    prompt: |
      <% for (const tag of it.movie.tags) { %><%= tag.trim() %> <% } %>
      Ask about <%= it.movie.Title.toUpperCase() %> of <%= it.movie.Year.toFixed(0) %> in a <%= it.tone.name %> tone.
`;

const models = new SampleModels();
let world: World;
let interference: Interference;
beforeAll(async () => {
  world = await startWorld();
  interference = interfere(documentClient());
  await models.start();
});
afterAll(async () => {
  await world.stop();
  await models.stop();
});
beforeEach(() => models.set({}));

let tokens = 0;

function inputFor(changes: object = {}): Record<string, unknown> {
  tokens += 1;
  return {
    name: "Made films",
    source: TEMPLATE,
    itemCount: 15,
    instructions: "Silent films of the twenties",
    budgetNanos: 1_000_000_000,
    clientToken: `seeds-token-${tokens}`,
    ...changes,
  };
}

async function generated(changes: object = {}): Promise<any> {
  const { id } = (await world.ask("ann", GENERATE, { input: inputFor(changes) })).generateSeeds;
  await world.settled();
  return (await world.ask("ann", GET, { id })).getSeedSet;
}

async function itemsOf(id: string, collection: string): Promise<any[]> {
  const { items } = (await world.ask("ann", ITEMS, { id, collection })).listSeedItems;
  return items.map(({ json }: any) => JSON.parse(json));
}

const refusal = (changes: object) => world.refusal("ann", GENERATE, { input: inputFor(changes) });

test("a model generates distinct items that fit the template for every collection, and the owner is notified of its progress", async () => {
  models.newCalls();
  const watch = await world.watch("ann", CHANGED);
  const seedSet = await generated();
  expect(seedSet).toMatchObject({ name: "Made films", owner: "ann", status: "READY", statusReason: null });
  expect(seedSet.collections.map(({ name, itemCount }: any) => [name, itemCount])).toEqual([
    ["movies", 15],
    ["tones", 15],
  ]);
  const movies = await itemsOf(seedSet.id, "movies");
  for (const movie of movies)
    expect(movie).toEqual({ Title: expect.any(String), Year: expect.any(Number), tags: expect.any(Array) });
  expect(new Set(movies.map((movie) => JSON.stringify(movie))).size).toBe(15);
  expect(seedSet.spentNanos).toBe(sumOf(models.newCalls()));
  const heard: any[] = [];
  do heard.push((await watch.next()).onSeedSetChanged);
  while (heard.at(-1).status === "GENERATING");
  expect(heard[0]).toMatchObject({ status: "GENERATING", collections: [expect.anything(), { itemCount: 0 }] });
  expect(heard[0].collections[0].itemCount).toBeGreaterThan(1);
  expect(heard.at(-1).status).toBe("READY");
  watch.close();
});

test("the template that items were generated for can draw them", async () => {
  const { id } = await generated({ itemCount: 2 });
  const { renderTemplate } = await world.ask(
    "ann",
    "query ($input: RenderTemplateInput!) { renderTemplate(input: $input) { problems { message } steps { turns { text } } } }",
    { input: { source: TEMPLATE, seedSetId: id } },
  );
  expect(renderTemplate.problems).toEqual([]);
  expect(renderTemplate.steps[0].turns[0].text).toMatch(/Ask about .+ in a .+ tone\./);
});

test.each([
  ["throttles", { throttleRate: 0.3 }],
  ["JSON that does not fit", { badJsonRate: 0.5 }],
  ["server errors and answers cut off", { errorRate: 0.2, truncateRate: 0.3 }],
])(
  "with %s what the models were paid is what was spent, to the nano-dollar",
  async (_, settings) => {
    models.newCalls();
    models.set(settings);
    const before = await spentByAnn();
    const { spentNanos } = await generated();
    const paid = sumOf(models.newCalls());
    expect(paid).toBeGreaterThan(0);
    expect(spentNanos).toBe(paid);
    expect((await spentByAnn()) - before).toBe(paid);
  },
  60_000,
);

test("when the budget runs out early, the items so far are kept, with a message", async () => {
  models.newCalls();
  const bound = /one call can cost \((\$[\d.]+)/.exec(await refusal({ budgetNanos: 1 }))?.[1];
  const budgetNanos = Math.ceil(Number(bound?.slice(1)) * 1.05e9);
  const seedSet = await generated({ itemCount: 500, budgetNanos });
  expect(seedSet.status).toBe("READY");
  const [movies, tones] = seedSet.collections;
  expect(movies.itemCount).toBeGreaterThan(0);
  expect(tones.itemCount).toBeGreaterThan(0);
  expect(seedSet.statusReason).toContain(
    `; ${movies.itemCount} of 500 items of "movies", ${tones.itemCount} of 500 items of "tones" were generated.`,
  );
  expect(seedSet.statusReason).toMatch(/^The rest of the budget \(.*\) is less than another call can cost/);
  expect(seedSet.spentNanos).toBeLessThanOrEqual(budgetNanos);
  expect(seedSet.spentNanos).toBe(sumOf(models.newCalls()));
});

test("answers that can never be used end it early as REFUSED, showing what was spent", async () => {
  models.newCalls();
  models.set({ badJsonRate: 1, truncateRate: 1 });
  const { status, statusReason, spentNanos, id } = await generated();
  expect(status).toBe("REFUSED");
  expect(statusReason).toMatch(/^The model's last answers could not be used \(.+\); 0 of 15 items of "movies"/);
  const calls = models.newCalls();
  expect(spentNanos).toBe(sumOf(calls));
  expect(calls.length).toBeLessThanOrEqual(12);
  expect((await world.objects()).filter((key) => key.includes(id))).toEqual([]);
});

const FILM = {
  type: "object",
  properties: { title: { type: "string" }, year: { type: "number" }, about: { type: "string" } },
  required: ["title", "year", "about"],
};
/** A schema that only two items fit. */
const SWITCH = { type: "object", properties: { on: { type: "boolean" } }, required: ["on"] };

/** Generates 30 items for each collection with these schemas. */
async function generatedBy(schemas: Record<string, object>): Promise<any> {
  const { id } = await generated({ itemCount: 1 });
  models.newCalls();
  const { runId: _, ...row } = await world.row("SeedSets", seedSetKey(id));
  const generation = { ...row.generation, itemCount: 30, schemas: JSON.stringify(schemas) };
  await world.put("SeedSets", { ...row, status: "GENERATING", generation, spentNanos: 0 });
  await world.run("generateSeeds", { seedSetId: id });
  return (await world.ask("ann", GET, { id })).getSeedSet;
}

test("a collection without new items is retried three times, however well others go", async () => {
  const alone = await generatedBy({ switches: SWITCH });
  expect(alone.statusReason).toBe('The model returned nothing new; 2 of 30 items of "switches" were generated.');
  const vainCalls = models.newCalls().length;
  await generatedBy({ films: FILM });
  const filmCalls = models.newCalls().length;
  await generatedBy({ switches: SWITCH, films: FILM });
  expect(models.newCalls().length).toBeLessThanOrEqual(vainCalls + filmCalls + 1);
  expect(vainCalls).toBeLessThanOrEqual(5);
}, 60_000);

test("collections without new items do not keep another from being filled", async () => {
  const { status, statusReason, collections } = await generatedBy({ a: SWITCH, b: SWITCH, c: SWITCH, films: FILM });
  expect(status).toBe("READY");
  expect(collections.map(({ itemCount }: any) => itemCount)).toEqual([2, 2, 2, 30]);
  expect(statusReason).toMatch(/^The model returned nothing new; .*30 of 30 items of "films" were generated\.$/);
}, 60_000);

test.each([
  ["once", 1],
  ["for good", 3],
])("seeds are kept when the response to writing the end is lost %s", async (_, times) => {
  interference.loseAnswerOf("UpdateItem", { body: /READY/, times });
  const { id } = (await world.ask("ann", GENERATE, { input: inputFor({ itemCount: 1 }) })).generateSeeds;
  await world.settled().catch(() => undefined);
  expect(interference.lost).toBe(0);
  expect((await world.ask("ann", GET, { id })).getSeedSet.status).toBe("READY");
  expect(await itemsOf(id, "movies")).toHaveLength(1);
});

test("the prompt shows earlier items, so that new ones differ", async () => {
  const { id } = await generated({ itemCount: 11 });
  const row = await world.row("SeedSets", seedSetKey(id));
  expect(row.generation.instructions).toBe("Silent films of the twenties");
  expect(row).toMatchObject({ status: "READY", reservedNanos: 0 });
});

test("the same token creates one seed set", async () => {
  models.newCalls();
  const input = inputFor({ itemCount: 1 });
  const first = (await world.ask("ann", GENERATE, { input })).generateSeeds;
  const again = (await world.ask("ann", GENERATE, { input })).generateSeeds;
  expect(again.id).toBe(first.id);
  await world.settled();
  expect(models.newCalls()).toHaveLength(2);
  expect(await world.refusal("ann", GENERATE, { input: { ...input, itemCount: 2 } })).toMatch(/^Conflict: /);
  expect(await world.refusal("ann", GENERATE, { input: { ...input, templateId: "another" } })).toMatch(/^Conflict: /);
});

test("a seed set deleted during generation leaves nothing behind", async () => {
  models.set({ latencyMs: 100 });
  const { id } = (await world.ask("ann", GENERATE, { input: inputFor() })).generateSeeds;
  await world.ask("ann", "mutation ($id: ID!) { deleteSeedSet(id: $id) { id } }", { id });
  await world.settled();
  expect(await world.row("SeedSets", seedSetKey(id))).toBeUndefined();
  expect((await world.objects()).filter((key) => key.includes(id))).toEqual([]);
});

test("what a function reserved before it crashed counts as spent, and its seed set is REFUSED with a message", async () => {
  const { id } = await generated({ itemCount: 1 });
  const row = await world.row("SeedSets", seedSetKey(id));
  await world.put("SeedSets", { ...row, status: "GENERATING", reservedNanos: 555, leaseUntilMs: Date.now() - 1 });
  const expected = {
    status: "REFUSED",
    statusReason: "The run stopped unexpectedly; the maximum cost of its calls in flight counts as spent.",
    spentNanos: row.spentNanos + 555,
  };
  expect((await world.ask("ann", GET, { id })).getSeedSet).toMatchObject(expected);
  models.newCalls();
  await world.run("generateSeeds", { seedSetId: id });
  expect(models.newCalls()).toEqual([]);
  expect(await world.row("SeedSets", seedSetKey(id))).toMatchObject(expected);
});

test("a generated seed set has no files to confirm", async () => {
  models.set({ badJsonRate: 1, truncateRate: 1 });
  const { id } = await generated({ itemCount: 1 });
  expect(await world.refusal("ann", "mutation ($id: ID!) { confirmSeedSet(id: $id) { id } }", { id })).toBe(
    "Conflict: A model generates this seed set, so there are no files to upload or check.",
  );
});

test("invalid input is rejected with a message", async () => {
  expect(await refusal({ itemCount: 501 })).toBe(
    "BadInput: A model can generate 1 to 500 items per collection, not 501.",
  );
  expect(await refusal({ name: " " })).toMatch(/^BadInput: The seed set's name must have 1 to 100 characters/);
  expect(await refusal({ instructions: "x".repeat(2_001) })).toMatch(
    /^BadInput: The instructions may have at most 2000/,
  );
  expect(await refusal({ model: "gpt-9" })).toMatch(
    /^BadInput: The model "gpt-9" is not available here; choose one of /,
  );
  expect(await refusal({ budgetNanos: 6_000_000_000 })).toMatch(/^BadInput: The budget must be/);
  expect(await refusal({ source: TEMPLATE.replace("Ask about <%=", "Ask about <%= (") })).toMatch(/^BadInput: /);
  const drawsNone = "name: None\npick: {}\nsteps: [{ id: a, tier: economy, prompt: Hello }]";
  expect(await refusal({ source: drawsNone })).toBe(
    'BadInput: The template "None" uses no seeds, so there is nothing to generate for it.',
  );
});

async function spentByAnn(): Promise<number> {
  const { items } = (await world.ask("ann", "{ listAdHocSpending { items { generatedSeedsNanos } } }"))
    .listAdHocSpending;
  return items.reduce((sum: number, { generatedSeedsNanos }: any) => sum + generatedSeedsNanos, 0);
}
