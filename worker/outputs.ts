/** Whether a model's answer is what its step asked for. */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { Step, Template } from "#core/template";
import type { ModelAnswer } from "./ports.ts";
import { SandboxFault, type Sandbox } from "./sandbox/sandbox.ts";

/** An answer that cannot be used; the attempt fails, another may do better. */
export class BadOutput extends Error {
  override readonly name = "BadOutput";
}

/** Bedrock's stop reasons under which there is no answer of the model's own. */
const WITHHELD = ["content_filtered", "guardrail_intervened"];

export class Outputs {
  readonly #validators: ReadonlyMap<string, ValidateFunction>;

  constructor(template: Template, sandbox: Sandbox) {
    const options = { strict: false, validateFormats: false, code: { regExp: patternsIn(sandbox) } };
    // A validator each: two steps may give their schemas the same $id.
    this.#validators = new Map(
      template.steps.flatMap(({ id, output }) =>
        output.type === "json" ? [[id, new Ajv2020(options).compile(output.schema)]] : [],
      ),
    );
  }

  /** The text, or the object of a JSON step. @throws BadOutput naming the step */
  read({ id, output, maxTokens }: Step, answer: ModelAnswer): unknown {
    if (WITHHELD.includes(answer.stopReason))
      throw new BadOutput(`The model withheld its answer to step "${id}" (${answer.stopReason}).`);
    if (output.type === "text") {
      if (answer.text.trim() === "") throw new BadOutput(`The model answered step "${id}" with an empty text.`);
      return answer.text;
    }
    const value = parsed(id, answer, maxTokens);
    const validate = this.#validators.get(id);
    if (!validate || !isValid(id, validate, value)) {
      const [error] = validate?.errors ?? [];
      throw new BadOutput(
        `The answer to step "${id}" does not fit its schema: ${error?.instancePath || "it"} ${error?.message ?? "is wrong"}.`,
      );
    }
    return value;
  }
}

function parsed(id: string, { text, stopReason }: ModelAnswer, maxTokens: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const why = stopReason === "max_tokens" ? `was cut off at maxTokens (${maxTokens}); raise it` : "is not JSON";
    throw new BadOutput(`The answer to step "${id}" ${why}.`);
  }
}

/** A schema may hold a pattern that never ends, or refer to itself without end: then no answer fits it. */
function isValid(id: string, validate: ValidateFunction, value: unknown): boolean {
  try {
    return validate(value);
  } catch (error) {
    if (!(error instanceof SandboxFault || error instanceof RangeError)) throw error;
    throw new BadOutput(`The answer to step "${id}" could not be held against its schema: ${error.message}.`);
  }
}

/** A schema's patterns come from the template, and some regular expressions never end: they run in the sandbox too. */
function patternsIn(sandbox: Sandbox) {
  const engine = (source: string, flags: string) => ({
    test: (text: string) => sandbox.matches(source, flags, text),
    // Ajv tells patterns apart by it: without, all of a validator would be the first.
    toString: () => `/${source}/${flags}`,
  });
  return Object.assign(engine, { code: "new RegExp" });
}
