/**
 * One lease's side of the shard's row: money granted and spent, parts and checkpoints. Every write names the generation;
 * the first that is refused means that the lease is lost.
 */
import {
  isScarce,
  lowWaterMarkOf,
  neededWithin,
  GrantAccount,
  sliceOf,
  type Reservation,
  type SliceRequest,
} from "#core/money/budget";
import type { Nanos } from "#core/money/money";
import { decodePart, encodePart, appendPart } from "#core/shard/part";
import { hasProgress, reopenSlot, newOpenSlot, type OpenSlot } from "#core/shard/record";
import { budgetKey } from "#core/keys";
import { partObject } from "#core/bucket";
import type { BudgetRow } from "#core/money/budget-row";
import type { JobRow } from "#core/job/job-row";
import type { ShardRow, SuspectedSlot } from "#core/shard/shard-row";
import {
  checkpoint,
  endLease,
  grantSlice,
  renewLease,
  suspectSlot,
  type LeaseEnd,
  type Progress,
} from "#core/shard/lease";
import { MAX_WINDOW_SLOTS, SlotWindow } from "#core/shard/window";
import { applyChange } from "../apply-change.ts";
import { NO_EARLIER_PASSES, readEarlierPasses, type EarlierPasses } from "./earlier-passes.ts";
import { UnsavedProgress } from "./unsaved-progress.ts";
import { sleep, type Ports, type Settings } from "../ports.ts";

const MAX_GRANT_ATTEMPTS = 8;
/** While a shard is being opened its lease is renewed at this part of its length. */
const RENEW_FRACTION = 0.25;

/** The lease belongs to another generation now. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

export class LeasedShard {
  readonly account = new GrantAccount();
  readonly unsaved: UnsavedProgress;
  /** Slots begun and neither delivered nor failed. */
  readonly openSlots = new Map<number, OpenSlot>();
  spentPerSecondNanos: Nanos = 0;
  #checkpointedNanos: Nanos = 0;
  #grantNo = 0;
  #isPrefetching = false;
  #nextSeq = 0;
  #suspectedSlot: SuspectedSlot | undefined;
  #workedUntilMs: number;
  #lastWrite: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly ports: Ports,
    readonly settings: Settings,
    readonly job: JobRow,
    public row: ShardRow,
    readonly window: SlotWindow,
    open: readonly OpenSlot[],
    readonly earlierPasses: EarlierPasses,
    /** The monotonic time before the lease was asked for, or last renewed. */
    readonly leasedAtMs: number,
    /** How many shards draw from the budget, this one included. */
    readonly runningShards: number,
  ) {
    this.unsaved = new UnsavedProgress(row);
    this.#suspectedSlot = row.suspectedSlot;
    this.#workedUntilMs = ports.clock.monotonicMs();
    for (const slot of open) this.openSlots.set(slot.slot, slot);
  }

  /**
   * Resumes where the last checkpoint stands: its newest part tells what is begun and what is done. In a later pass over the
   * shard, all parts of the earlier ones tell what is made and left out.
   * @throws LeaseLost
   */
  static async openSlots(
    ports: Ports,
    settings: Settings,
    job: JobRow,
    row: ShardRow,
    leasedAtMs = ports.clock.monotonicMs(),
    runningShards = 1,
  ): Promise<LeasedShard> {
    const last = row.partRanges.at(-1);
    const part = last && decodePart(await ports.objects.read(partObject(row.jobId, row.shardNo, last, last.toSeq)));
    const keeper = new LeaseRenewer(ports, settings, row, leasedAtMs);
    const keep = () => keeper.renewIfDue();
    const earlier = row.pass > 0 ? await readEarlierPasses(ports.objects, row, keep) : NO_EARLIER_PASSES;
    const isOfPass = (last?.pass ?? 0) === row.pass;
    const window = new SlotWindow({
      to: row.toSlot,
      size: Math.min(MAX_WINDOW_SLOTS, Math.max(64, settings.concurrency * 4)),
      lowWater: row.lowWaterSlot,
      done: isOfPass && part ? part.done : [],
      delivered: earlier.delivered,
    });
    const open = part?.open ?? [];
    return new LeasedShard(ports, settings, job, row, window, open, earlier, keeper.renewedAtMs, runningShards);
  }

  /** A slot that is taken in hand, as it stands. */
  slot(slot: number): OpenSlot {
    const givenUp = this.earlierPasses.failures.get(slot);
    return this.openSlots.get(slot) ?? (givenUp ? reopenSlot(slot, givenUp) : newOpenSlot(slot));
  }

  /**
   * Sets a record's worst case aside, with a further slice of the budget if need be; `undefined` when budget and purse
   * together cannot cover it.
   * @throws LeaseLost
   */
  async reserve(neededNanos: Nanos): Promise<Reservation | undefined> {
    for (let tries = 0; tries < MAX_GRANT_ATTEMPTS; tries++) {
      const reservation = this.account.reserve(neededNanos);
      if (reservation) {
        this.#prefetchSlice();
        return reservation;
      }
      if (!(await this.#serialize(() => this.#drawSlice(neededNanos)))) return undefined;
    }
    // Others were quicker each time: as good as refused, the next record that ends tries again.
    return undefined;
  }

  /** Writes down that the slot is in hand, before it is begun: a careful worker may die of it. @throws LeaseLost */
  async recordSuspect(slot: number): Promise<void> {
    this.#suspectedSlot = suspectSlot(this.row, slot);
    await this.flush();
  }

  /** The slot last in hand was set aside: if its job tries it again, it begins with nothing against it. */
  clearSuspect(): void {
    this.#suspectedSlot = this.#suspectedSlot && { ...this.#suspectedSlot, crashes: 0 };
  }

  /**
   * Writes what is new as a part, and the checkpoint that makes it true and renews the lease. Money that will be needed
   * before the next flush is taken along, for that costs no write of its own.
   * @throws LeaseLost
   */
  async flush(): Promise<void> {
    await this.#serialize(async () => {
      const nanos = await this.#topUp();
      const { progress, spent } = await this.#capture();
      const isDone =
        (nanos > 0 && (await this.#checkpoint(progress, nanos))) ||
        // Others were quicker to take what was left of the budget, or the lease is lost.
        (await this.#checkpoint(progress, 0));
      if (!isDone) throw new LeaseLost();
      this.#checkpointedNanos = spent;
    });
  }

  /** Whether a flush would tell anything new. */
  get hasUnsavedChanges(): boolean {
    return this.unsaved.hasChanges || this.account.spentNanos > this.#checkpointedNanos;
  }

  /**
   * The last flush: gives back lease and grant. Nothing may be in flight.
   * @returns how it ended: a shard is not parked when its job was given more money meanwhile
   * @throws LeaseLost
   */
  async release(state: LeaseEnd): Promise<LeaseEnd> {
    return await this.#serialize(async () => {
      const { progress } = await this.#capture();
      const ends = (as: LeaseEnd) => applyChange(this.ports, endLease(this.row, this.job, progress, as));
      const ended = (await ends(state)) ? state : state === "PARKED" && (await ends("OPEN")) ? "OPEN" : undefined;
      if (!ended) throw new LeaseLost();
      this.row = checkpoint(this.row, progress, 0).next;
      return ended;
    });
  }

  /** Asks for more while there is some left: a wait for money would hold up all records at once, and from then on in step. */
  #prefetchSlice(): void {
    const lowNanos = lowWaterMarkOf(this.#demand);
    if (this.#isPrefetching || this.account.availableNanos >= lowNanos || this.window.remaining === 0) return;
    this.#isPrefetching = true;
    // What goes wrong is heard by whoever writes next.
    void this.#serialize(async () => {
      const nanos = this.account.availableNanos < lowNanos ? await this.#prefetchNanos(lowNanos) : 0;
      if (nanos > 0) await this.#grant(nanos);
      this.#isPrefetching = false;
    });
  }

  /** Whether it is worth trying to reserve again; not when budget and purse together cannot cover it. */
  async #drawSlice(neededNanos: Nanos): Promise<boolean> {
    // A checkpoint before this one's turn may have brought some.
    if (this.account.availableNanos >= neededNanos) return true;
    const nanos = sliceOf(await this.#sliceRequest(neededNanos));
    if (nanos === 0) return false;
    await this.#grant(nanos);
    return true;
  }

  /** What to take along with a checkpoint: nothing while the purse lasts. */
  async #topUp(): Promise<Nanos> {
    const neededNanos = neededWithin(this.settings.flushIntervalMs, this.#demand);
    return this.account.availableNanos >= neededNanos || this.window.remaining === 0
      ? 0
      : await this.#prefetchNanos(neededNanos);
  }

  /** How much to draw before it is needed: nothing when others may need it sooner. */
  async #prefetchNanos(neededNanos: Nanos): Promise<Nanos> {
    // Whoever needs it asks again.
    const wish = await this.#sliceRequest(neededNanos).catch(() => undefined);
    return wish && !isScarce(wish) ? sliceOf(wish) : 0;
  }

  async #sliceRequest(neededNanos: Nanos): Promise<SliceRequest> {
    const budget = (await this.ports.store.read(budgetKey(this.job.budgetId))) as BudgetRow | undefined;
    const { runningShards } = this;
    return {
      ...this.#demand,
      neededNanos,
      availableNanos: this.account.availableNanos,
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
    if (await applyChange(ports, grantSlice(row, { budgetId: job.budgetId, nanos }, this.#grantNo))) {
      this.account.grant(nanos);
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
    this.account.grant(nanos);
    this.row = next;
    return true;
  }

  /** What is true at this instant, as a part and the progress that names it. */
  async #capture(): Promise<{ progress: Progress; spent: Nanos }> {
    const { unsaved, window, row } = this;
    const spent = this.account.spentNanos;
    const { delivered, failed, rejected, attempts, causes, inputTokens, outputTokens, spending, columns } = unsaved;
    const totals = { delivered, failed, rejected, attempts, causes, inputTokens, outputTokens, spending, columns };
    const progress = {
      ...totals,
      lowWaterSlot: window.lowWater,
      partRanges: row.partRanges,
      workerMs: row.workerMs + this.#workedSince(),
      newlySpentNanos: spent - this.#checkpointedNanos,
      suspectedSlot: this.#suspectedSlot,
    };
    if (!unsaved.hasChanges) return { progress, spent };
    const open = [...this.openSlots.values()].filter(hasProgress);
    const text = encodePart({ ...unsaved.takeUnsaved(), open, done: window.doneAboveLowWater });
    const seq = this.#nextSeq++;
    await this.ports.objects.putIfAbsent(partObject(row.jobId, row.shardNo, row, seq), text);
    return { progress: { ...progress, partRanges: appendPart(row.partRanges, row.generation, seq, row.pass) }, spent };
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
  #serialize<T>(write: () => Promise<T>): Promise<T> {
    const turn = this.#lastWrite.then(write);
    // Heard by whoever asked for the write, and by all who ask after.
    turn.catch(() => {});
    this.#lastWrite = turn;
    return turn;
  }
}

/** Keeps the lease while parts are read. */
class LeaseRenewer {
  constructor(
    readonly ports: Ports,
    readonly settings: Settings,
    readonly row: ShardRow,
    public renewedAtMs: number,
  ) {}

  /** @throws LeaseLost */
  async renewIfDue(): Promise<void> {
    const { ports, settings, row } = this;
    const askedAtMs = ports.clock.monotonicMs();
    if (askedAtMs - this.renewedAtMs < settings.leaseMs * RENEW_FRACTION) return;
    if (!(await applyChange(ports, renewLease(row, ports.clock.nowMs() + settings.leaseMs)))) throw new LeaseLost();
    this.renewedAtMs = askedAtMs;
  }
}
