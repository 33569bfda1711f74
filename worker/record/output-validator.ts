/** Checks that a model's answer is what its step requires. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { answerSchemaOf, valueOfAnswer } from "#core/template/output";
import type { EscalationCause, Output, Step, Template } from "#core/template/template";
import { isNestedTooDeep, MAX_NESTING } from "#core/nesting";
import { extractJson } from "./answer-json.ts";
import type { ModelAnswer } from "../ports.ts";
import { isRefusal } from "./refusal.ts";
import { SandboxError, type Sandbox } from "../sandbox/sandbox.ts";

/** An unusable answer. Unless it can be repaired, the attempt fails, and another may do better. */
export class InvalidOutput extends Error {
  override readonly name = "InvalidOutput";

  /** `problem` continues "The answer to step …" and, in a repair, "it …". */
  constructor(
    stepId: string,
    readonly kind: EscalationCause,
    readonly problem: string,
    /** What the template's author could do about it. */
    advice = "",
  ) {
    super(`The answer to step "${stepId}" ${problem}${advice && `; ${advice}`}.`);
  }
}

/** Bedrock's stop reasons that replace the model's own answer. */
const WITHHELD_STOP_REASONS = ["content_filtered", "guardrail_intervened"];
/** Of one answer. */
const MAX_REPORTED_ERRORS = 5;
const TOO_DEEP = `is nested more than ${MAX_NESTING} levels deep`;

export class OutputValidator {
  readonly #validators: ReadonlyMap<string, ValidateFunction>;
  readonly #patterned = new Set<string>();

  constructor(template: Template, sandbox: Sandbox) {
    const options = {
      strict: false,
      validateFormats: false,
      allErrors: true,
    };
    // One validator each: two steps may give their schemas the same $id.
    this.#validators = new Map(
      template.steps.flatMap(({ id, output }) => {
        const schema = answerSchemaOf(output);
        if (!schema) return [];
        const regExp = patternsIn(sandbox, () => this.#patterned.add(id));
        // An asynchronous validator would return a promise, which nobody awaits.
        return [[id, new Ajv2020({ ...options, code: { regExp } }).compile({ ...schema, $async: false })]];
      }),
    );
  }

  /** Whether validating its answers runs the template's patterns, in the sandbox. */
  hasPatterns({ id }: Step): boolean {
    return this.#patterned.has(id);
  }

  /** The text, list, choice or object that prompts and columns see. @throws InvalidOutput naming the step */
  parse(step: Step, answer: Pick<ModelAnswer, "text" | "stopReason">): unknown {
    const { id, output, escalate } = step;
    const { text, stopReason } = answer;
    if (WITHHELD_STOP_REASONS.includes(stopReason))
      throw new InvalidOutput(id, "refusal", `was withheld (${stopReason})`);
    if (output.type !== "text") return this.#object(step, answer);
    if (!output.allowCutOff) rejectTruncated(step, stopReason);
    if (text.trim() === "") throw new InvalidOutput(id, "schema", "is empty");
    if (escalate?.on.includes("refusal") && isRefusal(text)) throw new InvalidOutput(id, "refusal", "is a refusal");
    return text;
  }

  #object(step: Step, { text, stopReason }: Pick<ModelAnswer, "text" | "stopReason">): unknown {
    const { id, output } = step;
    let first: string | undefined;
    for (const value of objectsIn(output, text)) {
      const problem = isNestedTooDeep(value) ? TOO_DEEP : this.#problemWith(id, value);
      if (problem === undefined) return valueOfAnswer(output, value);
      first ??= problem;
    }
    rejectTruncated(step, stopReason);
    if (first === undefined && isRefusal(text)) throw new InvalidOutput(id, "refusal", "is a refusal");
    throw new InvalidOutput(id, "schema", first ?? "is not JSON");
  }

  /**
   * A schema may hold a pattern that never terminates, refer to itself endlessly, or have a constant with a "toString" of its
   * own, which Ajv calls: no answer matches such a schema.
   */
  #problemWith(id: string, value: object): string | undefined {
    const validate = this.#validators.get(id);
    try {
      if (validate?.(value) === true) return undefined;
    } catch (error) {
      if (!(error instanceof SandboxError || error instanceof RangeError || error instanceof TypeError)) throw error;
      return `could not be validated against its schema: ${error.message}`;
    }
    return `does not match its schema: ${describeErrors(validate?.errors ?? [])}`;
  }
}

/** @throws InvalidOutput when Bedrock says that the model was not finished */
function rejectTruncated({ id, output, maxTokens }: Step, stopReason: string): void {
  if (stopReason === "max_tokens") {
    const advice = output.type === "text" ? 'raise it, or allow that with "allowCutOff"' : "raise it";
    throw new InvalidOutput(id, "schema", `was truncated at maxTokens (${maxTokens})`, advice);
  }
  if (stopReason === "model_context_window_exceeded")
    throw new InvalidOutput(
      id,
      "schema",
      "was truncated at the end of the model's context window",
      "shorten the prompt",
    );
}

/** What the text may mean, as the object that models are asked for. A bare choice and a bare list count too. */
function* objectsIn(output: Output, text: string): Generator<Readonly<Record<string, unknown>>> {
  for (const value of extractJson(text)) {
    if (output.type === "list" && Array.isArray(value)) yield { items: value };
    else if (typeof value === "object" && value !== null) yield value as Readonly<Record<string, unknown>>;
  }
  const bare = text.trim().replace(/^["'`*]+|["'`*.]+$/g, "");
  const choice = output.type === "choice" && output.of.find((one) => one.toLowerCase() === bare.toLowerCase());
  if (typeof choice === "string") yield { choice };
}

function describeErrors(errors: readonly ErrorObject[]): string {
  const described = errors.slice(0, MAX_REPORTED_ERRORS).map(describeError);
  const more = errors.length - described.length;
  return [...new Set(described), ...(more > 0 ? [`and ${more} more`] : [])].join(", ");
}

function describeError({ instancePath, message = "is invalid", keyword, params }: ErrorObject): string {
  const path = instancePath || "it";
  if (keyword === "enum") {
    const { allowedValues } = params as { allowedValues: readonly unknown[] };
    return `${path} must be one of ${JSON.stringify(allowedValues).slice(1, -1)}`;
  }
  if (keyword !== "additionalProperties") return `${path} ${message}`;
  return `${path} ${message} ("${String((params as { additionalProperty: unknown }).additionalProperty)}")`;
}

/** A schema's patterns come from the template, and some regular expressions never terminate: they run in the sandbox too. */
function patternsIn(sandbox: Sandbox, onPattern: () => void) {
  const engine = (source: string, flags: string) => {
    onPattern();
    return {
      test: (text: string) => sandbox.matches(source, flags, text),
      // Ajv tells patterns apart by this: otherwise, all of a validator's patterns would be its first.
      toString: () => `/${source}/${flags}`,
    };
  };
  return Object.assign(engine, { code: "new RegExp" });
}
