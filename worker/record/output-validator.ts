/** Whether a model's answer is what its step asked for. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { answerSchemaOf, valueOfAnswer } from "#core/template/output";
import type { EscalationCause, Output, Step, Template } from "#core/template/template";
import { extractJson } from "./answer-json.ts";
import type { ModelAnswer } from "../ports.ts";
import { isRefusal } from "./refusal.ts";
import { SandboxError, type Sandbox } from "../sandbox/sandbox.ts";

/** An answer that cannot be used. Unless it can be repaired the attempt fails, and another may do better. */
export class InvalidOutput extends Error {
  override readonly name = "InvalidOutput";

  /** `fault` goes on after "Your answer" and "The answer to step …". */
  constructor(
    stepId: string,
    readonly kind: EscalationCause,
    readonly problem: string,
    /** What a person could do about it. */
    advice = "",
  ) {
    super(`The answer to step "${stepId}" ${problem}${advice && `; ${advice}`}.`);
  }
}

/** Bedrock's stop reasons under which there is no answer of the model's own. */
const WITHHELD = ["content_filtered", "guardrail_intervened"];
/** Of all that is wrong with an answer, so much is told. */
const MAX_ERRORS = 5;

export class OutputValidator {
  readonly #validators: ReadonlyMap<string, ValidateFunction>;
  readonly #patterned = new Set<string>();

  constructor(template: Template, sandbox: Sandbox) {
    const options = {
      strict: false,
      validateFormats: false,
      allErrors: true,
    };
    // A validator each: two steps may give their schemas the same $id.
    this.#validators = new Map(
      template.steps.flatMap(({ id, output }) => {
        const schema = answerSchemaOf(output);
        // Asynchronous, it would answer with a promise, which nobody awaits.
        if (!schema) return [];
        const regExp = patternsIn(sandbox, () => this.#patterned.add(id));
        return [[id, new Ajv2020({ ...options, code: { regExp } }).compile({ ...schema, $async: false })]];
      }),
    );
  }

  /** Whether judging its answers runs patterns of the template, in the sandbox. */
  hasPatterns({ id }: Step): boolean {
    return this.#patterned.has(id);
  }

  /** The text, the list, the choice or the object that prompts and columns see. @throws InvalidOutput naming the step */
  parse(step: Step, answer: Pick<ModelAnswer, "text" | "stopReason">): unknown {
    const { id, output, escalate } = step;
    const { text, stopReason } = answer;
    if (WITHHELD.includes(stopReason)) throw new InvalidOutput(id, "refusal", `was withheld (${stopReason})`);
    if (output.type !== "text") return this.#object(step, answer);
    if (!output.allowCutOff) refuseCutOff(step, stopReason);
    if (text.trim() === "") throw new InvalidOutput(id, "schema", "is an empty text");
    if (escalate?.on.includes("refusal") && isRefusal(text)) throw new InvalidOutput(id, "refusal", "is a refusal");
    return text;
  }

  #object(step: Step, { text, stopReason }: Pick<ModelAnswer, "text" | "stopReason">): unknown {
    const { id, output } = step;
    let fault: string | undefined;
    for (const value of objectsIn(output, text)) {
      const wrong = this.#faultOf(id, value);
      if (wrong === undefined) return valueOfAnswer(output, value);
      fault ??= wrong;
    }
    refuseCutOff(step, stopReason);
    if (fault === undefined && isRefusal(text)) throw new InvalidOutput(id, "refusal", "is a refusal");
    throw new InvalidOutput(id, "schema", fault ?? "is not JSON");
  }

  /**
   * A schema may hold a pattern that never ends, refer to itself without end, or have a constant with a "toString" of its own,
   * which Ajv calls: then no answer fits it.
   */
  #faultOf(id: string, value: object): string | undefined {
    const validate = this.#validators.get(id);
    try {
      if (validate?.(value) === true) return undefined;
    } catch (error) {
      if (!(error instanceof SandboxError || error instanceof RangeError || error instanceof TypeError)) throw error;
      return `could not be held against its schema: ${error.message}`;
    }
    return `does not fit its schema: ${wordsFor(validate?.errors ?? [])}`;
  }
}

/** @throws InvalidOutput when Bedrock says that the model had not come to its end */
function refuseCutOff({ id, output, maxTokens }: Step, stopReason: string): void {
  if (stopReason === "max_tokens") {
    const advice = output.type === "text" ? 'raise it, or allow that with "allowCutOff"' : "raise it";
    throw new InvalidOutput(id, "schema", `was cut off at maxTokens (${maxTokens})`, advice);
  }
  if (stopReason === "model_context_window_exceeded")
    throw new InvalidOutput(id, "schema", "was cut off where the model's context ends", "shorten the prompt");
}

/** What the text may mean, as the object that models are asked for. A bare choice and a bare list mean what they say. */
function* objectsIn(output: Output, text: string): Generator<Readonly<Record<string, unknown>>> {
  for (const value of extractJson(text)) {
    if (output.type === "list" && Array.isArray(value)) yield { items: value };
    else if (typeof value === "object" && value !== null) yield value as Readonly<Record<string, unknown>>;
  }
  const said = text.trim().replace(/^["'`*]+|["'`*.]+$/g, "");
  const choice = output.type === "choice" && output.of.find((one) => one.toLowerCase() === said.toLowerCase());
  if (typeof choice === "string") yield { choice };
}

function wordsFor(errors: readonly ErrorObject[]): string {
  const words = errors.slice(0, MAX_ERRORS).map(wordsForOne);
  const more = errors.length - words.length;
  return [...new Set(words), ...(more > 0 ? [`and ${more} more`] : [])].join(", ");
}

function wordsForOne({ instancePath, message = "is wrong", keyword, params }: ErrorObject): string {
  const place = instancePath || "it";
  if (keyword === "enum") {
    const { allowedValues } = params as { allowedValues: readonly unknown[] };
    return `${place} must be one of ${JSON.stringify(allowedValues).slice(1, -1)}`;
  }
  if (keyword !== "additionalProperties") return `${place} ${message}`;
  return `${place} ${message} ("${String((params as { additionalProperty: unknown }).additionalProperty)}")`;
}

/** A schema's patterns come from the template, and some regular expressions never end: they run in the sandbox too. */
function patternsIn(sandbox: Sandbox, onPattern: () => void) {
  const engine = (source: string, flags: string) => {
    onPattern();
    return {
      test: (text: string) => sandbox.matches(source, flags, text),
      // Ajv tells patterns apart by it: without, all of a validator would be the first.
      toString: () => `/${source}/${flags}`,
    };
  };
  return Object.assign(engine, { code: "new RegExp" });
}
