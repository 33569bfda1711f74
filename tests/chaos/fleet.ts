/** ECS and the dispatcher: tasks come and go, and their events arrive late, twice or never. */
import { mayRestartImmediately, countActiveTasks, tasksWanted, tasksToReconcile } from "#core/fleet/fleet";
import { isAtRest } from "#core/job/job";
import { isOrphan } from "#core/job/orphans";
import { randomOf } from "#core/random";
import { exportKey, shardKey } from "#core/keys";
import type { ShardRow } from "#core/shard/shard-row";
import type { TaskRow } from "#core/fleet/fleet-rows";
import type { Ports } from "../../worker/ports.ts";
import { JOB, type World } from "../worker/world.ts";
import { FaultyWorker } from "./faulty-worker.ts";
import type { EventLog } from "./event-log.ts";
import { without } from "./guards.ts";
import { badDay, Outage, type BadDay } from "./outage.ts";
import type { Plan } from "./plan.ts";

const SWEEP_MS = 60_000;
const EVENT_MS = 3_000;

interface Task {
  readonly row: TaskRow;
  readonly worker: FaultyWorker;
  exitCode?: number;
}

export interface FleetHooks {
  /** A task has ended. */
  ended(): void;
  /** Nothing more will happen to the job. */
  isOver(): boolean;
}

export class Fleet {
  readonly world: World;
  readonly plan: Plan;
  readonly eventLog: EventLog;
  /** Tasks with a slot: one that has ended keeps it until the dispatcher learns of it. */
  readonly #tasks = new Map<string, Task>();
  readonly #workers = new Map<string, FaultyWorker>();
  readonly #random: () => number;
  /** Separate, because the timing of removals affects nothing else in a run. */
  readonly #removalRandom: () => number;
  /** What the index says about the job, and since when. */
  readonly #index: { sinceMs: number; isOpen: boolean; status: string }[] = [];
  #begun = 0;

  constructor(
    readonly day: BadDay,
    readonly hooks: FleetHooks,
  ) {
    this.world = day.world;
    this.plan = day.plan;
    this.eventLog = day.eventLog;
    this.#random = randomOf("fleet", day.plan.seed);
    this.#removalRandom = randomOf("leftovers", day.plan.seed);
    this.indexJob();
    this.#sweepLater();
  }

  get hasLife(): boolean {
    return [...this.#workers.values()].some(({ isAlive }) => isAlive);
  }

  worker(task: string): FaultyWorker | undefined {
    return this.#workers.get(task);
  }

  /** Records a change of the job's row for the lagging index. */
  indexJob(): void {
    const { status, queueKey } = this.world.job;
    this.#index.push({ sinceMs: this.world.clock.nowMs(), isOpen: queueKey !== undefined, status });
  }

  /** Delivers an event that may require tasks; it may get lost or arrive twice. */
  notify(event: () => void): void {
    const { clock } = this.world;
    if (this.#random() < this.plan.rates.eventLost) return this.eventLog.count("event lost");
    clock.after(this.#random() * EVENT_MS, event);
    if (this.#random() >= this.plan.rates.eventTwice) return;
    clock.after(this.#random() * 5 * EVENT_MS, () => {
      this.eventLog.count("event duplicated");
      event();
    });
  }

  /** Starts the tasks the job needs, as the dispatcher does: decided by the base rows. */
  dispatch(): void {
    const { job, clock } = this.world;
    const tasks = [...this.#tasks.values()].map(({ row }) => row);
    const wanted = tasksWanted(job, countActiveTasks(tasks, this.#shards(), clock.nowMs()));
    const free = this.plan.tasks - tasks.length;
    for (let n = 0; n < Math.min(wanted, free); n++) this.#start();
  }

  #sweepLater(): void {
    this.world.clock.after(SWEEP_MS, () => {
      if (this.hooks.isOver() && !this.hasLife) return;
      this.#sweep();
      this.#sweepLater();
    });
  }

  #sweep(): void {
    const nowMs = this.world.clock.nowMs();
    const rows = [...this.#tasks.values()].map(({ row }) => row);
    for (const { taskSlot } of tasksToReconcile(rows, nowMs))
      if (this.#tasks.get(taskSlot)?.worker.isAlive === false) this.#free(taskSlot);
    const seen = this.#index.findLast(({ sinceMs }) => sinceMs <= nowMs - this.plan.indexLagMs);
    if (seen?.status !== this.world.job.status)
      this.eventLog.count("stale index read", `it says ${seen?.status ?? "nothing"}`);
    this.#removeLeftovers();
    if (!seen?.isOpen) return;
    this.dispatch();
    // Another dispatcher at the same moment, or a lost answer of RunTask.
    if (!isAtRest(this.world.job.status) && this.#random() < this.plan.rates.extraTask) this.#start();
  }

  #start(): void {
    const { clock } = this.world;
    const task = `task-${++this.#begun}`;
    const worker = new FaultyWorker({
      task,
      fate: this.plan.fates[this.#begun - 1],
      ports: badDay(this.day, task),
      eventLog: this.eventLog,
      random: randomOf("body", this.plan.seed, task),
      isFragile: () => this.day.isFragile(),
      holdsLease: () => this.#leasesOf(task).length > 0,
    });
    const row = {
      pk: "FLEET",
      sk: task,
      taskSlot: task,
      jobId: JOB,
      owner: this.world.job.owner,
      capacityProvider: "FARGATE_SPOT",
      createdAtMs: clock.nowMs(),
    } as TaskRow;
    this.#tasks.set(task, { row, worker });
    this.#workers.set(task, worker);
    clock.after(this.#random() * this.plan.startMs, () => void this.#live(task, worker));
  }

  async #live(task: string, worker: FaultyWorker): Promise<void> {
    this.eventLog.note(`${task} starts`);
    const exitCode = await Promise.race([
      worker.died.then(() => 137),
      this.world.startAs(task, worker.warning, this.#guarded(worker.ports)).then(
        () => 0,
        (error: unknown) => this.#crashed(task, error),
      ),
    ]);
    worker.exit();
    this.eventLog.note(`${task} has ended with ${exitCode}`);
    const known = this.#tasks.get(task);
    if (known) known.exitCode = exitCode;
    this.notify(() => this.#stopped(task));
    this.hooks.ended();
  }

  #guarded(ports: Ports): Ports {
    const { without: guard } = this.plan;
    return guard ? without(guard, ports) : ports;
  }

  #crashed(task: string, error: unknown): number {
    this.eventLog.count("worker crashed", `${task}: ${String(error)}`);
    if (!(error instanceof Outage))
      this.eventLog.addViolation(`${task} crashed although no service failed: ${String(error)}`);
    return 1;
  }

  /** Handles the event that a task has stopped; a duplicate finds nothing left to do. */
  #stopped(task: string): void {
    const exitCode = this.#tasks.get(task)?.exitCode;
    const leasesHeld = this.#free(task);
    this.#removeLeftovers();
    if (mayRestartImmediately({ exitCode, leasesHeld, startedAt: "then" })) this.dispatch();
  }

  /** @returns how many leases it had held */
  #free(task: string): number {
    const held = this.#leasesOf(task);
    for (const shard of held) this.world.store.put(shard, { ...shard, leaseUntilMs: this.world.clock.nowMs() });
    this.#tasks.delete(task);
    return held.length;
  }

  /** Removes orphans more often than the dispatcher, some time after reading the rows, whatever has happened meanwhile. */
  #removeLeftovers(): void {
    const { world, eventLog } = this;
    const rows = structuredClone({ job: world.job, shards: this.#shards().filter(({ kind }) => kind === "RECORDS") });
    const names = [...world.objects.files.keys()].filter((name) => isOrphan(name, rows));
    world.clock.after(this.#removalRandom() * SWEEP_MS, () => {
      for (const name of names) if (world.objects.files.delete(name)) eventLog.note(`${name} was removed`);
    });
  }

  #leasesOf(task: string): ShardRow[] {
    const nowMs = this.world.clock.nowMs();
    return this.#shards().filter(({ leaseTask, leaseUntilMs }) => leaseTask === task && leaseUntilMs > nowMs);
  }

  #shards(): ShardRow[] {
    const keys = [...Array.from({ length: this.world.job.shardCount }, (_, n) => shardKey(JOB, n)), exportKey(JOB)];
    return keys.flatMap(({ pk, sk }) => (this.world.store.rows.get(`${pk}|${sk}`) as ShardRow | undefined) ?? []);
  }
}
