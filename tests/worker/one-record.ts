/** One record at a time, without leases or stores: a template, a model with a given behavior, and every observed call. */
import { GrantAccount, type Reservation } from "#core/money/budget";
import { toDrawn, drawItems } from "#core/seeds/pick";
import { newOpenSlot, type OpenSlot } from "#core/shard/record";
import { remainingBoundNanos } from "#core/shard/remaining-bound";
import type { Partials } from "#core/template/template";
import { parseTemplate } from "#core/template/parse";
import { runAttempt, type AttemptOutcome } from "../../worker/record/attempt.ts";
import { ConditionVariable } from "../../worker/condition-variable.ts";
import type { CallContext, ObservedCall } from "../../worker/calls/call.ts";
import { ConcurrencyLimiter } from "../../worker/calls/concurrency-limiter.ts";
import { ModelCooldowns } from "../../worker/calls/model-cooldowns.ts";
import { ModelPaces } from "../../worker/calls/model-paces.ts";
import type { SeedSource } from "../../worker/seeds.ts";
import { JobContext } from "../../worker/record/job-context.ts";
import { FakeModel, type Behaviour } from "./doubles.ts";
import { SimClock } from "./sim-clock.ts";

export interface MakerOptions {
  readonly template: string;
  readonly behaviour: Behaviour;
  readonly partials?: Partials;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly seeds?: Readonly<Record<string, readonly object[]>>;
  readonly concurrency?: number;
}

export async function openMaker(options: MakerOptions): Promise<Maker> {
  const { template: source, partials = {}, parameters, seeds = {} } = options;
  const template = parseTemplate(source);
  const jobContext = await JobContext.open({ jobId: "J", template, partials, parameters, seeds: seedsFrom(seeds) });
  return new Maker(jobContext, options);
}

export class Maker {
  readonly clock = new SimClock();
  readonly model: FakeModel;
  readonly limiter: ConcurrencyLimiter;
  readonly cooldowns = new ModelCooldowns();
  readonly observed: ObservedCall[] = [];
  readonly stopping = new AbortController();
  readonly account = new GrantAccount();
  progress = 0;

  constructor(
    readonly jobContext: JobContext,
    { behaviour, concurrency = 8 }: MakerOptions,
  ) {
    this.limiter = new ConcurrencyLimiter({
      maxCalls: concurrency,
      clock: this.clock,
      changed: new ConditionVariable(),
    });
    this.model = new FakeModel(this.clock, behaviour, (callNo) => 100 + callNo);
  }

  get context(): CallContext {
    return {
      ports: { model: this.model, clock: this.clock, random: () => 0.9 },
      limiter: this.limiter,
      cooldowns: this.cooldowns,
      maxCallAttempts: 20,
      paces: new ModelPaces(),
      aborting: this.stopping.signal,
      stopping: this.stopping.signal,
      untilLeaseFresh: async () => {},
      onCharged: () => {},
      onProgress: () => void (this.progress += 1),
      onCall: (call) => void this.observed.push(call),
    };
  }

  /** One attempt, with exactly its worst case reserved. */
  async make(open: OpenSlot = newOpenSlot(0)): Promise<AttemptOutcome> {
    const boundNanos = remainingBoundNanos(this.jobContext.template, open);
    this.account.grant(boundNanos);
    const reservation = this.account.reserve(boundNanos);
    if (!reservation) throw new Error("The grant is too small.");
    try {
      return await this.attempt(open, reservation);
    } finally {
      reservation.release();
    }
  }

  attempt(open: OpenSlot, reservation: Reservation): Promise<AttemptOutcome> {
    return this.clock.run(runAttempt(this.jobContext, this.context, open, reservation));
  }

  /** The columns of a delivered record. */
  async columns(open?: OpenSlot): Promise<Readonly<Record<string, unknown>>> {
    const outcome = await this.make(open);
    if (outcome.kind === "suspended") throw new Error("The record is suspended.");
    if (outcome.kind !== "delivered") throw new Error(outcome.failed.reason);
    return outcome.record.columns;
  }

  get loggedNanos(): number {
    return this.model.log.reduce((sum, { costNanos }) => sum + costNanos, 0);
  }

  /** The last turn sent in each call: the prompt, or a repair. */
  get prompts(): string[] {
    return this.model.log.map(({ request }) => request.prompt);
  }
}

function seedsFrom(collections: Readonly<Record<string, readonly object[]>>): SeedSource {
  const counts = Object.fromEntries(Object.entries(collections).map(([name, items]) => [name, items.length]));
  return {
    draw: async (picks, draw) =>
      Object.fromEntries(
        Object.entries(picks).map(([name, pick]) => [name, toDrawn(pick, drawItems(picks, name, counts, draw))]),
      ),
    item: async ({ collection, item }) => JSON.stringify(collections[collection]?.[item]),
  };
}
