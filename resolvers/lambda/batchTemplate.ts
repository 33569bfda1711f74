/** The template that generates seeds: one call returns a batch of items of one collection. */
import { itemSchemaOf } from "../../core/seeds/item-schema.ts";
import { parseTemplate } from "../../core/template/parse.ts";
import type { Template } from "../../core/template/template.ts";

/** Small enough that a typical batch fits in an answer. */
export const BATCH_ITEMS = 10;
const MAX_TOKENS = 4_000;
const MAX_PROMPT_BYTES = 24_000;

const SYSTEM = `You write seed data: the raw material from which a training set is made. Items are concrete, varied and realistic.
No two are alike, and none is a placeholder.`;

const PROMPT = `Write <%= it.count %> new items for the collection "<%= it.collection %>".
<% if (it.instructions) { %>
What they are to be about:
<%= it.instructions %>
<% } if (it.earlier.length > 0) { %>
These are there already. Write others, which differ from them and from each other:
<% for (const item of it.earlier) { %>
- <%= item %>
<% } } %>`;

/** The prompt's input, as the template's parameters. */
export interface BatchRequest {
  readonly collection: string;
  readonly count: number;
  readonly instructions: string;
  /** Items generated so far, truncated. */
  readonly earlier: readonly string[];
}

/** @param needed the JSON Schema of the collection's items */
export function batchTemplate(modelId: string, needed: Readonly<Record<string, unknown>>, count: number): Template {
  // Fewer are accepted: regenerating the whole batch would cost more than the missing items are worth.
  const items = { type: "array", items: itemSchemaOf(needed), minItems: Math.ceil(count / 2), maxItems: count };
  const schema = { type: "object", properties: { items }, required: ["items"], additionalProperties: false };
  const step = {
    id: "batch",
    model: modelId,
    system: SYSTEM,
    prompt: PROMPT,
    maxTokens: MAX_TOKENS,
    maxPromptBytes: MAX_PROMPT_BYTES,
    temperature: 1,
    output: { type: "json", schema },
    repairs: 1,
  };
  const parameters = Object.fromEntries(
    ["collection", "count", "instructions", "earlier"].map((name) => [name, { default: null }]),
  );
  const document = {
    name: "Seeds",
    parameters,
    pick: {},
    steps: [step],
    record: { items: "it.steps.batch.output.items" },
  };
  return parseTemplate(JSON.stringify(document));
}
