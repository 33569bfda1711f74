/** Forwards a Converse call to a server with OpenAI's chat completions API: Ollama, vLLM, llama.cpp and others. */
import { AwsError } from "../service.ts";
import type { ContentBlock, ConverseAnswer, ConverseRequest, Message, StopReason } from "./converse.ts";
import { outputSchema, textOf, toolSpecs } from "./converse.ts";
import type { Model } from "./model.ts";
import { askServer, NoAnswerInTime } from "./model-server.ts";
import type { Forward } from "./options.ts";
import { countInputTokens, countOutputTokens } from "./tokens.ts";

export type OpenAiForward = Forward & { readonly kind: "openai" };

const STOP_REASONS: Readonly<Record<string, StopReason>> = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
  function_call: "tool_use",
  content_filter: "content_filtered",
};

export function openAiModel(forward: OpenAiForward): Model {
  let taken: Promise<string> | undefined;

  /** Self-hosted servers have one model or a few; Bedrock's ids mean nothing to them. */
  function chooseModel(): Promise<string> {
    taken ??= chooseServerModel(forward)
      .then(({ model }) => model)
      .catch((error: unknown) => {
        taken = undefined;
        throw error;
      });
    return taken;
  }

  return async ({ request, signal }) => {
    const model = await chooseModel();
    const completion = await callServer(forward, "/chat/completions", signal, toChatRequest(request, model));
    return {
      ...toConverseAnswer(completion, request, forward),
      additionalModelResponseFields: { server: forward.baseUrl, model },
    };
  };
}

export interface ChosenModel {
  /** The server's name for it. */
  readonly model: string;
  /** All that the server lists. */
  readonly listed: readonly string[];
}

/** The model that was asked for, else the first listed that writes text. @throws AwsError when there is none */
export async function chooseServerModel(forward: OpenAiForward, signal?: AbortSignal): Promise<ChosenModel> {
  if (forward.model) return { model: forward.model, listed: [] };
  const { data } = await callServer(forward, "/models", signal);
  const models: any[] = Array.isArray(data) ? data.filter((model) => typeof model?.id === "string") : [];
  const listed = models.map(({ id }) => id as string);
  const model = models.find(writesText)?.id as string | undefined;
  if (model !== undefined) return { model, listed };
  const found = listed.length > 0 ? `lists only ${listed.join(", ")}, none of which writes text` : "lists no models";
  throw unavailable(`The server at ${forward.baseUrl} ${found}; load one, or name one with "model=NAME".`);
}

/** Names of models for embedding, ranking, speech, images and moderation. */
const OTHER_PURPOSES =
  /embed|rerank|(?:^|[/_-])(?:bge|e5|gte|minilm|mpnet|jina|nomic|whisper|tts|clip|siglip|dall-e|sdxl|flux|moderation|guard)(?:[-_.:]|$)|stable-diffusion/i;

/** Some servers say what a model is for; otherwise its name tells. */
function writesText({ id, type, task }: any): boolean {
  const purpose = String(type ?? task ?? "");
  return !/embed|rerank|speech|image|transcri/i.test(purpose) && !OTHER_PURPOSES.test(id);
}

const unavailable = (message: string) => new AwsError(503, "ServiceUnavailableException", message);

/** @throws AwsError as from Bedrock */
async function callServer(
  forward: OpenAiForward,
  path: string,
  signal: AbortSignal | undefined,
  body?: object,
): Promise<any> {
  const { status, headers, text } = await askServer(forward.baseUrl + path, {
    method: body ? "POST" : "GET",
    headers: {
      "content-type": "application/json",
      ...(forward.apiKey ? { authorization: `Bearer ${forward.apiKey}` } : {}),
    },
    body: body && JSON.stringify(body),
    signal,
  }).catch((error: Error) => {
    throw noAnswer(forward, error);
  });
  if (status >= 200 && status < 300) return readAnswer(forward, text);
  throw refusal(forward, status, text, headers["retry-after"] ?? null);
}

function noAnswer({ baseUrl }: OpenAiForward, error: NodeJS.ErrnoException): AwsError {
  if (error instanceof NoAnswerInTime)
    return new AwsError(408, "ModelTimeoutException", `The server at ${baseUrl} did not answer in time.`);
  // A name with several addresses, none of which answers, gives an error without a message.
  return unavailable(`The server at ${baseUrl} could not be reached: ${error.message || error.code}`);
}

/** What the server answered with 200, which may still be an error, or the page of something else. @throws AwsError */
function readAnswer(forward: OpenAiForward, text: string): any {
  let answer: any;
  try {
    answer = JSON.parse(text);
  } catch {
    throw unavailable(
      `The server at ${forward.baseUrl} answered ${shown(text)} instead of JSON; is it a model server, and does its address end in /v1?`,
    );
  }
  if (!answer?.error) return answer;
  throw refusedBy(forward, answer.error);
}

/** An error that came with status 200, and may say the status it should have had. */
function refusedBy(forward: OpenAiForward, error: any): AwsError {
  const status = Number(error.code ?? error.status);
  return refusal(forward, status >= 400 && status < 600 ? status : 500, JSON.stringify({ error }), null);
}

const SHOWN_CHARACTERS = 80;

function shown(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  if (line === "") return "nothing";
  return JSON.stringify(line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line);
}

function refusal({ baseUrl }: OpenAiForward, status: number, body: string, retryAfter: string | null): AwsError {
  const message = `The server at ${baseUrl} answered ${status}: ${readErrorMessage(body) || "no reason given"}`;
  if (status === 429) return new AwsError(429, "ThrottlingException", message, retryAfter ? { retryAfter } : {});
  if (status === 408 || status === 504) return new AwsError(408, "ModelTimeoutException", message);
  if (status === 401 || status === 403) return new AwsError(403, "AccessDeniedException", message);
  if (status === 404) return new AwsError(404, "ResourceNotFoundException", message);
  if (status === 503) return new AwsError(503, "ServiceUnavailableException", message);
  return status >= 500
    ? new AwsError(500, "InternalServerException", message)
    : new AwsError(400, "ValidationException", message);
}

function readErrorMessage(body: string): string {
  try {
    const { error, message, detail } = JSON.parse(body);
    const said: unknown = error?.message ?? error ?? message ?? detail ?? "";
    return (typeof said === "string" ? said : JSON.stringify(said)).slice(0, 500);
  } catch {
    return body
      .replace(/<[^>]*>/g, " ")
      .replace(/\s+/g, " ")
      .trim()
      .slice(0, 500);
  }
}

function toChatRequest(request: ConverseRequest, model: string): object {
  const { maxTokens, temperature, topP, stopSequences } = request.inferenceConfig ?? {};
  const system = textOf(request.system ?? []);
  const schema = outputSchema(request);
  const tools = toolSpecs(request).map(({ name, description, inputSchema }) => ({
    type: "function",
    function: { name, description, parameters: inputSchema.json },
  }));
  const schemaName = request.outputConfig?.textFormat?.structure.jsonSchema.name ?? "answer";
  return {
    model,
    messages: [...(system ? [{ role: "system", content: system }] : []), ...request.messages.flatMap(toChatMessages)],
    max_tokens: maxTokens,
    temperature,
    top_p: topP,
    stop: stopSequences?.length ? stopSequences : undefined,
    tools: tools.length > 0 ? tools : undefined,
    tool_choice: tools.length > 0 ? toToolChoice(request) : undefined,
    response_format: schema && { type: "json_schema", json_schema: { name: schemaName, schema, strict: true } },
  };
}

function toToolChoice({ toolConfig }: ConverseRequest) {
  const choice = toolConfig?.toolChoice;
  if (choice?.tool) return { type: "function", function: { name: choice.tool.name } };
  return choice?.any ? "required" : "auto";
}

/** A message of tool results becomes one message per result, before any other content. */
function toChatMessages({ role, content }: Message): object[] {
  const results = content.flatMap(({ toolResult }) => toolResult ?? []);
  const calls = content.flatMap(({ toolUse }) => toolUse ?? []);
  const said = content.filter(
    (block) => block.text !== undefined || block.document !== undefined || block.image !== undefined,
  );
  const messages: object[] = results.map((result) => ({
    role: "tool",
    tool_call_id: result.toolUseId,
    content: textOf(result.content ?? []),
  }));
  if (said.length === 0 && calls.length === 0) return messages;
  const tool_calls = calls.map(({ toolUseId, name, input }) => ({
    id: toolUseId,
    type: "function",
    function: { name, arguments: JSON.stringify(input) },
  }));
  return [...messages, { role, content: toChatContent(said), ...(tool_calls.length > 0 ? { tool_calls } : {}) }];
}

function toChatContent(blocks: readonly ContentBlock[]) {
  if (!blocks.some((block) => block.image)) return textOf(blocks);
  return blocks.map((block) =>
    block.image
      ? {
          type: "image_url",
          image_url: { url: `data:image/${block.image.format};base64,${block.image.source.bytes ?? ""}` },
        }
      : { type: "text", text: textOf([block]) },
  );
}

function toConverseAnswer(completion: any, request: ConverseRequest, forward: OpenAiForward): ConverseAnswer {
  const choice = completion?.choices?.[0];
  if (!choice?.message)
    throw unavailable(
      `The server at ${forward.baseUrl} answered ${shown(JSON.stringify(completion))}, which has no message.`,
    );
  if (choice.error) throw refusedBy(forward, choice.error);
  const { text, reasoning } = toParts(choice.message);
  const calls: ContentBlock[] = toolCallsOf(choice.message).map(toToolUse);
  const thoughts: ContentBlock[] =
    reasoning === "" ? [] : [{ reasoningContent: { reasoningText: { text: reasoning } } }];
  const content = [...thoughts, ...(text === "" && calls.length > 0 ? [] : [{ text }]), ...calls];
  const inputTokens = tokensOf(completion.usage?.prompt_tokens) ?? countInputTokens(request);
  const outputTokens = tokensOf(completion.usage?.completion_tokens) ?? countOutputTokens(content);
  // Some servers say "stop" after a tool call.
  const finished = STOP_REASONS[choice.finish_reason] ?? "end_turn";
  const stopReason = calls.length > 0 && finished === "end_turn" ? "tool_use" : finished;
  return { content, stopReason, usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens } };
}

/** What the server counted, as a whole number; undefined for what is no count, such as a negative number. */
function tokensOf(counted: unknown): number | undefined {
  const tokens = typeof counted === "string" && counted.trim() !== "" ? Number(counted) : counted;
  return typeof tokens === "number" && tokens >= 0 ? Math.ceil(tokens) : undefined;
}

/**
 * A message's text and reasoning. Content is a text or a list of parts, in which Mistral's models also think; other servers have
 * a member for what the model thought: `reasoning_content` (vLLM, SGLang, llama.cpp, DeepSeek), `reasoning` (Ollama, newer vLLM).
 */
function toParts({ content, refusal, reasoning_content, reasoning }: any): { text: string; reasoning: string } {
  const parts = partsOf(content || refusal);
  const thought = parts.map((part) => (isThought(part) ? textOfPart(part.thinking ?? part.reasoning ?? part) : ""));
  const said = parts.map((part) => (isThought(part) ? "" : textOfPart(part)));
  return {
    text: said.join(""),
    reasoning: [textOfPart(reasoning_content ?? reasoning), ...thought].filter(Boolean).join("\n\n"),
  };
}

/** Some servers parse the JSON that was asked for: an object or a list that is no part is the answer itself. */
function partsOf(content: any): any[] {
  const parts: any[] = Array.isArray(content) ? content : [content];
  const isAnswer =
    parts.length > 0 && parts.every((part) => typeof part === "object" && part !== null && !isPart(part));
  return isAnswer ? [JSON.stringify(content)] : parts;
}

const isPart = (part: any) =>
  typeof part.type === "string" && (isThought(part) || /text|image|refusal/.test(part.type));

const isThought = (part: any) => ["thinking", "redacted_thinking", "reasoning"].includes(part?.type);

function textOfPart(part: any): string {
  if (Array.isArray(part)) return part.map(textOfPart).join("");
  if (typeof part !== "object") return String(part ?? "");
  return textOfPart(part?.text ?? part?.value ?? part?.refusal ?? part?.summary);
}

/** The calls of functions; what else a server puts there is none. */
function toolCallsOf({ tool_calls: calls }: any): any[] {
  return Array.isArray(calls) ? calls.filter((call) => typeof call?.function?.name === "string") : [];
}

function toToolUse(call: any, index: number): ContentBlock {
  return {
    toolUse: {
      toolUseId: call.id ?? `tooluse_${index}`,
      name: call.function.name,
      input: parseArguments(call.function.arguments),
    },
  };
}

/** Arguments that are not JSON are passed on as the text they are: the caller may make sense of them. */
function parseArguments(given: unknown): unknown {
  if (typeof given !== "string") return given ?? {};
  try {
    return JSON.parse(given || "{}");
  } catch {
    return given;
  }
}
