/** Model capabilities: rejects response schemas, forced tools and inference settings that a model does not support. */
import type { AwsError } from "../service.ts";
import { invalid, outputSchema } from "./converse.ts";
import type { ConverseRequest, JsonSchema } from "./converse.ts";

const NOVA = /(?:^|\.)amazon\.nova-/;
const CLAUDE = /(?:^|\.)anthropic\./;
/** Response schemas may not constrain ranges and lengths. */
const UNSUPPORTED_KEYWORDS = [
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "maxItems",
  "uniqueItems",
  "minProperties",
  "maxProperties",
];

/** What a model refuses of an inference configuration that Converse accepts. */
export interface RequestLimits {
  readonly maxOutputTokens: number;
  /** Which of `temperature` and `topP` may be set. */
  readonly sampling: "both" | "either" | "neither";
  readonly stopSequences: "any" | "notBlank" | "none";
}

/** @param limits of the model, if known @throws AwsError 400 ValidationException */
export function checkCapabilities(modelId: string, request: ConverseRequest, limits?: RequestLimits): void {
  if (limits) checkInference(request.inferenceConfig ?? {}, limits);
  if (request.toolConfig?.toolChoice?.tool && !NOVA.test(modelId) && !CLAUDE.test(modelId))
    throw unsupported("toolConfig.toolChoice.tool");
  const schema = outputSchema(request);
  if (schema === undefined) return;
  if (NOVA.test(modelId)) throw unsupported("outputConfig.textFormat");
  checkResponseSchema(schema);
}

function checkInference(config: NonNullable<ConverseRequest["inferenceConfig"]>, limits: RequestLimits): void {
  const { maxTokens = 1, temperature, topP, stopSequences } = config;
  const most = limits.maxOutputTokens;
  if (maxTokens > most)
    throw invalid(
      `The maximum tokens you requested exceeds the model limit of ${most}. Try again with a maximum tokens value that is lower than ${most}.`,
    );
  // Even an empty list is the field.
  if (stopSequences && limits.stopSequences === "none") throw unsupported("stopSequences");
  if (limits.sampling === "neither" && temperature !== undefined)
    throw refused("`temperature` is deprecated for this model.");
  if (limits.sampling === "neither" && topP !== undefined) throw refused("`top_p` is deprecated for this model.");
  if (limits.sampling === "either" && temperature !== undefined && topP !== undefined)
    throw refused("`temperature` and `top_p` cannot both be specified for this model. Please use only one.");
  if (limits.stopSequences === "notBlank" && stopSequences?.some((sequence) => sequence.trim() === ""))
    throw refused("stop_sequences: each stop sequence must contain non-whitespace");
}

/** What Bedrock passes on from the model itself. */
function refused(reason: string): AwsError {
  return invalid(`The model returned the following errors: ${reason}`);
}

function unsupported(member: string): AwsError {
  return invalid(`This model doesn't support the ${member} field. Remove ${member} and try again.`);
}

function checkResponseSchema(schema: JsonSchema): void {
  if (typeof schema !== "object") return;
  const unknown = UNSUPPORTED_KEYWORDS.find((name) => name in schema);
  if (unknown) throw invalid(`output_config.format.schema: the property '${unknown}' is not supported`);
  if (schema.minItems > 1)
    throw invalid(
      "output_config.format.schema: for 'array' type, 'minItems' values other than 0 or 1 are not supported",
    );
  const isObject = [schema.type].flat().includes("object");
  if (isObject && schema.additionalProperties !== false)
    throw invalid(
      "output_config.format.schema: for 'object' type, 'additionalProperties' must be explicitly set to false",
    );
  const parts = [...Object.values(schema.properties ?? {}), schema.items, ...(schema.anyOf ?? [])];
  for (const part of parts as (JsonSchema | undefined)[]) if (part !== undefined) checkResponseSchema(part);
}
