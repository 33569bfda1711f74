/** Checks that a model's answer is what its step requires. */
import type { ErrorObject, ValidateFunction } from "ajv/dist/2020.js";
import { compileSchema } from "#core/template/compile-schema";
import { answerSchemaOf, valueOfAnswer } from "#core/template/output";
import { workOf } from "#core/template/schema-work";
import type { EscalationCause, Step, Template } from "#core/template/template";
import { isNestedTooDeep, MAX_NESTING } from "#core/nesting";
import { objectsIn, parseTextAt, type JsonObject } from "./answer-objects.ts";
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

/** A model's answer, as far as it is judged. */
export type ReceivedAnswer = Pick<ModelAnswer, "text" | "reasoning" | "stopReason">;

export interface ParsedAnswer {
  /** The text, list, choice or object. */
  readonly value: unknown;
  /** The answer was not quite what was asked for, and needed no repair. */
  readonly isMended: boolean;
}

/** Bedrock's stop reasons that replace the model's own answer. */
const WITHHELD_STOP_REASONS = ["content_filtered", "guardrail_intervened"];
/** Its stop reasons for an answer that it could not read itself. */
const MALFORMED_STOP_REASONS = ["malformed_model_output", "malformed_tool_use"];
/** Of one answer. */
const MAX_REPORTED_ERRORS = 5;
/** Rounds in which texts inside an answer are parsed, and those inside them. */
const MAX_PARSED_TEXTS = 3;
const NOT_VALIDATED = "could not be validated against its schema";
const TOO_DEEP = `is nested more than ${MAX_NESTING} levels deep`;

export class OutputValidator {
  readonly #validators: ReadonlyMap<string, ValidateFunction>;
  readonly #patterned = new Set<string>();
  /** The steps whose schemas may take any time; a watchdog costs more than most validations. */
  readonly #limited = new Set<string>();
  readonly #sandbox: Sandbox;

  constructor(template: Template, sandbox: Sandbox) {
    this.#sandbox = sandbox;
    this.#validators = new Map(
      template.steps.flatMap(({ id, output }) => {
        const schema = answerSchemaOf(output);
        if (!schema) return [];
        if (!workOf(schema).isLinear) this.#limited.add(id);
        const regExp = patternsIn(sandbox, () => this.#patterned.add(id));
        // An asynchronous validator would return a promise, which nobody awaits.
        return [[id, compileSchema({ ...schema, $async: false }, { allErrors: true, code: { regExp } })]];
      }),
    );
  }

  /** Whether validating its answers runs the template's patterns, in the sandbox. */
  hasPatterns({ id }: Step): boolean {
    return this.#patterned.has(id);
  }

  /** What prompts and columns see. @throws InvalidOutput naming the step */
  parse(step: Step, answer: ReceivedAnswer): ParsedAnswer {
    const { id, output, escalate } = step;
    const { text, reasoning, stopReason } = answer;
    if (WITHHELD_STOP_REASONS.includes(stopReason))
      throw new InvalidOutput(id, "refusal", `was withheld (${stopReason})`);
    if (MALFORMED_STOP_REASONS.includes(stopReason))
      throw new InvalidOutput(id, "schema", `was malformed according to Bedrock (${stopReason})`);
    if (text.trim() === "" && reasoning !== undefined) rejectMereReasoning(step, stopReason);
    if (output.type !== "text") return this.#object(step, answer);
    if (!output.allowCutOff) rejectTruncated(step, stopReason);
    if (text.trim() === "") throw new InvalidOutput(id, "schema", "is empty");
    if (escalate?.on.includes("refusal") && isRefusal(text)) throw new InvalidOutput(id, "refusal", "is a refusal");
    return { value: text, isMended: false };
  }

  #object(step: Step, answer: ReceivedAnswer): ParsedAnswer {
    const { id, output } = step;
    let first: string | undefined;
    for (const { value, isMended } of objectsIn(output, answer)) {
      const problem = isNestedTooDeep(value) ? TOO_DEEP : this.#problemWith(id, value);
      if (problem === undefined) return { value: valueOfAnswer(output, value), isMended };
      first ??= problem;
      // What takes too long once may take as long for each of many candidates.
      if (problem.startsWith(NOT_VALIDATED)) break;
      const typed = problem !== TOO_DEEP && this.#withTextsParsed(id, value);
      if (typed) return { value: valueOfAnswer(output, typed), isMended: true };
    }
    rejectTruncated(step, answer.stopReason);
    if (first === undefined && isRefusal(answer.text)) throw new InvalidOutput(id, "refusal", "is a refusal");
    throw new InvalidOutput(id, "schema", first ?? "is not JSON");
  }

  /**
   * The value once texts that hold JSON of the type the schema wants are that JSON: `{"n": "3"}`, or a tool's input of which a
   * member is text. Validated again after each round, because what was inside a text was not validated before.
   */
  #withTextsParsed(id: string, value: object): JsonObject | undefined {
    const mended = structuredClone(value);
    for (let round = 0; round < MAX_PARSED_TEXTS; round++) {
      const wrongTypes = (this.#validators.get(id)?.errors ?? []).filter(({ keyword }) => keyword === "type");
      if (wrongTypes.length === 0 || !wrongTypes.every(({ instancePath }) => parseTextAt(mended, instancePath))) return;
      if (isNestedTooDeep(mended)) return;
      if (this.#problemWith(id, mended) === undefined) return mended as JsonObject;
    }
    return undefined;
  }

  /**
   * A schema may hold a pattern that never terminates, refer to itself endlessly or ever more often, or have a constant with a
   * "toString" of its own, which Ajv calls: no answer matches such a schema.
   */
  #problemWith(id: string, value: object): string | undefined {
    const validate = this.#validators.get(id);
    try {
      const isValid = this.#limited.has(id) ? this.#sandbox.limited(() => validate?.(value)) : validate?.(value);
      if (isValid === true) return undefined;
    } catch (error) {
      if (!(error instanceof SandboxError || error instanceof RangeError || error instanceof TypeError)) throw error;
      return `${NOT_VALIDATED}: ${error.message}`;
    }
    return `does not match its schema: ${describeErrors(validate?.errors ?? [])}`;
  }
}

/** A model that has thought and not answered. @throws InvalidOutput */
function rejectMereReasoning({ id, maxTokens }: Step, stopReason: string): never {
  const isCutOff = stopReason === "max_tokens";
  const problem = isCutOff ? `was not begun when the model's reasoning reached maxTokens (${maxTokens})` : "is empty";
  const advice = isCutOff ? "raise it" : "the model only reasoned";
  throw new InvalidOutput(id, "schema", problem, advice);
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
