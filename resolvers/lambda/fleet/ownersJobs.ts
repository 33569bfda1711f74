/** The jobs that an owner has in the queue. */
import type { ListedJobs } from "../../../core/fleet/placing.ts";
import type { JobRow } from "../../../core/job/job-row.ts";
import { PRIORITIES } from "../../../core/job/job.ts";
import { ownerQueue, queueRank } from "../../../core/keys.ts";

/** What the queue's index holds of a job. */
export interface QueueEntry {
  readonly queueKey: string;
  readonly queueOrder: string;
}

/** Reads a list in its order. @param range of `queueOrder`, both inclusive */
export type ReadQueue = (
  queueKey: string,
  limit: number,
  range?: readonly [from: string, to: string],
) => Promise<{ readonly entries: readonly QueueEntry[]; readonly isLast: boolean }>;

/** So many keys cost no more to read than one. */
const FREE_ENTRIES = 10;

/** An owner's open jobs by priority, the oldest first; those of each priority are read as far as they are needed. */
export class OwnersJobs {
  readonly #ranks = PRIORITIES.map(() => ({ jobIds: [] as string[], isComplete: false }));
  readonly #added: JobRow[] = [];

  private constructor(
    readonly readQueue: ReadQueue,
    readonly owner: string,
    readonly limit: number,
  ) {}

  /** @param active the owner's tasks: so many jobs may have all they can use, and one more is enough to find one that waits */
  static async read(readQueue: ReadQueue, owner: string, active: number): Promise<OwnersJobs> {
    const jobs = new OwnersJobs(readQueue, owner, Math.max(FREE_ENTRIES, active + 1));
    const { entries, isLast } = await readQueue(ownerQueue(owner), jobs.limit);
    const end = entries.at(-1);
    const lastRank = isLast || !end ? PRIORITIES.length : rankOf(end);
    jobs.#take(entries);
    jobs.#ranks.slice(0, lastRank).forEach((rank) => (rank.isComplete = true));
    for (let rank = lastRank + 1; rank < PRIORITIES.length; rank += 1) await jobs.readMore(rank);
    return jobs;
  }

  get listed(): readonly ListedJobs[] {
    return this.#ranks.map(({ jobIds, isComplete }, rank) => {
      const readUpTo = jobIds.at(-1) ?? "";
      const stale = this.#added.filter((job) => rankOfJob(job) !== rank);
      const missing = this.#added.filter((job) => rankOfJob(job) === rank && (isComplete || job.jobId < readUpTo));
      const all = new Set([...jobIds, ...missing.map(({ jobId }) => jobId)]);
      stale.forEach(({ jobId }) => all.delete(jobId));
      return { jobIds: [...all].sort(), isComplete };
    });
  }

  async readMore(rank: number): Promise<void> {
    const known = this.#ranks[rank];
    if (!known) return;
    const after = known.jobIds.at(-1) ?? "";
    const { entries, isLast } = await this.readQueue(ownerQueue(this.owner), this.limit, [
      `${rank}#${after}`,
      `${rank}#~`,
    ]);
    this.#take(entries.filter((entry) => jobIdOf(entry) !== after));
    known.isComplete = isLast;
  }

  /** Adds a job that the index may not have yet, or with another priority. */
  add(job: JobRow): void {
    this.#added.push(job);
  }

  #take(entries: readonly QueueEntry[]): void {
    for (const entry of entries) this.#ranks[rankOf(entry)]?.jobIds.push(jobIdOf(entry));
  }
}

function rankOfJob({ priority }: JobRow): number {
  return Number(queueRank(priority));
}

function rankOf({ queueOrder: order }: QueueEntry): number {
  return Number(order[0]);
}

export function jobIdOf({ queueOrder: order }: QueueEntry): string {
  return order.slice(order.indexOf("#") + 1);
}
