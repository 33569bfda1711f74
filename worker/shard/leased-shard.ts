/**
 * One lease's side of the shard's row: money granted and spent, parts and checkpoints. Every write names the generation;
 * the first that is refused means that the lease is lost.
 */
import {
  isScarce,
  lowWaterOf,
  neededWithin,
  Purse,
  sliceOf,
  type Reservation,
  type SliceRequest,
} from "#core/money/budget";
import type { Nanos } from "#core/money/money";
import { decodePart, encodePart, withPart } from "#core/shard/part";
import { isWorthKeeping, openAgain, openSlot, type OpenSlot } from "#core/shard/record";
import { budgetKey } from "#core/keys";
import { partObject } from "#core/bucket";
import type { BudgetRow } from "#core/money/budget-row";
import type { JobRow } from "#core/job/job-row";
import type { ShardRow, Suspect } from "#core/shard/shard-row";
import { checkpoint, endLease, grantTo, renewLease, suspectSlot, type LeaseEnd, type Progress } from "#core/shard/lease";
import { LONGEST_WINDOW, SlotWindow } from "#core/shard/window";
import { applyChange } from "../apply-change.ts";
import { FIRST_PASS, readEarlierPasses, type EarlierPasses } from "./earlier-passes.ts";
import { Journal } from "./unsaved-progress.ts";
import { sleep, type Ports, type Settings } from "../ports.ts";

const GRANT_TRIES = 8;
/** While a shard is being opened its lease is renewed at this part of its length. */
const RENEW_AT = 0.25;

/** The lease belongs to another generation now. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

export class Book {
  readonly purse = new Purse();
  readonly journal: Journal;
  /** Slots begun and neither delivered nor failed. */
  readonly open = new Map<number, OpenSlot>();
  spentPerSecondNanos: Nanos = 0;
  #accounted: Nanos = 0;
  #grantNo = 0;
  #isFunding = false;
  #nextSeq = 0;
  #suspect: Suspect | undefined;
  #workedUntilMs: number;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly ports: Ports,
    readonly settings: Settings,
    readonly job: JobRow,
    public row: ShardRow,
    readonly window: SlotWindow,
    open: readonly OpenSlot[],
    readonly earlier: EarlierPasses,
    /** The monotonic time before the lease was asked for, or last renewed. */
    readonly leasedAtMs: number,
    /** How many shards draw from the budget, this one included. */
    readonly runningShards: number,
  ) {
    this.journal = new Journal(row);
    this.#suspect = row.suspect;
    this.#workedUntilMs = ports.clock.monotonicMs();
    for (const slot of open) this.open.set(slot.slot, slot);
  }

  /**
   * Resumes where the last checkpoint stands: its newest part tells what is begun and what is done. In a later pass over the
   * shard, all parts of the earlier ones tell what is made and left out.
   * @throws LeaseLost
   */
  static async open(
    ports: Ports,
    settings: Settings,
    job: JobRow,
    row: ShardRow,
    leasedAtMs = ports.clock.monotonicMs(),
    runningShards = 1,
  ): Promise<Book> {
    const last = row.runs.at(-1);
    const part = last && decodePart(await ports.objects.read(partObject(row.jobId, row.shardNo, last, last.toSeq)));
    const keeper = new Keeper(ports, settings, row, leasedAtMs);
    const keep = () => keeper.keep();
    const earlier = row.pass > 0 ? await readEarlierPasses(ports.objects, row, keep) : FIRST_PASS;
    const isOfPass = (last?.pass ?? 0) === row.pass;
    const window = new SlotWindow({
      to: row.toSlot,
      size: Math.min(LONGEST_WINDOW, Math.max(64, settings.concurrency * 4)),
      lowWater: row.lowWaterSlot,
      done: isOfPass && part ? part.done : [],
      made: earlier.made,
    });
    const open = part?.open ?? [];
    return new Book(ports, settings, job, row, window, open, earlier, keeper.renewedAtMs, runningShards);
  }

  /** A slot that is taken in hand, as it stands. */
  slot(slot: number): OpenSlot {
    const givenUp = this.earlier.givenUp.get(slot);
    return this.open.get(slot) ?? (givenUp ? openAgain(slot, givenUp) : openSlot(slot));
  }

  /**
   * Sets a record's worst case aside, with a further slice of the budget if need be; `undefined` when budget and purse
   * together cannot cover it.
   * @throws LeaseLost
   */
  async reserve(neededNanos: Nanos): Promise<Reservation | undefined> {
    for (let tries = 0; tries < GRANT_TRIES; tries++) {
      const reservation = this.purse.reserve(neededNanos);
      if (reservation) {
        this.#fundAhead();
        return reservation;
      }
      if (!(await this.#inTurn(() => this.#fund(neededNanos)))) return undefined;
    }
    // Others were quicker each time: as good as refused, the next record that ends tries again.
    return undefined;
  }

  /** Writes down that the slot is in hand, before it is begun: a careful worker may die of it. @throws LeaseLost */
  async hold(slot: number): Promise<void> {
    this.#suspect = suspectSlot(this.row, slot);
    await this.flush();
  }

  /** The slot last in hand was set aside: if its job tries it again, it begins with nothing against it. */
  acquit(): void {
    this.#suspect = this.#suspect && { ...this.#suspect, deaths: 0 };
  }

  /**
   * Writes what is new as a part, and the checkpoint that makes it true and renews the lease. Money that will be needed
   * before the next flush is taken along, for that costs no write of its own.
   * @throws LeaseLost
   */
  async flush(): Promise<void> {
    await this.#inTurn(async () => {
      const nanos = await this.#topUp();
      const { progress, spent } = await this.#cut();
      const isDone =
        (nanos > 0 && (await this.#checkpoint(progress, nanos))) ||
        // Others were quicker to take what was left of the budget, or the lease is lost.
        (await this.#checkpoint(progress, 0));
      if (!isDone) throw new LeaseLost();
      this.#accounted = spent;
    });
  }

  /** Whether a flush would tell anything new. */
  get hasNews(): boolean {
    return this.journal.hasMoved || this.purse.spent > this.#accounted;
  }

  /**
   * The last flush: gives back lease and grant. Nothing may be in flight.
   * @returns how it ended: a shard is not parked when its job was given more money meanwhile
   * @throws LeaseLost
   */
  async end(state: LeaseEnd): Promise<LeaseEnd> {
    return await this.#inTurn(async () => {
      const { progress } = await this.#cut();
      const ends = (as: LeaseEnd) => applyChange(this.ports, endLease(this.row, this.job, progress, as));
      const ended = (await ends(state)) ? state : state === "PARKED" && (await ends("OPEN")) ? "OPEN" : undefined;
      if (!ended) throw new LeaseLost();
      this.row = checkpoint(this.row, progress, 0).next;
      return ended;
    });
  }

  /** Asks for more while there is some left: a wait for money would hold up all records at once, and from then on in step. */
  #fundAhead(): void {
    const lowNanos = lowWaterOf(this.#demand);
    if (this.#isFunding || this.purse.free >= lowNanos || this.window.leftToTake === 0) return;
    this.#isFunding = true;
    // What goes wrong is heard by whoever writes next.
    void this.#inTurn(async () => {
      const nanos = this.purse.free < lowNanos ? await this.#aheadOfNeed(lowNanos) : 0;
      if (nanos > 0) await this.#grant(nanos);
      this.#isFunding = false;
    });
  }

  /** Whether it is worth trying to reserve again; not when budget and purse together cannot cover it. */
  async #fund(neededNanos: Nanos): Promise<boolean> {
    // A checkpoint before this one's turn may have brought some.
    if (this.purse.free >= neededNanos) return true;
    const nanos = sliceOf(await this.#wish(neededNanos));
    if (nanos === 0) return false;
    await this.#grant(nanos);
    return true;
  }

  /** What to take along with a checkpoint: nothing while the purse lasts. */
  async #topUp(): Promise<Nanos> {
    const neededNanos = neededWithin(this.settings.flushMs, this.#demand);
    return this.purse.free >= neededNanos || this.window.leftToTake === 0 ? 0 : await this.#aheadOfNeed(neededNanos);
  }

  /** How much to draw before it is needed: nothing when others may need it sooner. */
  async #aheadOfNeed(neededNanos: Nanos): Promise<Nanos> {
    // Whoever needs it asks again.
    const wish = await this.#wish(neededNanos).catch(() => undefined);
    return wish && !isScarce(wish) ? sliceOf(wish) : 0;
  }

  async #wish(neededNanos: Nanos): Promise<SliceRequest> {
    const budget = (await this.ports.store.read(budgetKey(this.job.budgetId))) as BudgetRow | undefined;
    const { runningShards } = this;
    return {
      ...this.#demand,
      neededNanos,
      freeNanos: this.purse.free,
      remainingNanos: budget?.remainingNanos ?? 0,
      runningShards,
    };
  }

  get #demand() {
    const { job, settings, spentPerSecondNanos } = this;
    return { boundNanos: job.maxAttemptCostNanos, concurrency: settings.concurrency, spentPerSecondNanos };
  }

  async #grant(nanos: Nanos): Promise<void> {
    const { ports, job, row } = this;
    this.#grantNo += 1;
    if (await applyChange(ports, grantTo(row, { budgetId: job.budgetId, nanos }, this.#grantNo))) {
      this.purse.grant(nanos);
      this.row = { ...row, grantNanos: row.grantNanos + nanos };
      return;
    }
    const mine = (await ports.store.readAll([{ pk: row.pk, sk: row.sk }]))[0];
    if (mine?.generation !== row.generation) throw new LeaseLost();
    await sleep(ports.clock, 20 + 80 * ports.random());
  }

  /** Whether it took effect. */
  async #checkpoint(progress: Progress, nanos: Nanos): Promise<boolean> {
    const { ports, settings, job, row } = this;
    const slice = nanos > 0 ? { budgetId: job.budgetId, nanos } : undefined;
    const { change, next } = checkpoint(row, progress, ports.clock.nowMs() + settings.leaseMs, slice);
    if (!(await applyChange(ports, change))) return false;
    this.purse.grant(nanos);
    this.row = next;
    return true;
  }

  /** What is true at this instant, as a part and the progress that names it. */
  async #cut(): Promise<{ progress: Progress; spent: Nanos }> {
    const { journal, window, row } = this;
    const spent = this.purse.spent;
    const { delivered, failed, refused, attempts, causes, inputTokens, outputTokens, spending, columns } = journal;
    const totals = { delivered, failed, refused, attempts, causes, inputTokens, outputTokens, spending, columns };
    const progress = {
      ...totals,
      lowWaterSlot: window.lowWater,
      runs: row.runs,
      workerMs: row.workerMs + this.#workedSince(),
      newlySpentNanos: spent - this.#accounted,
      suspect: this.#suspect,
    };
    if (!journal.hasMoved) return { progress, spent };
    const open = [...this.open.values()].filter(isWorthKeeping);
    const text = encodePart({ ...journal.cut(), open, done: window.doneBeyond });
    const seq = this.#nextSeq++;
    await this.ports.objects.putNew(partObject(row.jobId, row.shardNo, row, seq), text);
    return { progress: { ...progress, runs: withPart(row.runs, row.generation, seq, row.pass) }, spent };
  }

  #workedSince(): number {
    const sinceMs = this.#workedUntilMs;
    this.#workedUntilMs = this.ports.clock.monotonicMs();
    return Math.round(this.#workedUntilMs - sinceMs);
  }

  /**
   * Writes of one row come one after the other, and none after one that failed: its records would be counted by the next
   * checkpoint and stand in no part.
   */
  #inTurn<T>(write: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(write);
    // Heard by whoever asked for the write, and by all who ask after.
    turn.catch(() => {});
    this.#turn = turn;
    return turn;
  }
}

/** Keeps the lease while parts are read. */
class Keeper {
  constructor(
    readonly ports: Ports,
    readonly settings: Settings,
    readonly row: ShardRow,
    public renewedAtMs: number,
  ) {}

  /** @throws LeaseLost */
  async keep(): Promise<void> {
    const { ports, settings, row } = this;
    const askedAtMs = ports.clock.monotonicMs();
    if (askedAtMs - this.renewedAtMs < settings.leaseMs * RENEW_AT) return;
    if (!(await applyChange(ports, renewLease(row, ports.clock.nowMs() + settings.leaseMs)))) throw new LeaseLost();
    this.renewedAtMs = askedAtMs;
  }
}
