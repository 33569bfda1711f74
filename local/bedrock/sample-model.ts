/**
 * The built-in model: its answers depend on the input alone, so the same request has the same answer on every machine. It
 * writes plain English about what the prompt names, and JSON that matches the schema it is given.
 */
import type { ContentBlock, ConverseAnswer, ConverseRequest, JsonSchema, StopReason, ToolSpec } from "./converse.ts";
import { outputSchema, textOf, toolSpecs } from "./converse.ts";
import { readJsonSchema, readJsonShape } from "./json-shape.ts";
import { readTask, readTopics } from "./prompt.ts";
import type { Task } from "./prompt.ts";
import { writerAbout } from "./prose.ts";
import type { Writer } from "./prose.ts";
import { randomFrom } from "./random.ts";
import type { Random } from "./random.ts";
import { isRepair } from "./repair.ts";
import { inventJson, invalidateJson } from "./sample-json.ts";
import type { Inventor } from "./sample-json.ts";
import { countInputTokens, countOutputTokens, cutToTokens } from "./tokens.ts";

export interface SampleCall {
  readonly modelId: string;
  readonly request: ConverseRequest;
  readonly seed: number;
  /** Flaws to inject into this answer; the rest of it stays the same. */
  readonly hasBadJson?: boolean;
  /** The model refuses to answer. */
  readonly isRefused?: boolean;
  /** The fraction of the answer after which it is truncated with `max_tokens`, 0 to 1. */
  readonly cutAt?: number;
}

const DEFAULT_MAX_TOKENS = 4096;
/** Longer prompts are skimmed: reading them whole would slow down tests with many calls in flight. */
const SKIMMED_LENGTH = 3000;
const TOOL_USE_ID_LETTERS = 22;
const TOOL_USE_ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** @throws AwsError 400 ValidationException for an invalid output schema */
export function answerAsSample(call: SampleCall): ConverseAnswer {
  const { request } = call;
  const random = randomFrom(`answer ${call.seed} ${call.modelId} ${meaningOf(request)}`);
  const words = promptText(request);
  const inventor = { random, writer: writerAbout(readTopics(words), random) };
  const tool = chooseTool(request, random);
  const whole = call.isRefused
    ? { text: random.pick(REFUSALS) }
    : tool
      ? useTool(tool, call, inventor)
      : { text: writeText(call, words, inventor) };
  const { content, stopReason, outputTokens } = shorten(whole, call);
  const inputTokens = countInputTokens(request);
  return { content, stopReason, usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens } };
}

const REFUSALS = [
  "I'm sorry, but I can't help with that.",
  "I cannot provide this content.",
  "I'm unable to assist with this request.",
] as const;

/** All parts of a request that an answer may depend on; maxTokens only truncates it. */
function meaningOf(request: ConverseRequest): string {
  const { maxTokens: _room, stopSequences: _stops, ...inference } = request.inferenceConfig ?? {};
  const { messages, system, toolConfig, outputConfig, additionalModelRequestFields } = request;
  return JSON.stringify([messages, system, toolConfig, outputConfig, additionalModelRequestFields, inference]);
}

/** The last message; tool results and repair messages are read together with the original request. */
function promptText(request: ConverseRequest): string {
  const users = request.messages.filter((message) => message.role === "user");
  const last = users.at(-1)?.content ?? [];
  const goesOn = isRepair(request) || last.some((block) => block.toolResult !== undefined);
  return skim(textOf(goesOn ? users.slice(-2).flatMap((message) => message.content) : last));
}

/** The start and the end of a long text, where instructions usually are. */
function skim(text: string): string {
  return text.length <= 2 * SKIMMED_LENGTH ? text : `${text.slice(0, SKIMMED_LENGTH)}\n${text.slice(-SKIMMED_LENGTH)}`;
}

/** A model that has its tool results answers in text; otherwise it calls the forced tool, or one of those offered. */
function chooseTool(request: ConverseRequest, random: Random): ToolSpec | undefined {
  const tools = toolSpecs(request);
  const choice = request.toolConfig?.toolChoice;
  if (choice?.tool) return tools.find((tool) => tool.name === choice.tool?.name);
  const hasResult = request.messages.at(-1)?.content.some((block) => block.toolResult !== undefined);
  if (tools.length === 0 || (hasResult && !choice?.any)) return undefined;
  return random.pick(tools);
}

function useTool(tool: ToolSpec, call: SampleCall, inventor: Inventor): ContentBlock {
  const schema = tool.inputSchema.json;
  const input = inventJson(schema, tool.name, inventor);
  const id = Array.from({ length: TOOL_USE_ID_LETTERS }, () => inventor.random.pick([...TOOL_USE_ID_ALPHABET])).join(
    "",
  );
  const invalidated = call.hasBadJson ? invalidateJson(schema, input, inventor.random) : undefined;
  return { toolUse: { toolUseId: `tooluse_${id}`, name: tool.name, input: invalidated ?? input } };
}

function writeText(call: SampleCall, words: string, inventor: Inventor): string {
  const { messages, system = [] } = call.request;
  const schema =
    outputSchema(call.request) ??
    readJsonSchema(textOf(messages.at(-1)?.content ?? [])) ??
    readJsonShape(words) ??
    readJsonShape(skim(textOf(system)));
  if (schema === undefined) return writeAnswer(readTask(words), inventor);
  const value = inventJson(schema, "answer", inventor);
  return call.hasBadJson ? writeBadJson(schema, value, inventor.random) : JSON.stringify(value);
}

function writeBadJson(schema: JsonSchema, value: unknown, random: Random): string {
  const text = JSON.stringify(value);
  const invalidated = invalidateJson(schema, value, random);
  return random.pick([
    text.slice(0, -1),
    `${text.slice(0, Math.ceil(text.length / 2))}`,
    `I am sorry, but I cannot answer ${text.slice(1)}`,
    invalidated === undefined ? `${text},` : JSON.stringify(invalidated),
  ]);
}

function writeAnswer(task: Task, { writer, random }: Inventor): string {
  switch (task.kind) {
    case "questions":
      return writeQuestions(task.count, task.isAnswered, writer);
    case "list":
      return Array.from({ length: task.count }, (_, index) => `${index + 1}. ${writer.item()}`).join("\n");
    case "choice":
      return random.pick(task.options);
    case "number":
      return String(task.least + random.below(task.most - task.least + 1));
    case "title":
      return writer.title();
    case "story":
      return Array.from({ length: task.sentences ?? 5 }, () => writer.storySentence()).join(" ");
    case "prose":
      return writeProse(task, writer, random);
  }
}

function writeQuestions(count: number, isAnswered: boolean, writer: Writer): string {
  const questions = Array.from({ length: count }, () => {
    const question = writer.question();
    return isAnswered ? `Question: ${question}\nAnswer: ${writer.sentences(2)}` : question;
  });
  if (count === 1) return questions.join("");
  return isAnswered
    ? questions.join("\n\n")
    : questions.map((question, index) => `${index + 1}. ${question}`).join("\n");
}

function writeProse(task: Task & { kind: "prose" }, writer: Writer, random: Random): string {
  if (task.words === 1) return writer.label().split(" ").at(-1) ?? "";
  if (task.words !== undefined) return writeWords(task.words, writer);
  if (task.paragraphs === undefined) return writer.sentences(task.sentences ?? 2 + random.below(3));
  return Array.from({ length: task.paragraphs }, () => writer.sentences(3 + random.below(3))).join("\n\n");
}

/** Whole sentences up to a number of words, at least one. */
function writeWords(count: number, writer: Writer): string {
  let text = writer.sentence();
  const room = Math.min(count, DEFAULT_MAX_TOKENS);
  for (
    let next = writer.sentence();
    text.split(" ").length + next.split(" ").length <= room;
    next = writer.sentence()
  ) {
    text += ` ${next}`;
  }
  return text;
}

interface Shortened {
  readonly content: readonly ContentBlock[];
  readonly stopReason: StopReason;
  readonly outputTokens: number;
}

function shorten(whole: ContentBlock, call: SampleCall): Shortened {
  const { maxTokens = DEFAULT_MAX_TOKENS, stopSequences = [] } = call.request.inferenceConfig ?? {};
  const stopped = whole.text === undefined ? whole : { text: cutAtStop(whole.text, stopSequences) };
  const tokens = countOutputTokens([stopped]);
  const room = Math.min(maxTokens, call.cutAt === undefined ? maxTokens : Math.max(1, Math.floor(tokens * call.cutAt)));
  if (tokens > room) return { content: [cutBlock(stopped, room)], stopReason: "max_tokens", outputTokens: room };
  const isStopped = stopped.text !== whole.text;
  const stopReason = stopped.toolUse ? "tool_use" : isStopped ? "stop_sequence" : "end_turn";
  return { content: [stopped], stopReason, outputTokens: tokens };
}

function cutAtStop(text: string, stops: readonly string[]): string {
  const places = stops.map((stop) => text.indexOf(stop)).filter((place) => place >= 0);
  return places.length > 0 ? text.slice(0, Math.min(...places)) : text;
}

/** A truncated tool input is not valid JSON; Bedrock then passes it on empty. */
function cutBlock(block: ContentBlock, tokens: number): ContentBlock {
  if (block.toolUse) return { toolUse: { ...block.toolUse, input: {} } };
  return { text: cutToTokens(block.text ?? "", tokens) };
}
