/** A template of one step, without the checks that would reject hostile ones. */
import type { Template } from "#core/template/template";
import type { Hostile } from "./hostile.ts";

export function templateOf({
  prompt,
  when,
  forEach,
  until,
  column,
  accept,
  partials = {},
}: Omit<Hostile, "tries" | "ends">): Template {
  return {
    name: "T",
    tags: [],
    parameters: {},
    pick: {},
    partials,
    categories: [],
    accept: accept === undefined ? undefined : [{ name: "c", expression: accept }],
    maxAttempts: 3,
    record: column === undefined ? undefined : { c: { value: column } },
    steps: [
      {
        id: "s",
        modelId: "amazon.nova-lite-v1:0",
        fallbacks: [],
        examples: [],
        prompt,
        when,
        forEach: forEach === undefined ? undefined : { list: forEach, as: "item", atMost: 5 },
        repeat: until === undefined ? undefined : { until, atMost: 3 },
        maxTokens: 100,
        maxPromptBytes: 32_768,
        output: { type: "text" },
        repairs: 0,
      },
    ],
  };
}
