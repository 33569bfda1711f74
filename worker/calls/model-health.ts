/** Whether models answer, so that a worker that only waits for one can say what the model's server says. */

/** Errors shorter than this are part of normal operation. */
const NOTICED_AFTER_MS = 3_000;
/** Longer than the longest pause between two attempts: nobody calls the model any more. */
const FORGOTTEN_AFTER_MS = 60_000;
/** How long calls are retried while none of their model succeeds. */
const MAX_OUTAGE_MS = 30 * 60_000;
/** A report has to fit in a message to watchers. */
const MAX_CHARACTERS = 400;

export class ModelHealth {
  readonly #outages = new Map<string, Outage>();

  onAnswered(modelId: string): void {
    this.#outages.delete(modelId);
  }

  /** A call failed in a way that a later one may not. */
  onFailed(modelId: string, message: string, nowMs: number): void {
    const sinceMs = this.#outages.get(modelId)?.sinceMs ?? nowMs;
    this.#outages.set(modelId, { sinceMs, lastMs: nowMs, message });
  }

  /** The latest error of a model that has not answered for some seconds; null if all do. */
  problemAt(nowMs: number): string | null {
    const outage = [...this.#outages.values()].find(
      ({ sinceMs, lastMs }) => nowMs - sinceMs >= NOTICED_AFTER_MS && nowMs - lastMs < FORGOTTEN_AFTER_MS,
    );
    if (!outage) return null;
    const { message } = outage;
    return message.length > MAX_CHARACTERS ? `${message.slice(0, MAX_CHARACTERS - 1)}…` : message;
  }

  /** Whether to go on retrying: no call of the model succeeds, but one may soon. */
  isWorthWaiting(modelId: string, nowMs: number): boolean {
    const outage = this.#outages.get(modelId);
    return outage !== undefined && nowMs - outage.sinceMs < MAX_OUTAGE_MS;
  }
}

interface Outage {
  /** Since when none of the model's calls has succeeded. */
  readonly sinceMs: number;
  readonly lastMs: number;
  /** What the server said last. */
  readonly message: string;
}
