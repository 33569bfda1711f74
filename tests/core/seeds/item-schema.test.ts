import { Ajv2020 } from "ajv/dist/2020.js";
import { exampleOf } from "../../../core/template/placeholder.ts";
import { itemSchemaOf } from "../../../core/seeds/item-schema.ts";
import { parseTemplate } from "../../../core/template/parse.ts";
import { seedRequirementsOf } from "../../../core/template/analysis/seed-requirements.ts";

function needed(prompt: string): Record<string, unknown> {
  const document = { name: "T", pick: { m: "items" }, steps: [{ id: "a", tier: "economy", prompt }] };
  return seedRequirementsOf(parseTemplate(JSON.stringify(document)), {}).collections.items as Record<string, unknown>;
}

const text = { type: "string" };
const object = (properties: object) => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

test.each([
  ["fields", "<%= it.m.title %> <%= it.m.text %>", object({ title: text, text })],
  ["nested fields", "<%= it.m.author.name %>", object({ author: object({ name: text }) })],
  ["numbers", "<%= it.m.year.toFixed(0) %>", object({ year: { type: "number" } })],
  ["what may be missing", "<%= it.m.note ?? '' %>", object({ note: text })],
  [
    "lists of objects",
    "<% for (const tag of it.m.tags) { %><%= tag.name %><% } %>",
    object({ tags: { type: "array", items: object({ name: text }) } }),
  ],
  ["a text with a length", "<%= it.m.title.length %>", object({ title: text })],
  ["whole items", "<%= JSON.stringify(it.m) %>", object({ text })],
])("a model is asked for %s, and what it makes then fits the template", (_, prompt, expected) => {
  const schema = needed(prompt);
  expect(itemSchemaOf(schema)).toEqual(expected);
  const item = exampleOf(itemSchemaOf(schema), "item");
  expect(new Ajv2020({ strict: false }).validate(schema, item)).toBe(true);
});
