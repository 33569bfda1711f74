/** A measured value and its target: a ratio or a bound that holds on a noisy machine. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly aim?: string;
}

/** What to measure. */
export interface BenchOptions {
  /** Seconds instead of minutes: it shows that the bench works, and its figures mean nothing. */
  readonly isShort: boolean;
  /** Whether a row was requested, by a part of its name; all are by default. */
  wants(row: string): boolean;
}

/** Yields its figures as soon as it has them, so that one that is interrupted has shown what it measured. */
export type Bench = (options: BenchOptions) => AsyncIterable<Figure>;
