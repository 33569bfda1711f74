/**
 * Limits the records and calls in flight in one worker, and each model's calls by its adaptive limit. What is learned of one
 * model's rate slows no other: a call waits for its own model's limit and for one of the worker's permits, first come, first
 * served.
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

/** Records started beyond the concurrent calls: with their prompts rendered, they take a permit as soon as it is released. */
const RECORDS_AHEAD_RATIO = 1 / 16;

export interface ConcurrencyLimiterOptions {
  /** Maximum calls in flight, all models together. */
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
  readonly #models = new Map<string, { readonly limit: AdaptiveLimit; readonly waiters: Waiter[] }>();
  #cancelTimer: () => void = () => {};

  constructor(readonly options: ConcurrencyLimiterOptions) {
    this.changed = options.changed;
  }

  /** A record that waits for a slow model keeps its place, and its money stays reserved. */
  get canAdmitRecord(): boolean {
    return !this.#isExclusive && this.#records < this.options.maxCalls + this.recordsAhead;
  }

  /** Whether a record that must run alone may start. */
  get hasNoRecords(): boolean {
    return this.#records === 0;
  }

  /** Records started beyond the calls that may be in flight. */
  get recordsAhead(): number {
    return Math.floor(this.options.maxCalls * RECORDS_AHEAD_RATIO);
  }

  /** An exclusive record keeps all others out until it leaves. */
  enterRecord(isExclusive = false): void {
    this.#records += 1;
    this.#isExclusive = isExclusive;
  }

  leaveRecord(): void {
    this.#records -= 1;
    this.#isExclusive = false;
    this.changed.notifyAll();
  }

  /** Waits until a call of the model may start. @returns `undefined` if a stop ended the wait */
  async acquireCall(
    modelId: string,
    size: ExpectedUsage,
    ...stops: readonly Signal[]
  ): Promise<LimitedCall | undefined> {
    if (stops.some(({ aborted }) => aborted)) return undefined;
    const { waiters } = this.#model(modelId);
    return await new Promise((resolve) => {
      let isWaiting = true;
      const begin = (call?: LimitedCall) => {
        isWaiting = false;
        for (const stop of stops) stop.removeEventListener("abort", cancel);
        resolve(call);
      };
      const cancel = () => {
        waiters.splice(waiters.indexOf(waiter), 1);
        begin(undefined);
      };
      const waiter: Waiter = { ticket: this.#nextTicket++, size, begin };
      waiters.push(waiter);
      this.#admit();
      if (isWaiting) for (const stop of stops) stop.addEventListener("abort", cancel);
    });
  }

  /** Must be called for every acquired call, before `onSuccess` or `onThrottled`. */
  releaseCall(modelId: string, call: LimitedCall, used?: TokenUsage): void {
    this.#calls -= 1;
    this.#model(modelId).limit.release(call, this.#nowMs, used);
    this.#admit();
  }

  onSuccess(modelId: string, call: LimitedCall): void {
    this.#model(modelId).limit.onSuccess(call, this.#nowMs);
    this.#admit();
  }

  onThrottled(modelId: string, call: LimitedCall, retryAfterMs?: number): void {
    this.#model(modelId).limit.onThrottled(call, this.#nowMs, retryAfterMs);
  }

  /** Per-minute limits are the account's: this worker is one of `workers` that share them. */
  shareQuota(workers: number): void {
    if (workers === this.#workers) return;
    this.#workers = workers;
    for (const { limit } of this.#models.values()) limit.shareQuota(workers, this.#nowMs);
    this.#admit();
  }

  /** The model's current limit of concurrent calls. */
  limitOf(modelId: string): number {
    return this.#model(modelId).limit.limit;
  }

  #model(modelId: string) {
    const known = this.#models.get(modelId);
    if (known) return known;
    const { maxCalls, limits } = this.options;
    const limit = new AdaptiveLimit(
      maxCalls,
      limits?.[modelId] ?? {},
      findModel(modelId)?.outputTokenBurndown ?? 1,
      this.#nowMs,
    );
    limit.shareQuota(this.#workers, this.#nowMs);
    const model = { limit, waiters: [] };
    this.#models.set(modelId, model);
    return model;
  }

  /** Starts calls, longest-waiting first, while the limits allow. */
  #admit(): void {
    const { maxCalls, clock } = this.options;
    const nowMs = this.#nowMs;
    this.#cancelTimer();
    while (this.#calls < maxCalls) {
      let soonestMs = Infinity;
      let next: { limit: AdaptiveLimit; waiters: Waiter[]; waiter: Waiter } | undefined;
      for (const { limit, waiters } of this.#models.values()) {
        const [waiter] = waiters;
        if (!waiter) continue;
        const waitMs = limit.waitMs(waiter.size, nowMs);
        if (waitMs > 0) soonestMs = Math.min(soonestMs, waitMs);
        else if (!next || waiter.ticket < next.waiter.ticket) next = { limit, waiters, waiter };
      }
      if (!next) {
        if (soonestMs < Infinity) this.#cancelTimer = clock.after(soonestMs, () => this.#admit());
        return;
      }
      next.waiters.shift();
      this.#calls += 1;
      next.waiter.begin(next.limit.acquire(next.waiter.size, nowMs));
    }
  }

  get #nowMs(): number {
    return this.options.clock.monotonicMs();
  }
}

interface Waiter {
  readonly ticket: number;
  readonly size: ExpectedUsage;
  readonly begin: (call: LimitedCall) => void;
}
