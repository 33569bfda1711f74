/**
 * A shard under lease: money granted and spent, parts and checkpoints. Every write names the generation; the first that fails
 * its condition means that the lease is lost.
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
import type { ParkedNeed, ShardRow, SuspectedSlot } from "#core/shard/shard-row";
import {
  checkpoint,
  endLease,
  grantSlice,
  renewLease,
  suspectSlot,
  type LeaseEnd,
  type Progress,
} from "#core/shard/lease";
import { MAX_WINDOW_BYTES, SlotWindow } from "#core/shard/window";
import { applyChange } from "../apply-change.ts";
import { NO_EARLIER_PASSES, readEarlierPasses, type EarlierPasses } from "./earlier-passes.ts";
import { UnsavedProgress } from "./unsaved-progress.ts";
import { sleep, type Ports, type Settings } from "../ports.ts";

const MAX_GRANT_ATTEMPTS = 8;
/** While a shard is being opened, its lease is renewed after this fraction of its length. */
const RENEW_FRACTION = 0.25;

/** The lease now belongs to another generation. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

export class LeasedShard {
  readonly account = new GrantAccount();
  readonly unsaved: UnsavedProgress;
  /** Slots started and neither delivered nor failed yet. */
  readonly openSlots = new Map<number, OpenSlot>();
  spentPerSecondNanos: Nanos = 0;
  /** What each record needs beyond its worst case. */
  marginNanos: Nanos = 0;
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
    /** The monotonic time before the lease was requested or last renewed. */
    readonly leasedAtMs: number,
    /** How many shards draw from the budget, including this one. */
    readonly runningShards: () => number,
  ) {
    this.unsaved = new UnsavedProgress(row);
    this.#suspectedSlot = row.suspectedSlot;
    this.#workedUntilMs = ports.clock.monotonicMs();
    for (const slot of open) this.openSlots.set(slot.slot, slot);
  }

  /**
   * Resumes from the last checkpoint: its newest part says which slots are open and which are done. In a later pass over the
   * shard, all parts of the earlier passes say what was delivered and what failed.
   * @throws LeaseLost
   */
  static async open(
    ports: Ports,
    settings: Settings,
    job: JobRow,
    row: ShardRow,
    leasedAtMs = ports.clock.monotonicMs(),
    runningShards = () => 1,
  ): Promise<LeasedShard> {
    const last = row.partRanges.at(-1);
    const part = last && decodePart(await ports.objects.read(partObject(row.jobId, row.shardNo, last, last.toSeq)));
    const renewer = new LeaseRenewer(ports, settings, row, leasedAtMs);
    const renewIfDue = () => renewer.renewIfDue();
    const earlier = row.pass > 0 ? await readEarlierPasses(ports.objects, row, renewIfDue) : NO_EARLIER_PASSES;
    const isOfPass = (last?.pass ?? 0) === row.pass;
    const window = new SlotWindow({
      to: row.toSlot,
      maxSlots: settings.windowSlots,
      maxBytes: MAX_WINDOW_BYTES,
      lowWater: row.lowWaterSlot,
      done: isOfPass && part ? part.done : [],
      doneBytes: isOfPass && part ? part.doneBytes : 0,
      delivered: earlier.delivered,
    });
    const open = part?.open ?? [];
    return new LeasedShard(ports, settings, job, row, window, open, earlier, renewer.renewedAtMs, runningShards);
  }

  /** The slot's state: open from before, failed in an earlier pass, or new. */
  openSlot(slot: number): OpenSlot {
    const failure = this.earlierPasses.failures.get(slot);
    return this.openSlots.get(slot) ?? (failure ? reopenSlot(slot, failure) : newOpenSlot(slot));
  }

  /**
   * Reserves money, drawing another slice of the budget if need be; `undefined` when budget and grant together cannot cover it.
   * @throws LeaseLost
   */
  async reserve(neededNanos: Nanos): Promise<Reservation | undefined> {
    for (let attempt = 0; attempt < MAX_GRANT_ATTEMPTS; attempt++) {
      const reservation = this.account.reserve(neededNanos);
      if (reservation) {
        this.#prefetchSlice();
        return reservation;
      }
      if (!(await this.#serialize(() => this.#drawSlice(neededNanos)))) return undefined;
    }
    // Other shards were quicker each time: treated as denied; the next record that ends retries.
    return undefined;
  }

  /** Records that the slot is about to start: a worker that isolates may crash on it. @throws LeaseLost */
  async recordSuspect(slot: number): Promise<void> {
    this.#suspectedSlot = suspectSlot(this.row, slot);
    await this.flush();
  }

  /** The suspected slot has failed: if its job retries it, it starts with a clean record. */
  clearSuspect(): void {
    this.#suspectedSlot = this.#suspectedSlot && { ...this.#suspectedSlot, crashes: 0 };
  }

  /**
   * Writes what is new as a part, then the checkpoint that makes it count and renews the lease. The checkpoint also draws the
   * money needed before the next flush, which saves a write; or gives back what no record is left to need, because records in
   * flight may take long.
   * @throws LeaseLost
   */
  async flush(): Promise<void> {
    await this.#serialize(async () => {
      const nanos = this.window.remaining > 0 ? await this.#topUp() : -this.account.withdraw();
      const { progress, spent } = await this.#capture();
      const isDone =
        (nanos !== 0 && (await this.#checkpoint(progress, nanos))) ||
        // Other shards took what was left of the budget first, or the lease is lost.
        (await this.#checkpoint(progress, 0));
      if (!isDone) throw new LeaseLost();
      this.#checkpointedNanos = spent;
    });
  }

  /** Whether a flush would write anything new. */
  get hasUnsavedChanges(): boolean {
    return this.unsaved.hasChanges || this.account.spentNanos > this.#checkpointedNanos;
  }

  /**
   * The last flush: gives back the lease and the grant. Nothing may be in flight.
   * @param need what the next record needs, if that is more than its worst case
   * @returns the state it got: a shard is not parked if its job was given more money meanwhile
   * @throws LeaseLost
   */
  async release(state: LeaseEnd, need?: ParkedNeed): Promise<LeaseEnd> {
    return await this.#serialize(async () => {
      const { progress } = await this.#capture();
      const endAs = (end: LeaseEnd) => applyChange(this.ports, endLease(this.row, this.job, progress, end, need));
      const ended = (await endAs(state)) ? state : state === "PARKED" && (await endAs("OPEN")) ? "OPEN" : undefined;
      if (!ended) throw new LeaseLost();
      this.row = checkpoint(this.row, progress, 0).next;
      return ended;
    });
  }

  /** Draws more while some is left: a wait for money would stall all records at once, and then keep them in lockstep. */
  #prefetchSlice(): void {
    const lowNanos = lowWaterMarkOf(this.#demand);
    if (this.#isPrefetching || this.account.availableNanos >= lowNanos || this.window.remaining === 0) return;
    this.#isPrefetching = true;
    // An error surfaces in the next write.
    void this.#serialize(async () => {
      const nanos = this.account.availableNanos < lowNanos ? await this.#prefetchNanos(lowNanos) : 0;
      if (nanos > 0) await this.#grant(nanos);
      this.#isPrefetching = false;
    });
  }

  /** Whether to try reserving again; not when budget and grant together cannot cover it. */
  async #drawSlice(neededNanos: Nanos): Promise<boolean> {
    // A checkpoint written meanwhile may have brought some.
    if (this.account.availableNanos >= neededNanos) return true;
    const nanos = sliceOf(await this.#sliceRequest(neededNanos));
    if (nanos === 0) return false;
    await this.#grant(nanos);
    return true;
  }

  /** What to draw with a checkpoint: nothing while the grant lasts. */
  async #topUp(): Promise<Nanos> {
    const neededNanos = neededWithin(this.settings.flushIntervalMs, this.#demand);
    return this.account.availableNanos >= neededNanos ? 0 : await this.#prefetchNanos(neededNanos);
  }

  /** How much to draw before it is needed: nothing when other shards may need it sooner. */
  async #prefetchNanos(neededNanos: Nanos): Promise<Nanos> {
    // If it fails, whatever needs the money requests it again.
    const request = await this.#sliceRequest(neededNanos).catch(() => undefined);
    return request && !isScarce(request) ? sliceOf(request) : 0;
  }

  async #sliceRequest(neededNanos: Nanos): Promise<SliceRequest> {
    const budget = (await this.ports.store.read(budgetKey(this.job.budgetId))) as BudgetRow | undefined;
    return {
      ...this.#demand,
      neededNanos,
      availableNanos: this.account.availableNanos,
      remainingNanos: budget?.remainingNanos ?? 0,
      runningShards: this.runningShards(),
    };
  }

  get #demand() {
    const { job, settings, window, spentPerSecondNanos, marginNanos } = this;
    return {
      boundNanos: job.maxAttemptCostNanos + marginNanos,
      // The one that is about to start has been taken already.
      concurrency: Math.min(settings.concurrency, window.remaining + 1),
      spentPerSecondNanos,
    };
  }

  async #grant(nanos: Nanos): Promise<void> {
    const { ports, job, row } = this;
    this.#grantNo += 1;
    if (await applyChange(ports, grantSlice(row, { budgetId: job.budgetId, nanos }, this.#grantNo))) {
      this.account.grant(nanos);
      this.row = { ...row, grantNanos: row.grantNanos + nanos };
      return;
    }
    const current = (await ports.store.readAll([{ pk: row.pk, sk: row.sk }]))[0];
    if (current?.generation !== row.generation) throw new LeaseLost();
    await sleep(ports.clock, 20 + 80 * ports.random());
  }

  /** Whether it took effect. */
  async #checkpoint(progress: Progress, nanos: Nanos): Promise<boolean> {
    const { ports, settings, job, row } = this;
    const slice = nanos === 0 ? undefined : { budgetId: job.budgetId, nanos };
    const { change, next } = checkpoint(row, progress, ports.clock.nowMs() + settings.leaseMs, slice);
    if (!(await applyChange(ports, change))) return false;
    // What is given back has left the account already: a record that starts meanwhile must not reserve it.
    this.account.grant(Math.max(0, nanos));
    this.row = next;
    return true;
  }

  /** A consistent snapshot: writes it as a part, and returns the progress that names it. */
  async #capture(): Promise<{ progress: Progress; spent: Nanos }> {
    const { unsaved, window, row } = this;
    const spent = this.account.spentNanos;
    const { delivered, failed, rejected, mended, attempts, causes } = unsaved;
    const { inputTokens, outputTokens, spending, columns } = unsaved;
    const progress = {
      ...{ delivered, failed, rejected, mended, attempts, causes },
      ...{ inputTokens, outputTokens, spending, columns },
      lowWaterSlot: window.lowWater,
      partRanges: row.partRanges,
      workerMs: row.workerMs + this.#workedMs(),
      newlySpentNanos: spent - this.#checkpointedNanos,
      suspectedSlot: this.#suspectedSlot,
    };
    if (!unsaved.hasChanges) return { progress, spent };
    const open = [...this.openSlots.values()].filter(hasProgress);
    const { done, doneBytes } = window;
    const text = encodePart({ open, done, doneBytes }, unsaved.takeUnsaved());
    const seq = this.#nextSeq++;
    await this.ports.objects.putIfAbsent(partObject(row.jobId, row.shardNo, row, seq), text);
    return { progress: { ...progress, partRanges: appendPart(row.partRanges, row.generation, seq, row.pass) }, spent };
  }

  #workedMs(): number {
    const sinceMs = this.#workedUntilMs;
    this.#workedUntilMs = this.ports.clock.monotonicMs();
    return Math.round(this.#workedUntilMs - sinceMs);
  }

  /**
   * Runs writes of the row one at a time, and none after a failed one: the next checkpoint would count its records although no
   * part holds them.
   */
  #serialize<T>(write: () => Promise<T>): Promise<T> {
    const result = this.#lastWrite.then(write);
    // The error reaches the caller, and every later caller.
    result.catch(() => {});
    this.#lastWrite = result;
    return result;
  }
}

/** Renews the lease while parts are read. */
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
