/** Forwards a Converse call to a server with OpenAI's chat completions API: Ollama, vLLM, llama.cpp and others. */
import { AwsError } from "../service.ts";
import type { ContentBlock, ConverseAnswer, ConverseRequest, Message, StopReason } from "./converse.ts";
import { outputSchema, textOf, toolSpecs } from "./converse.ts";
import type { Model } from "./model.ts";
import type { Forward } from "./options.ts";
import { countInputTokens, countOutputTokens } from "./tokens.ts";

type OpenAiForward = Forward & { readonly kind: "openai" };

const TIMEOUT_MS = 5 * 60 * 1000;
const STOP_REASONS: Readonly<Record<string, StopReason>> = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
  function_call: "tool_use",
  content_filter: "content_filtered",
};

export function openAiModel(forward: OpenAiForward): Model {
  let firstModel: Promise<string> | undefined;

  /** Self-hosted servers have one model or a few; Bedrock's ids mean nothing to them. */
  function chooseModel(): Promise<string> {
    if (forward.model) return Promise.resolve(forward.model);
    firstModel ??= listFirstModel(forward).catch((error: unknown) => {
      firstModel = undefined;
      throw error;
    });
    return firstModel;
  }

  return async ({ request, signal }) => {
    const body = toChatRequest(request, await chooseModel());
    const completion = await callServer(forward, "/chat/completions", signal, body);
    return toConverseAnswer(completion, request);
  };
}

async function listFirstModel(forward: OpenAiForward): Promise<string> {
  const listed = await callServer(forward, "/models", undefined);
  const id: unknown = listed.data?.[0]?.id;
  if (typeof id === "string") return id;
  throw new AwsError(
    503,
    "ServiceUnavailableException",
    `The server at ${forward.baseUrl} lists no models. Load one first.`,
  );
}

/** @throws AwsError as from Bedrock */
async function callServer(
  forward: OpenAiForward,
  path: string,
  signal: AbortSignal | undefined,
  body?: object,
): Promise<any> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(forward.baseUrl + path, {
      method: body ? "POST" : "GET",
      headers: {
        "content-type": "application/json",
        ...(forward.apiKey ? { authorization: `Bearer ${forward.apiKey}` } : {}),
      },
      body: body && JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    if (response.ok) return await response.json();
    throw refusal(response.status, await response.text(), response.headers.get("retry-after"));
  } catch (error) {
    if (error instanceof AwsError) throw error;
    if (timeout.aborted)
      throw new AwsError(408, "ModelTimeoutException", `The server at ${forward.baseUrl} did not answer in time.`);
    const reason =
      error instanceof Error ? ((error.cause as Error | undefined)?.message ?? error.message) : String(error);
    throw new AwsError(
      503,
      "ServiceUnavailableException",
      `The server at ${forward.baseUrl} could not be reached: ${reason}`,
    );
  }
}

function refusal(status: number, body: string, retryAfter: string | null): AwsError {
  const message = readErrorMessage(body) || `The model server responded with ${status}.`;
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
    const { error, message } = JSON.parse(body);
    return String(error?.message ?? error ?? message ?? "");
  } catch {
    return body.slice(0, 500);
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

function toConverseAnswer(completion: any, request: ConverseRequest): ConverseAnswer {
  const choice = completion?.choices?.[0];
  if (!choice?.message)
    throw new AwsError(500, "InternalServerException", "The model server's response has no message.");
  const text: string = choice.message.content ?? "";
  const calls: ContentBlock[] = (choice.message.tool_calls ?? []).map(toToolUse);
  const content = text === "" && calls.length > 0 ? calls : [{ text }, ...calls];
  const inputTokens: number = completion.usage?.prompt_tokens ?? countInputTokens(request);
  const outputTokens: number = completion.usage?.completion_tokens ?? countOutputTokens(content);
  // Some servers say "stop" after a tool call.
  const finished = STOP_REASONS[choice.finish_reason] ?? "end_turn";
  const stopReason = calls.length > 0 && finished === "end_turn" ? "tool_use" : finished;
  return { content, stopReason, usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens } };
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

/** A call with truncated arguments gets none, as on Bedrock. */
function parseArguments(text: string): unknown {
  try {
    return JSON.parse(text || "{}");
  } catch {
    return {};
  }
}
