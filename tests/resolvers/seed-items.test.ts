import { givenSeeds } from "./given-seeds.ts";
import { startWorld, type World } from "./world.ts";

const ITEMS = `query ($id: ID!, $collection: String!, $text: String, $offset: Int, $limit: Int, $nextToken: String) {
  listSeedItems(seedSetId: $id, collection: $collection, text: $text, offset: $offset, limit: $limit, nextToken: $nextToken) {
    items { position json } nextToken } }`;

const LETTERS = Array.from({ length: 50 }, (_, n) => ({ no: n, word: n % 10 === 3 ? `Três ${n}` : `word ${n}` }));

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await givenSeeds(world, "ann", "letters", { words: LETTERS, other: [{ a: 1 }] });
});
afterAll(() => world.stop());

async function page(variables: object, person = "ann"): Promise<any> {
  return (await world.ask(person, ITEMS, { id: "letters", collection: "words", ...variables })).listSeedItems;
}

const refusal = (variables: object, person = "ann") =>
  world.refusal(person, ITEMS, { id: "letters", collection: "words", ...variables });

const positions = ({ items }: any) => items.map(({ position }: any) => position);

test("items are returned in order, page by page, each with its position", async () => {
  const first = await page({});
  expect(positions(first)).toEqual(Array.from({ length: 20 }, (_, n) => n));
  expect(JSON.parse(first.items[7].json)).toEqual(LETTERS[7]);
  const second = await page({ limit: 25, nextToken: first.nextToken });
  expect(positions(second)).toEqual(Array.from({ length: 25 }, (_, n) => 20 + n));
  const last = await page({ nextToken: second.nextToken });
  expect(positions(last)).toEqual([45, 46, 47, 48, 49]);
  expect(last.nextToken).toBeNull();
});

test("a page can start anywhere, and is empty beyond the end", async () => {
  expect(positions(await page({ offset: 48 }))).toEqual([48, 49]);
  expect(await page({ offset: 50 })).toEqual({ items: [], nextToken: null });
});

test("a search finds items with the text in a value, ignoring case, and continues where it stopped", async () => {
  const first = await page({ text: "TRÊS", limit: 3 });
  expect(positions(first)).toEqual([3, 13, 23]);
  expect(positions(await page({ text: "TRÊS", limit: 3, nextToken: first.nextToken }))).toEqual([33, 43]);
  expect(await page({ text: "no such" })).toEqual({ items: [], nextToken: null });
  expect(positions(await page({ text: "word", limit: 1 }))).toEqual([0]);
});

test("long items are truncated and marked", async () => {
  await givenSeeds(world, "ann", "long", { words: [{ text: "x".repeat(40_000) }] });
  const { items } = await page({ id: "long" });
  expect(items[0].json).toMatch(/^\{"text":"x{100}.* … \(24,0\d\d more characters\)$/);
});

test("samples are visible to everyone, and another person's seed set responds as if it did not exist", async () => {
  await givenSeeds(world, "samples", "sample", { words: LETTERS });
  expect(positions(await page({ id: "sample", limit: 1 }, "bob"))).toEqual([0]);
  expect(await refusal({}, "bob")).toBe("NotFound: There is no seed set with that id.");
  expect(await refusal({ id: "nothing" }, "bob")).toBe("NotFound: There is no seed set with that id.");
});

test("invalid requests are rejected with a message", async () => {
  expect(await refusal({ collection: "films" })).toBe(
    'BadInput: The seed set "Films" has no collection "films" (it has words, other).',
  );
  expect(await refusal({ collection: "constructor" })).toMatch(/^BadInput: .* has no collection "constructor"/);
  expect(await refusal({ limit: 101 })).toBe(
    "BadInput: A page may have 1 to 100 items, not 101; choose a limit in that range.",
  );
  expect(await refusal({ offset: -1 })).toBe("BadInput: The offset must be 0 or more, not -1.");
  for (const nextToken of ["nonsense", "e30", ""])
    expect(await refusal({ nextToken })).toBe(
      "BadInput: This nextToken was not issued by this list; omit it to start from the first page.",
    );
  const row = await world.row("SeedSets", { pk: "SEEDS#letters", sk: "SEEDS" });
  await world.put("SeedSets", { ...row, pk: "SEEDS#young", seedSetId: "young", status: "CHECKING" });
  expect(await refusal({ id: "young" })).toBe(
    'BadInput: The seed set "Films" is CHECKING; its items can be viewed once it is READY.',
  );
});
