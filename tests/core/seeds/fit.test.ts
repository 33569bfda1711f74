import { itemChecksOf } from "../../../core/seeds/fit.ts";
import { parseTemplate } from "../../../core/template/parse.ts";

describe("whether an item fits a template", () => {
  const checks = itemChecksOf(
    parseTemplate(`name: Films
pick: { film: { from: films }, other: { from: others } }
steps:
  - id: ask
    tier: economy
    maxTokens: 100
    prompt: '<%= it.film.title.trim() %> <%= it.film.cast.lead %> <% for (const tag of it.film.tags) { %><%= tag.name %><% } %> <%= it.film.note ?? "" %>'
`),
    {},
  );
  const FILM = { title: "Faust", cast: { lead: "Ekman" }, tags: [{ name: "devil" }] };

  test.each<[string, object, string | undefined]>([
    ["all that is read", FILM, undefined],
    ["more than is read", { ...FILM, note: "silent" }, undefined],
    ["null where there is a fallback", { ...FILM, note: null }, undefined],
    ["no tags", { ...FILM, tags: [] }, undefined],
    ["a field less", { ...FILM, title: undefined }, 'has no "title"'],
    ["null in a prompt", { ...FILM, cast: { lead: null } }, 'has null for "cast.lead"'],
    ["a nested field less", { ...FILM, cast: {} }, 'has no "cast.lead"'],
    ["a tag without a name", { ...FILM, tags: [{ name: "a" }, {}] }, 'has no "tags.1.name"'],
    ["a number that is trimmed", { ...FILM, title: 7 }, 'has a number in "title", not text'],
  ])("with %s", (_, item, problem) => {
    expect(checks.get("films")?.(JSON.parse(JSON.stringify(item)))).toBe(problem);
  });

  test("is not asked of collections that nothing is drawn from", () => {
    expect([...checks.keys()]).toEqual(["films", "others"]);
  });
});
