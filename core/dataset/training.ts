/** The fine-tuning formats that a template's datasets can have, and their rows. */
import { PlotPaletteError } from "../errors.ts";
import type { DatasetFormat } from "../formats.ts";
import type { Template, Training } from "../template/template.ts";

/** What the template's `training` must map for a format; formats that need nothing are absent. */
const REQUIRED_MAPPING: Readonly<Partial<Record<DatasetFormat, keyof Training>>> = {
  MESSAGES: "messages",
  SHAREGPT: "messages",
  ALPACA: "alpaca",
};

export const TRAINING_FORMATS = Object.keys(REQUIRED_MAPPING) as readonly DatasetFormat[];

/** The fine-tuning formats that the template maps. */
export function trainingFormatsOf({ training = {} }: Template): DatasetFormat[] {
  return TRAINING_FORMATS.filter((format) => training[REQUIRED_MAPPING[format] ?? "messages"] !== undefined);
}

/** @throws PlotPaletteError BadInput naming the first format that the template does not map */
export function checkFormats(template: Template, formats: readonly DatasetFormat[]): void {
  const mapped = trainingFormatsOf(template);
  const unmapped = formats.find((format) => TRAINING_FORMATS.includes(format) && !mapped.includes(format));
  if (!unmapped) return;
  throw new PlotPaletteError(
    "BadInput",
    `The format "${unmapped.toLowerCase()}" needs "training.${REQUIRED_MAPPING[unmapped]}", which the template ` +
      `"${template.name}" does not have; add it, or omit the format.`,
  );
}

type Columns = Readonly<Record<string, unknown>>;

/** `{"messages": [{"role", "content"}, …]}`; `undefined` when the column holds no conversation. */
export function messagesRow({ messages }: Training, columns: Columns): object | undefined {
  const turns = conversationOf(messages, columns);
  return turns && { messages: turns };
}

/** `{"id", "conversations": [{"from", "value"}, …]}`; `undefined` when the column holds no conversation. */
export function shareGptRow({ messages }: Training, columns: Columns, id: string): object | undefined {
  const turns = conversationOf(messages, columns);
  return turns && { id, conversations: turns.map(({ role, content }) => ({ from: SPEAKERS[role], value: content })) };
}

/** `{"instruction", "input", "output"}`; `undefined` when there is no instruction or no output. */
export function alpacaRow({ alpaca }: Training, columns: Columns): object | undefined {
  if (!alpaca) return undefined;
  const [instruction, output] = [textOf(columns[alpaca.instruction]), textOf(columns[alpaca.output])];
  if (!instruction || !output) return undefined;
  return { instruction, input: alpaca.input === undefined ? "" : textOf(columns[alpaca.input]), output };
}

const SPEAKERS = { system: "system", user: "human", assistant: "gpt" } as const;

interface ChatTurn {
  readonly role: keyof typeof SPEAKERS;
  readonly content: string;
}

/** A conversation has texts of known roles, at least one of them an assistant's: there must be something to learn. */
function conversationOf(column: string | undefined, columns: Columns): readonly ChatTurn[] | undefined {
  const turns = column === undefined ? undefined : columns[column];
  if (!Array.isArray(turns) || !turns.every(isTurn)) return undefined;
  return turns.some(({ role }) => role === "assistant") ? turns : undefined;
}

function isTurn(turn: unknown): turn is ChatTurn {
  const { role, content } = (turn ?? {}) as { role?: unknown; content?: unknown };
  return typeof role === "string" && Object.hasOwn(SPEAKERS, role) && typeof content === "string";
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
