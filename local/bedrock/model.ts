/** Whoever answers a Converse call: the sample model, or a real one elsewhere. */
import type { ConverseAnswer, ConverseRequest } from "./converse.ts";

export interface ModelCall {
  readonly modelId: string;
  readonly request: ConverseRequest;
  /** The answer is wanted as a stream, whose first words come before the rest is ready. */
  readonly isStreamed: boolean;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** @throws AwsError as Bedrock would answer */
export type Model = (call: ModelCall) => Promise<ModelAnswer>;

export interface ModelAnswer extends ConverseAnswer {
  /** The time over which a stream spreads its events; none unless told. */
  readonly paceMs?: number;
}
