/**
 * Conversations as fine-tuning data has them: a list of messages (`role`, `content`, with tools `tool_calls` and `tool_call_id`),
 * or a list of ShareGPT turns (`from`, `value`). Members that are not named here are kept.
 */

export interface ChatMessage {
  readonly role: Role;
  /** Null only where the message calls tools; a list holds parts with a `type`, such as text and images. */
  readonly content?: string | null | readonly Readonly<Record<string, unknown>>[];
  readonly tool_calls?: readonly ToolCall[] | null;
  /** As OpenAI had it before tools. */
  readonly function_call?: ToolCall["function"];
}

interface ToolCall {
  readonly id?: unknown;
  /** `arguments` is JSON text, or the object itself. */
  readonly function?: { readonly name?: unknown; readonly arguments?: unknown } | null;
}

export interface ShareGptTurn {
  readonly from: string;
  readonly value: string;
}

const ROLES = ["system", "developer", "user", "assistant", "tool", "function"] as const;
type Role = (typeof ROLES)[number];

/** Who speaks in a ShareGPT turn, as the datasets in use name them. */
const SPEAKERS: Readonly<Record<string, Role>> = {
  system: "system",
  human: "user",
  user: "user",
  gpt: "assistant",
  assistant: "assistant",
  chatgpt: "assistant",
  model: "assistant",
  function_call: "assistant",
  observation: "tool",
  function_response: "tool",
  tool: "tool",
};

/** The value as messages, of one or more speakers; `undefined` if it is no conversation. */
export function conversationOf(value: unknown): readonly ChatMessage[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const messages: readonly unknown[] = value.every(isTurn) ? value.map(messageOfTurn) : value;
  return messages.every(isMessage) ? messages : undefined;
}

/** The value as messages; `undefined` if it is no conversation, or has nothing of an assistant to learn from. */
export function messagesOf(value: unknown): readonly ChatMessage[] | undefined {
  const messages = conversationOf(value);
  return messages?.some(({ role }) => role === "assistant") ? messages : undefined;
}

/** The value as ShareGPT turns, with the calls and results of tools as LLaMA-Factory names them. */
export function turnsOf(value: unknown): readonly ShareGptTurn[] | undefined {
  const messages = messagesOf(value);
  if (!messages) return undefined;
  if ((value as unknown[]).every(isTurn)) return value as ShareGptTurn[];
  const turns = messages.map(turnsOfMessage);
  return turns.every((some) => some !== undefined) ? turns.flat() : undefined;
}

/** The text of a message; `undefined` if it holds something else, such as an image. */
export function textOfMessage({ content }: ChatMessage): string | undefined {
  if (content === null || content === undefined) return "";
  if (typeof content === "string") return content;
  const texts = content.map(({ type, text }) => (type === "text" && typeof text === "string" ? text : undefined));
  return texts.every((text) => text !== undefined) ? texts.join("") : undefined;
}

export function callsTools(message: ChatMessage): boolean {
  return callsOf(message).length > 0;
}

/** The calls of a message, under today's name or the former one. */
function callsOf({ tool_calls, function_call }: ChatMessage): readonly ToolCall[] {
  if (tool_calls && tool_calls.length > 0) return tool_calls;
  return function_call ? [{ function: function_call }] : [];
}

function isMessage(value: unknown): value is ChatMessage {
  if (!isObject(value)) return false;
  const { role, content, tool_calls, function_call } = value;
  if (!ROLES.includes(role as Role)) return false;
  if (![tool_calls ?? [], function_call ? [function_call] : []].every(areObjects)) return false;
  if (typeof content === "string") return true;
  if (Array.isArray(content)) return content.every(isPart);
  return (content ?? null) === null && role === "assistant" && callsTools(value as unknown as ChatMessage);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function areObjects(values: unknown): boolean {
  return Array.isArray(values) && values.every(isObject);
}

function isPart(part: unknown): boolean {
  return typeof (part as { type?: unknown } | null)?.type === "string";
}

function isTurn(value: unknown): value is ShareGptTurn {
  const { from, value: text } = (value ?? {}) as { from?: unknown; value?: unknown };
  return typeof from === "string" && Object.hasOwn(SPEAKERS, from) && typeof text === "string";
}

function messageOfTurn({ from, value }: ShareGptTurn, position: number): ChatMessage {
  const role = SPEAKERS[from] ?? "user";
  const call = from === "function_call" ? callIn(value) : undefined;
  if (!call) return { role, content: value };
  const { name, arguments: given } = call;
  const text = typeof given === "string" ? given : JSON.stringify(given ?? {});
  const toolCall = { id: `call_${position}`, type: "function", function: { name, arguments: text } };
  return { role, content: null, tool_calls: [toolCall] };
}

function callIn(text: string): { readonly name: string; readonly arguments?: unknown } | undefined {
  try {
    const call = JSON.parse(text) as { name?: unknown; arguments?: unknown } | null;
    return typeof call?.name === "string" ? { name: call.name, arguments: call.arguments } : undefined;
  } catch {
    return undefined;
  }
}

function turnsOfMessage(message: ChatMessage): readonly ShareGptTurn[] | undefined {
  const text = textOfMessage(message);
  if (text === undefined) return undefined;
  const calls: ShareGptTurn[] = [];
  for (const { function: called } of callsOf(message)) {
    if (typeof called?.name !== "string") return undefined;
    calls.push({ from: "function_call", value: textOfCall(called) });
  }
  if (calls.length > 0) return text === "" ? calls : [{ from: "gpt", value: text }, ...calls];
  return [{ from: FROM[message.role], value: text }];
}

const FROM: Readonly<Record<Role, string>> = {
  system: "system",
  developer: "system",
  user: "human",
  assistant: "gpt",
  tool: "observation",
  function: "observation",
};

function textOfCall({ name, arguments: given }: NonNullable<ToolCall["function"]>): string {
  return JSON.stringify({ name, arguments: typeof given === "string" ? (objectIn(given) ?? given) : given });
}

function objectIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const PLAIN_MEMBERS = ["role", "content", "name", "tool_call_id", "tool_calls"];
const PLAIN_CALL_MEMBERS = ["id", "type", "function"];

/**
 * Whether a table can hold the conversation as a list of messages without losing anything: each has text or null as content, and
 * only the members that all tools read.
 */
export function isPlainConversation(value: unknown): value is readonly ChatMessage[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every((message) => {
    if (!isMessage(message) || Array.isArray(message.content)) return false;
    const { name, tool_call_id } = message as unknown as Readonly<Record<string, unknown>>;
    const areTexts = [name, tool_call_id].every((text) => (text ?? null) === null || typeof text === "string");
    return areTexts && hasOnly(message, PLAIN_MEMBERS) && (message.tool_calls ?? []).every(isPlainCall);
  });
}

function isPlainCall(call: ToolCall): boolean {
  const { id, type, function: called } = call as ToolCall & { readonly type?: unknown };
  const areTexts = [id, type, called?.name].every((text) => text === undefined || typeof text === "string");
  return areTexts && hasOnly(call, PLAIN_CALL_MEMBERS) && hasOnly(called ?? {}, ["name", "arguments"]);
}

function hasOnly(value: object, members: readonly string[]): boolean {
  return Object.keys(value).every((name) => members.includes(name));
}
