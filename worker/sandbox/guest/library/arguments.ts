/** Argument checks, with messages that name function and argument: template authors read the library's errors. */

export function textArgument(name: string, value: unknown): string {
  if (typeof value !== "string") throwArgumentError(name, "a text", value);
  return value;
}

export function listArgument(name: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throwArgumentError(name, "a list", value);
  return value;
}

export function integerArgument(name: string, value: unknown, min: number, max: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max)
    throwArgumentError(name, `a whole number from ${min} to ${max}`, value);
  return value;
}

export function throwArgumentError(name: string, expected: string, value: unknown): never {
  throw new TypeError(`${name} must be ${expected}, not ${shown(value)}`);
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "string") return `the text ${JSON.stringify(value.slice(0, 40))}`;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
