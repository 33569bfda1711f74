import { nestedFields } from "../../../../client/seeds/page/fields.ts";
import { cellOf, tableOf } from "../../../../client/seeds/page/table.ts";

test("fields are nested below their parent, with the rest of their name", () => {
  const fields = ["title", "tags", "body", "tags[]", "body.text", "tags[].name", "place.city"].map((name) => ({
    name,
    types: ["string"],
    count: 2,
    missing: 0,
    distinct: null,
    examples: [],
  }));
  expect(nestedFields(fields).map(({ title, depth }) => [depth, title])).toEqual([
    [0, "title"],
    [0, "tags"],
    [1, "[]"],
    [2, "name"],
    [0, "body"],
    [1, "text"],
    [0, "place.city"],
  ]);
});

test("items become a table of all their fields; a truncated one is shown as is", () => {
  const { columns, rows } = tableOf([
    { position: 0, json: '{"a":1,"b":"x"}' },
    { position: 7, json: '{"b":null,"c":[1]}' },
    { position: 9, json: '{"a":"long te' },
  ]);
  expect(columns).toEqual(["a", "b", "c", "(truncated)"]);
  expect(rows.map(({ values }) => columns.map((column) => cellOf(values[column])))).toEqual([
    ["1", "x", "", ""],
    ["", "", "[1]", ""],
    ["", "", "", '{"a":"long te'],
  ]);
});
