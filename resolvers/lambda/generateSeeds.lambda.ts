/** Has a model make the items of a seed set, batch by batch, each within money set aside before. */
import { GrantAccount } from "../../core/money/budget.ts";
import { ENVIRONMENT } from "../../core/environment.ts";
import { formatUsd } from "../../core/money/money.ts";
import { newOpenSlot } from "../../core/shard/record.ts";
import { REPORT_SEED_SET } from "../../core/reports.ts";
import { seedSetKey } from "../../core/keys.ts";
import type { SeedCollectionRow, SeedSetRow } from "../../core/seeds/seed-set-row.ts";
import type { SeedItem } from "../../core/seeds/seed-set.ts";
import { boundOf } from "../../core/template/bound.ts";
import { runAttempt, type AttemptOutcome } from "../../worker/record/attempt.ts";
import { JobContext } from "../../worker/record/job-context.ts";
import { RUN_CRASHED } from "../shared/runTimeout.ts";
import { logger } from "./lambdaHandler.ts";
import { callApi } from "./callApi.ts";
import { setting } from "./clients.ts";
import { BATCH_ITEMS, batchTemplate, type BatchRequest } from "./batchTemplate.ts";
import { closeDead, MeteredRun, RunLost, type RunPlace } from "./meteredRun.ts";
import { ModelCalls, type LambdaTime } from "./modelCalls.ts";
import { GeneratedItems } from "./generatedItems.ts";
import { NO_SEEDS } from "./placeholderSeeds.ts";
import { SeedStore } from "./storeSeeds.ts";

/** A model that brings nothing new for a collection so often in a row will not bring more. */
const MAX_VAIN_BATCHES = 3;
const FILE_NAME = "generated.jsonl";

/** How a seed set ends. */
interface Ending {
  readonly status: "READY" | "REFUSED";
  readonly statusReason?: string;
  readonly collections?: SeedCollectionRow[];
}

const DIED: Ending = { status: "REFUSED", statusReason: RUN_CRASHED };
const OUR_FAULT: Ending = {
  status: "REFUSED",
  statusReason: "Something went wrong on our side while the items were made; try again. What was paid is counted.",
};

export async function handler({ seedSetId }: { seedSetId: string }, time: LambdaTime): Promise<void> {
  const place = placeOf(seedSetId);
  const { run, died } = await MeteredRun.begin(place);
  if (died && (await closeDead(place, died, { ...DIED }))) await tell(seedSetId);
  if (!run) return;
  const row = run.row as unknown as SeedSetRow;
  const store = new SeedStore(row.owner, seedSetId);
  try {
    await run.close({ ...(await generate(row, run, store, time)) });
  } catch (error) {
    run.letGo();
    // Whether the end was written is not known: what was stored may be in use.
    if (!(error instanceof RunLost)) throw error;
    // It was deleted meanwhile, or is in other hands: what was stored is nobody's.
    await store.undo();
    return;
  }
  await tell(seedSetId);
}

async function generate(row: SeedSetRow, run: MeteredRun, store: SeedStore, time: LambdaTime): Promise<Ending> {
  const generation = new Generation(row, run, time);
  try {
    const { reason } = await generation.all();
    if (generation.items.some((items) => items.count === 0))
      return { status: "REFUSED", statusReason: reason ?? "The model made no items that fit the template." };
    const files = generation.items.map((items) => ({
      collection: items.collection,
      fileName: FILE_NAME,
      open: () => items.asFile(),
    }));
    return { status: "READY", statusReason: reason, collections: await store.store(files as never) };
  } catch (error) {
    if (error instanceof RunLost) throw error;
    logger.error("Seeds could not be generated", { error: error as Error, seedSetId: row.seedSetId });
    await store.undo();
    return OUR_FAULT;
  } finally {
    generation.calls.end();
  }
}

class Generation {
  readonly calls: ModelCalls;
  readonly items: readonly GeneratedItems[];
  readonly #row: SeedSetRow;
  readonly #run: MeteredRun;
  readonly #purse = new GrantAccount();
  readonly #wish: NonNullable<SeedSetRow["generation"]>;
  #batchNo = 0;
  /** Of each collection: how often in a row there was nothing new, and why the last answer could not be used. */
  readonly #vain = new Map<GeneratedItems, { batches: number; fault?: string }>();

  constructor(row: SeedSetRow, run: MeteredRun, time: LambdaTime) {
    if (!row.generation) throw new Error(`The seed set ${row.seedSetId} is to be generated and does not say how.`);
    this.#row = row;
    this.#run = run;
    this.#wish = row.generation;
    this.#purse.grant(run.row.budgetNanos);
    this.calls = new ModelCalls(time, run.lost);
    const schemas = JSON.parse(row.generation.schemas) as Record<string, Record<string, unknown>>;
    this.items = Object.entries(schemas).map(([name, schema]) => new GeneratedItems(name, schema));
  }

  /** Batch after batch, the collections in turn, so that none is left empty when the money ends. @throws RunLost */
  async all(): Promise<{ reason?: string }> {
    for (;;) {
      const short = this.items.filter(({ count }) => count < this.#wish.itemCount);
      if (short.length === 0) return {};
      const open = short.filter((items) => (this.#vain.get(items)?.batches ?? 0) < MAX_VAIN_BATCHES);
      if (open.length === 0) return { reason: this.#short(this.#exhausted(short)) };
      for (const items of open) {
        const why = await this.#batch(items);
        if (why) return { reason: this.#short(why) };
      }
    }
  }

  /** Adds a batch's items. @returns why there can be none */
  async #batch(items: GeneratedItems): Promise<string | undefined> {
    if (this.calls.isOver) return "There was no time left";
    const count = Math.min(BATCH_ITEMS, this.#wish.itemCount - items.count);
    const template = batchTemplate(this.#wish.modelId, items.schema, count);
    const bound = boundOf(template).costNanos;
    const reservation = this.#purse.reserve(bound);
    if (!reservation)
      return `What is left of the budget, ${formatUsd(this.#purse.availableNanos)}, is less than another call can cost, ${formatUsd(bound)}`;
    await this.#run.reserve(bound);
    const open = newOpenSlot(this.#batchNo++);
    try {
      const wish: BatchRequest = {
        collection: items.collection,
        count,
        instructions: this.#wish.instructions,
        earlier: items.latest(),
      };
      const shop = await JobContext.open({
        jobId: this.#row.seedSetId,
        template,
        partials: {},
        parameters: { ...wish },
        seeds: NO_SEEDS,
      });
      const end = await runAttempt(shop, this.calls.context, open, reservation);
      const before = items.count;
      if (end.kind === "delivered") items.add(end.record.columns.items as SeedItem[], count);
      if (items.count > before) this.#vain.delete(items);
      else this.#noteVain(items, end);
    } finally {
      reservation.release();
      // Whatever happened: what was paid is noted.
      await this.#run.settle(this.#purse.spentNanos, open.costNanos, { collections: this.#collections() });
    }
    await tell(this.#row.seedSetId);
    return undefined;
  }

  #noteVain(items: GeneratedItems, end: AttemptOutcome): void {
    const batches = (this.#vain.get(items)?.batches ?? 0) + 1;
    this.#vain.set(items, { batches, fault: "failed" in end ? end.failed.reason : undefined });
  }

  /** Why there will be no more of these collections. */
  #exhausted(short: readonly GeneratedItems[]): string {
    const fault = short.map((items) => this.#vain.get(items)?.fault).find((known) => known !== undefined);
    if (fault === undefined) return "The model brought nothing new any more";
    return `The model's last answers could not be used (${fault.replace(/\.$/, "")})`;
  }

  #short(why: string): string {
    const made = this.items.map(
      ({ collection, count }) => `${count} of ${this.#wish.itemCount} items of "${collection}"`,
    );
    return `${why}; ${made.join(", ")} were made.`;
  }

  /** How far it is. */
  #collections(): SeedCollectionRow[] {
    return this.items.map(({ collection, count }) => ({
      name: collection,
      fileName: FILE_NAME,
      itemCount: count,
      bytes: 0,
      fields: [],
    }));
  }
}

function placeOf(seedSetId: string): RunPlace {
  return {
    table: setting(ENVIRONMENT.seedSetsTable),
    key: seedSetKey(seedSetId),
    open: "GENERATING",
    ownerField: "owner",
    spending: "generatedSeedsNanos",
  };
}

/** Watchers hear it with the next news if this fails, and whoever looks sees it. */
async function tell(seedSetId: string): Promise<void> {
  await callApi(REPORT_SEED_SET, { input: { id: seedSetId } }).catch((error: unknown) =>
    logger.warn("Nobody could be told of a seed set", { error: error as Error, seedSetId }),
  );
}
