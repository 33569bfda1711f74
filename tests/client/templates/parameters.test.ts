import { nestedFields } from "../../../client/seeds/page/fields.ts";
import { cellOf, tableOf } from "../../../client/seeds/page/table.ts";
import {
  checkParameters,
  initialText,
  kindOf,
  parametersInput,
  showValue,
} from "../../../client/templates/parameters.ts";

const parameter = (name: string, initial: unknown, values?: unknown[]) => ({
  name,
  description: null,
  default: JSON.stringify(initial),
  values: values?.map((value) => JSON.stringify(value)) ?? null,
});
const AUDIENCE = parameter("audience", "general", ["general", "expert"]);
const STYLE = parameter("style", "dry");
const LENGTH = parameter("length", 3);
const ALL = [AUDIENCE, STYLE, LENGTH];

describe("a template's parameters", () => {
  test("are asked for by choice, as text or as JSON, and begin with their defaults", () => {
    expect(ALL.map(kindOf)).toEqual(["choice", "text", "json"]);
    expect(ALL.map(initialText)).toEqual(['"general"', "dry", "3"]);
  });

  test("go to the server only where they differ from the defaults, in their types", () => {
    expect(parametersInput(ALL, {})).toBeNull();
    expect(parametersInput(ALL, { style: "dry", length: "3" })).toBeNull();
    const input = parametersInput(ALL, { audience: '"expert"', style: "12", length: "12" });
    expect(JSON.parse(input!)).toEqual({ audience: "expert", style: "12", length: 12 });
  });

  test("that are JSON must be so", () => {
    expect(checkParameters(ALL, { style: "{", length: "3" })).toEqual({});
    expect(checkParameters(ALL, { length: "three" })).toEqual({ length: expect.stringContaining("JSON") });
  });

  test("are shown without quotes", () => {
    expect([showValue('"a b"'), showValue("[1]"), showValue("true")]).toEqual(["a b", "[1]", "true"]);
  });
});

test("fields stand below the one they are within, with the rest of their name", () => {
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

test("items become a table of all their fields; one that was cut is shown as it came", () => {
  const { columns, rows } = tableOf([
    { position: 0, json: '{"a":1,"b":"x"}' },
    { position: 7, json: '{"b":null,"c":[1]}' },
    { position: 9, json: '{"a":"long te' },
  ]);
  expect(columns).toEqual(["a", "b", "c", "(cut)"]);
  expect(rows.map(({ values }) => columns.map((column) => cellOf(values[column])))).toEqual([
    ["1", "x", "", ""],
    ["", "", "[1]", ""],
    ["", "", "", '{"a":"long te'],
  ]);
});
