import { givenTemplate, TEMPLATE } from "./given.ts";
import { startWorld, type World } from "./world.ts";

const SUMMARY = `id name description category tags latestVersion isSample isMine publishedAt stepCount sampleSeedSetId updatedAt`;
const act = (name: string) => `mutation ($id: ID!) { ${name}(id: $id) { ${SUMMARY} } }`;
const SAVE = `mutation ($input: SaveTemplateInput!) { saveTemplate(input: $input) { id version analysis { includes } } }`;
const GET = `query ($id: ID!, $version: Int) { getTemplate(id: $id, version: $version) {
  name version latestVersion isMine publishedAt publishedVersions source forkedFrom { id version name } } }`;
const VERSIONS = `query ($id: ID!) { listTemplateVersions(id: $id) { items { version name isPublished } nextToken } }`;
const FORK = `mutation ($id: ID!, $version: Int) { forkTemplate(id: $id, version: $version) {
  id name version isMine publishedAt sampleSeedSetId source forkedFrom { id version name } } }`;
const SEARCH = `query ($text: String, $category: String, $tag: String, $limit: Int, $nextToken: String) {
  searchTemplates(text: $text, category: $category, tag: $tag, limit: $limit, nextToken: $nextToken) {
    items { ${SUMMARY} } nextToken } }`;
const UNKNOWN = "NotFound: There is no template with that id.";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.empty());

const save = async (person: string, source: string, id?: string) =>
  (await world.ask(person, SAVE, { input: { id, source } })).saveTemplate;
const publish = async (person: string, id: string) =>
  (await world.ask(person, act("publishTemplate"), { id })).publishTemplate;
const withdraw = async (person: string, id: string) =>
  (await world.ask(person, act("unpublishTemplate"), { id })).unpublishTemplate;
const search = async (wishes: object, person = "eve") =>
  (await world.ask(person, SEARCH, wishes)).searchTemplates as { items: any[]; nextToken: string | null };
const found = async (wishes: object) => (await search(wishes)).items.map(({ name }) => name).sort();
const listings = async () => (await world.all("Templates")).filter(({ pk }) => pk.startsWith("LISTING#"));
const titled = (name: string, more = "") => `${more}${TEMPLATE.replace("Film questions", name)}`;
const including = (name: string) => TEMPLATE.replace("Ask one", `<%~ include("${name}") %> Ask one`);

async function published(person: string, source: string): Promise<string> {
  const { id } = await save(person, source);
  await publish(person, id);
  return id;
}

describe("publishing", () => {
  test("shows the latest version to everyone, and later versions only when they are published too", async () => {
    const { id } = await save("ann", titled("First"));
    await save("ann", titled("Second"), id);
    expect(await publish("ann", id)).toMatchObject({ id, isMine: true, publishedAt: expect.any(String) });
    await save("ann", titled("Secret draft"), id);
    const seen = (await world.ask("eve", GET, { id })).getTemplate;
    expect(seen).toMatchObject({ name: "Second", version: 2, latestVersion: 2, isMine: false, publishedVersions: [2] });
    for (const version of [1, 3, 9])
      expect(await world.refusal("eve", GET, { id, version })).toBe(
        `NotFound: The template has no published version ${version}; published versions: 2.`,
      );
    expect((await world.ask("eve", VERSIONS, { id })).listTemplateVersions).toEqual({
      items: [{ version: 2, name: "Second", isPublished: true }],
      nextToken: null,
    });
    expect(await found({})).toEqual(["Second"]);
    await publish("ann", id);
    expect((await world.ask("eve", GET, { id })).getTemplate).toMatchObject({ latestVersion: 3, name: "Secret draft" });
    expect((await world.ask("eve", VERSIONS, { id })).listTemplateVersions.items).toMatchObject([
      { version: 3 },
      { version: 2 },
    ]);
    expect(await found({})).toEqual(["Secret draft"]);
  });

  test("removes outdated listings of the previous version", async () => {
    const id = await published("ann", titled("Whales", "category: sea\ntags: [whale, ocean]\n"));
    await save("ann", titled("Eagles", "category: air\ntags: [ocean]\n"), id);
    await publish("ann", id);
    expect(await Promise.all([{ text: "whales" }, { category: "sea" }, { tag: "whale" }].map(found))).toEqual([
      [],
      [],
      [],
    ]);
    expect(await Promise.all([{ text: "eagles" }, { category: "air" }, { tag: "ocean" }].map(found))).toEqual([
      ["Eagles"],
      ["Eagles"],
      ["Eagles"],
    ]);
    expect((await world.row("Templates", { pk: `TEMPLATE#${id}`, sk: "HEAD" })).listings).toHaveLength(
      (await listings()).length,
    );
  });

  test("is idempotent, and concurrent publications leave no stale listings", async () => {
    const { id } = await save("ann", titled("Whales"));
    await Promise.allSettled(Array.from({ length: 5 }, () => publish("ann", id)));
    await publish("ann", id);
    const { listings: named, publishedVersions } = await world.row("Templates", { pk: `TEMPLATE#${id}`, sk: "HEAD" });
    expect(publishedVersions).toEqual([1]);
    expect(await listings()).toHaveLength(named.length);
  });

  test("indexes a limited number of terms, those of the name first, and can replace all of them", async () => {
    const words = (from: number) => Array.from({ length: 90 }, (_, n) => `word${from + n}`).join(" ");
    const tags = (letter: string) => `[${Array.from({ length: 10 }, (_, n) => `${letter}${n}`).join(", ")}]`;
    const source = (letter: string, from: number) =>
      titled(`Named ${letter}`, `description: ${words(from)}\ncategory: c${letter}\ntags: ${tags(letter)}\n`);
    const id = await published("ann", source("a", 100));
    expect(await listings()).toHaveLength(48);
    await save("ann", source("b", 300), id);
    await publish("ann", id);
    expect(await listings()).toHaveLength(48);
    expect(await found({ text: "named" })).toEqual(["Named b"]);
  });

  test("leaves a version saved at the same time unpublished, or fails", async () => {
    const { id } = await save("ann", titled("One"));
    await Promise.allSettled([publish("ann", id), save("ann", titled("Two"), id), publish("ann", id)]);
    const head = await world.row("Templates", { pk: `TEMPLATE#${id}`, sk: "HEAD" });
    expect(head.latestVersion).toBe(2);
    expect((await listings()).map(({ latestVersion }) => latestVersion)).toEqual(
      (head.listings ?? []).map(() => Math.max(...head.publishedVersions)),
    );
  });

  test("shows no prompt in listings", async () => {
    await published("ann", titled("Whales"));
    expect(JSON.stringify(await listings())).not.toContain("Ask one question");
  });
});

describe("unpublishing", () => {
  test("hides every version and removes every listing; the owner keeps them all", async () => {
    const id = await published("ann", titled("Whales", "category: sea\ntags: [whale]\n"));
    await save("ann", titled("More whales"), id);
    await publish("ann", id);
    expect(await withdraw("ann", id)).toMatchObject({ id, publishedAt: null });
    for (const version of [undefined, 1, 2]) expect(await world.refusal("eve", GET, { id, version })).toBe(UNKNOWN);
    expect(await world.refusal("eve", VERSIONS, { id })).toBe(UNKNOWN);
    expect(await world.refusal("eve", FORK, { id })).toBe(UNKNOWN);
    expect(await listings()).toEqual([]);
    expect((await world.ask("ann", GET, { id })).getTemplate).toMatchObject({
      latestVersion: 2,
      publishedVersions: [],
    });
  });

  test("a template that was never published changes nothing", async () => {
    const { id } = await save("ann", titled("Whales"));
    expect(await withdraw("ann", id)).toMatchObject({ id, publishedAt: null });
  });

  test("and republishing shows only the latest version", async () => {
    const id = await published("ann", titled("Whales"));
    await withdraw("ann", id);
    await save("ann", titled("New whales"), id);
    await publish("ann", id);
    expect((await world.ask("eve", GET, { id })).getTemplate.publishedVersions).toEqual([2]);
    expect(await world.refusal("eve", GET, { id, version: 1 })).toMatch(/^NotFound/);
  });

  test("a deleted template is no longer listed", async () => {
    const id = await published("ann", titled("Whales"));
    await world.ask("ann", act("deleteTemplate"), { id });
    expect(await listings()).toEqual([]);
    expect(await world.refusal("eve", GET, { id })).toBe(UNKNOWN);
  });
});

describe("searching", () => {
  beforeEach(async () => {
    await published(
      "ann",
      titled("Film questions", "description: One question about a film\ncategory: qa\ntags: [film, short]\n"),
    );
    await published(
      "bob",
      titled("Filming tips", "description: How to film at night\ncategory: advice\ntags: [film]\n"),
    );
    await published("bob", titled("Zoë’s poems", "category: poem\ntags: [short, rhyme]\n"));
    await save("ann", titled("Private film", "category: qa\ntags: [film]\n"));
  });

  test.each<[object, string[]]>([
    [{}, ["Film questions", "Filming tips", "Zoë’s poems"]],
    [{ text: "film" }, ["Film questions", "Filming tips"]],
    [{ text: "FILMI" }, ["Filming tips"]],
    [{ text: "quest film" }, ["Film questions"]],
    [{ text: "film, night!" }, ["Filming tips"]],
    [{ text: "zoë" }, ["Zoë’s poems"]],
    [{ text: "z" }, ["Zoë’s poems"]],
    [{ text: "private" }, []],
    [{ text: "a film question about one", tag: "film" }, ["Film questions"]],
    [{ text: "rhyme qa" }, []],
    [{ tag: "short" }, ["Film questions", "Zoë’s poems"]],
    [{ tag: "short", category: "poem" }, ["Zoë’s poems"]],
    [{ tag: "shor" }, []],
    [{ category: "qa" }, ["Film questions"]],
    [{ category: "advice", text: "film" }, ["Filming tips"]],
    [{ text: "film", category: "poem" }, []],
    [{ text: "  ?! " }, ["Film questions", "Filming tips", "Zoë’s poems"]],
  ])("finds by %j", async (wishes, names) => {
    expect(await found(wishes)).toEqual(names);
  });

  test("returns summaries, newest first, revealing only whether they are mine", async () => {
    const { items } = await search({}, "bob");
    expect(items.map(({ name, isMine }) => [name, isMine])).toEqual([
      ["Zoë’s poems", true],
      ["Filming tips", true],
      ["Film questions", false],
    ]);
    expect(items[2]).toMatchObject({
      description: "One question about a film",
      category: "qa",
      tags: ["film", "short"],
      latestVersion: 1,
      isSample: false,
      stepCount: 1,
      publishedAt: expect.any(String),
    });
    expect(JSON.stringify(items)).not.toContain("bob");
  });

  test.each([{}, { text: "film" }, { tag: "film" }])(
    "goes through all pages of %j, each template once",
    async (wishes) => {
      const all = await found(wishes);
      const seen: string[] = [];
      let nextToken: string | null | undefined;
      do {
        const page: { items: any[]; nextToken: string | null } = await search({ ...wishes, limit: 1, nextToken });
        seen.push(...page.items.map(({ name }) => name));
        nextToken = page.nextToken;
      } while (nextToken);
      expect(seen.sort()).toEqual(all);
    },
  );

  test("rejects too many words, and too large a page", async () => {
    expect(await world.refusal("eve", SEARCH, { text: "a b c d e f g h i j k" })).toBe(
      "BadInput: A search may have at most 10 words, but this one has 11; remove some.",
    );
    expect(await world.refusal("eve", SEARCH, { limit: 51 })).toMatch(/^BadInput: A page may have 1 to 50 items/);
  });
});

describe("forking", () => {
  test("copies what I may read into a template of mine, and shows its origin", async () => {
    const id = await published("ann", titled("Whales"));
    await save("ann", titled("Secret"), id);
    const { forkTemplate } = await world.ask("eve", FORK, { id });
    expect(forkTemplate).toMatchObject({
      name: "Whales",
      version: 1,
      isMine: true,
      publishedAt: null,
      source: titled("Whales"),
      forkedFrom: { id, version: 1, name: "Whales" },
    });
    expect(forkTemplate.id).not.toBe(id);
    expect(await world.refusal("eve", FORK, { id, version: 2 })).toBe(
      "NotFound: The template has no published version 2; published versions: 1.",
    );
    await withdraw("ann", id);
    expect((await world.ask("eve", GET, { id: forkTemplate.id })).getTemplate).toMatchObject({
      source: titled("Whales"),
    });
  });

  test("hides an origin that the reader may not read", async () => {
    const { id } = await save("ann", titled("Private"));
    const { forkTemplate } = await world.ask("ann", FORK, { id });
    await publish("ann", forkTemplate.id);
    const origin = async (person: string) =>
      (await world.ask(person, GET, { id: forkTemplate.id })).getTemplate.forkedFrom;
    expect(await origin("ann")).toEqual({ id, version: 1, name: "Private" });
    expect(await origin("eve")).toBeNull();
    await publish("ann", id);
    expect(await origin("eve")).toEqual({ id, version: 1, name: "Private" });
    await withdraw("ann", id);
    expect(await origin("eve")).toBeNull();
  });
});

describe("including", () => {
  const LIBRARY = `name: Styles
partials:
  calm: Write calmly. <%~ include("brief") %>
  brief: Be brief.
`;

  test("copies my own and published texts, with what they include in turn", async () => {
    const mine = (await save("ann", LIBRARY)).id;
    const public_ = await published("bob", `name: Outer\npartials: { all: '<%~ include("${"x"}") %>', x: Kind. }\n`);
    const source = including(`${mine}@1/calm`).replace("question about", `<%~ include("${public_}@1/all") %> about`);
    const { id, analysis } = await save("ann", source);
    expect(analysis.includes.sort()).toEqual(
      [`${mine}@1/brief`, `${mine}@1/calm`, `${public_}@1/all`, `${public_}@1/x`].sort(),
    );
    const row = await world.row("Templates", { pk: `TEMPLATE#${id}`, sk: "V#0000001" });
    expect(row.partials[`${mine}@1/brief`]).toBe("Be brief.");
    expect(row.partials[`${public_}@1/x`]).toBe("Kind.");
  });

  test("of what is not published responds as if it did not exist", async () => {
    const { id } = await save("bob", LIBRARY);
    const sentence = (name: string, refusal: string) => refusal.replaceAll(name, "NAME");
    const refused = async (name: string) =>
      sentence(name, await world.refusal("ann", SAVE, { input: { source: including(name) } }));
    const made = "01JZZZZZZZZZZZZZZZZZZZZZZZ@1/calm";
    expect(await refused(`${id}@1/calm`)).toBe(await refused(made));
    await publish("bob", id);
    expect(await refused(`${id}@2/calm`)).toBe(await refused(made));
    expect(await refused(`${id}@1/loud`)).toBe(await refused(made));
    expect((await save("ann", including(`${id}@1/calm`))).version).toBe(1);
  });

  test("still works after unpublishing for templates and forks that have copied it, and for nothing else", async () => {
    const library = await published("bob", LIBRARY);
    const source = including(`${library}@1/calm`);
    const { id } = await save("ann", source);
    await withdraw("bob", library);
    expect(await world.refusal("ann", SAVE, { input: { source } })).toMatch(/which does not exist/);
    expect((await save("ann", `# changed\n${source}`, id)).analysis.includes).toEqual([
      `${library}@1/calm`,
      `${library}@1/brief`,
    ]);
    expect((await world.ask("ann", FORK, { id })).forkTemplate.source).toBe(`# changed\n${source}`);
    await world.ask("bob", act("deleteTemplate"), { id: library });
    expect((await save("ann", source, id)).version).toBe(3);
    await world.ask("ann", "mutation ($id: ID!) { restoreTemplate(id: $id, version: 1) { version } }", { id });
  });

  test("in a cycle is rejected; cycles through other templates cannot occur, since a version includes only existing ones", async () => {
    const { id } = await save("ann", "name: One\npartials: { a: Plain. }\n");
    expect(await world.refusal("ann", SAVE, { input: { id, source: including(`${id}@2/a`) } })).toMatch(
      /which does not exist/,
    );
    const source = `name: One\npartials: { a: '<%~ include("c") %>', c: '<%~ include("a") %>' }\n`;
    expect(await world.refusal("ann", SAVE, { input: { id, source } })).toMatch(
      /^BadInput: The template "One" has a circular include: (a → c → a|c → a → c) \(line/,
    );
  });

  test("an unpublished template of mine prevents publishing, and is named", async () => {
    const { id: library } = await save("ann", LIBRARY);
    const { id } = await save("ann", including(`${library}@1/calm`));
    expect(await world.refusal("ann", act("publishTemplate"), { id })).toBe(
      'BadInput: The template includes version 1 of your template "Styles", which is not published; publish it first, or include a published version.',
    );
    await publish("ann", library);
    await publish("ann", id);
    expect((await world.ask("eve", FORK, { id })).forkTemplate.isMine).toBe(true);
  });
});

test("someone else's template responds like a nonexistent one", async () => {
  const id = await givenTemplate(world, "bob");
  for (const name of ["publishTemplate", "unpublishTemplate", "deleteTemplate"])
    for (const each of [id, "made-up"]) expect(await world.refusal("ann", act(name), { id: each })).toBe(UNKNOWN);
});
