/**
 * One lease of one shard: resume → (reserve → pick → render → generate → charge → collect) for many slots at a time, and,
 * concurrently, flush → checkpoint → report about once a second.
 */
import { CostBoundExceeded, type Reservation } from "#core/money/budget";
import { mayRetry, type AttemptLimits } from "#core/shard/attempts";
import { causeOf, reportedCauses } from "#core/shard/causes";
import { beginExport } from "#core/job/ending";
import type { Outcome } from "#core/job/job";
import {
  exceedsFailureToleranceSoFar,
  soleCause,
  soleCauseMessage,
  tooManyFailuresMessage,
} from "#core/job/failure-tolerance";
import { latestRecords, Rate } from "#core/shard/progress";
import { attemptsInPass, metaOf, type OpenSlot } from "#core/shard/record";
import { remainingBoundNanos } from "#core/shard/remaining-bound";
import { jobKey } from "#core/keys";
import type { JobRow } from "#core/job/job-row";
import type { Nanos } from "#core/money/money";
import { reportedSpending } from "#core/money/spending";
import type { ParkedNeed, ShardRow } from "#core/shard/shard-row";
import { ISOLATE_AFTER_CRASHES, poisonSlot, leaseCheck, type LeaseEnd } from "#core/shard/lease";
import { runAttempt, type AttemptOutcome } from "../record/attempt.ts";
import type { ConditionVariable } from "../condition-variable.ts";
import { LeasedShard, LeaseLost } from "./leased-shard.ts";
import type { CallContext } from "../calls/call.ts";
import { applyChange } from "../apply-change.ts";
import type { ConcurrencyLimiter } from "../calls/concurrency-limiter.ts";
import { Lease } from "./lease.ts";
import { sleep, type Control, type Ports, type Settings } from "../ports.ts";
import type { ModelCooldowns } from "../calls/model-cooldowns.ts";
import type { ModelHealth } from "../calls/model-health.ts";
import type { ModelPaces } from "../calls/model-paces.ts";
import type { Overrun, Overruns } from "../calls/overruns.ts";
import { AbortSource } from "../signal.ts";
import type { JobContext } from "../record/job-context.ts";

export interface ShardContext {
  readonly ports: Ports;
  readonly settings: Settings;
  readonly jobContext: JobContext;
  readonly limiter: ConcurrencyLimiter;
  readonly cooldowns: ModelCooldowns;
  readonly paces: ModelPaces;
  readonly modelHealth: ModelHealth;
  readonly overruns: Overruns;
  readonly changed: ConditionVariable;
  readonly job: JobRow;
  /** How many of the job's shards are running now, including this one. */
  readonly runningShards: () => number;
  /** Whether the worker runs no earlier shard that still has records to start. */
  readonly mayStartRecords: (shardNo: number) => boolean;
}

/** lost: another generation holds the lease, or it expired; nothing more was written. */
export type ShardEnd = LeaseEnd | "lost";

const RATE_SPAN_MS = 5_000;
/** Reports are kept for pages opened later: now and then, since each is a write, and when they matter. */
const KEEP_EVERY_MS = 15_000;
/** A few minutes in total for a model that answers some calls and nothing but errors to this one. */
const MAX_CALL_ATTEMPTS = 20;
/** The lease is renewed after this fraction of its length even without progress. */
const RENEW_FRACTION = 0.25;

export class ShardRun {
  readonly #stopping = new AbortSource();
  readonly #aborting = new AbortSource();
  readonly #ended = new AbortSource();
  readonly #inFlight = new Set<Promise<void>>();
  readonly #lease: Lease;
  readonly #calls: CallContext;
  readonly #recordRate = new Rate(RATE_SPAN_MS);
  readonly #spendingRate = new Rate(RATE_SPAN_MS);
  readonly #isIsolating: boolean;
  #reportNo = 0;
  #reportedAtMs = -Infinity;
  #keptAtMs = -Infinity;
  #keptProblem: string | null = null;
  #isLost = false;
  #isOutOfBudget = false;
  /** The job's transition to EXPORTING, once this shard has ended the job. */
  #ending: Promise<unknown> | undefined;
  #error: unknown;

  private constructor(
    readonly context: ShardContext,
    readonly shard: LeasedShard,
    leasedAtMs: number,
  ) {
    const { ports, settings, changed } = context;
    this.#lease = new Lease(ports.clock, settings.leaseMs, leasedAtMs, changed, () => this.#loseLease());
    this.#isIsolating = shard.row.consecutiveCrashes >= ISOLATE_AFTER_CRASHES;
    this.#calls = this.#callContext();
  }

  /** `leasedAtMs`: the monotonic time before the lease was requested. @throws LeaseLost */
  static async open(context: ShardContext, leased: ShardRow, leasedAtMs: number): Promise<ShardRun> {
    const { ports, settings, job, runningShards } = context;
    const shard = await LeasedShard.open(ports, settings, job, leased, leasedAtMs, runningShards);
    return new ShardRun(context, shard, shard.leasedAtMs);
  }

  /** Runs until the shard is done, out of budget, stopped or lost. @throws any unexpected error, with the lease not given back */
  async run(): Promise<ShardEnd> {
    const heartbeat = this.#heartbeat().catch((error: unknown) => this.#abortOn(error));
    try {
      await this.#failPoisonSlot(poisonSlot(this.shard.row));
      await this.#startRecords();
    } catch (error) {
      this.#abortOn(error);
    }
    await Promise.all(this.#inFlight);
    this.#ended.abort();
    await heartbeat;
    const end = await this.#end();
    this.#lease.dispose();
    return end;
  }

  /** How many records could start now; infinite for a worker that isolates a poison slot, so that it takes no other shard. */
  get startableRecords(): number {
    if (this.#stopping.aborted) return 0;
    return this.#isIsolating ? Infinity : this.shard.window.startable;
  }

  /** Whether it would start a record now if the limiter allowed. */
  get canStartRecord(): boolean {
    return !this.#stopping.aborted && !this.#ended.aborted && this.#lease.isFresh && this.shard.window.hasNext;
  }

  /** Calls in flight may finish; none starts. */
  drain(): void {
    this.#stopping.abort();
    this.context.changed.notifyAll();
  }

  /** Calls in flight are aborted too, and charged their worst case. */
  abort(): void {
    this.#aborting.abort();
    this.drain();
  }

  async #startRecords(): Promise<void> {
    const { limiter, changed, mayStartRecords } = this.context;
    const { window, row } = this.shard;
    while (!this.#stopping.aborted) {
      const isAdmitted = this.#isIsolating ? limiter.hasNoRecords : limiter.canAdmitRecord;
      if (!this.#lease.isFresh || !isAdmitted || !mayStartRecords(row.shardNo)) {
        await changed.wait();
        continue;
      }
      const slot = window.take();
      if (slot === undefined) {
        if (this.#inFlight.size === 0) return;
        await changed.wait();
        continue;
      }
      // Nothing left to start here: the next shard's turn.
      if (!window.hasNext) changed.notifyAll();
      // Enters before the reservation, which may wait while other records enter or leave.
      limiter.enterRecord(this.#isIsolating);
      const open = this.shard.openSlot(slot);
      const reservation = await this.#reserve(open).catch((error: unknown) => {
        // The limiter is shared by the whole worker and outlives this lease.
        limiter.leaveRecord();
        throw error;
      });
      if (reservation && !this.#stopping.aborted) {
        this.#start(open, reservation);
        continue;
      }
      reservation?.release();
      window.requeue(slot);
      limiter.leaveRecord();
      if (reservation) return;
      // Records in flight may release enough of their reservations for one more.
      this.#isOutOfBudget = this.#inFlight.size === 0;
      if (this.#isOutOfBudget) return;
      await changed.wait();
    }
  }

  async #reserve(open: OpenSlot): Promise<Reservation | undefined> {
    if (this.#isIsolating) await this.shard.recordSuspect(open.slot);
    this.shard.marginNanos = this.context.overruns.largest?.excessNanos ?? 0;
    const boundNanos = remainingBoundNanos(this.context.jobContext.template, open);
    return await this.shard.reserve(boundNanos + this.shard.marginNanos);
  }

  #start(open: OpenSlot, reservation: Reservation): void {
    const { limiter, jobContext } = this.context;
    this.shard.openSlots.set(open.slot, open);
    const attempt = runAttempt(jobContext, this.#calls, open, reservation)
      .then((outcome) => this.#collect(open, outcome))
      .catch((error: unknown) => this.#abortOn(error))
      .finally(() => {
        reservation.release();
        this.#inFlight.delete(attempt);
        limiter.leaveRecord();
      });
    this.#inFlight.add(attempt);
  }

  async #collect(open: OpenSlot, outcome: AttemptOutcome): Promise<void> {
    const { window, unsaved } = this.shard;
    if (outcome.kind === "suspended") return window.requeue(open.slot);
    const isRetryable = outcome.kind === "retryable" || outcome.kind === "rejected";
    const isRetried = isRetryable && mayRetry(this.#attemptLimits, unsaved, attemptsInPass(open) - 1);
    if (outcome.kind === "rejected") unsaved.addRejected(outcome.rejected);
    unsaved.addAttempt(outcome.kind === "delivered" ? undefined : outcome.failed.cause);
    if (isRetried) {
      open.attempt += 1;
      open.steps = {};
      window.requeue(open.slot);
    } else {
      this.shard.openSlots.delete(open.slot);
      const bytes =
        outcome.kind === "delivered" ? unsaved.addRecord(outcome.record) : unsaved.addFailure(outcome.failed);
      window.finish(open.slot, bytes);
    }
    if (outcome.kind !== "delivered")
      this.#failJobIfBeyondTolerance(outcome.failed.reason, outcome.kind === "rejected");
    if (!isRetried && this.#isIsolating) await this.#flush();
  }

  get #attemptLimits(): AttemptLimits {
    const { fromSlot, toSlot } = this.shard.row;
    return { slots: toSlot - fromSlot, maxAttempts: this.context.jobContext.template.maxAttempts };
  }

  /** @param reason why the last attempt was unsuccessful */
  #failJobIfBeyondTolerance(reason: string, wasRejected: boolean): void {
    const { unsaved } = this.shard;
    const { maxFailedPercent } = this.context.job;
    const { delivered, failed, attempts, priorUnsuccessfulAttempts, causes } = unsaved;
    if (soleCause(unsaved) !== undefined)
      this.#failJob(soleCauseMessage(attempts - priorUnsuccessfulAttempts, reason, wasRejected));
    else if (exceedsFailureToleranceSoFar(unsaved, maxFailedPercent))
      this.#failJob(tooManyFailuresMessage(failed, delivered + failed, [causes], maxFailedPercent));
  }

  #failJob(reason: string): void {
    this.#endJob("FAILED", reason);
  }

  #endJob(outcome: Outcome, reason: string): void {
    if (this.#ending) return;
    const { ports, job } = this.context;
    const change = beginExport(job, outcome, reason);
    // A worker that lost its shard does not know what happened to the job since: its failed records may have been retried.
    const fenced = { ...change, writes: [...change.writes, leaseCheck(this.shard.row)] };
    this.#ending = applyChange(ports, fenced).catch((error: unknown) => this.#abortOn(error));
    this.drain();
  }

  /** Fails the slot that workers crashed on, or none would ever get past it. It is the lowest: a worker that isolates takes it first. */
  async #failPoisonSlot(suspectedSlot: number | undefined): Promise<void> {
    if (suspectedSlot === undefined) return;
    const { jobContext } = this.context;
    const { window, openSlots, row } = this.shard;
    const slot = window.take();
    if (slot === undefined) return;
    if (slot !== suspectedSlot) return window.requeue(slot);
    const open = this.shard.openSlot(slot);
    const seeds = await jobContext.seeds.draw(jobContext.template.pick, {
      jobId: jobContext.jobId,
      slot,
      attempt: open.attempt,
    });
    openSlots.delete(slot);
    this.shard.clearSuspect();
    const reason = `Generating it crashed the worker ${row.consecutiveCrashes} times.`;
    const cause = causeOf(reason);
    this.shard.unsaved.addAttempt(cause);
    window.finish(slot, this.shard.unsaved.addFailure({ slot, reason, cause, meta: metaOf(open, seeds) }));
    this.#failJobIfBeyondTolerance(reason, false);
    await this.#flush();
  }

  async #heartbeat(): Promise<void> {
    const { clock } = this.context.ports;
    const { flushIntervalMs, leaseMs } = this.context.settings;
    this.#spendingRate.sample(clock.monotonicMs(), this.shard.account.spentNanos);
    while (!this.#ended.aborted) {
      await sleep(clock, flushIntervalMs, this.#ended);
      if (this.#ended.aborted) return;
      this.shard.spentPerSecondNanos = Math.ceil(
        this.#spendingRate.sample(clock.monotonicMs(), this.shard.account.spentNanos),
      );
      if (this.shard.hasUnsavedChanges || this.#lease.ageMs > leaseMs * RENEW_FRACTION) await this.#flush();
      await this.#report();
    }
  }

  async #flush(): Promise<void> {
    const askedAtMs = this.context.ports.clock.monotonicMs();
    await this.shard.flush();
    this.#lease.renewed(askedAtMs);
  }

  /** Reports the last checkpoint's numbers, so that nothing a subscriber has seen is ever taken back. */
  async #report(isLast = false): Promise<void> {
    const { ports, settings } = this.context;
    const nowMs = ports.clock.monotonicMs();
    const intervalMs = this.context.runningShards() * 1_000;
    const { row } = this.shard;
    const { shardNo, generation, delivered, failed, spentNanos, writtenOffNanos, inputTokens, outputTokens } = row;
    const causes = reportedCauses(row.causes ?? []);
    const spending = reportedSpending(row.spending);
    const modelProblem = isLast ? null : this.context.modelHealth.problemAt(nowMs);
    const recordsPerSecond = isLast ? 0 : Math.round(this.#recordRate.sample(nowMs, delivered) * 10) / 10;
    // Slightly early rather than a whole flush late.
    if (!isLast && nowMs - this.#reportedAtMs < intervalMs - settings.flushIntervalMs / 2) return;
    this.#reportedAtMs = nowMs;
    this.#reportNo += 1;
    const isKept = isLast || modelProblem !== this.#keptProblem || nowMs - this.#keptAtMs >= KEEP_EVERY_MS;
    const totals = {
      generation,
      reportNo: this.#reportNo,
      delivered,
      failed,
      rejected: row.rejected ?? 0,
      mended: row.mended ?? 0,
      modelProblem,
      causes,
      spentNanos,
      spending,
      writtenOffNanos,
      inputTokens,
      outputTokens,
    };
    try {
      this.#applyControl(
        await ports.reporter.report(shardNo, {
          ...totals,
          recordsPerSecond,
          latest: latestRecords(
            this.shard.unsaved.latest,
            Buffer.byteLength(JSON.stringify([causes, spending, modelProblem])),
          ),
          isKept,
        }),
      );
      if (isKept) [this.#keptAtMs, this.#keptProblem] = [nowMs, modelProblem];
    } catch (error) {
      ports.log.warn("Progress could not be reported.", { error: String(error) });
      // The row may be unreachable too; then the next report asks again.
      const job = await ports.store.read(jobKey(this.context.job.jobId)).catch(() => undefined);
      if (job) this.#applyControl(job as JobRow);
    }
  }

  #applyControl({ status }: Pick<Control, "status">): void {
    if (status === "RUNNING" || status === "QUEUED" || this.#ending) return;
    if (status === "PAUSED") this.drain();
    else this.abort();
  }

  async #end(): Promise<ShardEnd> {
    await this.#ending;
    if (this.#error !== undefined) throw this.#error;
    if (this.#isLost) return "lost";
    // If stopped, it may have missed that the job was resumed with more money: the next worker finds out.
    const isParked = this.#isOutOfBudget && !this.#stopping.aborted;
    const state: LeaseEnd = this.shard.window.isComplete ? "DONE" : isParked ? "PARKED" : "OPEN";
    try {
      const ended = await this.shard.release(state, this.#parkedNeed);
      await this.#report(true);
      return ended;
    } catch (error) {
      if (error instanceof LeaseLost) return "lost";
      throw error;
    }
  }

  /** What one record needs beyond its worst case, as far as this worker knows. */
  get #parkedNeed(): ParkedNeed | undefined {
    const { job, overruns } = this.context;
    const { excessNanos = 0, message = "" } = overruns.largest ?? {};
    return excessNanos > 0 ? { nanos: job.maxAttemptCostNanos + excessNanos, because: message } : undefined;
  }

  #addOverrun(overrun: Overrun): void {
    const { overruns, ports } = this.context;
    if (!overruns.largest) ports.log.warn(overrun.message);
    overruns.add(overrun);
  }

  /** Draws what an overrun left without cover. If the budget has less, the job has reached it. */
  async #drawFromBudget(nanos: Nanos, overrun: Overrun): Promise<Nanos> {
    const reservation = await this.shard.reserve(nanos);
    const paidNanos = reservation?.charge(nanos) ?? 0;
    reservation?.release();
    if (paidNanos < nanos)
      this.#endJob(
        "BUDGET_EXCEEDED",
        `${overrun.message} The budget does not cover all that it counted, so the job stopped; resume with a larger budget, or have the server keep to maxTokens.`,
      );
    return paidNanos;
  }

  #callContext(): CallContext {
    const { ports, limiter, cooldowns, paces, modelHealth, changed } = this.context;
    const { unsaved } = this.shard;
    return {
      ports,
      limiter,
      cooldowns,
      paces,
      health: modelHealth,
      maxCallAttempts: MAX_CALL_ATTEMPTS,
      aborting: this.#aborting,
      stopping: this.#stopping,
      untilLeaseFresh: async () => {
        while (!this.#lease.isFresh && !this.#stopping.aborted) await changed.wait();
      },
      onOverrun: (overrun) => this.#addOverrun(overrun),
      drawFromBudget: (nanos, overrun) => this.#drawFromBudget(nanos, overrun),
      onCharged: (call) => unsaved.addCall(call, ports.clock.nowMs()),
      onMended: () => unsaved.addMended(),
      onProgress: () => unsaved.markChanged(),
    };
  }

  #loseLease(): void {
    this.#isLost = true;
    this.abort();
  }

  #abortOn(error: unknown): void {
    if (error instanceof LeaseLost) return this.#loseLease();
    if (error instanceof CostBoundExceeded)
      return this.#failJob(`${error.message} This is a bug in Plot Palette; please report it.`);
    this.#error ??= error;
    this.abort();
  }
}
