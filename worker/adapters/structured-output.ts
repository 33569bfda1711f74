/**
 * How a model is made to answer in JSON: by a response schema, a tool it must call, or an instruction. The first two support only
 * part of JSON Schema; the rest is checked when the answer is validated against the whole schema.
 */
import type { ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime";
import { findModel } from "#core/models/models";

/** The name of the response schema and of the tool. */
export const ANSWER = "answer";

type Schema = Readonly<Record<string, unknown>>;

/** Members of the request, or an instruction after the prompt. */
export type StructuredOutputConfig = Pick<ConverseCommandInput, "outputConfig" | "toolConfig"> & {
  readonly instruction?: string;
};

/** The best method that both the model and the schema support. */
export function structuredOutputFor(modelId: string, schema: Schema): StructuredOutputConfig {
  const ability = findModel(modelId)?.structuredOutput ?? "instruction";
  const native = ability === "schema" ? nativeSchemaOf(schema) : undefined;
  if (native) {
    const jsonSchema = { schema: JSON.stringify(native), name: ANSWER };
    return { outputConfig: { textFormat: { type: "json_schema", structure: { jsonSchema } } } };
  }
  const input = ability === "instruction" ? undefined : toolSchemaOf(schema);
  if (!input) return { instruction: instructionFor(schema) };
  // A schema is JSON, which the SDK's document type does not express.
  const json = input as never;
  const tool = { toolSpec: { name: ANSWER, description: "Gives the answer.", inputSchema: { json } } };
  return { toolConfig: { tools: [tool], toolChoice: { tool: { name: ANSWER } } } };
}

/**
 * The bytes it adds to a prompt must stay below what the bound counts for a request with this schema: twice the schema, plus
 * the model's overhead of some hundred tokens.
 */
function instructionFor(schema: Schema): string {
  return `\n\nAnswer with one JSON object and nothing else: no explanation, no code fence. It must fit this JSON Schema:\n${JSON.stringify(schema)}`;
}

/** What response schemas support. Numeric bounds, lengths and patterns are not included. */
const NATIVE_KEYWORDS = ["type", "description", "title", "enum", "const", "required"];

/**
 * The schema reduced to what Bedrock's response schemas support: every object closed, no bounds, no recursion. `undefined` if
 * that would change its meaning: for objects with arbitrary keys, lists of mixed items, and references.
 */
export function nativeSchemaOf(schema: unknown): Schema | undefined {
  if (typeof schema !== "object" || schema === null) return undefined;
  const { properties, items, anyOf, oneOf, minItems, additionalProperties, ...rest } = schema as Record<
    string,
    unknown
  >;
  if (UNSUPPORTED_KEYWORDS.some((name) => name in rest)) return undefined;
  const native: Record<string, unknown> = Object.fromEntries(
    NATIVE_KEYWORDS.flatMap((name) => (name in rest ? [[name, rest[name]]] : [])),
  );
  if (isAmong("object", rest.type) || properties !== undefined) {
    const inner = nativeMembers(properties);
    if (!inner || typeof additionalProperties === "object") return undefined;
    if (Object.keys(inner).length === 0 && additionalProperties !== false) return undefined;
    Object.assign(native, { properties: inner, additionalProperties: false });
  }
  if (isAmong("array", rest.type) || items !== undefined) {
    const inner = nativeSchemaOf(items);
    if (!inner) return undefined;
    Object.assign(native, { items: inner }, typeof minItems === "number" && { minItems: Math.min(1, minItems) });
  }
  const branches = anyOf ?? oneOf;
  if (branches === undefined) return native;
  const inner = (branches as unknown[]).map(nativeSchemaOf);
  return inner.includes(undefined) ? undefined : { ...native, anyOf: inner };
}

const UNSUPPORTED_KEYWORDS = [
  "$ref",
  "$dynamicRef",
  "allOf",
  "not",
  "if",
  "prefixItems",
  "patternProperties",
  "dependentSchemas",
];

function nativeMembers(properties: unknown): Record<string, Schema> | undefined {
  const members = Object.entries((properties ?? {}) as object).map(
    ([name, one]) => [name, nativeSchemaOf(one)] as const,
  );
  return members.some(([, one]) => one === undefined)
    ? undefined
    : (Object.fromEntries(members) as Record<string, Schema>);
}

/** Nova reads only these at the top level of a tool's schema. */
const TOOL_KEYWORDS = ["type", "properties", "required"];
/** Too important to omit. */
const ESSENTIAL_KEYWORDS = ["anyOf", "oneOf", "allOf", "not", "if", "patternProperties", "dependentSchemas"];

function toolSchemaOf(schema: Schema): Schema | undefined {
  if (ESSENTIAL_KEYWORDS.some((name) => name in schema) || typeof schema.additionalProperties === "object")
    return undefined;
  if (JSON.stringify(schema).includes('"$ref"')) return undefined;
  return {
    properties: {},
    ...Object.fromEntries(TOOL_KEYWORDS.flatMap((name) => (name in schema ? [[name, schema[name]]] : []))),
  };
}

function isAmong(name: string, type: unknown): boolean {
  return [type].flat().includes(name);
}
