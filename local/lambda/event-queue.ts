/** Asynchronous invocations: accepted immediately, run when an instance is free, and retried when they fail. */
import { AlarmClock } from "../clock/alarm-clock.ts";
import type { CloudContext } from "../service.ts";
import type { LocalFunction } from "./function.ts";

/** Lambda waits one minute before the first retry and two before the second. */
const RETRY_DELAYS_MS = [60_000, 120_000];
const DEFAULT_RETRIES = 2;
const DEFAULT_MAX_AGE_SECONDS = 6 * 3600;

/** `AWS::Lambda::EventInvokeConfig` of a function. */
export interface EventInvokeConfig {
  readonly retries?: number;
  readonly maxAgeSeconds?: number;
}

export interface QueuedEvent {
  readonly requestId: string;
  readonly payload: string;
  readonly qualifier?: string;
}

export class EventQueue {
  readonly #alarms: AlarmClock;
  readonly #configs = new Map<string, EventInvokeConfig>();
  #isStopped = false;

  constructor(private readonly context: CloudContext) {
    this.#alarms = new AlarmClock(context.clock);
  }

  configure(functionName: string, config: EventInvokeConfig): void {
    this.#configs.set(functionName, config);
  }

  /** Queues an event; the function's log has the outcome. */
  add(target: LocalFunction, event: QueuedEvent): void {
    void this.#attempt(target, event, { number: 0, acceptedAtMs: this.context.clock.now() });
  }

  stop(): void {
    this.#isStopped = true;
    this.#alarms.stop();
  }

  async #attempt(target: LocalFunction, event: QueuedEvent, attempt: { number: number; acceptedAtMs: number }) {
    const error = await target.invoke(event.payload, { ...event, waits: true }).then(
      (outcome) => (outcome.failed ? outcome.payload : undefined),
      (thrown: Error) => thrown.message,
    );
    // An event interrupted by the cloud's stop has not failed, and its log may be gone.
    if (error === undefined || this.#isStopped) return;
    const { name } = target.config;
    const config = this.#configs.get(name) ?? {};
    const delayMs = RETRY_DELAYS_MS[attempt.number];
    const ageMs = this.context.clock.now() + (delayMs ?? 0) - attempt.acceptedAtMs;
    const isTooOld = ageMs > (config.maxAgeSeconds ?? DEFAULT_MAX_AGE_SECONDS) * 1000;
    if (delayMs === undefined || attempt.number >= (config.retries ?? DEFAULT_RETRIES) || isTooOld) {
      this.context.log(`lambda: ${name} gave up on event ${event.requestId} (attempt ${attempt.number + 1}): ${error}`);
      return;
    }
    this.#alarms.after(delayMs, () => void this.#attempt(target, event, { ...attempt, number: attempt.number + 1 }));
  }
}
