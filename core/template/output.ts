/** What a step's answer must be, as JSON Schema, and the value that prompts and columns see of it. */
import type { Output } from "./template.ts";

/**
 * The schema of the object that a model answers with; `undefined` for text. Models answer objects only, so a list and a
 * choice travel as a field of one.
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

/** What prompts and columns see of an answer that fits the schema. */
export function valueOfAnswer(output: Output, answer: Readonly<Record<string, unknown>>): unknown {
  if (output.type === "list") return answer.items;
  if (output.type === "choice") return answer.choice;
  return answer;
}

function objectWith(name: string, schema: object): Readonly<Record<string, unknown>> {
  return { type: "object", properties: { [name]: schema }, required: [name], additionalProperties: false };
}
