export interface ItemTable {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly position: number; readonly values: Readonly<Record<string, unknown>> }[];
}

/** What an item is called that is too long to arrive whole: its text cannot be read as JSON. */
const CUT = "(cut)";

/** Items as a table: the fields of all of them, in the order in which they first come up. */
export function tableOf(items: readonly { readonly position: number; readonly json: string }[]): ItemTable {
  const rows = items.map(({ position, json }) => ({ position, values: readItem(json) }));
  return { columns: [...new Set(rows.flatMap(({ values }) => Object.keys(values)))], rows };
}

/** A value in a cell: texts as they are, nothing as nothing, the rest as JSON. */
export function cellOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function readItem(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Cut: shown as it came.
  }
  return { [CUT]: json };
}
