/**
 * One lease of one shard: resume → (pick → render → reserve → generate → charge → collect) for many slots at a time, and
 * beside it flush → checkpoint → report about once a second.
 */
import { CostBoundExceeded, type Reservation } from "#core/money/budget";
import { mayRetry, type AttemptLimits } from "#core/shard/attempts";
import { bytesOfCauses, causeOf, reportedCauses } from "#core/shard/causes";
import { beginExport } from "#core/job/ending";
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
import type { ShardRow } from "#core/shard/shard-row";
import { ISOLATE_AFTER_CRASHES, poisonSlot, leaseCheck, type LeaseEnd } from "#core/shard/lease";
import { runAttempt, type AttemptEnd } from "../record/attempt.ts";
import type { ConditionVariable } from "../condition-variable.ts";
import { LeasedShard, LeaseLost } from "./leased-shard.ts";
import type { CallContext } from "../calls/call.ts";
import { applyChange } from "../apply-change.ts";
import type { ConcurrencyLimiter } from "../calls/concurrency-limiter.ts";
import { Lease } from "./lease.ts";
import { sleep, type Control, type Ports, type Settings } from "../ports.ts";
import type { ModelCooldowns } from "../calls/model-cooldowns.ts";
import { AbortSource } from "../signal.ts";
import type { JobContext } from "../record/job-context.ts";

export interface ShardContext {
  readonly ports: Ports;
  readonly settings: Settings;
  readonly jobContext: JobContext;
  readonly limiter: ConcurrencyLimiter;
  readonly cooldowns: ModelCooldowns;
  readonly changed: ConditionVariable;
  readonly job: JobRow;
  /** How many shards of the job run at present, this one included. */
  readonly runningShards: number;
  /** Whether the worker runs no earlier shard that still has records to begin. */
  readonly mayStartRecords: (shardNo: number) => boolean;
}

/** lost: another generation holds the lease, or it ran out; nothing more was written. */
export type ShardEnd = LeaseEnd | "lost";

const RATE_SPAN_MS = 5_000;
/** The lease is renewed at this part of its length even when there is nothing to tell. */
const RENEW_AT = 0.25;

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
  #isLost = false;
  #isOutOfBudget = false;
  /** The job's move to EXPORTING, once this shard has given the job up. */
  #failing: Promise<unknown> | undefined;
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

  /** `leasedAtMs`: the monotonic time before the lease was asked for. @throws LeaseLost */
  static async begin(context: ShardContext, leased: ShardRow, leasedAtMs: number): Promise<ShardRun> {
    const { ports, settings, job, runningShards } = context;
    const book = await LeasedShard.openSlots(ports, settings, job, leased, leasedAtMs, runningShards);
    return new ShardRun(context, book, book.leasedAtMs);
  }

  /** Until the shard is done, out of money, stopped or lost. @throws what nobody expected, with the lease not given back */
  async run(): Promise<ShardEnd> {
    const beating = this.#heartbeat().catch((error: unknown) => this.#abortOn(error));
    try {
      await this.#failPoisonSlot(poisonSlot(this.shard.row));
      await this.#startRecords();
    } catch (error) {
      this.#abortOn(error);
    }
    await Promise.all(this.#inFlight);
    this.#ended.abort();
    await beating;
    const end = await this.#end();
    this.#lease.dispose();
    return end;
  }

  /** Records in flight and still to be begun: no end of them for a careful worker, which must have nothing else in hand. */
  get pendingRecords(): number {
    if (this.#stopping.aborted) return this.#inFlight.size;
    return this.#isIsolating ? Infinity : this.#inFlight.size + this.shard.window.remaining;
  }

  /** Whether it would begin a record now if there were room. */
  get canStartRecord(): boolean {
    return !this.#stopping.aborted && !this.#ended.aborted && this.#lease.isFresh && this.shard.window.hasNext;
  }

  /** Calls in flight may finish, none begins. */
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
      const hasRoom = this.#isIsolating ? limiter.hasNoRecords : limiter.canAdmitRecord;
      if (!this.#lease.isFresh || !hasRoom || !mayStartRecords(row.shardNo)) {
        await changed.wait();
        continue;
      }
      const slot = window.take();
      if (slot === undefined) {
        if (this.#inFlight.size === 0) return;
        await changed.wait();
        continue;
      }
      // The next shard's turn.
      if (!window.hasNext) changed.notifyAll();
      // While this waits, others may leave or enter; it holds its place.
      limiter.enterRecord(this.#isIsolating);
      const one = this.shard.slot(slot);
      const reservation = await this.#reserve(one).catch((error: unknown) => {
        // The gate is the whole worker's, and outlives this lease.
        limiter.leaveRecord();
        throw error;
      });
      if (reservation && !this.#stopping.aborted) {
        this.#start(one, reservation);
        continue;
      }
      reservation?.release();
      window.requeue(slot);
      limiter.leaveRecord();
      if (reservation) return;
      // What is in flight may give back enough of its reservations for one more record.
      this.#isOutOfBudget = this.#inFlight.size === 0;
      if (this.#isOutOfBudget) return;
      await changed.wait();
    }
  }

  async #reserve(open: OpenSlot): Promise<Reservation | undefined> {
    if (this.#isIsolating) await this.shard.recordSuspect(open.slot);
    return await this.shard.reserve(remainingBoundNanos(this.context.jobContext.template, open));
  }

  #start(open: OpenSlot, reservation: Reservation): void {
    const { limiter, jobContext } = this.context;
    this.shard.openSlots.set(open.slot, open);
    const work = runAttempt(jobContext, this.#calls, open, reservation)
      .then((end) => this.#collect(open, end))
      .catch((error: unknown) => this.#abortOn(error))
      .finally(() => {
        reservation.release();
        this.#inFlight.delete(work);
        limiter.leaveRecord();
      });
    this.#inFlight.add(work);
  }

  async #collect(open: OpenSlot, result: AttemptEnd): Promise<void> {
    const { window, unsaved } = this.shard;
    if (result.end === "waiting") return window.requeue(open.slot);
    const mayGoOn = result.end === "again" || result.end === "rejected";
    const triesAgain = mayGoOn && mayRetry(this.#attemptLimits, unsaved, attemptsInPass(open) - 1);
    if (result.end === "rejected") unsaved.addRejected(result.rejected);
    unsaved.addAttempt(result.end === "made" ? undefined : result.failed.cause);
    if (triesAgain) {
      open.attempt += 1;
      open.steps = {};
      window.requeue(open.slot);
    } else {
      this.shard.openSlots.delete(open.slot);
      window.finish(open.slot);
      if (result.end === "made") unsaved.addRecord(result.record);
      else unsaved.addFailure(result.failed);
    }
    if (result.end !== "made") this.#failJobIfBeyondTolerance(result.failed.reason, result.end === "rejected");
    if (!triesAgain && this.#isIsolating) await this.#flush();
  }

  get #attemptLimits(): AttemptLimits {
    const { fromSlot, toSlot } = this.shard.row;
    return { slots: toSlot - fromSlot, maxAttempts: this.context.jobContext.template.maxAttempts };
  }

  /** @param reason why the last attempt came to nothing */
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
    if (this.#failing) return;
    const { ports, job } = this.context;
    const change = beginExport(job, "FAILED", reason);
    // A worker that lost its shard knows nothing of what became of the job since: it may have been tried again.
    const held = { ...change, writes: [...change.writes, leaseCheck(this.shard.row)] };
    this.#failing = applyChange(ports, held).catch((error: unknown) => this.#abortOn(error));
    this.drain();
  }

  /** The slot that workers died with goes, or none would ever get past it. It is the lowest: a careful worker takes no other first. */
  async #failPoisonSlot(poisonous: number | undefined): Promise<void> {
    if (poisonous === undefined) return;
    const { jobContext } = this.context;
    const { window, openSlots, row } = this.shard;
    const slot = window.take();
    if (slot === undefined) return;
    if (slot !== poisonous) return window.requeue(slot);
    const one = this.shard.slot(slot);
    const seeds = await jobContext.seeds.draw(jobContext.template.pick, {
      jobId: jobContext.jobId,
      slot,
      attempt: one.attempt,
    });
    openSlots.delete(slot);
    window.finish(slot);
    this.shard.clearSuspect();
    const reason = `Making it stopped the worker ${row.consecutiveCrashes} times.`;
    const cause = causeOf(reason);
    this.shard.unsaved.addAttempt(cause);
    this.shard.unsaved.addFailure({ slot, reason, cause, meta: metaOf(one, seeds) });
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
      if (this.shard.hasUnsavedChanges || this.#lease.ageMs > leaseMs * RENEW_AT) await this.#flush();
      await this.#report();
    }
  }

  async #flush(): Promise<void> {
    const askedAtMs = this.context.ports.clock.monotonicMs();
    await this.shard.flush();
    this.#lease.renewed(askedAtMs);
  }

  /** Told are the facts of the last checkpoint, so that what a watcher has seen is never taken back. */
  async #report(isLast = false): Promise<void> {
    const { ports, runningShards, settings } = this.context;
    const nowMs = ports.clock.monotonicMs();
    const { row } = this.shard;
    const { shardNo, generation, delivered, failed, spentNanos, writtenOffNanos, inputTokens, outputTokens } = row;
    const causes = reportedCauses(row.causes ?? []);
    const recordsPerSecond = isLast ? 0 : Math.round(this.#recordRate.sample(nowMs, delivered) * 10) / 10;
    // A little early rather than a whole flush late.
    if (!isLast && nowMs - this.#reportedAtMs < runningShards * 1000 - settings.flushIntervalMs / 2) return;
    this.#reportedAtMs = nowMs;
    this.#reportNo += 1;
    const told = {
      generation,
      reportNo: this.#reportNo,
      delivered,
      failed,
      rejected: row.rejected ?? 0,
      causes,
      spentNanos,
      writtenOffNanos,
      inputTokens,
      outputTokens,
    };
    try {
      this.#applyControl(
        await ports.reporter.report(shardNo, {
          ...told,
          recordsPerSecond,
          latest: latestRecords(this.shard.unsaved.latest, bytesOfCauses(causes)),
        }),
      );
    } catch (error) {
      ports.log.warn("Progress could not be reported.", { error: String(error) });
      // Nor may the job's row be within reach; then the next report asks again.
      const job = await ports.store.read(jobKey(this.context.job.jobId)).catch(() => undefined);
      if (job) this.#applyControl(job as JobRow);
    }
  }

  #applyControl({ status }: Pick<Control, "status">): void {
    if (status === "RUNNING" || status === "QUEUED" || this.#failing) return;
    if (status === "PAUSED") this.drain();
    else this.abort();
  }

  async #end(): Promise<ShardEnd> {
    await this.#failing;
    if (this.#error !== undefined) throw this.#error;
    if (this.#isLost) return "lost";
    // Told to stop, it may have missed that the job was resumed with more money: the next worker finds out.
    const isRefused = this.#isOutOfBudget && !this.#stopping.aborted;
    const state: LeaseEnd = this.shard.window.isComplete ? "DONE" : isRefused ? "PARKED" : "OPEN";
    try {
      const ended = await this.shard.release(state);
      await this.#report(true);
      return ended;
    } catch (error) {
      if (error instanceof LeaseLost) return "lost";
      throw error;
    }
  }

  #callContext(): CallContext {
    const { ports, limiter, cooldowns, settings, changed } = this.context;
    const { unsaved } = this.shard;
    return {
      ports,
      limiter,
      cooldowns,
      callTimeoutMs: settings.callTimeoutMs,
      aborting: this.#aborting,
      stopping: this.#stopping,
      untilLeaseFresh: async () => {
        while (!this.#lease.isFresh && !this.#stopping.aborted) await changed.wait();
      },
      onCharged: (call) => unsaved.addCall(call, ports.clock.nowMs()),
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
      return this.#failJob(`${error.message} This is a fault of Plot Palette; please report it.`);
    this.#error ??= error;
    this.abort();
  }
}
