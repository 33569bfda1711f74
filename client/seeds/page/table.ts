export interface ItemTable {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly position: number; readonly values: Readonly<Record<string, unknown>> }[];
}

/** The column of items that were truncated in transit: their text is no longer valid JSON. */
const TRUNCATED = "(truncated)";

/** Items as a table with the fields of all of them, in the order of first appearance. */
export function tableOf(items: readonly { readonly position: number; readonly json: string }[]): ItemTable {
  const rows = items.map(({ position, json }) => ({ position, values: readItem(json) }));
  return { columns: [...new Set(rows.flatMap(({ values }) => Object.keys(values)))], rows };
}

/** A value as cell text: strings as they are, null as empty, anything else as JSON. */
export function cellOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function readItem(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Truncated: shown as is.
  }
  return { [TRUNCATED]: json };
}
