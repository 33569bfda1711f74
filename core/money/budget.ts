/**
 * Money is reserved before it is spent. A shard is granted slices of the job's budget; a record reserves its worst case from
 * the grant; a call is charged what it cost. All amounts are nano-dollars.
 */
import { formatUsdApart, type Nanos } from "./money.ts";

/** A call cost more than its worst case, so that was computed wrongly: nothing more may be spent on that basis. */
export class CostBoundExceeded extends Error {
  constructor(cost: Nanos, worst: Nanos) {
    const [paid, expected] = formatUsdApart(cost, worst);
    super(`A model call cost ${paid} where at most ${expected} was expected.`);
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

  /** Takes out, to be given back to the budget, what is neither spent nor reserved. @returns how much that was */
  withdraw(): Nanos {
    const nanos = this.availableNanos;
    this.#granted -= nanos;
    return nanos;
  }

  /** Reserves money; `undefined` when less than that is available. */
  reserve(nanos: Nanos): Reservation | undefined {
    if (this.availableNanos < nanos) return undefined;
    this.#reserved += nanos;
    let remaining = nanos;
    return {
      get remainingNanos() {
        return remaining;
      },
      charge: (cost) => {
        const fromReservation = Math.min(cost, remaining);
        const fromGrant = Math.min(cost - fromReservation, this.availableNanos);
        this.#spent += fromReservation + fromGrant;
        this.#reserved -= fromReservation;
        remaining -= fromReservation;
        return fromReservation + fromGrant;
      },
      release: () => {
        this.#reserved -= remaining;
        remaining = 0;
      },
    };
  }

  /** Granted, but neither spent nor reserved. */
  get availableNanos(): Nanos {
    return this.#granted - this.#spent - this.#reserved;
  }

  /** Spent under this lease. */
  get spentNanos(): Nanos {
    return this.#spent;
  }
}

export interface Reservation {
  readonly remainingNanos: Nanos;
  /**
   * Pays for a call: out of what is reserved, and where that is too little, out of what the grant has left.
   * @returns what was paid; less than the cost only if the grant does not cover it
   */
  charge(cost: Nanos): Nanos;
  /** Returns the rest to the account; later calls do nothing. */
  release(): void;
}

export interface SliceRequest {
  /** What must be available before the next record may start. */
  readonly neededNanos: Nanos;
  readonly availableNanos: Nanos;
  /** The worst case of one record. */
  readonly boundNanos: Nanos;
  /** The most records that will be in flight. */
  readonly concurrency: number;
  readonly spentPerSecondNanos: Nanos;
  /** What is remaining in the budget. */
  readonly remainingNanos: Nanos;
  /** The shards that currently draw from the budget, this one included. */
  readonly runningShards: number;
}

/** A draw writes two rows in a transaction, which costs twice as much: one shard draws every other second at most. */
const SECONDS_PER_SLICE = 2;
/** How many times per second all shards together may draw from one budget row: transactions on one row conflict. */
const DRAWS_PER_SECOND = 10;

/**
 * What to request from the budget: the worst case of what may be in flight plus two seconds' spend, more where
 * many draw; at most a fair share of what is remaining, but at least what the next record needs; 0 when even that is not available.
 */
export function sliceOf(request: SliceRequest): Nanos {
  const shortage = request.neededNanos - request.availableNanos;
  if (shortage > request.remainingNanos) return 0;
  const seconds = Math.max(SECONDS_PER_SLICE, request.runningShards / DRAWS_PER_SECOND);
  const full =
    request.concurrency * request.boundNanos +
    Math.ceil(seconds * request.spentPerSecondNanos) -
    request.availableNanos;
  const share = Math.floor(request.remainingNanos / Math.max(1, request.runningShards));
  return Math.min(request.remainingNanos, Math.max(shortage, Math.min(full, share)));
}

/** When less than this is available, request more: the worst case of a quarter of the records in flight. */
export function lowWaterMarkOf({ boundNanos, concurrency }: Pick<SliceRequest, "boundNanos" | "concurrency">): Nanos {
  return boundNanos * Math.max(1, Math.ceil(concurrency / 4));
}

/** What must be available to stay above that for some time: spending is uneven, hence 1.5 times the average. */
export function neededWithin(
  ms: number,
  request: Pick<SliceRequest, "boundNanos" | "concurrency" | "spentPerSecondNanos">,
): Nanos {
  return lowWaterMarkOf(request) + Math.ceil((request.spentPerSecondNanos * ms * 1.5) / 1_000);
}

/** Whether the budget is so low that no shard should draw ahead of need. */
export function isScarce({ neededNanos, availableNanos, remainingNanos, runningShards }: SliceRequest): boolean {
  return remainingNanos < runningShards * (neededNanos - availableNanos);
}
