/**
 * How many records, and how many calls, may be in flight in one worker, and for each model what its pace allows. What is learned
 * of one model's rate slows no other: a call waits for its own model and for a place among all, in the order of asking.
 */
import { findModel } from "#core/models/models";
import { Pace, type CallSize, type ModelLimits, type LimitedCall, type TokensUsed } from "#core/models/adaptive-limit";
import type { Bell } from "../condition-variable.ts";
import type { Clock } from "../ports.ts";
import type { Signal } from "../signal.ts";

/** Of the calls at once, so many more records are begun: with their prompts made, they take a call's place when it is left. */
const RECORDS_AHEAD = 1 / 16;

export interface ConcurrencyLimiterOptions {
  /** Calls in flight at most, of all models together. */
  readonly most: number;
  readonly clock: Pick<Clock, "monotonicMs" | "after">;
  readonly bell: Bell;
  /** By the model's id. */
  readonly limits?: Readonly<Record<string, ModelLimits>>;
}

export class Gate {
  readonly bell: Bell;
  #inside = 0;
  #isOneAlone = false;
  #calls = 0;
  #asked = 0;
  #callers = 1;
  readonly #models = new Map<string, { readonly pace: Pace; readonly waiting: Waiting[] }>();
  #cancelTimer: () => void = () => {};

  constructor(readonly options: ConcurrencyLimiterOptions) {
    this.bell = options.bell;
  }

  /** For records. A record that waits for a slow model keeps its place, and its money stays set aside. */
  get hasRoom(): boolean {
    return !this.#isOneAlone && this.#inside < this.options.most + this.ahead;
  }

  /** Whether a record that must be the only one in hand may be begun. */
  get isEmpty(): boolean {
    return this.#inside === 0;
  }

  /** Records begun beyond the calls that may be in flight. */
  get ahead(): number {
    return Math.floor(this.options.most * RECORDS_AHEAD);
  }

  /** Alone, it keeps all others out until it leaves. */
  enter(isAlone = false): void {
    this.#inside += 1;
    this.#isOneAlone = isAlone;
  }

  leave(): void {
    this.#inside -= 1;
    this.#isOneAlone = false;
    this.bell.ring();
  }

  /** Waits until a call of the model may begin. @returns `undefined` when a stop ended the waiting */
  async beginCall(modelId: string, size: CallSize, ...stops: readonly Signal[]): Promise<LimitedCall | undefined> {
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
      const one: Waiting = { no: this.#asked++, size, begin };
      waiting.push(one);
      this.#admit();
      if (isWaiting) for (const stop of stops) stop.addEventListener("abort", giveUp);
    });
  }

  /** To be told of every call that was begun, before it is told how it went. */
  endCall(modelId: string, call: LimitedCall, used?: TokensUsed): void {
    this.#calls -= 1;
    this.#model(modelId).pace.end(call, this.#nowMs, used);
    this.#admit();
  }

  answered(modelId: string, call: LimitedCall): void {
    this.#model(modelId).pace.answered(call, this.#nowMs);
    this.#admit();
  }

  throttled(modelId: string, call: LimitedCall, retryAfterMs?: number): void {
    this.#model(modelId).pace.throttled(call, this.#nowMs, retryAfterMs);
  }

  /** The limits of a minute are the account's: this worker is one of so many that share them. */
  shareAmong(callers: number): void {
    if (callers === this.#callers) return;
    this.#callers = callers;
    for (const { pace } of this.#models.values()) pace.shareAmong(callers, this.#nowMs);
    this.#admit();
  }

  /** Calls of the model at once. */
  limitOf(modelId: string): number {
    return this.#model(modelId).pace.limit;
  }

  #model(modelId: string) {
    const known = this.#models.get(modelId);
    if (known) return known;
    const { most, limits } = this.options;
    const pace = new Pace(most, limits?.[modelId] ?? {}, findModel(modelId)?.quotaPerOutputToken ?? 1, this.#nowMs);
    pace.shareAmong(this.#callers, this.#nowMs);
    const model = { pace, waiting: [] };
    this.#models.set(modelId, model);
    return model;
  }

  /** Lets calls begin, those that have waited the longest first, as long as there is room. */
  #admit(): void {
    const { most, clock } = this.options;
    const nowMs = this.#nowMs;
    this.#cancelTimer();
    while (this.#calls < most) {
      let soonestMs = Infinity;
      let next: { pace: Pace; waiting: Waiting[]; one: Waiting } | undefined;
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
      next.one.begin(next.pace.begin(next.one.size, nowMs));
    }
  }

  get #nowMs(): number {
    return this.options.clock.monotonicMs();
  }
}

interface Waiting {
  readonly no: number;
  readonly size: CallSize;
  readonly begin: (call: LimitedCall) => void;
}
