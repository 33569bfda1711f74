/**
 * How fast one model may be called: as many calls at once as it has borne, and as many requests and tokens a minute as the
 * account has. Times are monotonic milliseconds. A refusal halves the calls at once, one time for all that were in flight
 * together; then they come back quickly to those that were borne beside the refusals, and creep up from there.
 */
import { TokenBucket } from "./token-bucket.ts";

/** What the account may do with a model; nothing is known of what is absent. */
export interface ModelLimits {
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
}

/** What a call is going to use, as far as is known before. */
export interface ExpectedUsage {
  /** Of all that is sent. */
  readonly bytes: number;
  readonly maxTokens: number;
}

export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** A call that was begun. */
export interface LimitedCall {
  readonly startedAtMs: number;
  /** What was taken from the tokens of the minute. */
  readonly reservedTokens: number;
  readonly bytes: number;
}

/** What was borne is not put to the test again for so long: each test may cost a refusal, and with it a pause. */
const PROBE_INTERVAL_MS = 15_000;
/** Until answers tell better. */
const DEFAULT_TOKENS_PER_BYTE = 1 / 3;

export class AdaptiveLimit {
  #inFlight = 0;
  #limit: number;
  /** The most calls at once that were borne when others were refused. */
  #slowStartThreshold: number;
  #backedOffAtMs = -Infinity;
  #blockedUntilMs = -Infinity;
  #observed = { bytes: 0, tokens: 0 };
  readonly #requestBucket?: TokenBucket;
  readonly #tokenBucket?: TokenBucket;

  constructor(
    /** Calls at once in any case. */
    readonly maxLimit: number,
    readonly limits: ModelLimits,
    /** What an output token counts for in the tokens of a minute. */
    readonly outputTokenBurndown: number,
    nowMs: number,
  ) {
    this.#limit = maxLimit;
    this.#slowStartThreshold = maxLimit;
    const { requestsPerMinute, tokensPerMinute } = limits;
    if (requestsPerMinute !== undefined) this.#requestBucket = new TokenBucket(requestsPerMinute, nowMs);
    if (tokensPerMinute !== undefined) this.#tokenBucket = new TokenBucket(tokensPerMinute, nowMs);
  }

  /** Calls at once. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** The limits of a minute are shared with others that call the model: from now on this is one of so many. */
  shareQuota(callers: number, nowMs: number): void {
    const { requestsPerMinute = 0, tokensPerMinute = 0 } = this.limits;
    this.#requestBucket?.setRate(requestsPerMinute / callers, nowMs);
    this.#tokenBucket?.setRate(tokensPerMinute / callers, nowMs);
  }

  /** How long until a call may begin; Infinity: when another has ended. */
  waitMs(size: ExpectedUsage, nowMs: number): number {
    if (this.#inFlight >= this.limit) return Infinity;
    return Math.max(
      0,
      this.#blockedUntilMs - nowMs,
      this.#requestBucket?.waitMs(1, nowMs) ?? 0,
      this.#tokenBucket?.waitMs(this.#tokensOf(size), nowMs) ?? 0,
    );
  }

  acquire(size: ExpectedUsage, nowMs: number): LimitedCall {
    const tokens = this.#tokensOf(size);
    this.#inFlight += 1;
    this.#requestBucket?.take(1, nowMs);
    this.#tokenBucket?.take(tokens, nowMs);
    return { startedAtMs: nowMs, reservedTokens: tokens, bytes: size.bytes };
  }

  /** The call is over, however it went; what it used is known when it was answered. */
  release(call: LimitedCall, nowMs: number, used?: TokenUsage): void {
    this.#inFlight -= 1;
    if (!used) return;
    const { bytes, tokens } = this.#observed;
    if (used.inputTokens > 0) this.#observed = { bytes: bytes + call.bytes, tokens: tokens + used.inputTokens };
    this.#tokenBucket?.refund(
      call.reservedTokens - used.inputTokens - used.outputTokens * this.outputTokenBurndown,
      nowMs,
    );
  }

  /** It was borne. Calls begun before the last halving say nothing about the new limit. To be told after its end. */
  onSuccess({ startedAtMs }: LimitedCall, nowMs: number): void {
    if (startedAtMs < this.#backedOffAtMs) return;
    if (this.#limit < this.#slowStartThreshold) this.#limit = Math.min(this.#slowStartThreshold, this.#limit + 1);
    // More is put to the test only where so many are used.
    else if (nowMs - this.#backedOffAtMs >= PROBE_INTERVAL_MS && this.#inFlight + 1 >= this.limit)
      this.#limit = Math.min(this.maxLimit, this.#limit + 1 / this.#limit);
  }

  /** It was refused. `retryAfterMs`: no call may begin so long. To be told after its end. */
  onThrottled({ startedAtMs }: LimitedCall, nowMs: number, retryAfterMs = 0): void {
    this.#blockedUntilMs = Math.max(this.#blockedUntilMs, nowMs + retryAfterMs);
    if (startedAtMs >= this.#backedOffAtMs) {
      this.#limit = Math.max(1, this.#limit / 2);
      this.#slowStartThreshold = Infinity;
      this.#backedOffAtMs = nowMs;
    }
    // Refusals come one by one: after the last of them, in flight is what was borne.
    this.#slowStartThreshold = Math.max(this.limit, Math.min(this.#slowStartThreshold, this.#inFlight));
  }

  /** Counted as Bedrock does at the start: the input, and all tokens that may come. */
  #tokensOf({ bytes, maxTokens }: ExpectedUsage): number {
    const perByte = this.#observed.bytes > 0 ? this.#observed.tokens / this.#observed.bytes : DEFAULT_TOKENS_PER_BYTE;
    return Math.ceil(bytes * perByte) + maxTokens;
  }
}
