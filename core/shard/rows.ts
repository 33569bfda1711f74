/** The rows of a record: it is one itself, unless its template makes several of it (`rows`). */
import type { DeliveredRecord } from "./record.ts";

/** A row as the files of a dataset write it: a record with only the row's columns. */
export interface Row extends Omit<DeliveredRecord, "moreRows"> {
  /** From 1; absent if the record is the row. */
  readonly row?: number;
}

export function rowsOf(record: DeliveredRecord): readonly Row[] {
  const { moreRows, ...first } = record;
  if (!moreRows) return [first];
  return [record.columns, ...moreRows].map((columns, n) => ({ ...first, columns, row: n + 1 }));
}

/** The columns of each of its rows. */
export function columnsOfRows({ columns, moreRows = [] }: Pick<DeliveredRecord, "columns" | "moreRows">) {
  return [columns, ...moreRows];
}

/** Rows of one record share its id and differ in their number. */
export function rowId(recordId: string, { row }: Pick<Row, "row">): string {
  return row === undefined ? recordId : `${recordId}-${row}`;
}
