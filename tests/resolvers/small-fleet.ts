/** A fleet in memory: its rows, two indexes that may lag, and the rule it must follow, applied to everything at once. */
import { countActiveTasks, tasksWanted, type FleetLimits } from "../../core/fleet/fleet.ts";
import type { TaskRow } from "../../core/fleet/fleet-rows.ts";
import { waitingOrder } from "../../core/fleet/placing.ts";
import type { JobRow } from "../../core/job/job-row.ts";
import { isAtRest, PRIORITIES, type JobPriority, type JobStatus } from "../../core/job/job.ts";
import { jobKey, NEW_JOBS, ownerQueue, queueOrder, taskKey } from "../../core/keys.ts";
import {
  earlier,
  ownerAfter,
  type ListKey,
  type Owner,
  type OwnerChange,
} from "../../resolvers/lambda/fleet/ownerRow.ts";
import type { QueueEntry } from "../../resolvers/lambda/fleet/ownersJobs.ts";
import {
  Placement,
  type FleetPorts,
  type Occasion,
  type StartOutcome,
} from "../../resolvers/lambda/fleet/placement.ts";

type SmallJob = JobRow;

export class SmallFleet implements FleetPorts {
  readonly jobs = new Map<string, SmallJob>();
  readonly owners = new Map<string, Owner>();
  readonly tasks = new Map<string, TaskRow>();
  /** The jobs that got a task, in order. */
  readonly starts: string[] = [];
  /** Read units of the queue and the list of owners, of jobs, and of the fleet's other rows, as DynamoDB bills them. */
  readonly units = { indexes: 0, jobs: 0, fleet: 0 };
  atMs = 1_000_000_000;
  /** How the indexes are behind: what they return are the rows as of a while ago. */
  #lagging: { owners: Owner[]; entries: QueueEntry[] } | undefined;
  #slots = 0;

  constructor(
    readonly limits: FleetLimits,
    /** Called before every access: to let another dispatcher go first. */
    readonly pause: () => Promise<void> = () => Promise.resolve(),
  ) {}

  // What happens to jobs ------------------------------------------------------------------------------------------

  /** @returns the id of a new job, not yet in its owner's queue */
  create(owner: string, openShards: number, priority: JobPriority = "NORMAL"): string {
    const jobId = `J${String(this.jobs.size + 1).padStart(25, "0")}`;
    const row = { ...jobKey(jobId), jobId, owner, priority, openShards, parkedShards: 0, status: "QUEUED" };
    this.jobs.set(jobId, { ...row, shardCount: openShards } as SmallJob);
    this.open(jobId);
    return jobId;
  }

  open(jobId: string): void {
    this.change(jobId, {
      status: "QUEUED",
      queueKey: NEW_JOBS,
      queueOrder: queueOrder(this.job(jobId).priority, jobId),
    });
  }

  rest(jobId: string, status: JobStatus): void {
    this.change(jobId, { status, queueKey: undefined });
  }

  prioritize(jobId: string, priority: JobPriority): void {
    this.change(jobId, { priority, queueOrder: queueOrder(priority, jobId) });
  }

  change(jobId: string, changes: Partial<SmallJob>): void {
    this.jobs.set(jobId, { ...this.job(jobId), ...changes });
  }

  job(jobId: string): SmallJob {
    return this.jobs.get(jobId) as SmallJob;
  }

  // What the dispatcher does about it, as its handlers do --------------------------------------------------------------

  async jobChanged(jobId: string): Promise<void> {
    const job = this.job(jobId);
    await this.place({ changed: isAtRest(job.status) ? undefined : { job, owner: this.enqueue(jobId) } });
  }

  async taskStopped(taskSlot: string, mayRestart = true): Promise<void> {
    const task = this.tasks.get(taskSlot);
    if (!task) return;
    this.tasks.delete(taskSlot);
    const seen = this.#ownerOf(task.owner);
    this.#write(seen, { running: seen.running - 1, since: earlier(seen.waitingSince, task.jobId) });
    await this.place({ resting: mayRestart ? undefined : this.job(task.jobId) });
  }

  async sweep(): Promise<void> {
    const lost = this.#entries().filter(({ queueKey }) => queueKey === NEW_JOBS);
    lost.forEach((entry) => this.enqueue(entry.queueOrder.slice(2)));
    for (const { queueKey, jobId, owner } of this.jobs.values()) {
      const { running, waitingSince } = this.#ownerOf(owner);
      if (queueKey === ownerQueue(owner) && running === 0 && waitingSince === undefined) this.enqueue(jobId);
    }
    await this.place({ isSweep: true });
  }

  enqueue(jobId: string): Owner {
    const { owner } = this.job(jobId);
    const seen = this.#ownerOf(owner);
    const since = earlier(seen.waitingSince, jobId);
    const row = this.#write(seen, { running: seen.running, since, changedAtMs: this.atMs });
    if (!isAtRest(this.job(jobId).status)) this.change(jobId, { queueKey: ownerQueue(owner) });
    return row;
  }

  async place(occasion: Occasion): Promise<void> {
    this.units.fleet += 1;
    if (this.tasks.size >= this.limits.overall) return;
    await new Placement(this, occasion, this.limits, this.tasks.size).run();
  }

  /** From now on the indexes stay as they are; `false`: they are up to date again. */
  lag(isLagging: boolean): void {
    this.#lagging = isLagging ? { owners: this.#listed(), entries: this.#entries() } : undefined;
  }

  // The rule, applied to all rows --------------------------------------------------------------------------------------

  /**
   * The jobs that get the free slots: each goes to the owner with the fewest tasks, among equals to the one with the oldest
   * waiting job, and there to the job of the highest priority, the oldest among equals.
   */
  rightStarts(isWaiting: (job: SmallJob) => boolean = () => true): string[] {
    const wants = new Map([...this.jobs.values()].filter(isWaiting).map((job) => [job, this.wanted(job)]));
    const has = new Map<string, number>();
    for (const { owner } of this.tasks.values()) has.set(owner, (has.get(owner) ?? 0) + 1);
    const tasksOf = ({ owner }: JobRow) => has.get(owner) ?? 0;
    const starts: string[] = [];
    while (this.tasks.size + starts.length < this.limits.overall) {
      const ready = [...wants].filter(([job, n]) => n > 0 && tasksOf(job) < this.limits.perOwner).map(([job]) => job);
      const [first] = ready.sort((a, b) => tasksOf(a) - tasksOf(b) || (a.jobId < b.jobId ? -1 : 1));
      if (!first) break;
      const rank = ({ priority = "NORMAL" }: JobRow) => PRIORITIES.indexOf(priority);
      const own = ready.filter(({ owner }) => owner === first.owner);
      const next = own.reduce((best, job) => (rank(job) < rank(best) ? job : best));
      starts.push(next.jobId);
      wants.set(next, (wants.get(next) ?? 0) - 1);
      has.set(next.owner, tasksOf(next) + 1);
    }
    return starts;
  }

  wanted(job: SmallJob): number {
    const own = [...this.tasks.values()].filter(({ jobId }) => jobId === job.jobId);
    return tasksWanted(job, countActiveTasks(own, [], this.atMs));
  }

  // Its ports ----------------------------------------------------------------------------------------------------------

  nowMs = () => this.atMs;

  async readOwner(owner: string): Promise<Owner> {
    await this.pause();
    this.units.fleet += 1;
    return this.#ownerOf(owner);
  }

  async listOwners(after: ListKey | undefined, limit: number) {
    await this.pause();
    const all = (this.#lagging?.owners ?? this.#listed()).filter((row) => !after || orderOf(row) > after.waitingOrder!);
    const owners = all.slice(0, limit);
    const end = all.length > limit ? { waitingOrder: orderOf(owners.at(-1)!) } : undefined;
    this.units.indexes += eventually(owners.length * 250);
    return { owners, end };
  }

  async readTasks(): Promise<TaskRow[]> {
    await this.pause();
    this.units.fleet += Math.max(1, Math.ceil((this.tasks.size * 350) / 4096));
    return [...this.tasks.values()];
  }

  readQueue: FleetPorts["readQueue"] = async (queueKey, limit, [from, to] = ["", "~"]) => {
    await this.pause();
    const all = (this.#lagging?.entries ?? this.#entries())
      .filter((entry) => entry.queueKey === queueKey && from <= entry.queueOrder && entry.queueOrder <= to)
      .sort((a, b) => (a.queueOrder < b.queueOrder ? -1 : 1));
    this.units.indexes += eventually(Math.min(limit, all.length) * 200);
    return { entries: all.slice(0, limit), isLast: all.length <= limit };
  };

  async readJobs(jobIds: readonly string[]): Promise<JobRow[]> {
    await this.pause();
    this.units.jobs += jobIds.length;
    return jobIds.flatMap((jobId) => this.jobs.get(jobId) ?? []);
  }

  readShards = () => Promise.resolve([]);

  async changeOwner(seen: Owner, change: OwnerChange): Promise<boolean> {
    await this.pause();
    if (!this.#isCurrent(seen)) return false;
    this.#write(seen, change);
    return true;
  }

  async start({ jobId, owner }: JobRow, seen: Owner, since: string): Promise<StartOutcome> {
    await this.pause();
    if (!this.#isCurrent(seen)) return "changed";
    if (this.tasks.size >= this.limits.overall) return "full";
    const taskSlot = `T${(this.#slots += 1)}`;
    this.tasks.set(taskSlot, { ...taskKey(taskSlot), taskSlot, jobId, owner, createdAtMs: this.atMs } as TaskRow);
    this.#write(seen, { running: seen.running + 1, since });
    this.starts.push(jobId);
    return "started";
  }

  #ownerOf(owner: string): Owner {
    return this.owners.get(owner) ?? { owner, running: 0 };
  }

  #isCurrent({ owner, version }: Owner): boolean {
    return this.#ownerOf(owner).version === version;
  }

  #write(seen: Owner, change: OwnerChange): Owner {
    const row = ownerAfter(seen, change);
    this.owners.set(seen.owner, row);
    return row;
  }

  #listed(): Owner[] {
    const listed = [...this.owners.values()].filter(({ waitingSince }) => waitingSince !== undefined);
    return listed.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  }

  #entries(): QueueEntry[] {
    return [...this.jobs.values()].flatMap(({ queueKey, queueOrder: order }) =>
      queueKey && order ? [{ queueKey, queueOrder: order }] : [],
    );
  }
}

function orderOf({ running, waitingSince = "" }: Owner): string {
  return waitingOrder(running, waitingSince);
}

/** An eventually consistent read of so many bytes. */
function eventually(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 4096)) / 2;
}
