import { MAX_RECORDS } from "#core/job/job";

/** `1,000` or `1000` as a number; undefined when it is not a valid number of records. */
export function parseCount(text: string): number | undefined {
  const digits = text.replaceAll(",", "").trim();
  const count = /^\d{1,9}$/.test(digits) ? Number(digits) : 0;
  return count >= 1 && count <= MAX_RECORDS ? count : undefined;
}
