/** JSON as the world writes it, as a value that JSON holds. */
import { keepsDigits } from "./exact-number.ts";

export interface JsonValue {
  readonly value: unknown;
  /** Whether NaN or an infinite number became null: Python writes them as they are. */
  readonly hasNonNumbers: boolean;
  /** Whether numbers became texts, which alone keep all of their digits. */
  readonly hasLongNumbers: boolean;
}

/** JavaScript's numbers end somewhere between these: 2^53 has 16 digits, the largest number an exponent of 308. */
const MAY_BE_CHANGED = /\d{16}|\d[\d.]{16}|[eE]\+?\d{3}/;
const NON_NUMBER = /NaN|Infinity/;
/** Texts first, so that nothing in them counts; one without an end takes the rest. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"?|NaN|-?Infinity|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/** @throws SyntaxError */
export function parseJson(source: string): JsonValue {
  if (MAY_BE_CHANGED.test(source)) return parseRewritten(source);
  try {
    return { value: JSON.parse(source), hasNonNumbers: false, hasLongNumbers: false };
  } catch (error) {
    if (!NON_NUMBER.test(source)) throw error;
    return parseRewritten(source);
  }
}

function parseRewritten(source: string): JsonValue {
  let hasNonNumbers = false;
  let hasLongNumbers = false;
  const rewritten = source.replace(TOKEN, (token) => {
    if (token.startsWith('"')) return token;
    if (!Number.isFinite(Number(token))) {
      hasNonNumbers = true;
      return "null";
    }
    if (keepsDigits(token)) return token;
    hasLongNumbers = true;
    return `"${token}"`;
  });
  return { value: JSON.parse(rewritten), hasNonNumbers, hasLongNumbers };
}
