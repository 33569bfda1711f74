/**
 * The columns of a table: their names, as far as the header has them, and their types. A column is numeric (or boolean) only
 * if every cell is: a column of postal codes with leading zeros stays text. Types take a pass over the whole file.
 */
import { PlotPaletteError } from "../../errors.ts";
import { keepsDigits } from "./exact-number.ts";
import type { ReadingNotes } from "./notes.ts";
import { MAX_FIELD_NAME_CHARACTERS } from "../seed-set.ts";

/** `comma`: a number with a decimal comma. */
export type ColumnType = "number" | "comma" | "boolean" | "text";

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

/** Not `007`, `+1`, `1,000` or more digits than a number holds: those are text. */
const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?(?:[eE][+-]?\d{1,2})?$/;
const COMMA_NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:,\d+)?(?:[eE][+-]?\d{1,2})?$/;
/** It may also separate thousands: `1,234`. */
const AMBIGUOUS = /^-?[1-9]\d{0,2},\d{3}$/;
const BOOLEAN = /^(?:true|false)$/i;

/** Collects the columns from a header and the rows below it. */
export class Columns {
  readonly #fileName: string;
  /** As in the header, possibly empty or not unique. */
  readonly #titles: readonly string[];
  readonly #cells: readonly Cells[];
  readonly #allowsCommas: boolean;

  /** @throws PlotPaletteError BadInput for a header that is none */
  constructor(fileName: string, header: readonly string[], delimiter: string) {
    this.#fileName = fileName;
    this.#titles = header.map((cell) => cell.trim());
    this.#cells = header.map(() => new Cells());
    this.#allowsCommas = delimiter === ";";
    const long = this.#titles.findIndex((name) => name.length > MAX_FIELD_NAME_CHARACTERS);
    if (long >= 0)
      throwBadInput(
        `The name of column ${long + 1} of "${fileName}" has more than ${MAX_FIELD_NAME_CHARACTERS} characters; the first row must be the header.`,
      );
  }

  get count(): number {
    return this.#titles.length;
  }

  /** Takes the cells of a valid row into account. */
  add(cells: readonly string[]): void {
    for (let n = 0; n < this.count; n += 1) this.#cells[n]?.add(cells[n] ?? "");
  }

  /** By position; undefined for one with neither a name nor values. @throws PlotPaletteError BadInput when none is left */
  finish(notes: ReadingNotes): (Column | undefined)[] {
    const names = this.#names(notes);
    if (names.every((name) => name === undefined))
      throwBadInput(`The header of "${this.#fileName}" has no names; name its columns.`);
    const hasCommas = this.#allowsCommas && this.#cells.some((cells) => cells.hasDecimalComma);
    return names.map((name, n) => name === undefined ? undefined : { name, type: this.#cells[n]?.typeIn(hasCommas) ?? "text" }); // prettier-ignore
  }

  #names(notes: ReadingNotes): (string | undefined)[] {
    const taken = new Set(this.#titles);
    const used = new Set<string>();
    return this.#titles.map((title, n) => {
      if (title === "" && this.#cells[n]?.isEmpty) return undefined;
      if (title !== "" && !used.has(title)) {
        used.add(title);
        return title;
      }
      const name = free(title === "" ? `column_${n + 1}` : title, taken);
      taken.add(name);
      notes.add(
        title === ""
          ? `Column ${n + 1} of "${this.#fileName}" has no name in the header; it is called "${name}".`
          : `Several columns of "${this.#fileName}" are named "${title}"; column ${n + 1} is called "${name}".`,
      );
      return name;
    });
  }
}

/** The name, or the first of `name_2`, `name_3` and so on that no other column has. */
function free(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let number = 2; ; number += 1) if (!taken.has(`${name}_${number}`)) return `${name}_${number}`;
}

/** What the cells of a column have in common; empty ones decide nothing. */
class Cells {
  isEmpty = true;
  #areNumbers = true;
  #areCommaNumbers = true;
  #areBooleans = true;
  #hasPoint = false;
  #hasComma = false;
  #hasSureComma = false;

  add(cell: string): void {
    if (cell === "") return;
    this.isEmpty = false;
    if (this.#areNumbers) this.#areNumbers = NUMBER.test(cell) && keepsDigits(cell);
    if (this.#areCommaNumbers) this.#areCommaNumbers = COMMA_NUMBER.test(cell) && keepsDigits(cell.replace(",", "."));
    if (this.#areBooleans) this.#areBooleans = BOOLEAN.test(cell);
    if (this.#areNumbers && !this.#hasPoint) this.#hasPoint = cell.includes(".");
    if (!this.#areCommaNumbers || this.#hasSureComma || !cell.includes(",")) return;
    this.#hasComma = true;
    this.#hasSureComma = !AMBIGUOUS.test(cell);
  }

  /** All are numbers, and at least one has a comma that can only be a decimal one. */
  get hasDecimalComma(): boolean {
    return this.#areCommaNumbers && this.#hasSureComma;
  }

  /** @param isComma whether the file has decimal commas: then a point separates thousands, or nobody knows what */
  typeIn(isComma: boolean): ColumnType {
    if (this.isEmpty) return "text";
    if (isComma && this.#areCommaNumbers && this.#hasComma) return "comma";
    if (this.#areNumbers && !(isComma && this.#hasPoint)) return "number";
    return this.#areBooleans ? "boolean" : "text";
  }
}

/** The cell as a JSON value. */
export function valueOf(cell: string, type: ColumnType): unknown {
  if (cell === "") return null;
  if (type === "number") return Number(cell);
  if (type === "comma") return Number(cell.replace(",", "."));
  return type === "boolean" ? cell.toLowerCase() === "true" : cell;
}

function throwBadInput(message: string): never {
  throw new PlotPaletteError("BadInput", message);
}
