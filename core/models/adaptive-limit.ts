/**
 * How fast one model may be called: an AIMD limit on concurrent calls, and the account's requests and tokens per minute. Times
 * are monotonic milliseconds. A throttled call halves the limit, once for all calls that were in flight together; the limit
 * then recovers quickly to what was sustained beside the throttled calls, and probes slowly from there.
 */
import { TokenBucket } from "./token-bucket.ts";

/** The account's quotas for a model; what is absent is unknown. */
export interface ModelLimits {
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
}

/** What a call is expected to use. */
export interface ExpectedUsage {
  /** Of everything that is sent. */
  readonly bytes: number;
  readonly maxTokens: number;
}

export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** A call that was started. */
export interface LimitedCall {
  readonly startedAtMs: number;
  /** What was taken from the tokens per minute. */
  readonly reservedTokens: number;
  readonly bytes: number;
}

/** How long the limit rests before it is probed again: each probe may be throttled, which costs a pause. */
const PROBE_INTERVAL_MS = 15_000;
/** Until usage has been observed. */
const DEFAULT_TOKENS_PER_BYTE = 1 / 3;

export class AdaptiveLimit {
  #inFlight = 0;
  #limit: number;
  /** The most concurrent calls that were sustained while others were throttled. */
  #slowStartThreshold: number;
  #backedOffAtMs = -Infinity;
  #blockedUntilMs = -Infinity;
  #observed = { bytes: 0, tokens: 0 };
  readonly #requestBucket?: TokenBucket;
  readonly #tokenBucket?: TokenBucket;

  constructor(
    /** The upper bound of concurrent calls. */
    readonly maxLimit: number,
    readonly limits: ModelLimits,
    /** What an output token counts for in the tokens per minute. */
    readonly outputTokenBurndown: number,
    nowMs: number,
  ) {
    this.#limit = maxLimit;
    this.#slowStartThreshold = maxLimit;
    const { requestsPerMinute, tokensPerMinute } = limits;
    if (requestsPerMinute !== undefined) this.#requestBucket = new TokenBucket(requestsPerMinute, nowMs);
    if (tokensPerMinute !== undefined) this.#tokenBucket = new TokenBucket(tokensPerMinute, nowMs);
  }

  /** Concurrent calls. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** The quotas are shared among all workers that call the model. @param workers how many there are, this one included */
  shareQuota(workers: number, nowMs: number): void {
    const { requestsPerMinute = 0, tokensPerMinute = 0 } = this.limits;
    this.#requestBucket?.setRate(requestsPerMinute / workers, nowMs);
    this.#tokenBucket?.setRate(tokensPerMinute / workers, nowMs);
  }

  /** How long until a call may start; Infinity: once another has ended. */
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

  /** The call has ended, with or without success; what it used is known if it was answered. */
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

  /** Call after `release`. Calls started before the last backoff say nothing about the new limit. */
  onSuccess({ startedAtMs }: LimitedCall, nowMs: number): void {
    if (startedAtMs < this.#backedOffAtMs) return;
    if (this.#limit < this.#slowStartThreshold) this.#limit = Math.min(this.#slowStartThreshold, this.#limit + 1);
    // Probe for more only when the limit is in use.
    else if (nowMs - this.#backedOffAtMs >= PROBE_INTERVAL_MS && this.#inFlight + 1 >= this.limit)
      this.#limit = Math.min(this.maxLimit, this.#limit + 1 / this.#limit);
  }

  /** Call after `release`. `retryAfterMs`: how long no call may start. */
  onThrottled({ startedAtMs }: LimitedCall, nowMs: number, retryAfterMs = 0): void {
    this.#blockedUntilMs = Math.max(this.#blockedUntilMs, nowMs + retryAfterMs);
    if (startedAtMs >= this.#backedOffAtMs) {
      this.#limit = Math.max(1, this.#limit / 2);
      this.#slowStartThreshold = Infinity;
      this.#backedOffAtMs = nowMs;
    }
    // Throttled calls end one by one: after the last of them, what is still in flight was sustained.
    this.#slowStartThreshold = Math.max(this.limit, Math.min(this.#slowStartThreshold, this.#inFlight));
  }

  /** Counted as Bedrock does at the start of a call: the input, and the maximum output. */
  #tokensOf({ bytes, maxTokens }: ExpectedUsage): number {
    const perByte = this.#observed.bytes > 0 ? this.#observed.tokens / this.#observed.bytes : DEFAULT_TOKENS_PER_BYTE;
    return Math.ceil(bytes * perByte) + maxTokens;
  }
}
