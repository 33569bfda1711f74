/** Why attempts came to nothing, grouped: the sentences of a thousand failures differ, their causes are a few. */

/** How often attempts ended for one cause. */
export interface CauseCount {
  /** A sentence without what varies and without its full stop: `The answer to step "answer" does not match its schema`. */
  readonly cause: string;
  /** Attempts that ended so, whatever came of their slots later. */
  readonly attempts: number;
  /** Slots that were given up, and whose last attempt ended so. */
  readonly records: number;
}

/** A shard tells so many apart, a job as many of all its shards; the rest is counted together. */
const MAX_CAUSES = 20;
const MAX_CHARACTERS = 160;
export const OTHER_CAUSES = "Other causes";

/** What varies stands behind a colon, in brackets that a colon cuts open, or is advice behind a semicolon. */
export function causeOf(sentence: string): string {
  const [head = ""] = sentence.split(/[:;] /, 1);
  const cause = head.replace(/ \([^)]*$/, "").replace(/[.\s]+$/, "");
  return cause.length > MAX_CHARACTERS ? `${cause.slice(0, MAX_CHARACTERS - 1)}…` : cause;
}

/** The counts with more of one cause. */
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

/** With a shard's other facts they are to fit a message to watchers. */
const MAX_REPORTED_BYTES = 800;

/** The most frequent causes as far as they fit, the rest together, so that the sums are right. */
export function reportedCauses(causes: readonly CauseCount[]): CauseCount[] {
  const sorted = [...causes].sort(byFrequency);
  for (let shown = sorted.length; shown > 0; shown--) {
    const rest = sorted.slice(shown).reduce<CauseCount[]>((sum, one) => withCause(sum, OTHER_CAUSES, one), []);
    const told = rest.reduce((sum, one) => withCause(sum, one.cause, one), sorted.slice(0, shown));
    if (bytesOfCauses(told) <= MAX_REPORTED_BYTES) return told;
  }
  return [];
}

function byFrequency(one: CauseCount, other: CauseCount): number {
  return other.records - one.records || other.attempts - one.attempts;
}

/** In JSON. */
export function bytesOfCauses(causes: readonly CauseCount[]): number {
  return new TextEncoder().encode(JSON.stringify(causes)).length;
}
