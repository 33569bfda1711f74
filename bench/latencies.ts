/** Latencies as real models have them: most answers near the median, some several times slower, a few very much slower. */
import { randomOf } from "../core/random.ts";

export interface Latencies {
  /** Of the lognormal distribution that most answers follow. */
  readonly medianMs: number;
  /** Its standard deviation, of the logarithms. */
  readonly sigma: number;
  /** The answers that take `slowMs` instead, as a share; none by default. */
  readonly slowShare?: number;
  readonly slowMs?: number;
}

/** The latency of the `n`th call: the same in every run. */
export function latencyOf({ medianMs, sigma, slowShare = 0, slowMs = 0 }: Latencies, n: number): number {
  const random = randomOf("latency", n);
  if (random() < slowShare) return slowMs;
  const standardNormal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return medianMs * Math.exp(sigma * standardNormal);
}

export function meanMsOf({ medianMs, sigma, slowShare = 0, slowMs = 0 }: Latencies): number {
  return (1 - slowShare) * medianMs * Math.exp(sigma ** 2 / 2) + slowShare * slowMs;
}
