/** A measured value and its target: a ratio or a bound that holds on a noisy machine. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly aim?: string;
}
