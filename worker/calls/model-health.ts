/** Whether models answer, so that a worker that only waits for one can say what the model's server says. */

/** Errors shorter than this are part of normal operation. */
const NOTICED_AFTER_MS = 3_000;
/** Longer than the longest pause between two attempts: nobody calls the model any more. */
const FORGOTTEN_AFTER_MS = 60_000;
/** A long answer takes two minutes. */
const SILENT_AFTER_MS = 3 * 60_000;
/** How long calls are retried while none of their model succeeds. */
const MAX_OUTAGE_MS = 30 * 60_000;
/** A report has to fit in a message to watchers. */
const MAX_CHARACTERS = 400;

export class ModelHealth {
  readonly #outages = new Map<string, Outage>();
  readonly #waits = new Map<string, Wait>();

  /** A call was sent. */
  onBegun(modelId: string, nowMs: number): void {
    const { calls, sinceMs } = this.#waits.get(modelId) ?? { calls: 0, sinceMs: nowMs };
    this.#waits.set(modelId, { calls: calls + 1, sinceMs: calls === 0 ? nowMs : sinceMs });
  }

  /** A call that was sent has ended, with an answer or without. */
  onEnded(modelId: string, nowMs: number): void {
    const { calls } = this.#waits.get(modelId) ?? { calls: 1 };
    this.#waits.set(modelId, { calls: calls - 1, sinceMs: nowMs });
  }

  onAnswered(modelId: string): void {
    this.#outages.delete(modelId);
  }

  /** A call failed in a way that a later one may not. */
  onFailed(modelId: string, message: string, nowMs: number): void {
    const sinceMs = this.#outages.get(modelId)?.sinceMs ?? nowMs;
    this.#outages.set(modelId, { sinceMs, lastMs: nowMs, message });
  }

  /** The latest error of a model that has not answered for some seconds, or which one says nothing at all; null if all answer. */
  problemAt(nowMs: number): string | null {
    const outage = [...this.#outages.values()].find(
      ({ sinceMs, lastMs }) => nowMs - sinceMs >= NOTICED_AFTER_MS && nowMs - lastMs < FORGOTTEN_AFTER_MS,
    );
    if (!outage) return this.#silenceAt(nowMs);
    const { message } = outage;
    return message.length > MAX_CHARACTERS ? `${message.slice(0, MAX_CHARACTERS - 1)}…` : message;
  }

  #silenceAt(nowMs: number): string | null {
    for (const [modelId, { calls, sinceMs }] of this.#waits)
      if (calls > 0 && nowMs - sinceMs >= SILENT_AFTER_MS)
        return `The model ${modelId} has answered none of its calls for ${SILENT_AFTER_MS / 60_000} minutes.`;
    return null;
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

interface Wait {
  /** In flight. */
  readonly calls: number;
  /** When one of the model's calls ended last, or the first of those in flight began. */
  readonly sinceMs: number;
}
