/** The rule for the names of seed sets. Safe for APPSYNC_JS. */

/** What is wrong with a name, in one sentence; undefined for nothing. */
export function seedSetNameProblem(name: string): string | undefined {
  if (name.trim().length >= 1 && name.length <= 100) return undefined;
  return `The seed set's name must have 1 to 100 characters; this one has ${name.trim().length}.`;
}
