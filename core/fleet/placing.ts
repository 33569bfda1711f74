/**
 * Who gets the fleet's next free slot: the owner with the fewest tasks, among equals the one whose oldest waiting job is oldest;
 * and of theirs the job of the highest priority, the oldest among equals. Priorities do not count between owners. A job waits
 * while it can use another task.
 *
 * Decided from as little as possible. Each owner's `since` is a lower bound, so only whoever is first has to be looked at; what
 * is found can only move them back, and then the next is looked at.
 */
import type { FleetLimits } from "./fleet.ts";

/** An owner who may have a waiting job. */
export interface Candidate {
  readonly owner: string;
  /** How many of their tasks run. */
  readonly running: number;
  /** None of their waiting jobs has an older id. Empty when nothing is known. */
  readonly since: string;
  /** What their jobs' rows say; absent until they were read. */
  readonly next?: NextJob;
}

export interface NextJob {
  /** The one to start a task for. */
  readonly jobId: string;
  /** The oldest waiting job, of any priority. */
  readonly oldest: string;
}

export interface Board {
  /** Tasks overall. */
  readonly running: number;
  readonly candidates: readonly Candidate[];
  /** Where the list of owners was left, as `waitingOrder`: those not read yet come after. Absent when all were read. */
  readonly listedUpTo?: string;
}

export type Move =
  /** Read more of the list of waiting owners. */
  | { readonly do: "list" }
  /** Find out what an owner's jobs can use. */
  | { readonly do: "look"; readonly owner: string }
  | { readonly do: "start"; readonly owner: string; readonly jobId: string }
  | { readonly do: "stop" };

const STOP: Move = { do: "stop" };

export function nextMove({ running, candidates, listedUpTo }: Board, limits: FleetLimits): Move {
  if (running >= limits.overall) return STOP;
  const first = firstOf(candidates.filter((candidate) => candidate.running < limits.perOwner));
  if (listedUpTo !== undefined && isWorthListing(listedUpTo, first, limits)) return { do: "list" };
  if (!first) return STOP;
  if (!first.next) return { do: "look", owner: first.owner };
  return { do: "start", owner: first.owner, jobId: first.next.jobId };
}

/** Where an owner is in the list: text that sorts by the number of tasks, then by what has waited longest. */
export function waitingOrder(running: number, since: string): string {
  return `${String(running).padStart(6, "0")}#${since}`;
}

function firstOf(candidates: readonly Candidate[]): Candidate | undefined {
  const orderOf = ({ running, since }: Candidate) => waitingOrder(running, since);
  return candidates.reduce<Candidate | undefined>(
    (first, each) => (first && orderOf(first) <= orderOf(each) ? first : each),
    undefined,
  );
}

/** Whether an owner further down the list may come before the first one known. */
function isWorthListing(listedUpTo: string, first: Candidate | undefined, limits: FleetLimits): boolean {
  if (listedUpTo >= waitingOrder(limits.perOwner, "")) return false;
  return !first || waitingOrder(first.running, first.since) > listedUpTo;
}

/** An owner's jobs of one priority as the queue's index lists them: it may be stale, and it may go on. */
export interface ListedJobs {
  /** The oldest first. */
  readonly jobIds: readonly string[];
  readonly isComplete: boolean;
}

export type Look =
  /** Read these rows. */
  | { readonly read: readonly string[] }
  /** Read more of the jobs of this priority, its position in the list. */
  | { readonly listMore: number }
  /** Absent when no job waits. */
  | { readonly next?: NextJob };

/**
 * What an owner's queue comes to.
 * @param listed by priority, the highest first
 * @param wanted how many more tasks a job can use, by its row; 0 for one that is gone or at rest
 */
export function lookAt(listed: readonly ListedJobs[], wanted: ReadonlyMap<string, number>): Look {
  const heads = listed.map(({ jobIds }) => jobIds.find((jobId) => wanted.get(jobId) !== 0));
  const exhausted = listed.findIndex(({ isComplete }, rank) => !isComplete && heads[rank] === undefined);
  if (exhausted >= 0) return { listMore: exhausted };
  const jobId = heads.find((head) => head !== undefined);
  if (jobId === undefined) return {};
  const oldest = heads.reduce<string>((min, head) => (head !== undefined && head < min ? head : min), jobId);
  const unread = [...new Set([jobId, oldest])].filter((id) => !wanted.has(id));
  return unread.length > 0 ? { read: unread } : { next: { jobId, oldest } };
}
