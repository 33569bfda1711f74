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
      return isListOutput(output) ? objectWith("items", withOwnRoot(output.schema)) : output.schema;
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

/** The value that prompts and columns see of an answer that fits answerSchemaOf. */
export function valueOfAnswer(output: Output, answer: Readonly<Record<string, unknown>>): unknown {
  if (isListOutput(output)) return answer.items;
  if (output.type === "choice") return answer.choice;
  return answer;
}

/** Whether the value is a list, which models answer with as the field `items` of an object. */
export function isListOutput(output: Output): boolean {
  return output.type === "list" || (output.type === "json" && output.schema.type === "array");
}

/** What the schema refers to by `#` stays within it, wherever it is embedded. */
function withOwnRoot(schema: Readonly<Record<string, unknown>>): object {
  const refersToItself = /"\$(ref|dynamicRef)":"#/.test(JSON.stringify(schema));
  return refersToItself && !("$id" in schema) ? { $id: "items", ...schema } : schema;
}

function objectWith(name: string, schema: object): Readonly<Record<string, unknown>> {
  return { type: "object", properties: { [name]: schema }, required: [name], additionalProperties: false };
}
