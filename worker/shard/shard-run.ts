/**
 * One lease of one shard: resume → (pick → render → reserve → generate → charge → collect) for many slots at a time, and
 * beside it flush → checkpoint → report about once a second.
 */
import { CostBoundExceeded, type Reservation } from "#core/money/budget";
import { mayTryAgain, type AttemptLimits } from "#core/shard/attempts";
import { bytesOfCauses, causeOf, toldCauses } from "#core/shard/causes";
import { beginExport } from "#core/job/ending";
import { failsTooMuchSoFar, hopelessCause, wordsForHopelessStart, wordsForTooMuch } from "#core/job/failure-tolerance";
import { latestOf, Rate } from "#core/shard/progress";
import { attemptsOfPass, metaOf, type OpenSlot } from "#core/shard/record";
import { restBoundNanos } from "#core/shard/remaining-bound";
import { jobKey } from "#core/keys";
import type { JobRow } from "#core/job/job-row";
import type { ShardRow } from "#core/shard/shard-row";
import { ISOLATE_AFTER_CRASHES, poisonSlot, whileLeased, type LeaseEnd } from "#core/shard/lease";
import { attempt, type AttemptEnd } from "../record/attempt.ts";
import type { Bell } from "../condition-variable.ts";
import { Book, LeaseLost } from "./leased-shard.ts";
import type { CallContext } from "../calls/call.ts";
import { applyChange } from "../apply-change.ts";
import type { Gate } from "../calls/concurrency-limiter.ts";
import { Lease } from "./lease.ts";
import { sleep, type Control, type Ports, type Settings } from "../ports.ts";
import type { Routes } from "../calls/model-cooldowns.ts";
import { Stop } from "../signal.ts";
import type { JobContext } from "../job-context.ts";

export interface ShardContext {
  readonly ports: Ports;
  readonly settings: Settings;
  readonly shop: JobContext;
  readonly gate: Gate;
  readonly routes: Routes;
  readonly bell: Bell;
  readonly job: JobRow;
  /** How many shards of the job run at present, this one included. */
  readonly runningShards: number;
  /** Whether the worker runs no earlier shard that still has records to begin. */
  readonly isTurnOf: (shardNo: number) => boolean;
}

/** lost: another generation holds the lease, or it ran out; nothing more was written. */
export type ShardEnd = LeaseEnd | "lost";

const RATE_SPAN_MS = 5_000;
/** The lease is renewed at this part of its length even when there is nothing to tell. */
const RENEW_AT = 0.25;

export class ShardRun {
  readonly #stopping = new Stop();
  readonly #aborting = new Stop();
  readonly #ended = new Stop();
  readonly #inFlight = new Set<Promise<void>>();
  readonly #lease: Lease;
  readonly #calls: CallContext;
  readonly #records = new Rate(RATE_SPAN_MS);
  readonly #spending = new Rate(RATE_SPAN_MS);
  readonly #isCareful: boolean;
  #reportNo = 0;
  #reportedAtMs = -Infinity;
  #isLost = false;
  #isOutOfMoney = false;
  /** The job's move to EXPORTING, once this shard has given the job up. */
  #failing: Promise<unknown> | undefined;
  #error: unknown;

  private constructor(
    readonly context: ShardContext,
    readonly book: Book,
    leasedAtMs: number,
  ) {
    const { ports, settings, bell } = context;
    this.#lease = new Lease(ports.clock, settings.leaseMs, leasedAtMs, bell, () => this.#lose());
    this.#isCareful = book.row.consecutiveCrashes >= ISOLATE_AFTER_CRASHES;
    this.#calls = this.#callContext();
  }

  /** `leasedAtMs`: the monotonic time before the lease was asked for. @throws LeaseLost */
  static async begin(context: ShardContext, leased: ShardRow, leasedAtMs: number): Promise<ShardRun> {
    const { ports, settings, job, runningShards } = context;
    const book = await Book.open(ports, settings, job, leased, leasedAtMs, runningShards);
    return new ShardRun(context, book, book.leasedAtMs);
  }

  /** Until the shard is done, out of money, stopped or lost. @throws what nobody expected, with the lease not given back */
  async run(): Promise<ShardEnd> {
    const beating = this.#beat().catch((error: unknown) => this.#break(error));
    try {
      await this.#setAside(poisonSlot(this.book.row));
      await this.#fill();
    } catch (error) {
      this.#break(error);
    }
    await Promise.all(this.#inFlight);
    this.#ended.abort();
    await beating;
    const end = await this.#end();
    this.#lease.over();
    return end;
  }

  /** Records in flight and still to be begun: no end of them for a careful worker, which must have nothing else in hand. */
  get inHand(): number {
    if (this.#stopping.aborted) return this.#inFlight.size;
    return this.#isCareful ? Infinity : this.#inFlight.size + this.book.window.leftToTake;
  }

  /** Whether it would begin a record now if there were room. */
  get isEager(): boolean {
    return !this.#stopping.aborted && !this.#ended.aborted && this.#lease.isFresh && this.book.window.canTake;
  }

  /** Calls in flight may finish, none begins. */
  drain(): void {
    this.#stopping.abort();
    this.context.bell.ring();
  }

  /** Calls in flight are aborted too, and charged their worst case. */
  abort(): void {
    this.#aborting.abort();
    this.drain();
  }

  async #fill(): Promise<void> {
    const { gate, bell, isTurnOf } = this.context;
    const { window, row } = this.book;
    while (!this.#stopping.aborted) {
      const hasRoom = this.#isCareful ? gate.isEmpty : gate.hasRoom;
      if (!this.#lease.isFresh || !hasRoom || !isTurnOf(row.shardNo)) {
        await bell.heard();
        continue;
      }
      const slot = window.take();
      if (slot === undefined) {
        if (this.#inFlight.size === 0) return;
        await bell.heard();
        continue;
      }
      // The next shard's turn.
      if (!window.canTake) bell.ring();
      // While this waits, others may leave or enter; it holds its place.
      gate.enter(this.#isCareful);
      const one = this.book.slot(slot);
      const reservation = await this.#reserve(one).catch((error: unknown) => {
        // The gate is the whole worker's, and outlives this lease.
        gate.leave();
        throw error;
      });
      if (reservation && !this.#stopping.aborted) {
        this.#start(one, reservation);
        continue;
      }
      reservation?.release();
      window.putBack(slot);
      gate.leave();
      if (reservation) return;
      // What is in flight may give back enough of its reservations for one more record.
      this.#isOutOfMoney = this.#inFlight.size === 0;
      if (this.#isOutOfMoney) return;
      await bell.heard();
    }
  }

  async #reserve(open: OpenSlot): Promise<Reservation | undefined> {
    if (this.#isCareful) await this.book.hold(open.slot);
    return await this.book.reserve(restBoundNanos(this.context.shop.template, open));
  }

  #start(open: OpenSlot, reservation: Reservation): void {
    const { gate, shop } = this.context;
    this.book.open.set(open.slot, open);
    const work = attempt(shop, this.#calls, open, reservation)
      .then((end) => this.#collect(open, end))
      .catch((error: unknown) => this.#break(error))
      .finally(() => {
        reservation.release();
        this.#inFlight.delete(work);
        gate.leave();
      });
    this.#inFlight.add(work);
  }

  async #collect(open: OpenSlot, result: AttemptEnd): Promise<void> {
    const { window, journal } = this.book;
    if (result.end === "waiting") return window.putBack(open.slot);
    const mayGoOn = result.end === "again" || result.end === "refused";
    const triesAgain = mayGoOn && mayTryAgain(this.#attemptLimits, journal, attemptsOfPass(open) - 1);
    if (result.end === "refused") journal.refuse(result.refused);
    journal.attempted(result.end === "made" ? undefined : result.failed.cause);
    if (triesAgain) {
      open.attempt += 1;
      open.steps = {};
      window.putBack(open.slot);
    } else {
      this.book.open.delete(open.slot);
      window.finish(open.slot);
      if (result.end === "made") journal.make(result.record);
      else journal.fail(result.failed);
    }
    if (result.end !== "made") this.#giveUpIfHopeless(result.failed.reason, result.end === "refused");
    if (!triesAgain && this.#isCareful) await this.#flush();
  }

  get #attemptLimits(): AttemptLimits {
    const { fromSlot, toSlot } = this.book.row;
    return { slots: toSlot - fromSlot, maxAttempts: this.context.shop.template.maxAttempts };
  }

  /** @param reason why the last attempt came to nothing */
  #giveUpIfHopeless(reason: string, wasRefused: boolean): void {
    const { journal } = this.book;
    const { maxFailedPercent } = this.context.job;
    const { delivered, failed, attempts, priorUnsuccessfulAttempts, causes } = journal;
    if (hopelessCause(journal) !== undefined)
      this.#failJob(wordsForHopelessStart(attempts - priorUnsuccessfulAttempts, reason, wasRefused));
    else if (failsTooMuchSoFar(journal, maxFailedPercent))
      this.#failJob(wordsForTooMuch(failed, delivered + failed, [causes], maxFailedPercent));
  }

  #failJob(reason: string): void {
    if (this.#failing) return;
    const { ports, job } = this.context;
    const change = beginExport(job, "FAILED", reason);
    // A worker that lost its shard knows nothing of what became of the job since: it may have been tried again.
    const held = { ...change, writes: [...change.writes, whileLeased(this.book.row)] };
    this.#failing = applyChange(ports, held).catch((error: unknown) => this.#break(error));
    this.drain();
  }

  /** The slot that workers died with goes, or none would ever get past it. It is the lowest: a careful worker takes no other first. */
  async #setAside(poisonous: number | undefined): Promise<void> {
    if (poisonous === undefined) return;
    const { shop } = this.context;
    const { window, open, row } = this.book;
    const slot = window.take();
    if (slot === undefined) return;
    if (slot !== poisonous) return window.putBack(slot);
    const one = this.book.slot(slot);
    const seeds = await shop.seeds.draw(shop.template.pick, { jobId: shop.jobId, slot, attempt: one.attempt });
    open.delete(slot);
    window.finish(slot);
    this.book.acquit();
    const reason = `Making it stopped the worker ${row.consecutiveCrashes} times.`;
    const cause = causeOf(reason);
    this.book.journal.attempted(cause);
    this.book.journal.fail({ slot, reason, cause, meta: metaOf(one, seeds) });
    this.#giveUpIfHopeless(reason, false);
    await this.#flush();
  }

  async #beat(): Promise<void> {
    const { clock } = this.context.ports;
    const { flushMs, leaseMs } = this.context.settings;
    this.#spending.note(clock.monotonicMs(), this.book.purse.spent);
    while (!this.#ended.aborted) {
      await sleep(clock, flushMs, this.#ended);
      if (this.#ended.aborted) return;
      this.book.spentPerSecondNanos = Math.ceil(this.#spending.note(clock.monotonicMs(), this.book.purse.spent));
      if (this.book.hasNews || this.#lease.ageMs > leaseMs * RENEW_AT) await this.#flush();
      await this.#report();
    }
  }

  async #flush(): Promise<void> {
    const askedAtMs = this.context.ports.clock.monotonicMs();
    await this.book.flush();
    this.#lease.renewed(askedAtMs);
  }

  /** Told are the facts of the last checkpoint, so that what a watcher has seen is never taken back. */
  async #report(isLast = false): Promise<void> {
    const { ports, runningShards, settings } = this.context;
    const nowMs = ports.clock.monotonicMs();
    const { row } = this.book;
    const { shardNo, generation, delivered, failed, spentNanos, writtenOffNanos, inputTokens, outputTokens } = row;
    const causes = toldCauses(row.causes ?? []);
    const recordsPerSecond = isLast ? 0 : Math.round(this.#records.note(nowMs, delivered) * 10) / 10;
    // A little early rather than a whole flush late.
    if (!isLast && nowMs - this.#reportedAtMs < runningShards * 1000 - settings.flushMs / 2) return;
    this.#reportedAtMs = nowMs;
    this.#reportNo += 1;
    const told = {
      generation,
      reportNo: this.#reportNo,
      delivered,
      failed,
      refused: row.refused ?? 0,
      causes,
      spentNanos,
      writtenOffNanos,
      inputTokens,
      outputTokens,
    };
    try {
      this.#hear(
        await ports.reporter.report(shardNo, {
          ...told,
          recordsPerSecond,
          latest: latestOf(this.book.journal.latest, bytesOfCauses(causes)),
        }),
      );
    } catch (error) {
      ports.log.warn("Progress could not be reported.", { error: String(error) });
      // Nor may the job's row be within reach; then the next report asks again.
      const job = await ports.store.read(jobKey(this.context.job.jobId)).catch(() => undefined);
      if (job) this.#hear(job as JobRow);
    }
  }

  #hear({ status }: Pick<Control, "status">): void {
    if (status === "RUNNING" || status === "QUEUED" || this.#failing) return;
    if (status === "PAUSED") this.drain();
    else this.abort();
  }

  async #end(): Promise<ShardEnd> {
    await this.#failing;
    if (this.#error !== undefined) throw this.#error;
    if (this.#isLost) return "lost";
    // Told to stop, it may have missed that the job was resumed with more money: the next worker finds out.
    const isRefused = this.#isOutOfMoney && !this.#stopping.aborted;
    const state: LeaseEnd = this.book.window.isComplete ? "DONE" : isRefused ? "PARKED" : "OPEN";
    try {
      const ended = await this.book.end(state);
      await this.#report(true);
      return ended;
    } catch (error) {
      if (error instanceof LeaseLost) return "lost";
      throw error;
    }
  }

  #callContext(): CallContext {
    const { ports, gate, routes, settings, bell } = this.context;
    const { journal } = this.book;
    return {
      ports,
      gate,
      routes,
      callTimeoutMs: settings.callTimeoutMs,
      aborting: this.#aborting,
      stopping: this.#stopping,
      leaseFresh: async () => {
        while (!this.#lease.isFresh && !this.#stopping.aborted) await bell.heard();
      },
      charged: (call) => journal.pay(call, ports.clock.nowMs()),
      progressed: () => journal.moved(),
    };
  }

  #lose(): void {
    this.#isLost = true;
    this.abort();
  }

  #break(error: unknown): void {
    if (error instanceof LeaseLost) return this.#lose();
    if (error instanceof CostBoundExceeded)
      return this.#failJob(`${error.message} This is a fault of Plot Palette; please report it.`);
    this.#error ??= error;
    this.abort();
  }
}
