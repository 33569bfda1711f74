/** A reproducible estimate of tokens: one per four UTF-8 bytes, rounded up. */
import { textOf, toolSpecs } from "./converse.ts";
import type { ContentBlock, ConverseRequest } from "./converse.ts";

export const BYTES_PER_TOKEN = 4;

/** At least 1, and never more than the text has bytes. */
export function countTokens(text: string): number {
  return Math.max(1, Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN));
}

/** Input tokens: system, messages, tools and the output schema. */
export function countInputTokens(request: ConverseRequest): number {
  const blocks = [...(request.system ?? []), ...request.messages.flatMap((message) => message.content)];
  const tools = toolSpecs(request).map(
    (tool) => tool.name + (tool.description ?? "") + JSON.stringify(tool.inputSchema.json),
  );
  const schema = request.outputConfig?.textFormat?.structure.jsonSchema.schema ?? "";
  return countTokens([...blocks.map(sentText), ...tools, schema].join(""));
}

/** Tokens of an answer. */
export function countOutputTokens(content: readonly ContentBlock[]): number {
  return countTokens(content.map(sentText).join(""));
}

/** The start of a text, up to a number of tokens; no character is split. */
export function cutToTokens(text: string, tokens: number): string {
  const bytes = Buffer.from(text);
  let end = Math.min(bytes.length, tokens * BYTES_PER_TOKEN);
  // A byte 10xxxxxx continues a character.
  while (end < bytes.length && end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end).toString();
}

function sentText(block: ContentBlock): string {
  if (block.toolUse) return block.toolUse.name + JSON.stringify(block.toolUse.input);
  if (block.reasoningContent) return block.reasoningContent.reasoningText?.text ?? "";
  return textOf([block]) || (block.image?.source.bytes ?? block.document?.source?.bytes ?? "");
}
