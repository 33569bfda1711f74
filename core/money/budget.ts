/**
 * Money set aside before it is spent. A shard is granted slices of the job's budget; a record reserves its worst case within
 * the grant; a call is charged what it cost. All amounts are nano-dollars.
 */
import { formatUsd, type Nanos } from "./money.ts";

/** A call cost more than its worst case, which is then computed wrongly: nothing more may be spent on such ground. */
export class CostBoundExceeded extends Error {
  constructor(cost: Nanos, covered: Nanos) {
    super(`A model call cost ${formatUsd(cost)} where at most ${formatUsd(covered)} was expected.`);
    this.name = "CostBoundExceeded";
  }
}

/** What one lease of one shard was granted and what became of it. */
export class GrantAccount {
  #granted: Nanos = 0;
  #spent: Nanos = 0;
  #reserved: Nanos = 0;

  grant(nanos: Nanos): void {
    this.#granted += nanos;
  }

  /** Sets money aside; `undefined` when less than that is free. */
  reserve(nanos: Nanos): Reservation | undefined {
    if (this.availableNanos < nanos) return undefined;
    this.#reserved += nanos;
    let left = nanos;
    return {
      get remainingNanos() {
        return left;
      },
      charge: (cost, worst) => {
        const covered = Math.min(worst, left);
        this.#spent += cost;
        this.#reserved -= Math.min(cost, left);
        left -= Math.min(cost, left);
        if (cost > covered) throw new CostBoundExceeded(cost, covered);
      },
      release: () => {
        this.#reserved -= left;
        left = 0;
      },
    };
  }

  /** Granted, and neither spent nor reserved. */
  get availableNanos(): Nanos {
    return this.#granted - this.#spent - this.#reserved;
  }

  /** Spent under this lease. */
  get spentNanos(): Nanos {
    return this.#spent;
  }

  /** What is not spent: given back at the end. */
  get unspent(): Nanos {
    return this.#granted - this.#spent;
  }
}

export interface Reservation {
  readonly remainingNanos: Nanos;
  /** Pays for a call out of what is reserved. @throws CostBoundExceeded when it costs more: a bug of ours */
  charge(cost: Nanos, worst: Nanos): void;
  /** Gives the rest back to the purse; later calls do nothing. */
  release(): void;
}

export interface SliceRequest {
  /** What must be free before the next record may start. */
  readonly neededNanos: Nanos;
  readonly availableNanos: Nanos;
  /** The worst case of one record. */
  readonly boundNanos: Nanos;
  /** Records in flight at most. */
  readonly concurrency: number;
  readonly spentPerSecondNanos: Nanos;
  /** What is left in the budget. */
  readonly remainingNanos: Nanos;
  /** The shards that draw from the budget at present, this one included. */
  readonly runningShards: number;
}

/** So often a second may a budget's row be drawn from, all shards together: transactions on one row get in each other's way. */
const DRAWS_PER_SECOND = 10;

/**
 * What to ask the budget for: the worst case of what may be in flight and one second's spend, or more seconds' where many
 * draw; but no more than a fair share of what is left, and never less than the next record needs; 0 when even that is not there.
 */
export function sliceOf(request: SliceRequest): Nanos {
  const shortage = request.neededNanos - request.availableNanos;
  if (shortage > request.remainingNanos) return 0;
  const seconds = Math.max(1, request.runningShards / DRAWS_PER_SECOND);
  const full =
    request.concurrency * request.boundNanos +
    Math.ceil(seconds * request.spentPerSecondNanos) -
    request.availableNanos;
  const share = Math.floor(request.remainingNanos / Math.max(1, request.runningShards));
  return Math.min(request.remainingNanos, Math.max(shortage, Math.min(full, share)));
}

/** When less than this is free, more is to be asked for: what a quarter of the records in flight may cost. */
export function lowWaterMarkOf({ boundNanos, concurrency }: Pick<SliceRequest, "boundNanos" | "concurrency">): Nanos {
  return boundNanos * Math.max(1, Math.ceil(concurrency / 4));
}

/** What has to be free to stay above that for some time: spending is not even, so half as much again as usual. */
export function neededWithin(
  ms: number,
  wish: Pick<SliceRequest, "boundNanos" | "concurrency" | "spentPerSecondNanos">,
): Nanos {
  return lowWaterMarkOf(wish) + Math.ceil((wish.spentPerSecondNanos * ms * 1.5) / 1_000);
}

/** Whether the budget is so low that nobody should draw from it ahead of need. */
export function isScarce({ neededNanos, availableNanos, remainingNanos, runningShards }: SliceRequest): boolean {
  return remainingNanos < runningShards * (neededNanos - availableNanos);
}
