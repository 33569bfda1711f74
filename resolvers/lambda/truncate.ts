/** Cutting what is too long to be shown whole, and saying so at the place. */

/** The first `most` characters of a text, and how many more there are. */
export function shortText(text: string, most: number): string {
  if (text.length <= most) return text;
  // Not between the halves of a character pair.
  const end = /[\uD800-\uDBFF]/.test(text.charAt(most - 1)) ? most - 1 : most;
  return `${text.slice(0, end)} … (${(text.length - end).toLocaleString("en-US")} more characters)`;
}

/** A JSON value in which every text has `most` characters at most, every list and object a twentieth as many entries. */
export function shortValue(value: unknown, most: number): unknown {
  if (typeof value === "string") return shortText(value, most);
  if (typeof value !== "object" || value === null) return value;
  const entries = Math.max(3, Math.floor(most / 20));
  if (Array.isArray(value)) {
    const kept = value.slice(0, entries).map((item) => shortValue(item, most));
    return value.length > entries ? [...kept, `… (${value.length - entries} more)`] : kept;
  }
  const fields = Object.entries(value);
  const kept = fields.slice(0, entries).map(([name, item]) => [shortText(name, most), shortValue(item, most)]);
  const rest = fields.length > entries ? [["…", `(${fields.length - entries} more)`]] : [];
  return Object.fromEntries([...kept, ...rest]);
}

/** What `make` gives for the most generous limit of characters with which it has so many bytes as JSON at most. */
export function fitted<T>(mostBytes: number, make: (most: number) => T): T {
  const limits = [200_000, 50_000, 20_000, 8_000, 3_000, 1_000, 300];
  const fits = (limit: number) => Buffer.byteLength(JSON.stringify(make(limit))) <= mostBytes;
  return make(limits.find(fits) ?? 100);
}
