/** The fine-tuning formats that a template's datasets can have, and their rows. */
import { PlotPaletteError } from "../errors.ts";
import type { DatasetFormat } from "../formats.ts";
import type { Template, Training } from "../template/template.ts";
import { callsTools, conversationOf, messagesOf, textOfMessage, turnsOf, type ChatMessage } from "./conversation.ts";

type Columns = Readonly<Record<string, unknown>>;

/** A format's row; `undefined` for a record that it cannot hold. */
export type TrainingRow = (training: Training, columns: Columns, id: string) => object | undefined;

/** What a template's `training` must name for each format, and how its rows are made. */
const FORMATS = {
  MESSAGES: { needs: "messages", row: messagesRow },
  SHAREGPT: { needs: "messages", row: shareGptRow },
  BEDROCK: { needs: "messages", row: bedrockRow },
  ALPACA: { needs: "alpaca", row: alpacaRow },
  PREFERENCE: { needs: "preference", row: preferenceRow },
  PROMPT_COMPLETION: { needs: "completion", row: completionRow },
} as const satisfies Partial<Record<DatasetFormat, { needs: keyof Training; row: TrainingRow }>>;

export type TrainingFormat = keyof typeof FORMATS;

export const TRAINING_FORMATS = Object.keys(FORMATS) as readonly TrainingFormat[];

export function isTrainingFormat(format: DatasetFormat): format is TrainingFormat {
  return Object.hasOwn(FORMATS, format);
}

export function trainingRowOf(format: TrainingFormat): TrainingRow {
  return FORMATS[format].row;
}

/** The formats for fine-tuning that the template maps. */
export function trainingFormatsOf({ training = {} }: Template): TrainingFormat[] {
  return TRAINING_FORMATS.filter((format) => training[FORMATS[format].needs] !== undefined);
}

/** @throws PlotPaletteError BadInput naming the first format that the template does not map */
export function checkFormats(template: Template, formats: readonly DatasetFormat[]): void {
  const mapped: readonly DatasetFormat[] = trainingFormatsOf(template);
  const unmapped = formats.filter(isTrainingFormat).find((format) => !mapped.includes(format));
  if (!unmapped) return;
  throw new PlotPaletteError(
    "BadInput",
    `The format "${unmapped.toLowerCase()}" needs "training.${FORMATS[unmapped].needs}", which the template ` +
      `"${template.name}" does not have; add it, or omit the format.`,
  );
}

/** `{"messages": [{"role", "content"}, …]}`, as OpenAI's fine-tuning and TRL read it, with `tools` where the template maps them. */
function messagesRow({ messages, tools }: Training, columns: Columns): object | undefined {
  const conversation = messagesOf(columnOf(messages, columns));
  return conversation && { messages: conversation, ...toolsOf(tools, columns) };
}

/** `{"id", "conversations": [{"from", "value"}, …]}`, with tools as LLaMA-Factory has them: `function_call`, `observation`. */
function shareGptRow({ messages, tools }: Training, columns: Columns, id: string): object | undefined {
  const conversations = turnsOf(columnOf(messages, columns));
  if (!conversations) return undefined;
  const { tools: list } = toolsOf(tools, columns);
  return { id, conversations, ...(list !== undefined && { tools: JSON.stringify(list) }) };
}

/** A line of the schema `bedrock-conversation-2024`, in which Amazon Nova is fine-tuned. */
function bedrockRow({ messages }: Training, columns: Columns): object | undefined {
  const conversation = messagesOf(columnOf(messages, columns));
  if (!conversation) return undefined;
  const system = conversation.filter(isInstruction).map(blockOf);
  const turns = conversation.filter((message) => !isInstruction(message));
  // Nova learns from turns that alternate, begin with the user's and end with the assistant's, all of them text.
  const alternates = turns.every(({ role }, n) => role === (n % 2 === 0 ? "user" : "assistant"));
  const content = turns.map(blockOf);
  const isText = [...system, ...content].every((block) => block !== undefined) && !turns.some(callsTools);
  if (!alternates || !isText || turns.length % 2 === 1 || content.some((block) => block?.text === "")) return undefined;
  return {
    schemaVersion: "bedrock-conversation-2024",
    ...(system.length > 0 && { system }),
    messages: turns.map(({ role }, n) => ({ role, content: [content[n]] })),
  };
}

/** `{"instruction", "input", "output"}`; `undefined` without an instruction or an output. */
function alpacaRow({ alpaca }: Training, columns: Columns): object | undefined {
  if (!alpaca) return undefined;
  const [instruction, output] = [textOf(columns[alpaca.instruction]), textOf(columns[alpaca.output])];
  if (!instruction || !output) return undefined;
  return { instruction, input: alpaca.input === undefined ? "" : textOf(columns[alpaca.input]), output };
}

/** `{"prompt", "chosen", "rejected"}`, texts or conversations, as TRL and Axolotl read preferences. */
function preferenceRow({ preference }: Training, columns: Columns): object | undefined {
  if (!preference) return undefined;
  const [prompt, chosen, rejected] = [preference.prompt, preference.chosen, preference.rejected].map((name) =>
    saidIn(columns[name]),
  );
  if (!areAlike([prompt, chosen, rejected])) return undefined;
  // There is nothing to prefer.
  if (JSON.stringify(chosen) === JSON.stringify(rejected)) return undefined;
  return { prompt, chosen, rejected };
}

/** `{"prompt", "completion"}`, texts or conversations. */
function completionRow({ completion }: Training, columns: Columns): object | undefined {
  if (!completion) return undefined;
  const [prompt, answer] = [completion.prompt, completion.completion].map((name) => saidIn(columns[name]));
  return areAlike([prompt, answer]) ? { prompt, completion: answer } : undefined;
}

function columnOf(name: string | undefined, columns: Columns): unknown {
  return name === undefined ? undefined : columns[name];
}

function toolsOf(name: string | undefined, columns: Columns): { readonly tools?: readonly unknown[] } {
  const tools = columnOf(name, columns);
  return Array.isArray(tools) && tools.length > 0 ? { tools } : {};
}

function isInstruction({ role }: ChatMessage): boolean {
  return role === "system" || role === "developer";
}

function blockOf(message: ChatMessage): { readonly text: string } | undefined {
  const text = textOfMessage(message);
  return text === undefined ? undefined : { text };
}

/** A text, or messages of one or more speakers. */
function saidIn(value: unknown): string | readonly ChatMessage[] | undefined {
  return typeof value === "string" ? value || undefined : conversationOf(value);
}

function areAlike(values: readonly unknown[]): boolean {
  return values.every((value) => value !== undefined && typeof value === typeof values[0]);
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
