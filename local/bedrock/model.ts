/** Answers Converse calls: the sample model, or a real one elsewhere. */
import type { ConverseAnswer, ConverseRequest } from "./converse.ts";

export interface ModelCall {
  readonly modelId: string;
  readonly request: ConverseRequest;
  /** Whether the answer is streamed, with the first words sent before the rest is ready. */
  readonly isStreamed: boolean;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

/** @throws AwsError as from Bedrock */
export type Model = (call: ModelCall) => Promise<ModelAnswer>;

export interface ModelAnswer extends ConverseAnswer {
  /** The time over which a stream spreads its events; none by default. */
  readonly paceMs?: number;
}
