/** A job in a simulated world, and workers that can be killed at any instant. */
import { openShardsAfterRetry, resetForRetry } from "#core/job/retry";
import { isAtRest, planMoreShards, planShards, type JobStatus } from "#core/job/job";
import { hashOf, randomOf } from "#core/random";
import { budgetKey, jobKey, jobTemplateKey, NEW_JOBS, ownerQueue, ownerStatus, queueOrder, shardKey } from "#core/keys";
import { seedBlockObject, seedIndexObject } from "#core/bucket";
import type { BudgetRow } from "#core/money/budget-row";
import type { JobRow, JobTemplateRow } from "#core/job/job-row";
import { newShard } from "#core/shard/new-shard";
import type { ShardRow } from "#core/shard/shard-row";
import { MAX_WINDOW_SLOTS } from "#core/shard/window";
import type { Partials } from "#core/template/template";
import { boundOf } from "#core/template/bound";
import { parseTemplate, DEFAULT_TIERS } from "#core/template/parse";
import type { Ports, Settings } from "../../worker/ports.ts";
import { runTask } from "../../worker/task.ts";
import { FakeModel, MemoryObjects, MemoryReporter, MemoryStore, type Behaviour } from "./doubles.ts";
import { SimClock } from "./sim-clock.ts";

export const JOB = "01KB0000000000000000000000";
const OWNER = "owner-1";

export const TWO_STEPS = `
name: Film questions
pick: { movie: movies }
steps:
  - id: question
    tier: economy
    prompt: Ask one question about "<%= it.movie.title %>".
    maxTokens: 100
    maxPromptBytes: 1000
  - id: answer
    tier: premium
    prompt: "Answer in JSON: <%= it.steps.question.output %>"
    maxTokens: 200
    maxPromptBytes: 2000
    repairs: 0
    output: { type: json, schema: { type: object, properties: { answer: { type: string } }, required: [answer], additionalProperties: false } }
record:
  film: it.movie.title
  year: { value: it.movie.year, type: integer }
  question: it.steps.question.output
  answer: it.steps.answer.output.answer
`;

/** A question for a question, an object for a JSON request; the same answer to the same request. */
export const ANSWERS: Behaviour = ({ prompt, schema }) =>
  schema ? JSON.stringify({ answer: `Yes: ${prompt}` }) : `What of ${prompt}?`;

export interface JobOptions {
  readonly records: number;
  readonly budgetNanos?: number;
  readonly template?: string;
  readonly partials?: Partials;
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** The shards' ranges; planned as for a real job if absent. */
  readonly shards?: { from: number; to: number }[];
  readonly behaviour?: Behaviour;
  readonly seeds?: number;
}

export class World {
  readonly clock = new SimClock();
  readonly store = new MemoryStore();
  readonly objects = new MemoryObjects();
  readonly model: FakeModel;
  readonly reporter: MemoryReporter;
  readonly settings: { -readonly [K in keyof Settings]: Settings[K] } = {
    jobId: JOB,
    seedSetOwner: OWNER,
    task: "task-0",
    concurrency: 8,
    windowSlots: MAX_WINDOW_SLOTS,
    leaseMs: 60_000,
    flushIntervalMs: 1_000,
    drainTimeoutMs: 90_000,
  };
  readonly warnings: string[] = [];
  #tasks = 0;

  constructor(options: JobOptions) {
    // Answers arrive out of order, as real ones do.
    this.model = new FakeModel(
      this.clock,
      options.behaviour ?? ANSWERS,
      (callNo) => 50 + (hashOf("latency", callNo) % 300),
    );
    this.reporter = new MemoryReporter(this.store, JOB, this.clock);
    const source = options.template ?? TWO_STEPS;
    const template = parseTemplate(source);
    const shards = options.shards ?? planShards(options.records);
    const budgetNanos = options.budgetNanos ?? 5_000_000_000;
    this.#seed(
      Object.values(template.pick).map(({ from }) => from),
      options.seeds ?? 7,
    );
    this.store.put(jobKey(JOB), {
      jobId: JOB,
      owner: OWNER,
      ownerStatus: ownerStatus(OWNER, "QUEUED"),
      queueKey: ownerQueue(OWNER),
      queueOrder: queueOrder("NORMAL", JOB),
      name: "Test job",
      status: "QUEUED",
      controlNo: 1,
      templateId: "T1",
      templateVersion: 3,
      templateName: template.name,
      seedSetId: "S1",
      seedSetName: "Seeds",
      seedSetOwner: OWNER,
      recordCount: options.records,
      parameters: { ...options.parameters },
      budgetId: JOB,
      budgetNanos,
      maxAttemptCostNanos: boundOf(template).costNanos,
      formats: ["JSONL", "CSV", "PARQUET"],
      shardCount: shards.length,
      openShards: shards.length,
      parkedShards: 0,
      clientToken: "token-123",
      datasetFiles: [],
      createdAt: "2026-11-23T11:59:00.000Z",
    } satisfies Omit<JobRow, "pk" | "sk">);
    this.store.put(jobTemplateKey(JOB), {
      templateId: "T1",
      templateVersion: 3,
      source,
      partials: { ...options.partials },
      tiers: DEFAULT_TIERS,
      parameters: { ...options.parameters },
    } satisfies Omit<JobTemplateRow, "pk" | "sk">);
    this.store.put(budgetKey(JOB), {
      budgetId: JOB,
      owner: OWNER,
      budgetNanos,
      remainingNanos: budgetNanos,
      writtenOffNanos: 0,
    });
    shards.forEach(({ from, to }, shardNo) => this.store.put(shardKey(JOB, shardNo), newShardOf(shardNo, from, to)));
  }

  get job(): JobRow {
    return this.store.rows.get(`${jobKey(JOB).pk}|JOB`) as unknown as JobRow;
  }

  get budget(): BudgetRow {
    return this.store.rows.get(`${budgetKey(JOB).pk}|BUDGET`) as unknown as BudgetRow;
  }

  get shards(): ShardRow[] {
    return Array.from(
      { length: this.job.shardCount },
      (_, n) => this.store.rows.get(`${shardKey(JOB, n).pk}|SHARD`) as unknown as ShardRow,
    );
  }

  /** Updates the job's row, as the owner's actions do. */
  setJob(set: Partial<JobRow>): void {
    const status = set.status ?? this.job.status;
    this.store.put(jobKey(JOB), {
      ...this.job,
      ...set,
      ownerStatus: ownerStatus(OWNER, status),
      controlNo: this.job.controlNo + 1,
    });
  }

  resume(raiseByNanos = 0): void {
    this.raise(raiseByNanos, { status: "QUEUED", queueKey: NEW_JOBS });
  }

  /** Raises the budget, as the API does: the job's status stays unless `set` changes it. */
  raise(byNanos: number, set: Partial<JobRow> = {}): void {
    const { budgetNanos, remainingNanos } = this.budget;
    this.store.put(budgetKey(JOB), {
      ...this.budget,
      budgetNanos: budgetNanos + byNanos,
      remainingNanos: remainingNanos + byNanos,
    });
    this.setJob({ parkedShards: 0, budgetNanos: budgetNanos + byNanos, ...set });
  }

  extend(recordCount: number, raiseByNanos = 0): void {
    const { shardCount, openShards, status } = this.job;
    const more = planMoreShards(this.job, recordCount);
    more.forEach(({ from, to }, n) =>
      this.store.put(shardKey(JOB, shardCount + n), newShardOf(shardCount + n, from, to)),
    );
    const goesOn = isAtRest(status) && status !== "PAUSED";
    this.raise(raiseByNanos, {
      recordCount,
      shardCount: shardCount + more.length,
      openShards: openShards + more.length,
      ...(goesOn && { status: "QUEUED", queueKey: NEW_JOBS }),
    });
  }

  retryFailed(): void {
    const openShards = openShardsAfterRetry(this.shards);
    for (const shard of this.shards)
      this.store.put(shardKey(JOB, shard.shardNo), { ...shard, ...resetForRetry(shard) });
    this.raise(0, { status: "QUEUED", queueKey: NEW_JOBS, openShards });
  }

  ports(): Ports {
    const { store, objects, model, reporter, clock } = this;
    const log = { info: () => {}, warn: (message: string) => void this.warnings.push(message) };
    return { store, objects, model, reporter, clock, log, random: randomOf("worker", this.#tasks) };
  }

  /** A worker's whole life; time advances meanwhile. */
  async work(signal = new AbortController().signal, ports = this.ports()): Promise<void> {
    await this.clock.run(this.start(signal, ports));
  }

  /** Starts a worker alongside others; `clock.run` must be called. */
  start(signal = new AbortController().signal, ports = this.ports()): Promise<void> {
    this.#tasks += 1;
    return this.startAs(`task-${this.#tasks}`, signal, ports);
  }

  /** The same, with a given name. */
  startAs(task: string, signal: AbortSignal, ports: Ports): Promise<void> {
    return runTask(ports, { ...this.settings, task }, signal);
  }

  /** Workers one after another, as the dispatcher starts them, until nothing more happens on its own. */
  async workUntilRest(): Promise<JobStatus> {
    for (let n = 0; n < 50 && ["QUEUED", "RUNNING", "EXPORTING"].includes(this.job.status); n++) {
      await this.work();
      this.clock.skip(this.settings.leaseMs);
    }
    return this.job.status;
  }

  file(name: string): Buffer {
    const file = this.objects.files.get(`${this.job.datasetPrefix}${name}`);
    if (file === undefined) throw new Error(`The dataset has no ${name}.`);
    return Buffer.from(file);
  }

  lines(name: string): any[] {
    return this.file(name)
      .toString()
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }

  /** granted + spent + written off + remaining. */
  get accountedNanos(): number {
    const held = this.shards.reduce((sum, { grantNanos, spentNanos }) => sum + grantNanos + spentNanos, 0);
    return held + this.budget.writtenOffNanos + this.budget.remainingNanos;
  }

  get spentNanos(): number {
    return this.shards.reduce((sum, { spentNanos }) => sum + spentNanos, 0);
  }

  get loggedNanos(): number {
    return this.model.log.reduce((sum, { costNanos }) => sum + costNanos, 0);
  }

  #seed(collections: readonly string[], count: number): void {
    const half = Math.ceil(count / 2);
    const line = (item: number) => JSON.stringify({ title: `Film ${item}`, year: 1980 + item, votes: item });
    const votes = (from: number, to: number) => ({ votes: ((to - 1) * to - (from - 1) * from) / 2 });
    const index = {
      itemCount: count,
      blocks: [
        { firstItem: 0, itemCount: half, bytes: 100, sums: votes(0, half) },
        { firstItem: half, itemCount: count - half, bytes: 100, sums: votes(half, count) },
      ],
    };
    for (const collection of collections) {
      const blocks = [
        Array.from({ length: half }, (_, n) => n),
        Array.from({ length: count - half }, (_, n) => half + n),
      ];
      blocks.forEach((items, n) =>
        this.objects.files.set(seedBlockObject(OWNER, "S1", collection, n), items.map(line).join("\n")),
      );
    }
    this.objects.files.set(
      seedIndexObject(OWNER, "S1"),
      JSON.stringify({ collections: Object.fromEntries(collections.map((collection) => [collection, index])) }),
    );
  }
}

function newShardOf(shardNo: number, fromSlot: number, toSlot: number) {
  return newShard({ jobId: JOB, owner: OWNER, shardNo, kind: "RECORDS", fromSlot, toSlot });
}

/** What a port was called with, as far as tests need it: the model's request, if it was one. */
interface Called {
  readonly no: number;
  readonly prompt?: string;
}

/** Ports that permanently stop answering at a call: before or after it has taken effect. */
export function mortal(ports: Ports, isLast: (call: Called) => boolean, afterEffect: boolean) {
  let calls = 0;
  let dead = false;
  let say: () => void = () => {};
  const died = new Promise<void>((resolve) => (say = resolve));
  const never = new Promise<never>(() => {});
  const die = () => {
    dead = true;
    say();
    return never;
  };
  const guard = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name) {
        const value = Reflect.get(target, name) as unknown;
        if (typeof value !== "function") return value;
        return async (...args: unknown[]) => {
          if (dead) return await never;
          calls += 1;
          const last = isLast({ no: calls, prompt: (args[0] as { prompt?: string } | undefined)?.prompt });
          if (last && !afterEffect) return await die();
          const result: unknown = await value.apply(target, args);
          if (last) return await die();
          return dead ? await never : result;
        };
      },
    });
  const clock = {
    nowMs: () => ports.clock.nowMs(),
    monotonicMs: () => ports.clock.monotonicMs(),
    after: (ms: number, action: () => void) => ports.clock.after(ms, () => !dead && action()),
  };
  const { store, objects, model, reporter } = ports;
  return {
    died,
    isDead: () => dead,
    ports: {
      ...ports,
      clock,
      store: guard(store),
      objects: guard(objects),
      model: guard(model),
      reporter: guard(reporter),
    },
  };
}
