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
  test("are entered as a choice, as text or as JSON, and start with their defaults", () => {
    expect(ALL.map(kindOf)).toEqual(["choice", "text", "json"]);
    expect(ALL.map(initialText)).toEqual(['"general"', "dry", "3"]);
  });

  test("are sent only if they differ from the defaults, in their types", () => {
    expect(parametersInput(ALL, {})).toBeNull();
    expect(parametersInput(ALL, { style: "dry", length: "3" })).toBeNull();
    const input = parametersInput(ALL, { audience: '"expert"', style: "12", length: "12" });
    expect(JSON.parse(input!)).toEqual({ audience: "expert", style: "12", length: 12 });
  });

  test("that are JSON must be valid JSON", () => {
    expect(checkParameters(ALL, { style: "{", length: "3" })).toEqual({});
    expect(checkParameters(ALL, { length: "three" })).toEqual({ length: expect.stringContaining("JSON") });
  });

  test("are shown without quotes", () => {
    expect([showValue('"a b"'), showValue("[1]"), showValue("true")]).toEqual(["a b", "[1]", "true"]);
  });
});
