/** The parts of Converse's wire format that models need, and the checks Bedrock makes before it calls one. */
import { AwsError } from "../service.ts";

export interface ContentBlock {
  readonly text?: string;
  readonly toolUse?: { readonly toolUseId: string; readonly name: string; readonly input: unknown };
  readonly toolResult?: {
    readonly toolUseId: string;
    readonly content?: readonly ContentBlock[];
    readonly status?: string;
  };
  readonly json?: unknown;
  readonly image?: { readonly format: string; readonly source: { readonly bytes?: string } };
  readonly document?: { readonly name?: string; readonly source?: { readonly bytes?: string; readonly text?: string } };
  readonly reasoningContent?: { readonly reasoningText?: { readonly text: string } };
  readonly cachePoint?: unknown;
}

export interface Message {
  readonly role: "user" | "assistant";
  readonly content: readonly ContentBlock[];
}

export interface ToolSpec {
  readonly name: string;
  readonly description?: string;
  readonly inputSchema: { readonly json: JsonSchema };
}

export type JsonSchema = boolean | { readonly [key: string]: any };

export interface ConverseRequest {
  readonly messages: readonly Message[];
  readonly system?: readonly ContentBlock[];
  readonly inferenceConfig?: {
    readonly maxTokens?: number;
    readonly temperature?: number;
    readonly topP?: number;
    readonly stopSequences?: readonly string[];
  };
  readonly toolConfig?: {
    readonly tools: readonly { readonly toolSpec?: ToolSpec; readonly cachePoint?: unknown }[];
    readonly toolChoice?: { readonly auto?: object; readonly any?: object; readonly tool?: { readonly name: string } };
  };
  readonly outputConfig?: {
    readonly textFormat?: {
      readonly type: "json_schema";
      readonly structure: {
        readonly jsonSchema: { readonly schema: string; readonly name?: string; readonly description?: string };
      };
    };
  };
  readonly additionalModelRequestFields?: unknown;
}

export type StopReason = "end_turn" | "tool_use" | "max_tokens" | "stop_sequence" | "content_filtered";

/** A model's complete answer. */
export interface ConverseAnswer {
  readonly content: readonly ContentBlock[];
  readonly stopReason: StopReason;
  readonly usage: Usage;
  /** Of a model elsewhere: which server answered. */
  readonly additionalModelResponseFields?: { readonly server: string; readonly model: string };
}

export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
}

/** @throws AwsError 400 ValidationException that names the member */
export function checkRequest(body: unknown): ConverseRequest {
  const request = body as ConverseRequest;
  if (!Array.isArray(request?.messages) || request.messages.length === 0) {
    throw invalid(
      "1 validation error detected: Value at 'messages' failed to satisfy constraint: Member must not be null",
    );
  }
  request.messages.forEach(checkMessage);
  request.system?.forEach((block, index) => checkText(block, `system.${index}`));
  checkInference(request.inferenceConfig ?? {});
  checkTools(request.toolConfig);
  outputSchema(request);
  return request;
}

/** The schema that the answer's text must match, if one was sent. @throws AwsError 400 ValidationException */
export function outputSchema(request: ConverseRequest): JsonSchema | undefined {
  const format = request.outputConfig?.textFormat;
  if (!format) return undefined;
  const text = format.structure?.jsonSchema?.schema;
  if (format.type !== "json_schema" || typeof text !== "string") {
    throw invalid("outputConfig.textFormat must have the type json_schema and a schema.");
  }
  return parseSchema(text);
}

/** The tools of a request, without the cache points between them. */
export function toolSpecs(request: ConverseRequest): ToolSpec[] {
  return request.toolConfig?.tools.flatMap(({ toolSpec }) => toolSpec ?? []) ?? [];
}

/** All text of the blocks, including tool results. */
export function textOf(blocks: readonly ContentBlock[]): string {
  return blocks
    .map((block) => block.text ?? block.document?.source?.text ?? resultText(block))
    .filter((text) => text !== "")
    .join("\n");
}

export const invalid = (message: string) => new AwsError(400, "ValidationException", message);

function resultText({ toolResult, json }: ContentBlock): string {
  if (toolResult) return textOf(toolResult.content ?? []);
  return json === undefined ? "" : JSON.stringify(json);
}

function checkMessage(message: Message, index: number): void {
  const expected = index % 2 === 0 ? "user" : "assistant";
  if (message.role !== expected) {
    throw invalid(
      index === 0
        ? "A conversation must start with a user message. Try again with a conversation that starts with a user message."
        : "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.",
    );
  }
  if (!Array.isArray(message.content) || message.content.length === 0) {
    throw invalid(
      `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the content field and try again.`,
    );
  }
  message.content.forEach((block, place) => checkText(block, `messages.${index}.content.${place}`));
}

function checkText(block: ContentBlock, place: string): void {
  if (block.text === undefined) return;
  if (typeof block.text === "string" && block.text.trim() !== "") return;
  throw invalid(
    `The text field in the ContentBlock object at ${place} is blank. Add text to the text field, and try again.`,
  );
}

function checkInference(config: NonNullable<ConverseRequest["inferenceConfig"]>): void {
  const { maxTokens, temperature, topP, stopSequences = [] } = config;
  if (maxTokens !== undefined && !(Number.isInteger(maxTokens) && maxTokens >= 1)) {
    throw outOfRange("inferenceConfig.maxTokens", maxTokens, "greater than or equal to 1");
  }
  for (const [name, value] of Object.entries({ temperature, topP })) {
    if (value !== undefined && !(value >= 0 && value <= 1)) {
      throw outOfRange(
        `inferenceConfig.${name}`,
        value,
        value < 0 ? "greater than or equal to 0" : "less than or equal to 1",
      );
    }
  }
  checkStopSequences(stopSequences);
}

const MOST_STOP_SEQUENCES = 2_500;

function checkStopSequences(sequences: readonly string[]): void {
  const member = "inferenceConfig.stopSequences";
  if (!Array.isArray(sequences) || !sequences.every((sequence) => typeof sequence === "string"))
    throw invalid(`The value at ${member} must be a list of strings.`);
  if (sequences.length > MOST_STOP_SEQUENCES)
    throw wrongLength(member, `[${sequences.length} sequences]`, `less than or equal to ${MOST_STOP_SEQUENCES}`);
  const empty = sequences.indexOf("");
  if (empty >= 0) throw wrongLength(`${member}.${empty + 1}.member`, "", "greater than or equal to 1");
}

function checkTools(config: ConverseRequest["toolConfig"]): void {
  if (!config) return;
  if (!Array.isArray(config.tools) || config.tools.length === 0)
    throw outOfRange("toolConfig.tools", "[]", "of at least one tool");
  const names = config.tools.flatMap(({ toolSpec }) => toolSpec ?? []).map(checkTool);
  const wanted = config.toolChoice?.tool?.name;
  if (wanted === undefined || names.includes(wanted)) return;
  throw invalid(`The tool ${wanted} of toolConfig.toolChoice is not one of the tools ${names.join(", ")}.`);
}

function checkTool({ name, inputSchema }: ToolSpec): string {
  if (!/^[\w-]{1,64}$/.test(name))
    throw invalid(`The tool name ${name} must match [a-zA-Z0-9_-]+ and have at most 64 characters.`);
  const schema = inputSchema?.json;
  if (typeof schema === "object" && schema !== null && schema.type === "object") return name;
  throw invalid(
    `The value at toolConfig.tools.${name}.toolSpec.inputSchema.json.type must be one of the following: object.`,
  );
}

function outOfRange(member: string, value: unknown, rule: string): AwsError {
  return invalid(
    `1 validation error detected: Value '${String(value)}' at '${member}' failed to satisfy constraint: Member must have value ${rule}`,
  );
}

function wrongLength(member: string, value: string, rule: string): AwsError {
  return invalid(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must have length ${rule}`,
  );
}

function parseSchema(text: string): JsonSchema {
  try {
    const schema: unknown = JSON.parse(text);
    if (typeof schema === "object" && schema !== null && !Array.isArray(schema)) return schema;
  } catch {
    // Reported below, like for JSON that is not a schema.
  }
  throw invalid("The schema of outputConfig.textFormat is not a JSON object.");
}
