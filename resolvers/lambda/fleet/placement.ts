/** Finds out which jobs get the free slots, reading only what that takes, and starts their tasks. */
import { countActiveTasks, isPastGracePeriod, tasksWanted, type FleetLimits } from "../../../core/fleet/fleet.ts";
import type { TaskRow } from "../../../core/fleet/fleet-rows.ts";
import { lookAt, nextMove, type NextJob } from "../../../core/fleet/placing.ts";
import type { JobRow } from "../../../core/job/job-row.ts";
import type { ShardRow } from "../../../core/shard/shard-row.ts";
import { earlier, ownerAfter, type ListedOwners, type ListKey, type Owner, type OwnerChange } from "./ownerRow.ts";
import { OwnersJobs, type ReadQueue } from "./ownersJobs.ts";

/** What it reads and writes. Base rows are read consistently; the list of owners and the queue are indexes. */
export interface FleetPorts {
  nowMs(): number;
  readOwner(owner: string): Promise<Owner>;
  /** The waiting owners, whoever has the fewest tasks first. */
  listOwners(after: ListKey | undefined, limit: number): Promise<ListedOwners>;
  readTasks(): Promise<TaskRow[]>;
  readonly readQueue: ReadQueue;
  readJobs(jobIds: readonly string[]): Promise<JobRow[]>;
  readShards(job: JobRow): Promise<ShardRow[]>;
  /** False when the row has changed since it was read. */
  changeOwner(seen: Owner, change: OwnerChange): Promise<boolean>;
  /** Acquires a slot, if the owner's row has not changed since it was read, and starts a task. */
  start(job: JobRow, seen: Owner, since: string, limits: FleetLimits): Promise<StartOutcome>;
}

/** `full`, `changed`: no slot was acquired. `rejected`, `no capacity`: it was released again. */
export type StartOutcome = "started" | "unclear" | "rejected" | "no capacity" | "full" | "changed";

export interface Occasion {
  /** A job that was opened or changed, and its owner's row: the indexes may not have them yet. */
  readonly changed?: { readonly job: JobRow; readonly owner: Owner };
  /** A job that must wait for the sweep. */
  readonly resting?: JobRow;
  /** Also looks at owners who are not listed but have tasks: these may be hung, and shards be unparked, without an event. */
  readonly isSweep?: boolean;
}

/** After so many conflicts with other dispatchers it leaves the rest to them. */
const MAX_CONFLICTS = 5;
/** Index reads are eventually consistent: a job opened within this time may be missing. */
const INDEX_LAG_MS = 60_000;

/** What is known of an owner; `since` and `next` as in a Candidate. */
interface Known {
  readonly row: Owner;
  readonly since: string;
  readonly next?: NextJob;
  /** Whether their jobs were looked at since their row was read or written. */
  readonly isSettled?: boolean;
}

/** One decision after another, each on what was read for it. */
export class Placement {
  readonly #known = new Map<string, Known>();
  /** Owners found to have no waiting job; the list may name them again. */
  readonly #idle = new Set<string>();
  readonly #queues = new Map<string, OwnersJobs>();
  readonly #jobs = new Map<string, JobRow>();
  readonly #wanted = new Map<string, number>();
  /** Owners of whose jobs some were passed over: what is found says nothing about those. */
  readonly #unsure = new Set<string>();
  #tasks: Pick<TaskRow, "jobId" | "owner" | "createdAtMs" | "taskSlot">[] = [];
  #listedUpTo: string | undefined = "";
  #listKey: ListKey | undefined;
  #startsLeft: number;
  #conflictsLeft = MAX_CONFLICTS;

  /** @param running the tasks overall */
  constructor(
    readonly ports: FleetPorts,
    readonly occasion: Occasion,
    readonly limits: FleetLimits,
    public running: number,
  ) {
    this.#startsLeft = limits.overall - running;
  }

  async run(): Promise<void> {
    await this.#begin();
    for (;;) {
      const move = nextMove(
        { running: this.running, candidates: this.#candidates, listedUpTo: this.#listedUpTo },
        this.limits,
      );
      if (move.do === "stop") break;
      if (move.do === "list") await this.#list();
      else if (move.do === "look") await this.#look(move.owner);
      else if (!(await this.#start(move.owner, move.jobId))) break;
    }
    await this.#correct();
  }

  get #candidates() {
    return [...this.#known.values()]
      .filter(({ row }) => !this.#idle.has(row.owner))
      .map(({ row: { owner, running }, since, next }) => ({ owner, running, since, next }));
  }

  async #begin(): Promise<void> {
    const { changed, resting, isSweep } = this.occasion;
    if (changed) this.#know(changed.owner);
    if (resting) this.#passOver(resting);
    if (!isSweep) return;
    const owners = new Set((await this.ports.readTasks()).map(({ owner }) => owner));
    // One that cannot be read must not block the others.
    for (const read of await Promise.allSettled([...owners].map((owner) => this.ports.readOwner(owner))))
      if (read.status === "fulfilled") this.#known.set(read.value.owner, { row: read.value, since: "" });
  }

  #know(row: Owner): void {
    if (this.#known.has(row.owner) || this.#idle.has(row.owner)) return;
    this.#known.set(row.owner, { row, since: row.waitingSince ?? "" });
  }

  #passOver({ jobId, owner }: Pick<JobRow, "jobId" | "owner">): void {
    this.#wanted.set(jobId, 0);
    this.#unsure.add(owner);
  }

  /** Reads the tasks after the owners: a task that another dispatcher adds in the meantime changes its owner's row. */
  async #list(): Promise<void> {
    const { owners, end } = await this.ports.listOwners(this.#listKey, this.limits.overall - this.running + 10);
    owners.forEach((row) => this.#know(row));
    this.#listKey = end;
    this.#listedUpTo = end && String(end.waitingOrder);
    this.#tasks = await this.ports.readTasks();
  }

  async #look(owner: string): Promise<void> {
    const known = this.#known.get(owner);
    if (!known) return;
    const queue = await this.#queueOf(known.row);
    for (;;) {
      const look = lookAt(queue.listed, this.#wanted);
      if ("read" in look) await this.#readWanted(look.read);
      else if ("listMore" in look) await queue.readMore(look.listMore);
      else return this.#settle(known, look.next);
    }
  }

  async #queueOf({ owner, running }: Owner): Promise<OwnersJobs> {
    const known = this.#queues.get(owner);
    if (known) return known;
    const queue = await OwnersJobs.read(this.ports.readQueue, owner, running);
    const { changed } = this.occasion;
    if (changed?.job.owner === owner) queue.add(changed.job);
    this.#queues.set(owner, queue);
    return queue;
  }

  async #readWanted(jobIds: readonly string[]): Promise<void> {
    const jobs = new Map((await this.ports.readJobs(jobIds)).map((job) => [job.jobId, job]));
    for (const jobId of jobIds) {
      const job = jobs.get(jobId);
      if (job) this.#jobs.set(jobId, job);
      this.#wanted.set(jobId, job ? await this.#wantedBy(job) : 0);
    }
  }

  /** Reads leases only where that matters: where a task that may be frozen is all that keeps a job from using another. */
  async #wantedBy(job: JobRow): Promise<number> {
    const own = this.#tasks.filter(({ jobId }) => jobId === job.jobId);
    const wanted = tasksWanted(job, own.length);
    const nowMs = this.ports.nowMs();
    if (wanted > 0 || !own.some((task) => isPastGracePeriod(task, nowMs))) return wanted;
    return tasksWanted(job, countActiveTasks(own, await this.ports.readShards(job), nowMs));
  }

  #settle({ row, since }: Known, next: NextJob | undefined): void {
    if (!next) this.#idle.add(row.owner);
    this.#known.set(row.owner, { row, since: next?.oldest ?? since, next, isSettled: true });
  }

  /** @returns whether to go on */
  async #start(owner: string, jobId: string): Promise<boolean> {
    const known = this.#known.get(owner);
    const job = this.#jobs.get(jobId);
    if (!known || !job || this.#startsLeft <= 0) return false;
    const since = this.#isSure(known.row) ? known.since : earlier(known.row.waitingSince, known.since);
    const outcome = await this.ports.start(job, known.row, since, this.limits);
    if (outcome === "full" || outcome === "no capacity") return false;
    if (outcome === "changed") return this.#refresh(owner);
    this.#startsLeft -= 1;
    if (outcome === "rejected") {
      this.#passOver(job);
      this.#known.set(owner, { row: await this.ports.readOwner(owner), since });
      return true;
    }
    this.running += 1;
    // It counts as active by its age, whatever its slot.
    this.#tasks.push({ jobId, owner, taskSlot: "", createdAtMs: this.ports.nowMs() });
    const left = (this.#wanted.get(jobId) ?? 0) - 1;
    this.#wanted.set(jobId, left > 0 ? left : await this.#wantedBy(job));
    this.#known.set(owner, { row: ownerAfter(known.row, { running: known.row.running + 1, since }), since });
    return true;
  }

  /** Another dispatcher was faster: nothing known of the owner and the tasks holds any more. @returns whether to go on */
  async #refresh(owner: string): Promise<boolean> {
    const row = await this.ports.readOwner(owner);
    this.#tasks = await this.ports.readTasks();
    this.#wanted.clear();
    if (this.occasion.resting) this.#passOver(this.occasion.resting);
    for (const [each, known] of this.#known) this.#known.set(each, { row: known.row, since: known.since });
    this.#queues.delete(owner);
    this.#known.set(owner, { row, since: row.waitingSince ?? "" });
    this.#conflictsLeft -= 1;
    return this.#conflictsLeft > 0;
  }

  /** Writes down what the looks have shown, so that the next event need not look again. */
  async #correct(): Promise<void> {
    for (const { row, next, isSettled } of this.#known.values()) {
      const since = next?.oldest;
      if (!isSettled || since === row.waitingSince) continue;
      const isEarlier = since !== undefined && (row.waitingSince === undefined || since < row.waitingSince);
      if (isEarlier || this.#isSure(row)) await this.ports.changeOwner(row, { running: row.running, since });
    }
  }

  /** Whether the index has all jobs of the owner, and none was passed over. */
  #isSure({ owner, changedAtMs = 0 }: Owner): boolean {
    return !this.#unsure.has(owner) && this.ports.nowMs() - changedAtMs > INDEX_LAG_MS;
  }
}
