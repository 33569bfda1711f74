/** Which character separates a table's cells: commas by name, but spreadsheets write what the country they are in uses. */
import { rowsOfStart, type Row } from "./csv-rows.ts";
import type { OpenText } from "./source.ts";

const SAMPLE_CHARACTERS = 64 * 1024;
const SAMPLE_ROWS = 100;
/** Of two that fit equally well, the first: commas and vertical bars are more likely part of a text. */
const DELIMITERS = ["\t", ";", ",", "|"];

/** `sep=;`, as Excel reads and writes it in the first line. */
const DECLARATION = /^"?sep=(.)"?[;,\t|]*(?:\r|\n|$)/i;

/**
 * The delimiter that the file declares, or else the one that divides its first rows evenly, cuts the fewest quoted texts, and
 * into the most cells.
 */
export async function findDelimiter(fileName: string, open: OpenText): Promise<string> {
  const { text, isWhole } = await startOf(open);
  const declared = DECLARATION.exec(text)?.[1];
  if (declared !== undefined) return declared;
  const fits = DELIMITERS.map((delimiter) => ({
    delimiter,
    ...fitOf(rowsOfStart(fileName, text, isWhole, delimiter).slice(0, SAMPLE_ROWS)),
  }));
  const best = fits.reduce((best, fit) => (isBetter(fit, best) ? fit : best));
  return best.columns > 1 ? best.delimiter : ",";
}

/** Whether the row is the declaration, not data. */
export function isDeclaration({ line, cells }: Row, delimiter: string): boolean {
  return line === 1 && DECLARATION.test(cells.join(delimiter));
}

interface Fit {
  /** The share of rows with as many cells as the first has. */
  readonly evenness: number;
  /** How many cells hold one half of a pair of quotes. */
  readonly cuts: number;
  readonly columns: number;
}

function isBetter(one: Fit, other: Fit): boolean {
  if (one.evenness !== other.evenness) return one.evenness > other.evenness;
  return one.cuts === other.cuts ? one.columns > other.columns : one.cuts < other.cuts;
}

/** A single column does not divide anything. */
function fitOf(rows: readonly Row[]): Fit {
  const filled = rows.filter(({ cells }) => cells.some((cell) => cell !== ""));
  const [header, ...others] = filled.map(({ cells }) => cells.length);
  if (header === undefined || header < 2) return { evenness: 0, cuts: 0, columns: 1 };
  const even = others.filter((count) => count === header).length;
  const cuts = filled.flatMap(({ cells }) => cells).filter((cell) => cell.split('"').length % 2 === 0).length;
  return { evenness: others.length === 0 ? 1 : even / others.length, cuts, columns: header };
}

async function startOf(open: OpenText): Promise<{ text: string; isWhole: boolean }> {
  let text = "";
  for await (const chunk of await open()) {
    text += chunk;
    if (text.length >= SAMPLE_CHARACTERS) return { text: text.slice(0, SAMPLE_CHARACTERS), isWhole: false };
  }
  return { text, isWhole: true };
}
