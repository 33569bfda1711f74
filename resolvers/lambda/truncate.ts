/** Truncates values that are too long to show, marking where. */

/** The first `most` characters of a text, and how many were cut. */
export function truncateText(text: string, most: number): string {
  if (text.length <= most) return text;
  // Not within a surrogate pair.
  const end = /[\uD800-\uDBFF]/.test(text.charAt(most - 1)) ? most - 1 : most;
  return `${text.slice(0, end)} … (${(text.length - end).toLocaleString("en-US")} more characters)`;
}

/** A JSON value whose texts have at most `most` characters, and whose lists and objects a twentieth as many entries. */
export function truncateValue(value: unknown, most: number): unknown {
  if (typeof value === "string") return truncateText(value, most);
  if (typeof value !== "object" || value === null) return value;
  const entries = Math.max(3, Math.floor(most / 20));
  if (Array.isArray(value)) {
    const kept = value.slice(0, entries).map((item) => truncateValue(item, most));
    return value.length > entries ? [...kept, `… (${value.length - entries} more)`] : kept;
  }
  const fields = Object.entries(value);
  const kept = fields.slice(0, entries).map(([name, item]) => [truncateText(name, most), truncateValue(item, most)]);
  const rest = fields.length > entries ? [["…", `(${fields.length - entries} more)`]] : [];
  return Object.fromEntries([...kept, ...rest]);
}

/** The result of `make` with the largest character limit for which it has at most `maxBytes` bytes as JSON. */
export function truncateToFit<T>(maxBytes: number, make: (most: number) => T): T {
  const limits = [200_000, 50_000, 20_000, 8_000, 3_000, 1_000, 300];
  const fits = (limit: number) => Buffer.byteLength(JSON.stringify(make(limit))) <= maxBytes;
  return make(limits.find(fits) ?? 100);
}
