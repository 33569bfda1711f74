/** When a job is given up because too much of it fails, and the words for it. */
import { mergeCauses, type CauseCount } from "../shard/causes.ts";

/** Of the records that are done, so many percent may have failed, unless the job says. */
export const DEFAULT_MAX_FAILED_PERCENT = 20;
/** So many attempts without a record, all for one cause, and there is no point in going on. */
const SOLE_CAUSE_ATTEMPTS = 20;
/** A share of fewer records tells nothing yet. */
const MIN_RECORDS_TO_JUDGE = 50;
/** Causes named in a sentence. */
const MAX_NAMED_CAUSES = 3;

/** What a shard has done, as far as it decides whether to go on. */
export interface ShardCounts {
  readonly delivered: number;
  readonly failed: number;
  readonly attempts: number;
  /** Attempts before its failed slots were last taken up again that gave nothing. */
  readonly priorUnsuccessfulAttempts: number;
  readonly causes: readonly CauseCount[];
}

/** The one cause for which everything came to nothing so far, once that was often enough. */
export function soleCause({ delivered, attempts, priorUnsuccessfulAttempts, causes }: ShardCounts): string | undefined {
  const tried = attempts - priorUnsuccessfulAttempts;
  if (delivered > 0 || tried < SOLE_CAUSE_ATTEMPTS) return undefined;
  return causes.find((one) => one.attempts === tried)?.cause;
}

/** Whether more of the records failed than may. */
export function exceedsFailureTolerance(
  failed: number,
  of: number,
  maxFailedPercent = DEFAULT_MAX_FAILED_PERCENT,
): boolean {
  return failed * 100 > of * maxFailedPercent;
}

/** The same while the shard is at work, when enough of it is done to tell. */
export function exceedsFailureToleranceSoFar({ delivered, failed }: ShardCounts, maxFailedPercent?: number): boolean {
  const done = delivered + failed;
  return done >= MIN_RECORDS_TO_JUDGE && exceedsFailureTolerance(failed, done, maxFailedPercent);
}

/** `12 of 50 records failed, more than the 20 % this job allows: 10 × …; 2 × …. Mend …` */
export function tooManyFailuresMessage(
  failed: number,
  of: number,
  causes: readonly (readonly CauseCount[])[],
  maxFailedPercent = DEFAULT_MAX_FAILED_PERCENT,
): string {
  const counts = `${failed} of ${of} records failed, more than the ${maxFailedPercent} % this job allows`;
  return `${counts}${byCause(causes)}. Mend the causes and retry what failed, or allow more in a new job; failures.jsonl has each record.`;
}

export function allFailedMessage(causes: readonly (readonly CauseCount[])[]): string {
  return `Every record failed${byCause(causes)}. Mend the causes and retry what failed, or start a new job; failures.jsonl has each record.`;
}

function byCause(causes: readonly (readonly CauseCount[])[]): string {
  const failures = mergeCauses(causes).filter(({ records }) => records > 0);
  const named = failures.slice(0, MAX_NAMED_CAUSES).map(({ cause, records }) => `${records} × ${cause}`);
  const rest = failures.slice(MAX_NAMED_CAUSES).reduce((sum, { records }) => sum + records, 0);
  const all = [...named, ...(rest > 0 ? [`${rest} × other causes`] : [])];
  return all.length > 0 ? `: ${all.join("; ")}` : "";
}

/** Of a reason so much is told in a sentence about the whole job. */
const MAX_REASON_CHARACTERS = 400;

/** @param reason that of the last of them */
export function soleCauseMessage(attempts: number, reason: string, wasRejected: boolean): string {
  const why = reason.length > MAX_REASON_CHARACTERS ? `${reason.slice(0, MAX_REASON_CHARACTERS)}…` : reason;
  return wasRejected
    ? `The first ${attempts} candidates were all rejected for one cause. ${why} Loosen the condition or change the prompts, and start a new job; rejected.jsonl has each candidate.`
    : `The first ${attempts} attempts all failed for one cause. ${why} Mend it and retry; where the template is at fault, change it and start a new job.`;
}
