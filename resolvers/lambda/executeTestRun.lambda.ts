/** Generates the records of a test run with real model calls, one at a time, each within money reserved up front. */
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { GrantAccount } from "../../core/money/budget.ts";
import { ENVIRONMENT } from "../../core/environment.ts";
import { PlotPaletteError } from "../../core/errors.ts";
import { sampleOf, tooSmallRest } from "../../core/money/estimate.ts";
import type { Nanos } from "../../core/money/money.ts";
import { newOpenSlot, type DeliveredRecord } from "../../core/shard/record.ts";
import { columnsOfRows } from "../../core/shard/rows.ts";
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
import { closeCrashed, MeteredRun, RunLost, type RunLocation } from "./meteredRun.ts";
import { ModelCalls, type LambdaContext } from "./modelCalls.ts";
import { addToCostSample } from "./costSamples.ts";
import { openSeeds } from "./seedSetToUse.ts";
import { encodeRecords, toTestRunCall, type StoredRecord } from "./testRunRecords.ts";

/** How a test run ended. */
interface Ending {
  readonly status: "COMPLETED" | "FAILED";
  readonly statusReason?: string;
}

const CRASHED: Ending = { status: "FAILED", statusReason: RUN_CRASHED };
const INTERNAL_ERROR: Ending = {
  status: "FAILED",
  statusReason: "Something went wrong on our side; try again. The money already spent is counted.",
};

export async function handler({ testRunId }: { testRunId: string }, lambdaContext: LambdaContext): Promise<void> {
  const location = runLocation(testRunId);
  const { run, crashed } = await MeteredRun.begin(location);
  if (crashed && (await closeCrashed(location, crashed, { ...CRASHED, finishedAt: now() })))
    await notifyWatchers(testRunId);
  if (!run) return;
  try {
    await run.close({ ...(await makeRecords(testRunId, run, lambdaContext)), finishedAt: now() });
  } catch (error) {
    run.stopHeartbeat();
    if (!(error instanceof RunLost)) throw error;
  }
  await notifyWatchers(testRunId);
}

async function makeRecords(testRunId: string, run: MeteredRun, lambdaContext: LambdaContext): Promise<Ending> {
  const execution = new TestRunExecution(testRunId, run, lambdaContext);
  try {
    const ending = await execution.all();
    await execution.saveCostSample();
    return ending;
  } catch (error) {
    if (error instanceof RunLost) throw error;
    if (error instanceof PlotPaletteError) return { status: "FAILED", statusReason: error.message };
    logger.error("A test run failed", { error: error as Error, testRunId });
    return INTERNAL_ERROR;
  } finally {
    execution.calls.end();
  }
}

class TestRunExecution {
  readonly calls: ModelCalls;
  readonly #account = new GrantAccount();
  readonly #records: StoredRecord[] = [];
  /** The records that ran to their end: what a job pays for a record. */
  readonly #finished: (StoredRecord & { needsRetry: boolean })[] = [];
  #input?: TestRunInputRow;
  #observed: TestRunCall[] = [];

  constructor(
    readonly testRunId: string,
    readonly run: MeteredRun,
    lambdaContext: LambdaContext,
  ) {
    this.#account.grant(run.row.budgetNanos);
    this.calls = new ModelCalls(lambdaContext, run.lost, (call) => this.#observed.push(toTestRunCall(call)));
  }

  /** @throws RunLost; PlotPaletteError when the seeds or template can no longer be used */
  async all(): Promise<Ending> {
    this.#input = await readInput(this.testRunId);
    const context = await openJobContext(this.testRunId, this.#input);
    const bound = boundOf(context.template).costNanos;
    const wanted: number = this.run.row.recordCount;
    for (let recordNo = 0; recordNo < wanted; recordNo++) {
      if (this.calls.isStopping) return { status: "FAILED", statusReason: this.#incomplete("Time ran out", wanted) };
      if (this.#account.availableNanos < bound)
        return { status: "COMPLETED", statusReason: this.#incomplete(this.#insufficientFunds(bound), wanted) };
      await this.#record(context, recordNo, bound);
    }
    const { omittedCalls } = encodeRecords(this.#records);
    if (omittedCalls === 0) return { status: "COMPLETED" };
    return {
      status: "COMPLETED",
      statusReason: `There were too many calls to show them all; ${omittedCalls} are omitted.`,
    };
  }

  /** Jobs of the same template are estimated from it. Failing to save it does not fail the test run. */
  async saveCostSample(): Promise<void> {
    if (!this.#input || this.#finished.length === 0) return;
    await addToCostSample(this.run.row.testRunOwner, this.#input, sampleOf(this.#finished)).catch((error: unknown) =>
      logger.warn("Failed to save a cost sample", { error: error as Error, testRunId: this.testRunId }),
    );
  }

  async #record(context: JobContext, recordNo: number, bound: Nanos): Promise<void> {
    const reservation = this.#account.reserve(bound);
    if (!reservation) throw new Error("A record was started without money for it.");
    await this.run.reserve(bound);
    const open = newOpenSlot(recordNo);
    this.#observed = [];
    try {
      const seeds = await drawnItems(context.seeds, context.template.pick, {
        jobId: context.jobId,
        slot: recordNo,
        attempt: 0,
      });
      const end = await runAttempt(context, this.calls.context, open, reservation);
      const record: StoredRecord = {
        recordNo,
        ...resultOf(end, this.calls.isStopping),
        seeds: Object.fromEntries(Object.entries(seeds).map(([name, item]) => [name, JSON.parse(item)])),
        calls: this.#observed,
        costNanos: open.costNanos,
      };
      this.#records.push(record);
      if (end.kind !== "suspended") this.#finished.push({ ...record, needsRetry: isRetried(end) });
    } finally {
      reservation.release();
      // Whatever happened, record what was spent.
      const { text } = encodeRecords(this.#records);
      await this.run.settle(this.#account.spentNanos, open.costNanos, { records: text });
    }
    await notifyWatchers(this.testRunId);
  }

  #insufficientFunds(bound: Nanos): string {
    return tooSmallRest(this.#account.availableNanos, bound, "another record");
  }

  #incomplete(why: string, wanted: number): string {
    return `${why}; ${this.#records.length} of ${wanted} records were generated.`;
  }
}

/** Whether a job would make another attempt. */
function isRetried({ kind }: AttemptOutcome): boolean {
  return kind === "retryable" || kind === "rejected";
}

/** A test run shows each candidate and its verdict: a rejected one is shown, not regenerated. */
function resultOf(
  end: AttemptOutcome,
  isStopping: boolean,
): { columns: unknown; failure: string | null; rejection: string | null } {
  if (end.kind === "delivered") return { columns: shownColumns(end.record), failure: null, rejection: null };
  if (end.kind === "rejected")
    return { columns: shownColumns(end.rejected), failure: null, rejection: end.rejected.reason };
  if (end.kind !== "suspended") return { columns: null, failure: end.failed.reason, rejection: null };
  const failure = isStopping
    ? "Time ran out before it was finished."
    : "A call got no answer, and the money reserved for the record does not cover another.";
  return { columns: null, failure, rejection: null };
}

/** A record's columns, or those of each of its rows. */
function shownColumns(record: Pick<DeliveredRecord, "columns" | "moreRows">): unknown {
  return record.moreRows ? columnsOfRows(record) : record.columns;
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

async function openJobContext(testRunId: string, input: TestRunInputRow): Promise<JobContext> {
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

function runLocation(testRunId: string): RunLocation {
  return {
    table: setting(ENVIRONMENT.jobsTable),
    key: testRunKey(testRunId),
    open: "RUNNING",
    ownerField: "testRunOwner",
    spending: "testRunsNanos",
  };
}

/** If this fails, the next update notifies watchers, and queries show the current state. */
async function notifyWatchers(testRunId: string): Promise<void> {
  await callApi(REPORT_TEST_RUN, { input: { id: testRunId } }).catch((error: unknown) =>
    logger.warn("Failed to notify watchers of a test run", { error: error as Error, testRunId }),
  );
}

function now(): string {
  return new Date().toISOString();
}
