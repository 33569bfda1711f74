/** How slowly each model has answered one worker, for the time limits of its calls. */

/** Shorter answers say more about the time to the first token than about the pace. */
const MIN_TOKENS = 20;

export class ModelPaces {
  readonly #slowest = new Map<string, number>();

  /** `ms`: from request to answer. */
  onAnswered(modelId: string, outputTokens: number, ms: number): void {
    if (outputTokens < MIN_TOKENS || ms <= 0) return;
    const tokensPerSecond = (outputTokens * 1_000) / ms;
    this.#slowest.set(modelId, Math.min(tokensPerSecond, this.#slowest.get(modelId) ?? Infinity));
  }

  /** In tokens per second; `undefined` while no answer has shown it. */
  slowestOf(modelId: string): number | undefined {
    return this.#slowest.get(modelId);
  }
}
