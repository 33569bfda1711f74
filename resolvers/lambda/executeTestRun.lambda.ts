/** Makes the records of a try with real model calls, one after the other, each within money set aside before. */
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { GrantAccount } from "../../core/money/budget.ts";
import { ENVIRONMENT } from "../../core/environment.ts";
import { PlotPaletteError } from "../../core/errors.ts";
import { sampleOf } from "../../core/money/estimate.ts";
import { formatUsd, type Nanos } from "../../core/money/money.ts";
import { newOpenSlot } from "../../core/shard/record.ts";
import { REPORT_TEST_RUN } from "../../core/reports.ts";
import { testRunInputKey, testRunKey } from "../../core/keys.ts";
import type { TestRunInputRow } from "../../core/template/test-run-rows.ts";
import { boundOf } from "../../core/template/bound.ts";
import { parseTemplate } from "../../core/template/parse.ts";
import { runAttempt, type AttemptOutcome } from "../../worker/record/attempt.ts";
import { JobContext } from "../../worker/record/job-context.ts";
import type { TestRunCall } from "../generated/schema.ts";
import { RUN_CRASHED } from "../shared/runTimeout.ts";
import { logger } from "./lambdaHandler.ts";
import { callApi } from "./callApi.ts";
import { documentClient, setting } from "./clients.ts";
import { drawnItems } from "./drawnItems.ts";
import { closeDead, MeteredRun, RunLost, type RunPlace } from "./meteredRun.ts";
import { ModelCalls, type LambdaTime } from "./modelCalls.ts";
import { addToCostSample } from "./costSamples.ts";
import { openSeeds } from "./seedSetToUse.ts";
import { encodeRecords, toTestRunCall, type Record as MadeRecord } from "./testRunRecords.ts";

/** How a try ended. */
interface Ending {
  readonly status: "COMPLETED" | "FAILED";
  readonly statusReason?: string;
}

const DIED: Ending = { status: "FAILED", statusReason: RUN_CRASHED };
const OUR_FAULT: Ending = {
  status: "FAILED",
  statusReason: "Something went wrong on our side; try again. What was paid is counted.",
};

export async function handler({ testRunId }: { testRunId: string }, time: LambdaTime): Promise<void> {
  const place = placeOf(testRunId);
  const { run, died } = await MeteredRun.begin(place);
  if (died && (await closeDead(place, died, { ...DIED, finishedAt: now() }))) await tell(testRunId);
  if (!run) return;
  try {
    await run.close({ ...(await makeRecords(testRunId, run, time)), finishedAt: now() });
  } catch (error) {
    run.letGo();
    if (!(error instanceof RunLost)) throw error;
  }
  await tell(testRunId);
}

async function makeRecords(testRunId: string, run: MeteredRun, time: LambdaTime): Promise<Ending> {
  const making = new TestRunExecution(testRunId, run, time);
  try {
    const ending = await making.all();
    await making.saveCostSample();
    return ending;
  } catch (error) {
    if (error instanceof RunLost) throw error;
    if (error instanceof PlotPaletteError) return { status: "FAILED", statusReason: error.message };
    logger.error("A try failed", { error: error as Error, testRunId });
    return OUR_FAULT;
  } finally {
    making.calls.end();
  }
}

class TestRunExecution {
  readonly calls: ModelCalls;
  readonly #purse = new GrantAccount();
  readonly #records: MadeRecord[] = [];
  /** Those that ran to their end: what a job pays for a record. */
  readonly #finished: (MadeRecord & { needsRetry: boolean })[] = [];
  #input?: TestRunInputRow;
  #observed: TestRunCall[] = [];

  constructor(
    readonly testRunId: string,
    readonly run: MeteredRun,
    time: LambdaTime,
  ) {
    this.#purse.grant(run.row.budgetNanos);
    this.calls = new ModelCalls(time, run.lost, (call) => this.#observed.push(toTestRunCall(call)));
  }

  /** @throws RunLost; PlotPaletteError when seeds or template cannot be used any more */
  async all(): Promise<Ending> {
    this.#input = await readInput(this.testRunId);
    const shop = await openWorkshop(this.testRunId, this.#input);
    const bound = boundOf(shop.template).costNanos;
    const wanted: number = this.run.row.recordCount;
    for (let recordNo = 0; recordNo < wanted; recordNo++) {
      if (this.calls.isOver) return { status: "FAILED", statusReason: this.#short("There was no time left", wanted) };
      if (this.#purse.availableNanos < bound)
        return { status: "COMPLETED", statusReason: this.#short(this.#poor(bound), wanted) };
      await this.#record(shop, recordNo, bound);
    }
    const { callsLeftOut } = encodeRecords(this.#records);
    if (callsLeftOut === 0) return { status: "COMPLETED" };
    return {
      status: "COMPLETED",
      statusReason: `It made too many calls to show them all; ${callsLeftOut} are left out.`,
    };
  }

  /** A job of the same template is estimated by it. A try does not fail for want of that. */
  async saveCostSample(): Promise<void> {
    if (!this.#input || this.#finished.length === 0) return;
    await addToCostSample(this.run.row.testRunOwner, this.#input, sampleOf(this.#finished)).catch((error: unknown) =>
      logger.warn("A try could not be kept as a sample", { error: error as Error, testRunId: this.testRunId }),
    );
  }

  async #record(shop: JobContext, recordNo: number, bound: Nanos): Promise<void> {
    const reservation = this.#purse.reserve(bound);
    if (!reservation) throw new Error("A record was begun for which there is no money.");
    await this.run.reserve(bound);
    const open = newOpenSlot(recordNo);
    this.#observed = [];
    try {
      const seeds = await drawnItems(shop.seeds, shop.template.pick, { jobId: shop.jobId, slot: recordNo, attempt: 0 });
      const end = await runAttempt(shop, this.calls.context, open, reservation);
      const record: MadeRecord = {
        recordNo,
        ...resultOf(end, this.calls.isOver),
        seeds: Object.fromEntries(Object.entries(seeds).map(([name, item]) => [name, JSON.parse(item)])),
        calls: this.#observed,
        costNanos: open.costNanos,
      };
      this.#records.push(record);
      if (end.kind !== "suspended") this.#finished.push({ ...record, needsRetry: isTriedAgain(end) });
    } finally {
      reservation.release();
      // Whatever happened: what was paid is noted.
      const { text } = encodeRecords(this.#records);
      await this.run.settle(this.#purse.spentNanos, open.costNanos, { records: text });
    }
    await tell(this.testRunId);
  }

  #poor(bound: Nanos): string {
    return `What is left of the budget, ${formatUsd(this.#purse.availableNanos)}, is less than another record can cost, ${formatUsd(bound)}`;
  }

  #short(why: string, wanted: number): string {
    return `${why}; ${this.#records.length} of ${wanted} records were made.`;
  }
}

/** Whether a job would make another attempt. */
function isTriedAgain({ kind }: AttemptOutcome): boolean {
  return kind === "retryable" || kind === "rejected";
}

/** Who tries a template wants to see each candidate and what is said of it: one that is rejected is shown, not replaced. */
function resultOf(
  end: AttemptOutcome,
  isOver: boolean,
): { columns: unknown; failure: string | null; rejection: string | null } {
  if (end.kind === "delivered") return { columns: end.record.columns, failure: null, rejection: null };
  if (end.kind === "rejected") return { columns: end.rejected.columns, failure: null, rejection: end.rejected.reason };
  if (end.kind !== "suspended") return { columns: null, failure: end.failed.reason, rejection: null };
  const failure = isOver
    ? "There was no time left to finish it."
    : "A call got no answer, and what is set aside for the record does not pay for another.";
  return { columns: null, failure, rejection: null };
}

async function readInput(testRunId: string): Promise<TestRunInputRow> {
  const { Item } = await documentClient().send(
    new GetCommand({
      TableName: setting(ENVIRONMENT.jobsTable),
      Key: testRunInputKey(testRunId),
      ConsistentRead: true,
    }),
  );
  return Item as TestRunInputRow;
}

async function openWorkshop(testRunId: string, input: TestRunInputRow): Promise<JobContext> {
  const { source, tiers, partials, parameters, seedSetOwner, seedSetId } = input;
  const seeds = await openSeeds({ owner: seedSetOwner, seedSetId });
  const { collections } = seeds.index;
  return JobContext.open({
    jobId: testRunId,
    template: parseTemplate(source, tiers),
    partials,
    parameters,
    seeds,
    collections,
  });
}

function placeOf(testRunId: string): RunPlace {
  return {
    table: setting(ENVIRONMENT.jobsTable),
    key: testRunKey(testRunId),
    open: "RUNNING",
    ownerField: "testRunOwner",
    spending: "testRunsNanos",
  };
}

/** Watchers hear it with the next news if this fails, and whoever looks sees it. */
async function tell(testRunId: string): Promise<void> {
  await callApi(REPORT_TEST_RUN, { input: { id: testRunId } }).catch((error: unknown) =>
    logger.warn("Nobody could be told of a try", { error: error as Error, testRunId }),
  );
}

function now(): string {
  return new Date().toISOString();
}
