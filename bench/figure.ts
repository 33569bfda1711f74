/** A figure, and what it should be: figures are ratios or bounds that hold on a noisy machine. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly aim?: string;
}
