import { readFileSync } from "node:fs";
import { change, givenJob, givenTemplate } from "./given.ts";
import { startWorld, type World } from "./world.ts";

const FACTS =
  "id owner name status statusReason isSample createdAt skippedCount notes skippedRows { fileName row reason } spentNanos collections { name fileName itemCount bytes fields { name types count missing distinct examples } }";
const CREATE = `mutation ($input: CreateSeedSetInput!) { createSeedSet(input: $input) { seedSet { ${FACTS} } uploads { collection url fields { name value } } } }`;
const CONFIRM = `mutation ($id: ID!) { confirmSeedSet(id: $id) { ${FACTS} } }`;
const GET = `query ($id: ID!) { getSeedSet(id: $id) { ${FACTS} } }`;
const DELETE = `mutation ($id: ID!) { deleteSeedSet(id: $id) { id } }`;
const CHANGED = `subscription { onSeedSetChanged { id status statusReason collections { itemCount } } }`;
const MOVIES = new URL("../../node_modules/vega-datasets/data/movies.json", import.meta.url);

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

interface File {
  collection?: string;
  fileName: string;
  text: string;
}

async function created(person: string, files: File[], wishes: object = {}) {
  const input = {
    name: "Films",
    ...wishes,
    files: files.map(({ text, ...file }) => ({ ...file, bytes: Buffer.byteLength(text) || 1 })),
  };
  return (await world.ask(person, CREATE, { input })).createSeedSet;
}

async function upload(
  { url, fields }: { url: string; fields: { name: string; value: string }[] },
  text: string,
): Promise<number> {
  const form = new FormData();
  for (const { name, value } of fields) form.append(name, value);
  form.append("file", new Blob([text]));
  return (await fetch(url, { method: "POST", body: form })).status;
}

/** Uploads and confirms, and returns the seed set as left by its check. */
async function checked(person: string, files: File[]) {
  const { seedSet, uploads } = await created(person, files);
  for (const [n, file] of files.entries()) if (file.text !== "") await upload(uploads[n], file.text);
  await world.ask(person, CONFIRM, { id: seedSet.id });
  await world.settled();
  return (await world.ask(person, GET, { id: seedSet.id })).getSeedSet;
}

const objectsOf = async (id: string) => (await world.objects()).filter((key) => key.includes(id));

test("an uploaded file becomes numbered blocks, and watchers are notified that it is READY", async () => {
  const movies = readFileSync(MOVIES, "utf8");
  const { seedSet, uploads } = await created("ann", [{ collection: "movies", fileName: "movies.json", text: movies }]);
  expect(seedSet).toMatchObject({
    status: "UPLOADING",
    owner: "ann",
    collections: [{ name: "movies", itemCount: 0, fields: [] }],
  });
  expect(await upload(uploads[0], movies)).toBe(204);
  const [mine, other] = [await world.watch("ann", CHANGED), await world.watch("bob", CHANGED)];
  expect((await world.ask("ann", CONFIRM, { id: seedSet.id })).confirmSeedSet.status).toBe("CHECKING");
  expect((await mine.next()).onSeedSetChanged).toEqual({
    id: seedSet.id,
    status: "READY",
    statusReason: null,
    collections: [{ itemCount: 3201 }],
  });
  await world.settled();
  const { getSeedSet } = await world.ask("ann", GET, { id: seedSet.id });
  const title = getSeedSet.collections[0].fields.find(({ name }: { name: string }) => name === "Title");
  expect(title).toEqual({
    name: "Title",
    types: ["integer", "string"],
    count: 3200,
    missing: 1,
    distinct: null,
    examples: ['"The Land Girls"', '"First Love, Last Rites"', '"I Married a Strange Person"'],
  });
  expect(await objectsOf(seedSet.id)).toEqual([
    `seeds/ann/${seedSet.id}/index.json`,
    `seeds/ann/${seedSet.id}/movies/0.jsonl`,
    `seeds/ann/${seedSet.id}/movies/1.jsonl`,
  ]);
  expect(other.heard).toEqual([]);
  for (const watch of [mine, other]) watch.close();
});

test("a form accepts no other key, no empty file and none over the limit", async () => {
  const { uploads } = await created("ann", [{ fileName: "a.csv", text: "a\n1\n" }]);
  const [form] = uploads;
  const elsewhere = form.fields.map((field: { name: string; value: string }) =>
    field.name === "key" ? { name: "key", value: "seeds/bob/x/index.json" } : field,
  );
  expect(await upload({ ...form, fields: elsewhere }, "a\n1\n")).toBe(403);
  expect(await upload(form, "")).toBe(400);
});

test.each<[string, File[], string | RegExp]>([
  [
    "a missing upload",
    [{ fileName: "films.csv", text: "" }],
    'The file "films.csv" was not uploaded; upload it, then confirm again.',
  ],
  [
    "a file with a header alone",
    [{ fileName: "films.csv", text: "a,b\n" }],
    'The file "films.csv" has no items; it needs at least one.',
  ],
  [
    "a row that is not an object",
    [{ fileName: "f.jsonl", text: '{"a":1}\n[2]\n' }],
    'Line 2 of "f.jsonl" must be an object with named fields, not a list.',
  ],
  [
    "a second file that is faulty",
    [
      { collection: "a", fileName: "a.csv", text: "x\n1\n" },
      { collection: "b", fileName: "b.json", text: "[" },
    ],
    /^The file "b.json" ends abruptly/,
  ],
  [
    "a list with a name that cannot be one",
    [{ fileName: "f.json", text: '{"my list":[{"a":1}],"b":[{"a":1}]}' }],
    /^The list "my list" in "f.json" needs a name of 1 to 40/,
  ],
])("%s is REFUSED with a message, and leaves nothing behind", async (_, files, sentence) => {
  const seedSet = await checked("ann", files);
  expect(seedSet.status).toBe("REFUSED");
  expect(seedSet.statusReason).toMatch(sentence);
  expect(await objectsOf(seedSet.id)).toEqual([]);
});

test("a JSON object of lists becomes one collection per list", async () => {
  const { collections } = await checked("ann", [
    { fileName: "world.json", text: '{"cities":[{"a":1},{"a":2}],"rivers":[{"b":"x"}]}' },
  ]);
  expect(collections.map(({ name, itemCount }: { name: string; itemCount: number }) => [name, itemCount])).toEqual([
    ["cities", 2],
    ["rivers", 1],
  ]);
});

test("several files become one collection, in the given order", async () => {
  const { collections } = await checked("ann", [
    { collection: "a", fileName: "first.csv", text: "x\none\n" },
    { collection: "b", fileName: "other.json", text: '[{"x":1}]' },
    { collection: "a", fileName: "second.jsonl", text: '{"x":"two"}\n{"x":"three"}\n' },
  ]);
  expect(collections).toMatchObject([
    { name: "a", fileName: "first.csv, second.jsonl", itemCount: 3 },
    { name: "b", fileName: "other.json", itemCount: 1 },
  ]);
});

test("invalid rows are skipped on request, and reported", async () => {
  const text = '{"x":1}\n[2]\n{"x":3}\n';
  const files = [{ fileName: "rows.jsonl", text }];
  expect(await checked("ann", files)).toMatchObject({ status: "REFUSED", skippedCount: 0, skippedRows: [] });
  const { seedSet, uploads } = await created("ann", files, { skipInvalid: true });
  await upload(uploads[0], text);
  await world.ask("ann", CONFIRM, { id: seedSet.id });
  await world.settled();
  expect((await world.ask("ann", GET, { id: seedSet.id })).getSeedSet).toMatchObject({
    status: "READY",
    spentNanos: null,
    skippedCount: 1,
    skippedRows: [
      {
        fileName: "rows.jsonl",
        row: 2,
        reason: 'Line 2 of "rows.jsonl" must be an object with named fields, not a list.',
      },
    ],
    collections: [{ name: "seeds", itemCount: 2 }],
  });
});

describe("a seed set is filtered for a template", () => {
  const FILTER = `mutation ($name: String!, $seedSetId: ID!, $templateId: ID!) {
    filterSeedSet(name: $name, seedSetId: $seedSetId, templateId: $templateId) { ${FACTS} } }`;

  async function filtered(text: string) {
    const templateId = await givenTemplate(world, "fay");
    const { id: seedSetId } = await checked("fay", [
      { collection: "movies", fileName: "films.jsonl", text },
      { collection: "others", fileName: "others.jsonl", text: "{}\n" },
    ]);
    const { filterSeedSet } = await world.ask("fay", FILTER, { name: "Fitting", seedSetId, templateId });
    expect(filterSeedSet).toMatchObject({ name: "Fitting", status: "CHECKING" });
    await world.settled();
    return { seedSetId, ...(await world.ask("fay", GET, { id: filterSeedSet.id })).getSeedSet };
  }

  test("into another of the items that fit, with the reasons for the others", async () => {
    const filtering = await filtered('{"Title":"Faust"}\n{"Title":null}\n{"Year":1922}\n{"Title":"Metropolis"}\n');
    expect(filtering).toMatchObject({
      status: "READY",
      skippedCount: 2,
      skippedRows: [
        { fileName: "films.jsonl", row: 2, reason: 'Item 2 of "movies" has null for "Title".' },
        { fileName: "films.jsonl", row: 3, reason: 'Item 3 of "movies" has no "Title".' },
      ],
      collections: [
        { name: "movies", fileName: "films.jsonl", itemCount: 2 },
        { name: "others", itemCount: 1 },
      ],
    });
    const { listSeedItems } = await world.ask(
      "fay",
      `query ($id: ID!) { listSeedItems(seedSetId: $id, collection: "movies") { items { json } } }`,
      { id: filtering.id },
    );
    expect(listSeedItems.items.map(({ json }: { json: string }) => json)).toEqual([
      '{"Title":"Faust"}',
      '{"Title":"Metropolis"}',
    ]);
    const { getSeedSet: source } = await world.ask("fay", GET, { id: filtering.seedSetId });
    expect(source).toMatchObject({ status: "READY", collections: [{ itemCount: 4 }, { itemCount: 1 }] });
  });

  test("and is REFUSED when nothing would be left, leaving nothing behind", async () => {
    const { id, status, statusReason } = await filtered('{"Year":1922}\n{"Title":null}\n');
    expect(status).toBe("REFUSED");
    expect(statusReason).toBe(
      'No item of "movies" fits the template, so nothing would be left. Item 1 of "movies" has no "Title".',
    );
    expect(await objectsOf(id)).toEqual([]);
  });
});

test.each<[object, string]>([
  [
    { name: "", files: [{ fileName: "a.csv", bytes: 1 }] },
    "BadInput: The seed set's name must have 1 to 100 characters; this one has 0.",
  ],
  [{ name: "x", files: [] }, "BadInput: A seed set needs 1 to 10 files, not 0."],
  [
    { name: "x", files: [{ fileName: "a.xlsx", bytes: 1 }] },
    'BadInput: The file "a.xlsx" must have the extension .json, .jsonl, .ndjson, .csv, .tsv, .txt, .parquet, optionally followed by .gz.',
  ],
  [
    { name: "x", files: [{ fileName: "a.csv", bytes: 1_000_000_001 }] },
    'BadInput: The file "a.csv" must have 1 to 1,000,000,000 bytes, not 1000000001.',
  ],
  [
    { name: "x", files: [{ collection: "../up", fileName: "a.csv", bytes: 1 }] },
    'BadInput: The collection "../up" needs a name of 1 to 40 letters, digits and _ that starts with a letter.',
  ],
])("creating is rejected with a message, case %#", async (input, sentence) => {
  const rows = (await world.all("SeedSets")).length;
  expect(await world.refusal("ann", CREATE, { input })).toBe(sentence);
  expect(await world.all("SeedSets")).toHaveLength(rows);
});

test("a READY seed set cannot be confirmed again", async () => {
  const { id } = await checked("ann", [{ fileName: "a.csv", text: "a\n1\n" }]);
  expect(await world.refusal("ann", CONFIRM, { id })).toBe(
    "Conflict: This seed set is READY; only one that is uploading or refused can be confirmed.",
  );
});

test("another person's seed set responds like a nonexistent one", async () => {
  const { id } = await checked("bob", [{ fileName: "a.csv", text: "a\n1\n" }]);
  for (const query of [GET, CONFIRM, DELETE])
    for (const asked of [id, "made-up", "not/an/id"])
      expect(await world.refusal("ann", query, { id: asked })).toBe("NotFound: There is no seed set with that id.");
  expect(await objectsOf(id)).toHaveLength(2);
});

test("deleting removes row and objects, unless a job uses them", async () => {
  const { id } = await checked("del", [{ collection: "movies", fileName: "a.csv", text: "Title\nAlien\n" }]);
  const job = await givenJob(world, "del", { seedSetId: id });
  expect(await world.refusal("del", DELETE, { id })).toBe(
    'Conflict: The job "My films" still needs this seed set; cancel or delete the job first.',
  );
  await change(world, job.id, { status: "COMPLETED" });
  await world.ask("del", DELETE, { id });
  await world.settled();
  expect(await objectsOf(id)).toEqual([]);
  expect(await world.refusal("del", GET, { id })).toMatch(/^NotFound/);
});

test("a seed set deleted during its check leaves nothing behind", async () => {
  const { seedSet, uploads } = await created("ann", [{ fileName: "a.csv", text: "a\n1\n" }]);
  await upload(uploads[0], "a\n1\n");
  const row = await world.row("SeedSets", { pk: `SEEDS#${seedSet.id}`, sk: "SEEDS" });
  await world.put("SeedSets", { ...row, status: "CHECKING" });
  const check = world.run("checkSeeds", { seedSetId: seedSet.id });
  await world.ask("ann", DELETE, { id: seedSet.id });
  await check;
  await world.settled();
  expect(await objectsOf(seedSet.id)).toEqual([]);
});

test("lists contain my own seed sets, and the samples for everyone", async () => {
  const { id } = await checked("lea", [{ fileName: "a.csv", text: "a\n1\n" }]);
  await world.put("SeedSets", {
    pk: "SEEDS#wonders",
    sk: "SEEDS",
    seedSetId: "wonders",
    owner: "samples",
    listKey: "Wonders",
    name: "Wonders",
    status: "READY",
    collections: [],
    uploads: [],
    createdAt: "2026-01-01T00:00:00.000Z",
  });
  expect((await world.ask("lea", "{ listSeedSets { items { id } nextToken } }")).listSeedSets).toEqual({
    items: [{ id }],
    nextToken: null,
  });
  expect(
    (await world.ask("lea", "{ listSampleSeedSets { items { id isSample owner } } }")).listSampleSeedSets.items,
  ).toEqual([{ id: "wonders", isSample: true, owner: "samples" }]);
  expect(await world.refusal("lea", DELETE, { id: "wonders" })).toBe("NotFound: There is no seed set with that id.");
});
