/**
 * Every order in which two workers, the clock, death and an owner who raises the budget can act on one shard of three slots:
 * leases, grants, parts and checkpoints by the functions the worker uses. Each state reached is held against the promises of the protocol.
 */
import { createHash } from "node:crypto";
import { beginExport } from "#core/job/ending";
import { appendPart } from "#core/shard/part";
import { budgetKey, jobKey, shardKey } from "#core/keys";
import type { BudgetRow } from "#core/money/budget-row";
import type { JobRow } from "#core/job/job-row";
import type { ShardRow } from "#core/shard/shard-row";
import {
  checkpoint,
  endLease,
  grantSlice,
  isLeased,
  isParked,
  leaseShard,
  type LeaseEnd,
  type Progress,
} from "#core/shard/lease";
import { nextTurn, type Turn } from "#core/job/turn";
import { meetsCondition, type Change, type RowKey, type Write } from "#core/change";

const JOB = "J";
const SLOTS = 3;
/** One call costs 1; a slice holds two, so that something is left to give back or to write off. */
const CALL = 1;
const SLICE = 2;
const LEASE = 2;

/** What the search may use up: more of each means more states. */
interface Limits {
  readonly budget: number;
  /** How often the shard may be leased. */
  readonly leases: number;
  readonly deaths: number;
  /** How often the owner raises the budget, and by how much. */
  readonly raises?: number;
  readonly raiseBy?: number;
}

/** What is broken on purpose: the search must notice. */
type Broken = "generation" | "grant condition" | "flush order" | "write-off" | "stale ending" | "parking";

type Rows = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface State {
  readonly rows: Rows;
  /** The slots whose records stand in each part that exists. */
  readonly parts: Readonly<Record<string, readonly number[]>>;
  readonly now: number;
  readonly deaths: number;
  readonly raises: number;
  /** What the model was truly paid. */
  readonly log: number;
  readonly workers: readonly Worker[];
}

/** Out; about to act on what it has read, which may be old by then; or at work under a lease. */
type Worker = { readonly is: "out" } | Decided | Holder;

interface Decided {
  readonly is: "about to";
  readonly turn: Turn;
  readonly job: JobRow;
}

interface Holder {
  readonly is: "holding";
  readonly row: ShardRow;
  /** The job's when the lease was taken. */
  readonly controlNo: number;
  readonly renewedAt: number;
  readonly grantNo: number;
  readonly refused: boolean;
  /** Granted under this lease and not spent. */
  readonly free: number;
  /** Spent since the last checkpoint. */
  readonly newlySpent: number;
  /** Slots done, those that no part holds yet among them. */
  readonly done: readonly number[];
  readonly news: readonly number[];
  readonly inFlight: readonly number[];
  readonly seq: number;
  /** A part that is written, and the progress that is to name it. */
  readonly cut?: { readonly progress: Progress; readonly spent: number; readonly slots: readonly number[] };
}

const OUT: Worker = { is: "out" };
const nameOf = ({ pk, sk }: RowKey) => `${pk}|${sk}`;
const SHARD = nameOf(shardKey(JOB, 0));
const partName = (row: ShardRow, seq: number) => `${row.generation}-${seq}`;

class Search {
  readonly #limits: Limits;
  readonly #broken: Broken | undefined;
  readonly #seen = new Set<string>();
  /** Ends that were reached, to know that the search went everywhere. */
  readonly ends = new Set<string>();

  constructor(limits: Limits, broken?: Broken) {
    this.#limits = limits;
    this.#broken = broken;
  }

  /** @returns how many states there are @throws Error naming the promise that a state breaks */
  run(): number {
    const open: State[] = [this.#first()];
    for (let state = open.pop(); state; state = open.pop()) {
      const name = createHash("md5").update(this.#nameOf(state)).digest("base64");
      if (this.#seen.has(name)) continue;
      this.#seen.add(name);
      this.#check(state);
      const next = this.#nextOf(state);
      const job = state.rows[nameOf(jobKey(JOB))] as unknown as JobRow;
      if (job.status === "EXPORTING") this.ends.add(String(job.outcome));
      else if (next.length === 0 && rowsOf(state.rows).shard.generation < this.#limits.leases)
        throw new Error("nobody can act and the job goes on");
      open.push(...next.map((one) => this.#forget(one)));
    }
    return this.#seen.size;
  }

  /** What tells states apart: times as they are seen from now, and workers without their names, since they are alike. */
  #nameOf({ rows, parts, now, deaths, raises, log, workers }: State): string {
    const fromNow = ({ leaseUntilMs, ...shard }: ShardRow) => [shard, Math.max(0, leaseUntilMs - now)];
    const { shard, ...others } = rowsOf(rows);
    const alike = workers.map((worker) => {
      if (worker.is === "out") return "";
      if (worker.is === "about to")
        return JSON.stringify([worker.turn.do === "lease" ? fromNow(worker.turn.shard) : worker.turn, worker.job]);
      const { row, renewedAt, ...rest } = worker;
      return JSON.stringify([rest, row.generation, row.checkpointNo, row.grantNanos, Math.min(LEASE, now - renewedAt)]);
    });
    return JSON.stringify([fromNow(shard), others, parts, deaths, raises, log, alike.sort()]);
  }

  #first(): State {
    const { budget } = this.#limits;
    const job = {
      jobId: JOB,
      owner: "o",
      budgetId: JOB,
      status: "RUNNING",
      openShards: 1,
      parkedShards: 0,
      controlNo: 1,
      maxAttemptCostNanos: CALL,
    };
    const shard = {
      ...{
        jobId: JOB,
        owner: "o",
        shardNo: 0,
        kind: "RECORDS",
        state: "OPEN",
        fromSlot: 0,
        toSlot: SLOTS,
        lowWaterSlot: 0,
        partRanges: [],
      },
      ...{
        generation: 0,
        leaseUntilMs: 0,
        checkpointNo: 0,
        consecutiveCrashes: 0,
        delivered: 0,
        failed: 0,
        attempts: 0,
      },
      ...{ inputTokens: 0, outputTokens: 0, spentNanos: 0, grantNanos: 0, writtenOffNanos: 0, columns: {} },
    };
    const rows = {
      [nameOf(jobKey(JOB))]: { ...jobKey(JOB), ...job },
      [nameOf(budgetKey(JOB))]: {
        ...budgetKey(JOB),
        budgetId: JOB,
        budgetNanos: budget,
        remainingNanos: budget,
        writtenOffNanos: 0,
      },
      [SHARD]: { ...shardKey(JOB, 0), ...shard },
    };
    return { rows, parts: {}, now: 1, deaths: 0, raises: 0, log: 0, workers: [OUT, OUT] };
  }

  #nextOf(state: State): State[] {
    const { job } = rowsOf(state.rows);
    if (job.status === "EXPORTING" && state.workers.every(({ is }) => is === "out")) return [];
    const tick = rowsOf(state.rows).shard.generation < this.#limits.leases ? [{ ...state, now: state.now + 1 }] : [];
    return [...tick, ...this.#raise(state), ...state.workers.flatMap((worker, w) => this.#actionsOf(state, worker, w))];
  }

  /** As the API does it: more money, a new controlNo, and no shard counts as parked any more. */
  #raise(state: State): State[] {
    const { raises = 0, raiseBy = 0 } = this.#limits;
    const { job, budget } = rowsOf(state.rows);
    if (state.raises >= raises || job.status !== "RUNNING") return [];
    const control = this.#broken === "stale ending" ? {} : { controlNo: job.controlNo + 1, parkedShards: 0 };
    const [budgetNanos, remainingNanos] = [budget.budgetNanos + raiseBy, budget.remainingNanos + raiseBy];
    const rows = {
      ...state.rows,
      [nameOf(jobKey(JOB))]: { ...job, ...control },
      [nameOf(budgetKey(JOB))]: { ...budget, budgetNanos, remainingNanos },
    };
    return [{ ...state, rows, raises: state.raises + 1 }];
  }

  #actionsOf(state: State, worker: Worker, w: number): State[] {
    const put = (next: Worker, change: Partial<State> = {}): State => ({
      ...state,
      ...change,
      workers: state.workers.map((one, n) => (n === w ? next : one)),
    });
    if (worker.is === "out") return this.#look(state).map((next) => put(next));
    const death = state.deaths < this.#limits.deaths ? [put(OUT, { deaths: state.deaths + 1 })] : [];
    if (worker.is === "about to") return [...death, this.#take(state, worker, put)];
    return [...death, ...this.#work(state, worker, put)];
  }

  /** What a worker that comes along decides to do, if anything. */
  #look({ rows, now }: State): Worker[] {
    const { job, shard, budget } = rowsOf(rows);
    const turn = nextTurn(job, [shard], budget.remainingNanos, now);
    return turn.do === "lease" || turn.do === "end" ? [{ is: "about to", turn, job }] : [];
  }

  /** Decisions that would be refused by now lead nowhere: generations never come again. */
  #forget(state: State): State {
    const isStale = (worker: Worker) =>
      worker.is === "about to" && !this.#apply(state.rows, this.#changeOf(state, worker).change);
    return { ...state, workers: state.workers.map((worker) => (isStale(worker) ? OUT : worker)) };
  }

  #changeOf({ now }: State, { turn, job }: Decided): { change: Change; leased?: ShardRow } {
    if (turn.do === "lease") return leaseShard(turn.shard, job, { task: "worker", nowMs: now, leaseMs: LEASE });
    if (turn.do === "end") return { change: beginExport(job, turn.outcome, turn.reason, turn.when) };
    throw new Error(`A worker does not decide to ${turn.do}.`);
  }

  #take(state: State, decided: Decided, put: Put): State {
    const { change, leased } = this.#changeOf(state, decided);
    const rows = this.#apply(state.rows, change);
    if (!rows) return put(OUT);
    return put(leased ? this.#opened(state, leased, decided.job) : OUT, { rows });
  }

  /** Begins where the parts that the row names end. */
  #opened(state: State, row: ShardRow, { controlNo }: JobRow): Holder {
    const done = row.partRanges.flatMap(({ generation, fromSeq, toSeq }) =>
      Array.from({ length: toSeq - fromSeq + 1 }, (_, n) => state.parts[`${generation}-${fromSeq + n}`] ?? []).flat(),
    );
    return {
      is: "holding",
      row,
      controlNo,
      renewedAt: state.now,
      grantNo: 0,
      refused: false,
      free: 0,
      newlySpent: 0,
      done,
      news: [],
      inFlight: [],
      seq: 0,
    };
  }

  #work(state: State, holder: Holder, put: Put): State[] {
    if (holder.cut) {
      const { cut } = holder;
      // With money, too, when it runs low; what is left is given back when no slot is left to start.
      const isLast = holder.done.length + holder.inFlight.length === SLOTS;
      const slices = isLast ? [-holder.free] : holder.free < CALL ? [0, SLICE] : [0];
      return slices.map((nanos) => this.#checkpoint(state, holder, cut, put, nanos));
    }
    const isOver = state.now >= holder.renewedAt + LEASE;
    const open = [0, 1, 2].filter((slot) => !holder.done.includes(slot) && !holder.inFlight.includes(slot));
    const [next] = open;
    const actions: State[] = [];
    if (isOver && holder.inFlight.length > 0) return [put({ ...holder, inFlight: [] })];
    for (const slot of holder.inFlight)
      actions.push(
        put({
          ...holder,
          inFlight: without(holder.inFlight, slot),
          done: [...holder.done, slot].sort(),
          news: [...holder.news, slot].sort(),
        }),
      );
    const mayCall = state.now < holder.renewedAt + LEASE / 2 && next !== undefined && holder.inFlight.length === 0;
    // The money is gone when the call begins: whoever dies now has paid for it.
    if (mayCall && holder.free >= CALL)
      actions.push(
        put(
          {
            ...holder,
            free: holder.free - CALL,
            newlySpent: holder.newlySpent + CALL,
            inFlight: [...holder.inFlight, next].sort(),
          },
          { log: state.log + CALL },
        ),
      );
    if (mayCall && holder.free < CALL && !holder.refused) actions.push(this.#grant(state, holder, put));
    if (holder.news.length > 0 || holder.newlySpent > 0) actions.push(this.#flush(state, holder, put));
    if (holder.inFlight.length === 0) {
      if (holder.done.length === SLOTS) actions.push(this.#end(state, holder, "DONE", put));
      else if (holder.refused) actions.push(this.#end(state, holder, "PARKED", put));
      else if (isOver) actions.push(this.#end(state, holder, "OPEN", put));
    }
    return actions;
  }

  #grant(state: State, holder: Holder, put: Put): State {
    const slice = Math.min(SLICE, Math.max(CALL, rowsOf(state.rows).budget.remainingNanos));
    const rows = this.#apply(state.rows, grantSlice(holder.row, { budgetId: JOB, nanos: slice }, holder.grantNo + 1));
    if (rows)
      return put(
        {
          ...holder,
          row: { ...holder.row, grantNanos: holder.row.grantNanos + slice },
          grantNo: holder.grantNo + 1,
          free: holder.free + slice,
        },
        { rows },
      );
    if (rowsOf(state.rows).shard.generation !== holder.row.generation) return put(OUT);
    return put({ ...holder, refused: true });
  }

  /** First the part, then the checkpoint that names it: anything may happen between. */
  #flush(state: State, holder: Holder, put: Put): State {
    const { row, news, seq } = holder;
    const cut = { progress: progressOf(holder), spent: holder.newlySpent, slots: news };
    if (this.#broken === "flush order") return this.#checkpoint(state, { ...holder, cut }, cut, put);
    const parts = news.length > 0 ? { ...state.parts, [partName(row, seq)]: news } : state.parts;
    return put({ ...holder, cut }, { parts });
  }

  /** With a slice of the budget, if it can be had, or one given back. */
  #checkpoint(state: State, holder: Holder, cut: NonNullable<Holder["cut"]>, put: Put, nanos = 0): State {
    const slice = nanos === 0 ? undefined : { budgetId: JOB, nanos };
    const { change, next } = checkpoint(holder.row, cut.progress, state.now + LEASE, slice);
    const rows = this.#apply(state.rows, change);
    if (!rows) return slice ? this.#checkpoint(state, holder, cut, put) : put(OUT);
    const parts =
      this.#broken === "flush order" && state.deaths < this.#limits.deaths
        ? state.parts
        : { ...state.parts, ...(cut.slots.length > 0 && { [partName(holder.row, holder.seq)]: cut.slots }) };
    return put(
      {
        ...holder,
        row: next,
        renewedAt: state.now,
        free: holder.free + nanos,
        newlySpent: holder.newlySpent - cut.spent,
        news: holder.news.filter((slot) => !cut.slots.includes(slot)),
        seq: holder.seq + (cut.slots.length > 0 ? 1 : 0),
        cut: undefined,
      },
      { rows, parts },
    );
  }

  #end(state: State, holder: Holder, end: LeaseEnd, put: Put): State {
    const { row, news, seq } = holder;
    const parts = news.length > 0 ? { ...state.parts, [partName(row, seq)]: news } : state.parts;
    // As it was read when the lease was taken.
    const job = { ...rowsOf(state.rows).job, controlNo: holder.controlNo };
    const ended = (as: LeaseEnd) => this.#apply(state.rows, endLease(row, job, progressOf(holder), as));
    const rows = ended(end) ?? (end === "PARKED" ? ended("OPEN") : undefined);
    return put(OUT, rows ? { rows, parts } : { parts });
  }

  /** A transaction: all of it or nothing; and once more, as after an unclear answer, changes nothing. */
  #apply(rows: Rows, change: Change): Rows | undefined {
    const writes = change.writes.map((write) => this.#weaken(write));
    const fits = writes.every(({ key, kind, when }) => {
      const row = rows[nameOf(key)];
      return kind === "put" ? !row : row !== undefined && meetsCondition(row, when);
    });
    if (!fits) return undefined;
    return writes.reduce(written, rows);
  }

  #weaken(write: Write): Write {
    if (this.#broken === "generation" && nameOf(write.key) === SHARD && write.when?.equals) {
      const { generation: _, checkpointNo: __, ...equals } = write.when.equals;
      return { ...write, when: { ...write.when, equals } };
    }
    if (this.#broken === "grant condition" && write.add?.remainingNanos) return { ...write, when: undefined };
    if (this.#broken === "parking" && write.add?.parkedShards === 1) return { ...write, when: undefined };
    if (this.#broken === "write-off" && write.add?.writtenOffNanos) return { ...write, add: {} };
    return write;
  }

  #check(state: State): void {
    const { job, shard, budget } = rowsOf(state.rows);
    const { grantNanos, spentNanos, partRanges } = shard;
    promise(
      grantNanos + spentNanos + budget.writtenOffNanos + budget.remainingNanos === budget.budgetNanos,
      "granted + spent + written off + remaining = budget",
    );
    promise(budget.remainingNanos >= 0 && grantNanos >= 0, "nothing is granted that is not there");
    promise(
      state.log <= spentNanos + grantNanos + budget.writtenOffNanos,
      "what the model was paid is granted, spent or written off",
    );
    promise(state.log <= budget.budgetNanos, "the model is never paid more than the budget");
    const named = partRanges.flatMap(({ generation, fromSeq, toSeq }) =>
      Array.from({ length: toSeq - fromSeq + 1 }, (_, n) => `${generation}-${fromSeq + n}`),
    );
    promise(
      named.every((name) => state.parts[name]),
      "every part that a checkpoint names exists",
    );
    const delivered = named.flatMap((name) => state.parts[name] ?? []);
    promise(new Set(delivered).size === delivered.length, "no record is delivered twice");
    promise(delivered.length === shard.delivered, "the row counts what its parts hold");
    if (shard.state === "DONE") promise(delivered.length === SLOTS, "a shard that is done has every slot");
    if (job.outcome === "COMPLETED") promise(delivered.length === SLOTS, "a completed job has every record");
    promise(job.parkedShards === (isParked(shard, job) ? 1 : 0), "the job counts the shards that are parked");
    if (job.outcome === "BUDGET_EXCEEDED")
      promise(budget.remainingNanos < CALL, "a job ends at its budget only if that does not pay for one more record");
    if (state.deaths === 0 && shard.generation === 1 && shard.state === "DONE")
      promise(state.log === spentNanos, "without deaths the ledger is the log");
    promise(!isLeased(shard, state.now) || shard.leaseTask !== undefined, "a lease that runs has a holder");
  }
}

type Put = (next: Worker, change?: Partial<State>) => State;

function written(rows: Rows, { key, kind, set, add, remove }: Write): Rows {
  if (kind === "check") return rows;
  const row: Record<string, unknown> = { ...rows[nameOf(key)], ...set };
  for (const [name, value] of Object.entries(add ?? {})) row[name] = Number(row[name] ?? 0) + value;
  for (const name of remove ?? []) delete row[name];
  return { ...rows, [nameOf(key)]: row };
}

function rowsOf(rows: Rows): { job: JobRow; budget: BudgetRow; shard: ShardRow } {
  const row = (key: RowKey) => rows[nameOf(key)] as never;
  return { job: row(jobKey(JOB)), budget: row(budgetKey(JOB)), shard: row(shardKey(JOB, 0)) };
}

function progressOf({ row, done, news, newlySpent, seq }: Holder): Progress {
  const { failed, attempts, inputTokens, outputTokens } = row;
  let lowWaterSlot = 0;
  while (done.includes(lowWaterSlot)) lowWaterSlot += 1;
  const runs = news.length > 0 ? appendPart(row.partRanges, row.generation, seq) : row.partRanges;
  return {
    lowWaterSlot,
    partRanges: runs,
    delivered: row.delivered + news.length,
    failed,
    rejected: 0,
    mended: 0,
    attempts,
    causes: [],
    inputTokens,
    outputTokens,
    newlySpentNanos: newlySpent,
    spending: [],
    workerMs: 0,
    columns: {},
  };
}

function without(list: readonly number[], gone: number): number[] {
  return list.filter((item) => item !== gone);
}

function promise(holdsTrue: boolean, words: string): void {
  if (!holdsTrue) throw new Error(`broken: ${words}`);
}

const AMPLE = { budget: 5, leases: 2, deaths: 1 };
const SCARCE = { budget: 2, leases: 2, deaths: 1 };
const RAISED = { budget: 1, leases: 2, deaths: 0, raises: 1, raiseBy: 2 };

function limitsFor(broken: Broken): Limits {
  if (broken === "stale ending" || broken === "parking") return RAISED;
  return broken === "grant condition" ? SCARCE : AMPLE;
}

test("with money for five calls every order ends with three records, or at the budget, and every coin accounted for", () => {
  const search = new Search(AMPLE);
  const states = search.run();
  expect(states).toBeGreaterThan(10_000);
  expect([...search.ends].sort()).toEqual(["BUDGET_EXCEEDED", "COMPLETED"]);
});

test("with too little money every order ends at the budget, none beyond it", () => {
  const search = new Search(SCARCE);
  search.run();
  expect([...search.ends]).toEqual(["BUDGET_EXCEEDED"]);
});

test("a raise at any instant is seen: no order ends at a budget that pays for one more record", () => {
  const search = new Search(RAISED);
  search.run();
  expect([...search.ends].sort()).toEqual(["BUDGET_EXCEEDED", "COMPLETED"]);
});

test.each<[Broken, RegExp]>([
  ["generation", /broken/],
  ["grant condition", /broken: nothing is granted that is not there/],
  ["flush order", /broken: every part that a checkpoint names exists/],
  ["write-off", /broken: granted \+ spent/],
  ["stale ending", /broken: a job ends at its budget only if/],
  ["parking", /broken: the job counts the shards that are parked/],
])("without the %s the search finds a broken promise", (broken, words) => {
  expect(() => new Search(limitsFor(broken), broken).run()).toThrow(words);
});
