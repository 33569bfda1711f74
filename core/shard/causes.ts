/** Why attempts failed, grouped: the messages of a thousand failures differ, their causes are few. */

/** How many attempts ended for one cause. */
export interface CauseCount {
  /** A sentence without what varies and without its full stop: `The answer to step "answer" does not match its schema`. */
  readonly cause: string;
  /** Attempts that ended this way, whatever became of their slots later. */
  readonly attempts: number;
  /** Failed slots whose last attempt ended this way. */
  readonly records: number;
}

/** How many causes a shard, or a job over all its shards, distinguishes; the rest is counted together. */
const MAX_CAUSES = 20;
const MAX_CHARACTERS = 160;
export const OTHER_CAUSES = "Other causes";

/** The variable parts follow a colon, are in parentheses that a colon cuts open, or are advice after a semicolon. */
export function causeOf(message: string): string {
  const [head = ""] = message.split(/[:;] /, 1);
  const cause = head.replace(/ \([^)]*$/, "").replace(/[.\s]+$/, "");
  return cause.length > MAX_CHARACTERS ? `${cause.slice(0, MAX_CHARACTERS - 1)}…` : cause;
}

/** How the causes begin that `accept` is responsible for; the rest are errors. */
export const REJECTED_BY = "Rejected by ";

/**
 * How many rejected candidates were followed by another attempt: all but the last one of a record that failed.
 * @param rejected the candidates that were rejected
 */
export function regeneratedOf(rejected: number, causes: readonly CauseCount[]): number {
  const final = causes.filter(({ cause }) => cause.startsWith(REJECTED_BY));
  return Math.max(0, rejected - final.reduce((sum, { records }) => sum + records, 0));
}

/** The counts plus some of one cause. */
export function withCause(
  causes: readonly CauseCount[],
  cause: string,
  { attempts = 0, records = 0 }: Partial<Omit<CauseCount, "cause">>,
): CauseCount[] {
  const named = causes.filter((one) => one.cause !== OTHER_CAUSES);
  const isNamed = named.length < MAX_CAUSES - 1 || named.some((one) => one.cause === cause);
  const name = isNamed ? cause : OTHER_CAUSES;
  const before = causes.find((one) => one.cause === name) ?? { attempts: 0, records: 0 };
  const counted = { cause: name, attempts: before.attempts + attempts, records: before.records + records };
  if (!causes.some((one) => one.cause === name)) return [...causes, counted];
  return causes.map((one) => (one.cause === name ? counted : one));
}

/** The counts of several shards together, the most frequent first. */
export function mergeCauses(all: readonly (readonly CauseCount[])[]): CauseCount[] {
  const frequentFirst = all.flat().sort(byFrequency);
  return frequentFirst.reduce<CauseCount[]>((sum, one) => withCause(sum, one.cause, one), []).sort(byFrequency);
}

/** With a shard's other fields they must fit a message to subscribers. */
const MAX_REPORTED_BYTES = 800;

/** The most frequent causes as far as they fit, and the rest together, so that the sums are right. */
export function reportedCauses(causes: readonly CauseCount[]): CauseCount[] {
  const sorted = [...causes].sort(byFrequency);
  for (let shown = sorted.length; shown > 0; shown--) {
    const rest = sorted.slice(shown).reduce<CauseCount[]>((sum, one) => withCause(sum, OTHER_CAUSES, one), []);
    const reported = rest.reduce((sum, one) => withCause(sum, one.cause, one), sorted.slice(0, shown));
    if (bytesOf(reported) <= MAX_REPORTED_BYTES) return reported;
  }
  return [];
}

function byFrequency(one: CauseCount, other: CauseCount): number {
  return other.records - one.records || other.attempts - one.attempts;
}

/** In JSON. */
function bytesOf(causes: readonly CauseCount[]): number {
  return new TextEncoder().encode(JSON.stringify(causes)).length;
}
