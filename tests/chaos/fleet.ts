/** ECS and the dispatcher: tasks come and go, and what is told of them comes late, twice or never. */
import { mayRestartImmediately, countActiveTasks, tasksWanted, tasksToReconcile } from "#core/fleet/fleet";
import { isAtRest } from "#core/job/job";
import { isOrphan } from "#core/job/orphans";
import { randomOf } from "#core/random";
import { exportKey, shardKey } from "#core/keys";
import type { ShardRow } from "#core/shard/shard-row";
import type { TaskRow } from "#core/fleet/fleet-rows";
import type { Ports } from "../../worker/ports.ts";
import { JOB, type World } from "../worker/world.ts";
import { Body } from "./faulty-worker.ts";
import type { Diary } from "./event-log.ts";
import { without } from "./guards.ts";
import { badDay, Outage, type BadDay } from "./outage.ts";
import type { Plan } from "./plan.ts";

const SWEEP_MS = 60_000;
const EVENT_MS = 3_000;

interface Task {
  readonly row: TaskRow;
  readonly body: Body;
  exitCode?: number;
}

export interface FleetHooks {
  /** A task has ended. */
  ended(): void;
  /** Nothing more will become of the job. */
  isOver(): boolean;
}

export class Fleet {
  readonly world: World;
  readonly plan: Plan;
  readonly diary: Diary;
  /** Those with a slot: a task that has ended keeps it until the dispatcher learns of that. */
  readonly #tasks = new Map<string, Task>();
  readonly #bodies = new Map<string, Body>();
  readonly #random: () => number;
  /** For what strikes nobody, so that it changes nothing else of a run. */
  readonly #leisure: () => number;
  /** What the index has said of the job, and since when. */
  readonly #index: { sinceMs: number; isOpen: boolean; status: string }[] = [];
  #begun = 0;

  constructor(
    readonly day: BadDay,
    readonly hooks: FleetHooks,
  ) {
    this.world = day.world;
    this.plan = day.plan;
    this.diary = day.diary;
    this.#random = randomOf("fleet", day.plan.seed);
    this.#leisure = randomOf("leftovers", day.plan.seed);
    this.indexJob();
    this.#sweepLater();
  }

  get hasLife(): boolean {
    return [...this.#bodies.values()].some(({ isAlive }) => isAlive);
  }

  body(task: string): Body | undefined {
    return this.#bodies.get(task);
  }

  /** The job's row has changed: the index will know. */
  indexJob(): void {
    const { status, openKey } = this.world.job;
    this.#index.push({ sinceMs: this.world.clock.nowMs(), isOpen: openKey !== undefined, status });
  }

  /** Something has happened that may want tasks; the news may get lost or come twice. */
  tell(news: () => void): void {
    const { clock } = this.world;
    if (this.#random() < this.plan.rates.eventLost) return this.diary.count("event lost");
    clock.after(this.#random() * EVENT_MS, news);
    if (this.#random() >= this.plan.rates.eventTwice) return;
    clock.after(this.#random() * 5 * EVENT_MS, () => {
      this.diary.count("event repeated");
      news();
    });
  }

  /** Starts what the job wants: decided on the base rows, as the dispatcher does. */
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
      if (this.#tasks.get(taskSlot)?.body.isAlive === false) this.#free(taskSlot);
    const seen = this.#index.findLast(({ sinceMs }) => sinceMs <= nowMs - this.plan.indexLagMs);
    if (seen?.status !== this.world.job.status)
      this.diary.count("index read late", `it says ${seen?.status ?? "nothing"}`);
    this.#removeLeftovers();
    if (!seen?.isOpen) return;
    this.dispatch();
    // Another dispatcher at the same moment, or an answer of RunTask that was lost.
    if (!isAtRest(this.world.job.status) && this.#random() < this.plan.rates.extraTask) this.#start();
  }

  #start(): void {
    const { clock } = this.world;
    const task = `task-${++this.#begun}`;
    const body = new Body({
      task,
      fate: this.plan.fates[this.#begun - 1],
      ports: badDay(this.day, task),
      diary: this.diary,
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
    this.#tasks.set(task, { row, body });
    this.#bodies.set(task, body);
    clock.after(this.#random() * this.plan.startMs, () => void this.#live(task, body));
  }

  async #live(task: string, body: Body): Promise<void> {
    this.diary.note(`${task} starts`);
    const exitCode = await Promise.race([
      body.died.then(() => 137),
      this.world.startAs(task, body.warning, this.#guarded(body.ports)).then(
        () => 0,
        (error: unknown) => this.#broke(task, error),
      ),
    ]);
    body.exit();
    this.diary.note(`${task} has ended with ${exitCode}`);
    const known = this.#tasks.get(task);
    if (known) known.exitCode = exitCode;
    this.tell(() => this.#stopped(task));
    this.hooks.ended();
  }

  #guarded(ports: Ports): Ports {
    const { without: guard } = this.plan;
    return guard ? without(guard, ports) : ports;
  }

  #broke(task: string, error: unknown): number {
    this.diary.count("worker broke", `${task}: ${String(error)}`);
    if (!(error instanceof Outage)) this.diary.breach(`${task} broke although no service failed it: ${String(error)}`);
    return 1;
  }

  /** The event that a task has stopped; the second time there is nothing left of it. */
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

  /** More often than the dispatcher: what it read is removed a while later, whatever has happened meanwhile. */
  #removeLeftovers(): void {
    const { world, diary } = this;
    const rows = structuredClone({ job: world.job, shards: this.#shards().filter(({ kind }) => kind === "RECORDS") });
    const names = [...world.objects.files.keys()].filter((name) => isOrphan(name, rows));
    world.clock.after(this.#leisure() * SWEEP_MS, () => {
      for (const name of names) if (world.objects.files.delete(name)) diary.note(`${name} was removed`);
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
