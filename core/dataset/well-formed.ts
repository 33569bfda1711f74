/**
 * Text that every reader accepts. JavaScript may cut a character outside the basic plane in half; JSON.stringify then writes
 * `\ud83d`, and most JSON readers reject the whole file for it.
 */

/**
 * Half characters become U+FFFD, in texts and keys at any depth. Returns the same value if there is nothing to replace.
 * @param text the value as JSON.stringify writes it, if the caller has it
 */
export function wellFormed<T>(value: T, text: string | undefined = JSON.stringify(value)): T {
  // Only half characters are escaped this way, or a text that says so itself; then the walk changes nothing.
  return text?.includes("\\ud") ? (replaced(value) as T) : value;
}

function replaced(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (Array.isArray(value)) return value.map(replaced);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key.toWellFormed(), replaced(member)]));
}
