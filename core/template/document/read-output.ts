/** Reads what a step's answer must be, in its long or short form. */
import { compileSchema } from "../compile-schema.ts";
import { MAX_SCHEMAS, MAX_SCHEMAS_PER_VALUE, workOf } from "../schema-work.ts";
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

export function readOutput(
  given: StepDocument["output"],
  location: string,
  path: Path,
  source: TemplateSource,
): Output {
  const output: OutputDocument = typeof given === "object" ? given : { type: given ?? "text" };
  const only = OUTPUT_KEYS[output.type];
  const unexpected = Object.keys(output).find((key) => key !== "type" && !only.includes(key));
  if (unexpected)
    source.addKeyProblem(
      path,
      unexpected,
      `The output of ${location} has "${unexpected}", which does not apply to the type "${output.type}".`,
    );
  if (output.type === "list") return readList(output, location, path, source);
  if (output.type === "choice") {
    const of = output.of ?? [];
    if (of.length === 0) source.addProblem(path, `The output of ${location} needs "of", the choices.`);
    if (new Set(of).size < of.length)
      source.addProblem([...path, "of"], `The output of ${location} has a duplicate choice.`);
    return { type: "choice", of };
  }
  if (output.type === "json") return readJson(output, location, path, source);
  return { type: "text", ...(output.allowCutOff && { allowCutOff: true }) };
}

function readList(
  { min = 1, max = 100 }: OutputDocument,
  location: string,
  path: Path,
  source: TemplateSource,
): Output {
  if (min > max) source.addProblem(path, `The output of ${location} has a "min" of ${min} above its "max" of ${max}.`);
  return { type: "list", min, max };
}

function readJson({ schema = {} }: OutputDocument, location: string, path: Path, source: TemplateSource): Output {
  if (schema.type !== "object" && schema.type !== "array")
    source.addProblem(
      path,
      `The output schema of ${location} must describe an object ("type: object") or a list ("type: array").`,
    );
  const asyncPath = pathOfAsync(schema);
  const tooMuch = tooMuchOf(schema);
  if (asyncPath)
    source.addKeyProblem(
      [...path, "schema", ...asyncPath],
      "$async",
      `The output schema of ${location} has "$async", but answers are validated synchronously; remove it.`,
    );
  else if (tooMuch) source.addProblem([...path, "schema"], `The output schema of ${location} ${tooMuch}`);
  else checkCompiles(schema, location, path, source);
  return { type: "json", schema };
}

function tooMuchOf(schema: object): string | undefined {
  const { count, perValue } = workOf(schema);
  if (count > MAX_SCHEMAS) return `consists of ${count} schemas; at most ${MAX_SCHEMAS} are allowed, so simplify it.`;
  if (perValue <= MAX_SCHEMAS_PER_VALUE) return undefined;
  return `applies more than ${MAX_SCHEMAS_PER_VALUE} schemas to a single value, through "$ref", "allOf", "anyOf" and the like; simplify it.`;
}

function checkCompiles(
  schema: Readonly<Record<string, unknown>>,
  location: string,
  path: Path,
  source: TemplateSource,
): void {
  try {
    compileSchema(schema);
  } catch (error) {
    source.addProblem(
      [...path, "schema"],
      `The output schema of ${location} is not valid JSON Schema: ${(error as Error).message.replace(/\.?$/, ".")}`,
    );
  }
}
