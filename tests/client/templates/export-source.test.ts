import { fileNameFor } from "../../../client/templates/exportSource.ts";

test.each([
  ["Film questions!", "name: x", "film-questions.yaml"],
  ["日本", "name: x", "template.yaml"],
  ["A", ' { "name": "A" }', "a.json"],
])("the template %s is exported under its name, with the extension of its format", (name, source, expected) => {
  expect(fileNameFor(name, source)).toBe(expected);
});
