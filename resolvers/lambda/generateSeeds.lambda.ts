/** Has a model generate the items of a seed set, batch by batch, each within money reserved up front. */
import { GrantAccount } from "../../core/money/budget.ts";
import { ENVIRONMENT } from "../../core/environment.ts";
import { tooSmallRest } from "../../core/money/estimate.ts";
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
import { closeCrashed, MeteredRun, RunLost, type RunLocation } from "./meteredRun.ts";
import { ModelCalls, type LambdaContext } from "./modelCalls.ts";
import { GeneratedItems } from "./generatedItems.ts";
import { NO_SEEDS } from "./placeholderSeeds.ts";
import { SeedStore } from "./storeSeeds.ts";

/** A model that returns nothing new for a collection this many times in a row is considered exhausted. */
const MAX_EMPTY_BATCHES = 3;
const FILE_NAME = "generated.jsonl";

/** How the generation of a seed set ended. */
interface Ending {
  readonly status: "READY" | "REFUSED";
  readonly statusReason?: string;
  readonly collections?: SeedCollectionRow[];
}

const CRASHED: Ending = { status: "REFUSED", statusReason: RUN_CRASHED };
const INTERNAL_ERROR: Ending = {
  status: "REFUSED",
  statusReason:
    "Something went wrong on our side while generating the items; try again. The money already spent is counted.",
};

export async function handler({ seedSetId }: { seedSetId: string }, lambdaContext: LambdaContext): Promise<void> {
  const location = runLocation(seedSetId);
  const { run, crashed } = await MeteredRun.begin(location);
  if (crashed && (await closeCrashed(location, crashed, { ...CRASHED }))) await notifyWatchers(seedSetId);
  if (!run) return;
  const row = run.row as unknown as SeedSetRow;
  const store = new SeedStore(row.owner, seedSetId);
  try {
    await run.close({ ...(await generate(row, run, store, lambdaContext)) });
  } catch (error) {
    run.stopHeartbeat();
    // It is unknown whether the end was written: the stored items may be in use.
    if (!(error instanceof RunLost)) throw error;
    // It was deleted in the meantime or another function took over: nothing references the stored items.
    await store.rollback();
    return;
  }
  await notifyWatchers(seedSetId);
}

async function generate(
  row: SeedSetRow,
  run: MeteredRun,
  store: SeedStore,
  lambdaContext: LambdaContext,
): Promise<Ending> {
  const generation = new Generation(row, run, lambdaContext);
  try {
    const { reason } = await generation.all();
    if (generation.items.some((items) => items.count === 0))
      return { status: "REFUSED", statusReason: reason ?? "The model generated no items that fit the template." };
    const files = generation.items.map((items) => ({
      collection: items.collection,
      fileName: FILE_NAME,
      open: () => items.asFile(),
    }));
    return { status: "READY", statusReason: reason, collections: await store.store(files as never) };
  } catch (error) {
    if (error instanceof RunLost) throw error;
    logger.error("Failed to generate seeds", { error: error as Error, seedSetId: row.seedSetId });
    await store.rollback();
    return INTERNAL_ERROR;
  } finally {
    generation.calls.end();
  }
}

class Generation {
  readonly calls: ModelCalls;
  readonly items: readonly GeneratedItems[];
  readonly #row: SeedSetRow;
  readonly #run: MeteredRun;
  readonly #account = new GrantAccount();
  readonly #request: NonNullable<SeedSetRow["generation"]>;
  #batchNo = 0;
  /** Per collection: how many batches in a row had nothing new, and why the last answer could not be used. */
  readonly #emptyBatches = new Map<GeneratedItems, { batches: number; error?: string }>();

  constructor(row: SeedSetRow, run: MeteredRun, lambdaContext: LambdaContext) {
    if (!row.generation) throw new Error(`The seed set ${row.seedSetId} has no instructions for its generation.`);
    this.#row = row;
    this.#run = run;
    this.#request = row.generation;
    this.#account.grant(run.row.budgetNanos);
    this.calls = new ModelCalls(lambdaContext, run.lost);
    const schemas = JSON.parse(row.generation.schemas) as Record<string, Record<string, unknown>>;
    this.items = Object.entries(schemas).map(([name, schema]) => new GeneratedItems(name, schema));
  }

  /** Generates batches for the collections in turn, so that none is left empty when the money runs out. @throws RunLost */
  async all(): Promise<{ reason?: string }> {
    for (;;) {
      const short = this.items.filter(({ count }) => count < this.#request.itemCount);
      if (short.length === 0) return {};
      const open = short.filter((items) => (this.#emptyBatches.get(items)?.batches ?? 0) < MAX_EMPTY_BATCHES);
      if (open.length === 0) return { reason: this.#incomplete(this.#exhausted(short)) };
      for (const items of open) {
        const why = await this.#batch(items);
        if (why) return { reason: this.#incomplete(why) };
      }
    }
  }

  /** Adds a batch of items. @returns why there can be no more */
  async #batch(items: GeneratedItems): Promise<string | undefined> {
    if (this.calls.isStopping) return "Time ran out";
    const count = Math.min(BATCH_ITEMS, this.#request.itemCount - items.count);
    const template = batchTemplate(this.#request.modelId, items.schema, count);
    const bound = boundOf(template).costNanos;
    const reservation = this.#account.reserve(bound);
    if (!reservation) return tooSmallRest(this.#account.availableNanos, bound, "another call");
    await this.#run.reserve(bound);
    const open = newOpenSlot(this.#batchNo++);
    try {
      const request: BatchRequest = {
        collection: items.collection,
        count,
        instructions: this.#request.instructions,
        earlier: items.latest(),
      };
      const context = await JobContext.open({
        jobId: this.#row.seedSetId,
        template,
        partials: {},
        parameters: { ...request },
        seeds: NO_SEEDS,
      });
      const end = await runAttempt(context, this.calls.context, open, reservation);
      const before = items.count;
      if (end.kind === "delivered") items.add(end.record.columns.items as SeedItem[], count);
      if (items.count > before) this.#emptyBatches.delete(items);
      else this.#countEmptyBatch(items, end);
    } finally {
      reservation.release();
      // Whatever happened, record what was spent.
      await this.#run.settle(this.#account.spentNanos, open.costNanos, { collections: this.#collections() });
    }
    await notifyWatchers(this.#row.seedSetId);
    return undefined;
  }

  #countEmptyBatch(items: GeneratedItems, end: AttemptOutcome): void {
    const batches = (this.#emptyBatches.get(items)?.batches ?? 0) + 1;
    this.#emptyBatches.set(items, { batches, error: "failed" in end ? end.failed.reason : undefined });
  }

  /** Why these collections get no more items. */
  #exhausted(short: readonly GeneratedItems[]): string {
    const error = short.map((items) => this.#emptyBatches.get(items)?.error).find((known) => known !== undefined);
    if (error === undefined) return "The model returned nothing new";
    return `The model's last answers could not be used (${error.replace(/\.$/, "")})`;
  }

  #incomplete(why: string): string {
    const made = this.items.map(
      ({ collection, count }) => `${count} of ${this.#request.itemCount} items of "${collection}"`,
    );
    return `${why}; ${made.join(", ")} were generated.`;
  }

  /** The collections so far. */
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

function runLocation(seedSetId: string): RunLocation {
  return {
    table: setting(ENVIRONMENT.seedSetsTable),
    key: seedSetKey(seedSetId),
    open: "GENERATING",
    ownerField: "owner",
    spending: "generatedSeedsNanos",
  };
}

/** If this fails, the next update notifies watchers, and queries show the current state. */
async function notifyWatchers(seedSetId: string): Promise<void> {
  await callApi(REPORT_SEED_SET, { input: { id: seedSetId } }).catch((error: unknown) =>
    logger.warn("Failed to notify watchers of a seed set", { error: error as Error, seedSetId }),
  );
}
