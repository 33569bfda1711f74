import { checkFit, isIncompatible, mayFitInPart } from "../../../client/templates/fit.ts";

describe("what a template reads, checked against seeds", () => {
  const field = (name: string, missing = 0) => ({
    name,
    types: ["string"],
    count: 1,
    missing,
    distinct: null,
    examples: [],
  });
  const collections = [
    { name: "movies", fileName: "m.csv", itemCount: 1200, bytes: 1, fields: [field("Title"), field("Year", 1100)] },
  ];
  const fit = (collection: string, path: string, required = true) =>
    checkFit([{ collection, path, required, location: 'step "a"' }], collections)[0];

  test.each([
    ["a field that every item has", "movies", "Title", true, "present"],
    ["a field that some items lack", "movies", "Year", true, "partial"],
    ["a missing field", "movies", "Director", true, "missing"],
    ["a missing optional field", "movies", "Director", false, "optional"],
    ["whole items", "movies", "", true, "present"],
    ["another collection", "books", "Title", true, "missing"],
  ] as const)("recognizes %s", (_, collection, name, required, expected) => {
    expect(fit(collection, name, required)?.status).toBe(expected);
  });

  const read = (path: string, required: boolean) => ({ collection: "movies", path, required, location: 'step "a"' });

  test("lists a field once, required if it is required anywhere", () => {
    const fits = checkFit([read("Director", false), { ...read("Director", true), location: 'step "b"' }], collections);
    expect(fits).toEqual([expect.objectContaining({ name: "movies.Director", status: "missing" })]);
  });

  test("is incompatible only if a required field is missing", () => {
    expect(isIncompatible(checkFit([read("Year", true)], collections))).toBe(false);
    expect(isIncompatible(checkFit([read("Director", true)], collections))).toBe(true);
  });

  test("may fit in part if some items lack a required field, and none is missing in all", () => {
    expect(mayFitInPart(checkFit([read("Year", true)], collections))).toBe(true);
    expect(mayFitInPart(checkFit([read("Year", false)], collections))).toBe(false);
    expect(mayFitInPart(checkFit([read("Title", true)], collections))).toBe(false);
    expect(mayFitInPart(checkFit([read("Year", true), read("Director", true)], collections))).toBe(false);
  });

  test("counts the items that lack a field", () => {
    expect(fit("movies", "Year")).toMatchObject({ name: "movies.Year", remark: "missing in 1,100 of 1,200 items" });
  });
});
