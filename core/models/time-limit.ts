/**
 * How long a call may take before it is aborted. An aborted call is charged its worst case, so none is aborted merely for being
 * slower than others: the limit follows what the call may have to say, and the slowest its model has been.
 */

export interface CallTime {
  readonly maxTokens: number;
  /** The slowest answer of the model so far; absent while there is none. */
  readonly slowestTokensPerSecond?: number;
  /** How often the same call has been attempted without an answer. */
  readonly unanswered: number;
}

/** For waiting in the model's queue and reading a long prompt. */
const START_MS = 300_000;
/**
 * The service's own limit. Amazon Bedrock's user guide: "The timeout period for inference calls to Amazon Nova is 60 minutes"
 * (page "Amazon Nova models"); the same for Claude since 3.7 (page "Anthropic Claude Messages API").
 */
const MAX_MS = 3_600_000;
/** However fast a model has been: Bedrock's models are several times as fast, a small machine's are not. */
const FASTEST_EXPECTED_TOKENS_PER_SECOND = 10;
/** An answer may be this many times slower than the slowest before it. */
const SLACK = 4;

/** In milliseconds. Each time a call gets no answer, the next attempt may take twice as long. */
export function callTimeLimitMs({ maxTokens, slowestTokensPerSecond = Infinity, unanswered }: CallTime): number {
  const tokensPerSecond = Math.min(FASTEST_EXPECTED_TOKENS_PER_SECOND, slowestTokensPerSecond / SLACK);
  const ms = START_MS + (maxTokens * 1_000) / tokensPerSecond;
  return Math.min(MAX_MS, Math.ceil(ms * 2 ** unanswered));
}
