/**
 * How fast one model may be called: as many calls at once as it has borne, and as many requests and tokens a minute as the
 * account has. Times are monotonic milliseconds. A refusal halves the calls at once, one time for all that were in flight
 * together; then they come back quickly to those that were borne beside the refusals, and creep up from there.
 */
import { Allowance } from "./token-bucket.ts";

/** What the account may do with a model; nothing is known of what is absent. */
export interface ModelLimits {
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
}

/** What a call is going to use, as far as is known before. */
export interface CallSize {
  /** Of all that is sent. */
  readonly bytes: number;
  readonly maxTokens: number;
}

export interface TokensUsed {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** A call that was begun. */
export interface LimitedCall {
  readonly begunAtMs: number;
  /** What was taken from the tokens of the minute. */
  readonly tokens: number;
  readonly bytes: number;
}

/** What was borne is not put to the test again for so long: each test may cost a refusal, and with it a pause. */
const TEST_AGAIN_MS = 15_000;
/** Until answers tell better. */
const USUAL_TOKENS_PER_BYTE = 1 / 3;

export class Pace {
  #inFlight = 0;
  #limit: number;
  /** The most calls at once that were borne when others were refused. */
  #borne: number;
  #halvedAtMs = -Infinity;
  #closedUntilMs = -Infinity;
  #seen = { bytes: 0, tokens: 0 };
  readonly #requests?: Allowance;
  readonly #tokens?: Allowance;

  constructor(
    /** Calls at once in any case. */
    readonly most: number,
    readonly limits: ModelLimits,
    /** What an output token counts for in the tokens of a minute. */
    readonly perOutputToken: number,
    nowMs: number,
  ) {
    this.#limit = most;
    this.#borne = most;
    const { requestsPerMinute, tokensPerMinute } = limits;
    if (requestsPerMinute !== undefined) this.#requests = new Allowance(requestsPerMinute, nowMs);
    if (tokensPerMinute !== undefined) this.#tokens = new Allowance(tokensPerMinute, nowMs);
  }

  /** Calls at once. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** The limits of a minute are shared with others that call the model: from now on this is one of so many. */
  shareAmong(callers: number, nowMs: number): void {
    const { requestsPerMinute = 0, tokensPerMinute = 0 } = this.limits;
    this.#requests?.change(requestsPerMinute / callers, nowMs);
    this.#tokens?.change(tokensPerMinute / callers, nowMs);
  }

  /** How long until a call may begin; Infinity: when another has ended. */
  waitMs(size: CallSize, nowMs: number): number {
    if (this.#inFlight >= this.limit) return Infinity;
    return Math.max(
      0,
      this.#closedUntilMs - nowMs,
      this.#requests?.waitMs(1, nowMs) ?? 0,
      this.#tokens?.waitMs(this.#tokensOf(size), nowMs) ?? 0,
    );
  }

  begin(size: CallSize, nowMs: number): LimitedCall {
    const tokens = this.#tokensOf(size);
    this.#inFlight += 1;
    this.#requests?.take(1, nowMs);
    this.#tokens?.take(tokens, nowMs);
    return { begunAtMs: nowMs, tokens, bytes: size.bytes };
  }

  /** The call is over, however it went; what it used is known when it was answered. */
  end(call: LimitedCall, nowMs: number, used?: TokensUsed): void {
    this.#inFlight -= 1;
    if (!used) return;
    const { bytes, tokens } = this.#seen;
    if (used.inputTokens > 0) this.#seen = { bytes: bytes + call.bytes, tokens: tokens + used.inputTokens };
    this.#tokens?.giveBack(call.tokens - used.inputTokens - used.outputTokens * this.perOutputToken, nowMs);
  }

  /** It was borne. Calls begun before the last halving say nothing about the new limit. To be told after its end. */
  answered({ begunAtMs }: LimitedCall, nowMs: number): void {
    if (begunAtMs < this.#halvedAtMs) return;
    if (this.#limit < this.#borne) this.#limit = Math.min(this.#borne, this.#limit + 1);
    // More is put to the test only where so many are used.
    else if (nowMs - this.#halvedAtMs >= TEST_AGAIN_MS && this.#inFlight + 1 >= this.limit)
      this.#limit = Math.min(this.most, this.#limit + 1 / this.#limit);
  }

  /** It was refused. `retryAfterMs`: no call may begin so long. To be told after its end. */
  throttled({ begunAtMs }: LimitedCall, nowMs: number, retryAfterMs = 0): void {
    this.#closedUntilMs = Math.max(this.#closedUntilMs, nowMs + retryAfterMs);
    if (begunAtMs >= this.#halvedAtMs) {
      this.#limit = Math.max(1, this.#limit / 2);
      this.#borne = Infinity;
      this.#halvedAtMs = nowMs;
    }
    // Refusals come one by one: after the last of them, in flight is what was borne.
    this.#borne = Math.max(this.limit, Math.min(this.#borne, this.#inFlight));
  }

  /** Counted as Bedrock does at the start: the input, and all tokens that may come. */
  #tokensOf({ bytes, maxTokens }: CallSize): number {
    const perByte = this.#seen.bytes > 0 ? this.#seen.tokens / this.#seen.bytes : USUAL_TOKENS_PER_BYTE;
    return Math.ceil(bytes * perByte) + maxTokens;
  }
}
