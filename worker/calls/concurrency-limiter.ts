/**
 * How many records, and how many calls, may be in flight in one worker, and for each model what its pace allows. What is learned
 * of one model's rate slows no other: a call waits for its own model and for a place among all, in the order of asking.
 */
import { findModel } from "#core/models/models";
import {
  AdaptiveLimit,
  type ExpectedUsage,
  type ModelLimits,
  type LimitedCall,
  type TokenUsage,
} from "#core/models/adaptive-limit";
import type { ConditionVariable } from "../condition-variable.ts";
import type { Clock } from "../ports.ts";
import type { Signal } from "../signal.ts";

/** Of the calls at once, so many more records are begun: with their prompts made, they take a call's place when it is left. */
const RECORDS_AHEAD_RATIO = 1 / 16;

export interface ConcurrencyLimiterOptions {
  /** Calls in flight at most, of all models together. */
  readonly maxCalls: number;
  readonly clock: Pick<Clock, "monotonicMs" | "after">;
  readonly changed: ConditionVariable;
  /** By the model's id. */
  readonly limits?: Readonly<Record<string, ModelLimits>>;
}

export class ConcurrencyLimiter {
  readonly changed: ConditionVariable;
  #records = 0;
  #isExclusive = false;
  #calls = 0;
  #nextTicket = 0;
  #workers = 1;
  readonly #models = new Map<string, { readonly pace: AdaptiveLimit; readonly waiting: Waiter[] }>();
  #cancelTimer: () => void = () => {};

  constructor(readonly options: ConcurrencyLimiterOptions) {
    this.changed = options.changed;
  }

  /** For records. A record that waits for a slow model keeps its place, and its money stays set aside. */
  get canAdmitRecord(): boolean {
    return !this.#isExclusive && this.#records < this.options.maxCalls + this.recordsAhead;
  }

  /** Whether a record that must be the only one in hand may be begun. */
  get hasNoRecords(): boolean {
    return this.#records === 0;
  }

  /** Records begun beyond the calls that may be in flight. */
  get recordsAhead(): number {
    return Math.floor(this.options.maxCalls * RECORDS_AHEAD_RATIO);
  }

  /** Alone, it keeps all others out until it leaves. */
  enterRecord(isAlone = false): void {
    this.#records += 1;
    this.#isExclusive = isAlone;
  }

  leaveRecord(): void {
    this.#records -= 1;
    this.#isExclusive = false;
    this.changed.notifyAll();
  }

  /** Waits until a call of the model may begin. @returns `undefined` when a stop ended the waiting */
  async acquireCall(
    modelId: string,
    size: ExpectedUsage,
    ...stops: readonly Signal[]
  ): Promise<LimitedCall | undefined> {
    if (stops.some(({ aborted }) => aborted)) return undefined;
    const { waiting } = this.#model(modelId);
    return await new Promise((resolve) => {
      let isWaiting = true;
      const begin = (call?: LimitedCall) => {
        isWaiting = false;
        for (const stop of stops) stop.removeEventListener("abort", giveUp);
        resolve(call);
      };
      const giveUp = () => {
        waiting.splice(waiting.indexOf(one), 1);
        begin(undefined);
      };
      const one: Waiter = { no: this.#nextTicket++, size, begin };
      waiting.push(one);
      this.#admit();
      if (isWaiting) for (const stop of stops) stop.addEventListener("abort", giveUp);
    });
  }

  /** To be told of every call that was begun, before it is told how it went. */
  releaseCall(modelId: string, call: LimitedCall, used?: TokenUsage): void {
    this.#calls -= 1;
    this.#model(modelId).pace.release(call, this.#nowMs, used);
    this.#admit();
  }

  onSuccess(modelId: string, call: LimitedCall): void {
    this.#model(modelId).pace.onSuccess(call, this.#nowMs);
    this.#admit();
  }

  onThrottled(modelId: string, call: LimitedCall, retryAfterMs?: number): void {
    this.#model(modelId).pace.onThrottled(call, this.#nowMs, retryAfterMs);
  }

  /** The limits of a minute are the account's: this worker is one of so many that share them. */
  shareQuota(callers: number): void {
    if (callers === this.#workers) return;
    this.#workers = callers;
    for (const { pace } of this.#models.values()) pace.shareQuota(callers, this.#nowMs);
    this.#admit();
  }

  /** Calls of the model at once. */
  limitOf(modelId: string): number {
    return this.#model(modelId).pace.limit;
  }

  #model(modelId: string) {
    const known = this.#models.get(modelId);
    if (known) return known;
    const { maxCalls, limits } = this.options;
    const pace = new AdaptiveLimit(
      maxCalls,
      limits?.[modelId] ?? {},
      findModel(modelId)?.outputTokenBurndown ?? 1,
      this.#nowMs,
    );
    pace.shareQuota(this.#workers, this.#nowMs);
    const model = { pace, waiting: [] };
    this.#models.set(modelId, model);
    return model;
  }

  /** Lets calls begin, those that have waited the longest first, as long as there is room. */
  #admit(): void {
    const { maxCalls, clock } = this.options;
    const nowMs = this.#nowMs;
    this.#cancelTimer();
    while (this.#calls < maxCalls) {
      let soonestMs = Infinity;
      let next: { pace: AdaptiveLimit; waiting: Waiter[]; one: Waiter } | undefined;
      for (const { pace, waiting } of this.#models.values()) {
        const [one] = waiting;
        if (!one) continue;
        const waitMs = pace.waitMs(one.size, nowMs);
        if (waitMs > 0) soonestMs = Math.min(soonestMs, waitMs);
        else if (!next || one.no < next.one.no) next = { pace, waiting, one };
      }
      if (!next) {
        if (soonestMs < Infinity) this.#cancelTimer = clock.after(soonestMs, () => this.#admit());
        return;
      }
      next.waiting.shift();
      this.#calls += 1;
      next.one.begin(next.pace.acquire(next.one.size, nowMs));
    }
  }

  get #nowMs(): number {
    return this.options.clock.monotonicMs();
  }
}

interface Waiter {
  readonly no: number;
  readonly size: ExpectedUsage;
  readonly begin: (call: LimitedCall) => void;
}
