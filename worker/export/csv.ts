/**
 * CSV as defined by RFC 4180, with a header. The values are the record's own; the variant for Excel begins with a byte order
 * mark, and keeps texts from being taken for formulas, which changes those that look like one.
 */
import type { DatasetFile } from "./dataset-file.ts";
import type { DatasetSchema } from "./dataset-schema.ts";
import type { Sink } from "./sink.ts";

const BYTE_ORDER_MARK = "\ufeff";

export async function csvFile(
  schema: DatasetSchema,
  name: string,
  sink: Sink,
  format: "CSV" | "CSV_EXCEL" = "CSV",
): Promise<DatasetFile> {
  const textOf = format === "CSV_EXCEL" ? escapeFormula : (text: string) => text;
  const file: DatasetFile = {
    name,
    format,
    sink,
    rows: 0,
    omitted: 0,
    addRecord: async (record, id) => {
      file.rows += 1;
      await sink.text(csvLine([id, ...schema.columns.map(({ name }) => record.columns[name])], textOf));
    },
  };
  const header = csvLine(["id", ...schema.columns.map(({ name }) => name)], textOf);
  await sink.text(format === "CSV_EXCEL" ? BYTE_ORDER_MARK + header : header);
  return file;
}

export function csvLine(values: readonly unknown[], textOf: (text: string) => string = (text) => text): string {
  return `${values.map((value) => field(value, textOf)).join(",")}\r\n`;
}

/** Null is an empty field, lists and objects are JSON. */
function field(value: unknown, textOf: (text: string) => string): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = typeof value === "string" ? textOf(value) : JSON.stringify(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A spreadsheet takes a text that begins like this for a formula, also in full-width signs; the apostrophe prevents that. */
export function escapeFormula(text: string): string {
  return /^[\t\r\n]*[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text;
}
