/**
 * How a model is made to answer in JSON: by a response schema, by a tool it must call, or by being told to. The first two know
 * only part of JSON Schema; what they are not told is found out when the answer is held against the whole schema.
 */
import type { ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime";
import { findModel } from "#core/models/models";

/** The name of the response schema and of the tool. */
export const ANSWER = "answer";

type Schema = Readonly<Record<string, unknown>>;

/** What goes into the request: members of it, or a text behind the prompt. */
export type StructuredOutputConfig = Pick<ConverseCommandInput, "outputConfig" | "toolConfig"> & { readonly instruction?: string };

/** The best way that the model has and the schema can go. */
export function structuredOutputFor(modelId: string, schema: Schema): StructuredOutputConfig {
  const ability = findModel(modelId)?.structuredOutput ?? "instruction";
  const native = ability === "schema" ? nativeSchemaOf(schema) : undefined;
  if (native) {
    const jsonSchema = { schema: JSON.stringify(native), name: ANSWER };
    return { outputConfig: { textFormat: { type: "json_schema", structure: { jsonSchema } } } };
  }
  const input = ability === "instruction" ? undefined : toolSchemaOf(schema);
  if (!input) return { instruction: instructionFor(schema) };
  // A schema is JSON; the SDK's type for documents only lacks the name for it.
  const json = input as never;
  const tool = { toolSpec: { name: ANSWER, description: "Gives the answer.", inputSchema: { json } } };
  return { toolConfig: { tools: [tool], toolChoice: { tool: { name: ANSWER } } } };
}

/**
 * The bytes that it adds to a prompt must stay below what the bound counts for a request with this schema: twice the schema,
 * and the model's overhead of some hundred tokens.
 */
function instructionFor(schema: Schema): string {
  return `\n\nAnswer with one JSON object and nothing else: no explanation, no code fence. It must fit this JSON Schema:\n${JSON.stringify(schema)}`;
}

/** What response schemas know. Bounds of numbers, lengths and patterns are not among it. */
const NATIVE_KEYWORDS = ["type", "description", "title", "enum", "const", "required"];

/**
 * The schema as far as Bedrock's response schemas go: every object closed, no bounds, no recursion. `undefined` when that would
 * say something else: for objects whose names are free, for lists of unlike items, for what refers to other places.
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

const UNSUPPORTED_KEYWORDS = ["$ref", "$dynamicRef", "allOf", "not", "if", "prefixItems", "patternProperties", "dependentSchemas"];

function nativeMembers(properties: unknown): Record<string, Schema> | undefined {
  const members = Object.entries((properties ?? {}) as object).map(
    ([name, one]) => [name, nativeSchemaOf(one)] as const,
  );
  return members.some(([, one]) => one === undefined)
    ? undefined
    : (Object.fromEntries(members) as Record<string, Schema>);
}

/** Of a tool's schema Nova reads only this at the top. */
const TOOL_KEYWORDS = ["type", "properties", "required"];
/** What matters too much to leave it out. */
const ESSENTIAL_KEYWORDS = ["anyOf", "oneOf", "allOf", "not", "if", "patternProperties", "dependentSchemas"];

function toolSchemaOf(schema: Schema): Schema | undefined {
  if (ESSENTIAL_KEYWORDS.some((name) => name in schema) || typeof schema.additionalProperties === "object") return undefined;
  if (JSON.stringify(schema).includes('"$ref"')) return undefined;
  return {
    properties: {},
    ...Object.fromEntries(TOOL_KEYWORDS.flatMap((name) => (name in schema ? [[name, schema[name]]] : []))),
  };
}

function isAmong(name: string, type: unknown): boolean {
  return [type].flat().includes(name);
}
