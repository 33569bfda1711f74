/** One worker's life: turn after turn for its job, until there is nothing left for it to do. */
import { beginExport, startJob } from "#core/job/ending";
import { PlotPaletteError } from "#core/errors";
import { budgetKey, jobKey, jobTemplateKey, shardKey } from "#core/keys";
import type { BudgetRow } from "#core/money/budget-row";
import type { JobRow, JobTemplateRow } from "#core/job/job-row";
import type { ShardRow } from "#core/shard/shard-row";
import { isLeased, leaseShard, countLeaseHolders } from "#core/shard/lease";
import type { Template } from "#core/template/template";
import { parseTemplate } from "#core/template/parse";
import { nextTurn, type Turn } from "#core/job/turn";
import { ConditionVariable } from "./condition-variable.ts";
import { LeaseLost } from "./shard/leased-shard.ts";
import { applyChange } from "./apply-change.ts";
import { runExport } from "./export/export-run.ts";
import { ConcurrencyLimiter } from "./calls/concurrency-limiter.ts";
import { sleep, type Ports, type Settings } from "./ports.ts";
import { ModelCooldowns } from "./calls/model-cooldowns.ts";
import { ModelHealth } from "./calls/model-health.ts";
import { ModelPaces } from "./calls/model-paces.ts";
import { Overruns } from "./calls/overruns.ts";
import { Seeds } from "./seeds.ts";
import { ShardRun } from "./shard/shard-run.ts";
import { JobContext } from "./record/job-context.ts";

/** The most shards a worker runs at once: beside the one that starts records, those that wait for slow calls. */
const MAX_SHARDS_AT_ONCE = 32;
/** How soon a task notices that tasks with which it shares the account's per-minute limits have come or gone. */
const QUOTA_REFRESH_MS = 10_000;

/** Works until there is nothing to do or `signal` aborts. @throws any unexpected error; leases then expire on their own */
export async function runTask(ports: Ports, settings: Settings, signal: AbortSignal): Promise<void> {
  const task = new Task(ports, settings, signal);
  try {
    while (await task.runNextAction());
  } finally {
    await task.settle();
  }
}

export class Task {
  readonly #changed = new ConditionVariable();
  readonly #limiter: ConcurrencyLimiter;
  readonly #cooldowns = new ModelCooldowns();
  readonly #paces = new ModelPaces();
  readonly #modelHealth = new ModelHealth();
  readonly #overruns = new Overruns();
  /** The shards this worker runs, in the order of their leases: a further one as soon as the others have few records to start. */
  readonly #runs = new Map<number, { run: ShardRun; end: Promise<void> }>();
  /** The job's shards that others ran when this worker last took a lease. */
  #othersShards = 0;
  #jobContextPromise: Promise<JobContext> | undefined;
  #failure: unknown;
  #cancelAbort: () => void = () => {};
  readonly #settled = new AbortController();
  #quotaRefresh: Promise<void> | undefined;

  constructor(
    readonly ports: Ports,
    readonly settings: Settings,
    readonly signal: AbortSignal,
  ) {
    const { concurrency, modelLimits } = settings;
    this.#limiter = new ConcurrencyLimiter({
      maxCalls: concurrency,
      clock: ports.clock,
      changed: this.#changed,
      limits: modelLimits,
    });
    signal.addEventListener("abort", () => this.#stop());
  }

  /** One turn; `false` when there is nothing left to do. Idempotent: taken twice, it acts once. */
  async runNextAction(): Promise<boolean> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.signal.aborted) return false;
    const { job, shards, remainingNanos } = await this.#read();
    const turn = nextTurn(job, shards, remainingNanos, this.ports.clock.nowMs(), new Set(this.#runs.keys()));
    if (turn.do === "leave" || !job) return await this.#anyRunEnds();
    switch (turn.do) {
      case "start":
        await this.#transition(startJob(job, this.#nowIso()));
        return true;
      case "end":
        await this.#transition(beginExport(job, turn.outcome, turn.reason, turn.when));
        return true;
      case "lease":
        await this.#lease(job, turn, shards);
        return true;
      case "export":
        return await this.#export(job);
    }
  }

  /** Resolves when no shard is running. */
  async settle(): Promise<void> {
    await Promise.all([...this.#runs.values()].map(({ end }) => end));
    this.#cancelAbort();
    this.#settled.abort();
    await this.#quotaRefresh;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #read(): Promise<{ job: JobRow | undefined; shards: ShardRow[]; remainingNanos: number }> {
    const job = (await this.ports.store.read(jobKey(this.settings.jobId))) as JobRow | undefined;
    if (job?.status !== "RUNNING") return { job, shards: [], remainingNanos: 0 };
    // The budget first: money returned after this read is seen by a later turn, and no turn misses a parked shard.
    const budget = (await this.ports.store.read(budgetKey(job.budgetId))) as BudgetRow | undefined;
    return { job, shards: await this.#readShards(job), remainingNanos: budget?.remainingNanos ?? 0 };
  }

  async #readShards(job: JobRow): Promise<ShardRow[]> {
    const rows = await this.ports.store.readAll(
      Array.from({ length: job.shardCount }, (_, n) => shardKey(job.jobId, n)),
    );
    return rows.flatMap((row) => (row ? [row as ShardRow] : []));
  }

  async #lease(job: JobRow, { shard }: Turn & { do: "lease" }, shards: readonly ShardRow[]): Promise<void> {
    const jobContext = await this.#jobContext(job);
    if (!jobContext) return;
    const { ports, settings } = this;
    const leasedAtMs = ports.clock.monotonicMs();
    const isAhead = this.#runs.size > 0;
    const holder = { task: settings.task, isAhead, nowMs: ports.clock.nowMs(), leaseMs: settings.leaseMs };
    const { change, leased } = leaseShard(shard, job, holder);
    if (!(await applyChange(ports, change))) return;
    this.#othersShards = shards.filter(
      (other) => isLeased(other, holder.nowMs) && !this.#runs.has(other.shardNo) && other !== shard,
    ).length;
    if (settings.modelLimits) {
      this.#limiter.shareQuota(countLeaseHolders([leased, ...shards], holder.nowMs));
      this.#quotaRefresh ??= this.#refreshQuotaShare(job);
    }
    const shared = { limiter: this.#limiter, cooldowns: this.#cooldowns, changed: this.#changed };
    const watched = { paces: this.#paces, modelHealth: this.#modelHealth, overruns: this.#overruns };
    const mayStartRecords = (shardNo: number) => this.#mayStartRecords(shardNo);
    const runningShards = () => this.#othersShards + Math.max(1, this.#runs.size);
    const context = { ports, settings, jobContext, job, runningShards, mayStartRecords, ...shared, ...watched };
    const run = await ShardRun.open(context, leased, leasedAtMs).catch((error: unknown) =>
      this.#handleOpenFailure(job, error),
    );
    if (!run) return;
    const end = run
      .run()
      .then((result) => ports.log.info(`Shard ${shard.shardNo} ended: ${result}.`))
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#runs.delete(shard.shardNo);
        this.#changed.notifyAll();
      });
    this.#runs.set(shard.shardNo, { run, end });
    // Stopped while the lease was being taken.
    if (this.signal.aborted || this.#failure !== undefined) run.drain();
    await this.#untilFewRecordsLeft();
  }

  /** Another worker took the shard while it was being opened, or its contents cannot be read. */
  async #handleOpenFailure(job: JobRow, error: unknown): Promise<undefined> {
    if (error instanceof LeaseLost) return;
    if (!(error instanceof PlotPaletteError)) throw error;
    await this.#transition(beginExport(job, "FAILED", error.message));
  }

  /**
   * Resolves once the records that could start fill each call permit at most once more, because there are no others or because
   * they would be too far ahead of a slow one. That is time to lease another shard, which takes about as long as a call. Any
   * later, permits would idle, and from then on all records would run in lockstep.
   */
  async #untilFewRecordsLeft(): Promise<void> {
    const startable = () => [...this.#runs.values()].reduce((sum, { run }) => sum + run.startableRecords, 0);
    const isFull = () => this.#runs.size >= MAX_SHARDS_AT_ONCE;
    while (isFull() || startable() > this.#limiter.options.maxCalls) await this.#changed.wait();
  }

  /** Shards start records in the order of their leases: interleaved, all would end later. */
  #mayStartRecords(shardNo: number): boolean {
    for (const [no, { run }] of this.#runs) {
      if (no === shardNo) return true;
      if (run.canStartRecord) return false;
    }
    return true;
  }

  /** As tasks come and go, each takes its share of the account's per-minute limits. */
  async #refreshQuotaShare(job: JobRow): Promise<void> {
    const { clock, log } = this.ports;
    while (!this.#settled.signal.aborted) {
      await sleep(clock, QUOTA_REFRESH_MS, this.#settled.signal);
      if (this.#settled.signal.aborted) return;
      try {
        this.#limiter.shareQuota(countLeaseHolders(await this.#readShards(job), clock.nowMs()));
      } catch (error) {
        log.warn("The job's tasks could not be counted; this task's share of the rate limits stays as it is.", {
          error: String(error),
        });
      }
    }
  }

  async #export(job: JobRow): Promise<boolean> {
    const { ports, settings, signal } = this;
    // Frees the sandboxes' memory for writing the dataset.
    this.#jobContextPromise = undefined;
    const row = await this.#templateRow().catch(missing);
    const template = row ? readable(row) : UNREADABLE_TEMPLATE;
    const outcome = job.outcome ?? "FAILED";
    const result = await runExport({
      ports,
      settings,
      job,
      outcome,
      template,
      source: row?.source,
      signal,
      readShards: () => this.#readShards(job),
    });
    ports.log.info(`The export ended: ${result}.`);
    if (result === "published") await this.#report();
    return false;
  }

  /** `undefined` if it cannot be opened, in which case the job has failed. */
  async #jobContext(job: JobRow): Promise<JobContext | undefined> {
    try {
      return await (this.#jobContextPromise ??= this.#openJobContext(job));
    } catch (error) {
      this.#jobContextPromise = undefined;
      if (!(error instanceof PlotPaletteError)) throw error;
      await this.#transition(beginExport(job, "FAILED", error.message));
      return undefined;
    }
  }

  async #openJobContext({ jobId, seedSetId }: JobRow): Promise<JobContext> {
    const location = { owner: this.settings.seedSetOwner, seedSetId };
    const [row, seeds] = await Promise.all([this.#templateRow(), Seeds.open(this.ports.objects, location)]);
    const { partials, parameters } = row;
    const template = templateOf(row);
    return await JobContext.open({
      jobId,
      template,
      partials,
      parameters,
      seeds,
      collections: seeds.index.collections,
    });
  }

  async #templateRow(): Promise<JobTemplateRow> {
    const row = await this.ports.store.read(jobTemplateKey(this.settings.jobId));
    if (!row) throw new PlotPaletteError("NotFound", "This job's template was deleted; start a new job.");
    return row as JobTemplateRow;
  }

  async #transition(change: Parameters<typeof applyChange>[1]): Promise<void> {
    // If it fails, someone else moved the job first; the next turn looks again.
    if (await applyChange(this.ports, change)) await this.#report();
  }

  /** Reports the job's state to subscribers; if this fails, the next report makes up for it. */
  async #report(): Promise<void> {
    await this.ports.reporter.report().catch((error: unknown) => {
      this.ports.log.warn("The job's state could not be reported; the next report will include it.", {
        error: String(error),
      });
    });
  }

  async #anyRunEnds(): Promise<boolean> {
    const ends = [...this.#runs.values()].map(({ end }) => end);
    if (ends.length === 0) return false;
    await Promise.race(ends);
    return true;
  }

  #stop(): void {
    this.#drain();
    this.#cancelAbort = this.ports.clock.after(this.settings.drainTimeoutMs, () => {
      for (const { run } of this.#runs.values()) run.abort();
    });
  }

  #drain(): void {
    for (const { run } of this.#runs.values()) run.drain();
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#drain();
  }

  #nowIso(): string {
    return new Date(this.ports.clock.nowMs()).toISOString();
  }
}

/** Tiers resolve to the models they had when the job was created. */
function templateOf({ source, tiers }: JobTemplateRow): Template {
  return parseTemplate(source, tiers);
}

/** For the export of a job that failed because its template can no longer be read: its records keep at least their IDs. */
const UNREADABLE_TEMPLATE: Template = {
  name: "",
  tags: [],
  parameters: {},
  pick: {},
  partials: {},
  steps: [],
  record: {},
  categories: [],
  maxAttempts: 1,
};

function readable(row: JobTemplateRow): Template {
  try {
    return templateOf(row);
  } catch (error) {
    if (error instanceof PlotPaletteError) return UNREADABLE_TEMPLATE;
    throw error;
  }
}

function missing(error: unknown): undefined {
  if (!(error instanceof PlotPaletteError)) throw error;
}
