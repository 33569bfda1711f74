/** When a job stops because too much of it fails, and the message for it. */
import { META_FILES } from "../dataset/meta-files.ts";
import { mergeCauses, type CauseCount } from "../shard/causes.ts";

/** The percentage of finished records that may fail, unless the job sets its own. */
export const DEFAULT_MAX_FAILED_PERCENT = 20;
/** After this many attempts without a record, all for one cause, there is no point in continuing. */
const SOLE_CAUSE_ATTEMPTS = 20;
/** A percentage of fewer records says nothing yet. */
const MIN_RECORDS_TO_JUDGE = 50;
/** Causes named in a message. */
const MAX_NAMED_CAUSES = 3;

/** A shard's counts, as far as they decide whether to continue. */
export interface ShardCounts {
  readonly delivered: number;
  readonly failed: number;
  readonly attempts: number;
  /** Unsuccessful attempts before its failed slots were last retried. */
  readonly priorUnsuccessfulAttempts: number;
  readonly causes: readonly CauseCount[];
}

/** The one cause of every failure so far, once there were enough of them and no record. */
export function soleCause({ delivered, attempts, priorUnsuccessfulAttempts, causes }: ShardCounts): string | undefined {
  const counted = attempts - priorUnsuccessfulAttempts;
  if (delivered > 0 || counted < SOLE_CAUSE_ATTEMPTS) return undefined;
  return causes.find((one) => one.attempts === counted)?.cause;
}

/** Whether more records failed than the job tolerates. */
export function exceedsFailureTolerance(
  failed: number,
  total: number,
  maxFailedPercent = DEFAULT_MAX_FAILED_PERCENT,
): boolean {
  return failed * 100 > total * maxFailedPercent;
}

/** The same while the shard is running, once enough of it is done. */
export function exceedsFailureToleranceSoFar({ delivered, failed }: ShardCounts, maxFailedPercent?: number): boolean {
  const done = delivered + failed;
  return done >= MIN_RECORDS_TO_JUDGE && exceedsFailureTolerance(failed, done, maxFailedPercent);
}

/** `12 of 50 records failed, more than the 20% this job allows: 10 × …; 2 × …. Fix …` */
export function tooManyFailuresMessage(
  failed: number,
  total: number,
  causes: readonly (readonly CauseCount[])[],
  maxFailedPercent = DEFAULT_MAX_FAILED_PERCENT,
): string {
  const counts = `${failed} of ${total} records failed, more than the ${maxFailedPercent}% this job allows`;
  return `${counts}${byCause(causes)}. Fix the causes and retry the failed records, or start a new job with a higher failure tolerance; ${META_FILES.failures} lists each record.`;
}

export function allFailedMessage(causes: readonly (readonly CauseCount[])[]): string {
  return `Every record failed${byCause(causes)}. Fix the causes and retry the failed records, or start a new job; ${META_FILES.failures} lists each record.`;
}

function byCause(causes: readonly (readonly CauseCount[])[]): string {
  const failures = mergeCauses(causes).filter(({ records }) => records > 0);
  const named = failures.slice(0, MAX_NAMED_CAUSES).map(({ cause, records }) => `${records} × ${cause}`);
  const rest = failures.slice(MAX_NAMED_CAUSES).reduce((sum, { records }) => sum + records, 0);
  const all = [...named, ...(rest > 0 ? [`${rest} × other causes`] : [])];
  return all.length > 0 ? `: ${all.join("; ")}` : "";
}

/** How much of a reason is quoted in a message about the whole job. */
const MAX_REASON_CHARACTERS = 400;

/** @param reason that of the last of them */
export function soleCauseMessage(attempts: number, reason: string, wasRejected: boolean): string {
  const why = reason.length > MAX_REASON_CHARACTERS ? `${reason.slice(0, MAX_REASON_CHARACTERS)}…` : reason;
  return wasRejected
    ? `The first ${attempts} candidates were all rejected for one cause. ${why} Loosen the condition or change the prompts, and start a new job; ${META_FILES.rejected} lists each candidate.`
    : `The first ${attempts} attempts all failed for one cause. ${why} Fix it and retry; if the template is the problem, change it and start a new job.`;
}
