/** CSV as defined by RFC 4180, with a header, and safe to open in a spreadsheet. */
import type { DatasetFile } from "./dataset-file.ts";
import type { DatasetSchema } from "./dataset-schema.ts";
import type { Sink } from "./sink.ts";

export async function csvFile(schema: DatasetSchema, name: string, sink: Sink): Promise<DatasetFile> {
  const file: DatasetFile = {
    name,
    format: "CSV",
    sink,
    rows: 0,
    omitted: 0,
    addRecord: async (record, id) => {
      file.rows += 1;
      await sink.text(csvLine([id, ...schema.columns.map(({ name }) => record.columns[name])]));
    },
  };
  await sink.text(csvLine(["id", ...schema.columns.map(({ name }) => name)]));
  return file;
}

export function csvLine(values: readonly unknown[]): string {
  return `${values.map(field).join(",")}\r\n`;
}

/** Null is an empty field, lists and objects are JSON. */
function field(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = typeof value === "string" ? escapeFormula(value) : JSON.stringify(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A spreadsheet takes a text that begins like this for a formula; the apostrophe prevents that. */
function escapeFormula(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}
