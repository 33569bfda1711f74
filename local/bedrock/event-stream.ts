/** An answer as the events of ConverseStream, in Amazon's event stream encoding. */
import { EventStreamCodec } from "@smithy/core/event-streams";
import type { ContentBlock, ConverseAnswer } from "./converse.ts";

export interface StreamEvent {
  /** `contentBlockDelta` */
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Approximate characters of text per event. */
const PIECE_LENGTH = 24;

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString(),
  (text) => Buffer.from(text),
);

/** All events of an answer but the last. */
export function answerEvents(answer: ConverseAnswer): StreamEvent[] {
  return [
    { type: "messageStart", body: { role: "assistant" } },
    ...answer.content.flatMap(blockEvents),
    { type: "messageStop", body: { stopReason: answer.stopReason } },
  ];
}

/** The last event. */
export function metadataEvent(answer: ConverseAnswer, latencyMs: number): StreamEvent {
  return { type: "metadata", body: { usage: answer.usage, metrics: { latencyMs } } };
}

export function encodeEvent({ type, body }: StreamEvent): Uint8Array {
  return codec.encode({
    headers: {
      ":event-type": { type: "string", value: type },
      ":content-type": { type: "string", value: "application/json" },
      ":message-type": { type: "string", value: "event" },
    },
    body: Buffer.from(JSON.stringify(body)),
  });
}

function blockEvents(block: ContentBlock, contentBlockIndex: number): StreamEvent[] {
  const deltas = blockDeltas(block).map((delta) => ({ type: "contentBlockDelta", body: { contentBlockIndex, delta } }));
  const stop = { type: "contentBlockStop", body: { contentBlockIndex } };
  if (!block.toolUse) return [...deltas, stop];
  const { toolUseId, name } = block.toolUse;
  return [
    { type: "contentBlockStart", body: { contentBlockIndex, start: { toolUse: { toolUseId, name } } } },
    ...deltas,
    stop,
  ];
}

function blockDeltas(block: ContentBlock): object[] {
  if (block.toolUse) return cutIntoPieces(JSON.stringify(block.toolUse.input)).map((input) => ({ toolUse: { input } }));
  if (block.text !== undefined) return cutIntoPieces(block.text).map((text) => ({ text }));
  const { reasoningText, redactedContent } = (block.reasoningContent ?? {}) as Record<string, any>;
  if (redactedContent !== undefined) return [{ reasoningContent: { redactedContent } }];
  const signed = reasoningText?.signature ? [{ reasoningContent: { signature: reasoningText.signature } }] : [];
  return reasoningText ? [{ reasoningContent: { text: reasoningText.text } }, ...signed] : [];
}

function cutIntoPieces(text: string): string[] {
  const characters = [...text];
  const count = Math.ceil(characters.length / PIECE_LENGTH);
  return Array.from({ length: count }, (_, index) =>
    characters.slice(index * PIECE_LENGTH, (index + 1) * PIECE_LENGTH).join(""),
  );
}
