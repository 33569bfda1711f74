/** What a step's answer must be, read from its long or its short form. */
import { Ajv2020 } from "ajv/dist/2020.js";
import type { Output } from "../template.ts";
import { pathOfAsync } from "./async-schema.ts";
import type { OutputDocument, StepDocument } from "./document.ts";
import type { Path, TemplateSource } from "./source.ts";

const OUTPUT_KEYS: Readonly<Record<Output["type"], readonly string[]>> = {
  text: ["allowCutOff"],
  list: ["min", "max"],
  choice: ["of"],
  json: ["schema"],
};

/** Making one takes longer than compiling a schema. It is to remember none of them. */
const SCHEMAS = new Ajv2020({ strict: false });

export function readOutput(given: StepDocument["output"], place: string, path: Path, source: TemplateSource): Output {
  const output: OutputDocument = typeof given === "object" ? given : { type: given ?? "text" };
  const only = OUTPUT_KEYS[output.type];
  const stray = Object.keys(output).find((key) => key !== "type" && !only.includes(key));
  if (stray)
    source.addKeyProblem(
      path,
      stray,
      `The output of ${place} has "${stray}", which does not go with the type "${output.type}".`,
    );
  if (output.type === "list") return readList(output, place, path, source);
  if (output.type === "choice") {
    const of = output.of ?? [];
    if (of.length === 0) source.addProblem(path, `The output of ${place} needs "of", the texts to choose from.`);
    if (new Set(of).size < of.length)
      source.addProblem([...path, "of"], `The output of ${place} names a choice twice.`);
    return { type: "choice", of };
  }
  if (output.type === "json") return readJson(output, place, path, source);
  return { type: "text", ...(output.allowCutOff && { allowCutOff: true }) };
}

function readList({ min = 1, max = 100 }: OutputDocument, place: string, path: Path, source: TemplateSource): Output {
  if (min > max) source.addProblem(path, `The output of ${place} has a "min" of ${min} above its "max" of ${max}.`);
  return { type: "list", min, max };
}

function readJson({ schema = {} }: OutputDocument, place: string, path: Path, source: TemplateSource): Output {
  if (schema.type !== "object")
    source.addProblem(path, `The output schema of ${place} must describe an object ("type: object").`);
  try {
    const asynchronous = pathOfAsync(schema);
    if (asynchronous) {
      source.addKeyProblem(
        [...path, "schema", ...asynchronous],
        "$async",
        `The output schema of ${place} says "$async", and answers are held against it at once; leave it out.`,
      );
      return { type: "json", schema };
    }
    SCHEMAS.compile(schema);
  } catch (error) {
    source.addProblem(
      [...path, "schema"],
      `The output schema of ${place} is not valid JSON Schema: ${(error as Error).message.replace(/\.?$/, ".")}`,
    );
  } finally {
    SCHEMAS.removeSchema(schema);
  }
  return { type: "json", schema };
}
