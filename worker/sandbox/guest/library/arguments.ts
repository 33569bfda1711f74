/** Checks of arguments, in words that name function and argument: the library's faults are read by authors of templates. */

export function textArgument(place: string, value: unknown): string {
  if (typeof value !== "string") throwArgumentError(place, "a text", value);
  return value;
}

export function listArgument(place: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throwArgumentError(place, "a list", value);
  return value;
}

/** @param end the largest number allowed */
export function integerArgument(place: string, value: unknown, begin: number, end: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < begin || value > end)
    throwArgumentError(place, `a whole number from ${begin} to ${end}`, value);
  return value;
}

export function throwArgumentError(place: string, wanted: string, value: unknown): never {
  throw new TypeError(`${place} must be ${wanted}, not ${shown(value)}`);
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "string") return `the text ${JSON.stringify(value.slice(0, 40))}`;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
