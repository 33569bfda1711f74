import { Rate } from "#core/shard/progress";

/**
 * A job's records per second. Shards report rates of their own, which begin at 0 whenever one starts; across that the records
 * themselves tell how fast the job is.
 */
export class Throughput {
  readonly #counted = new Rate(SPAN_MS);
  #reported: { readonly atMs: number; readonly perSecond: number }[] = [];

  /**
   * Adds what is known at an instant and returns the current rate.
   * @param delivered records, over all shards
   * @param reportedPerSecond the sum of what the shards report
   */
  sample(atMs: number, delivered: number, reportedPerSecond: number): number {
    const recent = this.#reported.filter((report) => report.atMs > atMs - SPAN_MS);
    this.#reported = [...recent, { atMs, perSecond: reportedPerSecond }];
    // Records counted after a pause of the connection arrived over a longer time than they seem to.
    const most = Math.max(...this.#reported.map(({ perSecond }) => perSecond));
    return Math.max(reportedPerSecond, Math.min(most, this.#counted.sample(atMs, delivered)));
  }
}

/** Longer than a shard takes to start and deliver, short enough to follow a change. */
const SPAN_MS = 15_000;
