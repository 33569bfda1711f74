/** How deeply data may be nested. Strangers choose it, and whatever walks the data recursively would run out of stack. */
export const MAX_NESTING = 100;

/** Whether lists and objects are nested in each other beyond the limit; finds out without recursion. */
export function isNestedTooDeep(value: unknown): boolean {
  let level = containersIn([value]);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_NESTING) return true;
    // Once each: YAML's aliases may hold one many times, and even in itself.
    level = [...new Set(level.flatMap((container) => containersIn(Object.values(container))))];
  }
  return false;
}

function containersIn(values: readonly unknown[]): object[] {
  return values.filter((value) => typeof value === "object" && value !== null) as object[];
}
