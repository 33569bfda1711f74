/** Model capabilities: rejects response schemas and forced tools that a model does not support. */
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

/** @throws AwsError 400 ValidationException */
export function checkCapabilities(modelId: string, request: ConverseRequest): void {
  if (request.toolConfig?.toolChoice?.tool && !NOVA.test(modelId) && !CLAUDE.test(modelId))
    throw unsupported("toolConfig.toolChoice.tool");
  const schema = outputSchema(request);
  if (schema === undefined) return;
  if (NOVA.test(modelId)) throw unsupported("outputConfig.textFormat");
  checkResponseSchema(schema);
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
