/** What a step's answer must be, as JSON Schema, and its value as prompts and columns see it. */
import type { Output } from "./template.ts";

/**
 * The schema of the object that a model answers with; `undefined` for text. Structured answers are always objects, so a list
 * or a choice is wrapped in a field of one.
 */
export function answerSchemaOf(output: Output): Readonly<Record<string, unknown>> | undefined {
  switch (output.type) {
    case "text":
      return undefined;
    case "json":
      return output.schema;
    case "list":
      return objectWith("items", {
        type: "array",
        items: { type: "string", minLength: 1 },
        minItems: output.min,
        maxItems: output.max,
      });
    case "choice":
      return objectWith("choice", { type: "string", enum: output.of });
  }
}

/** The value that prompts and columns see of an answer that fits the schema. */
export function valueOfAnswer(output: Output, answer: Readonly<Record<string, unknown>>): unknown {
  if (output.type === "list") return answer.items;
  if (output.type === "choice") return answer.choice;
  return answer;
}

function objectWith(name: string, schema: object): Readonly<Record<string, unknown>> {
  return { type: "object", properties: { [name]: schema }, required: [name], additionalProperties: false };
}
