/** Hive-style partitioning of a dataset: `category=comedy/date_year=2024/`. */
import { PlotPaletteError } from "../errors.ts";
import { hashOf } from "../random.ts";

const PARTITION_TRANSFORMS = ["IDENTITY", "DAY", "MONTH", "YEAR"] as const;
export type PartitionTransform = (typeof PARTITION_TRANSFORMS)[number];

/** A level of folders: one for each value of a column, or for each day, month or year in it. */
export interface PartitionBy {
  readonly column: string;
  readonly transform: PartitionTransform;
}

const MAX_LEVELS = 3;
export const MAX_PARTITIONS = 1_000;
/** Hive's, Spark's and DuckDB's folder name for records without a value. */
const NO_VALUE = "__HIVE_DEFAULT_PARTITION__";
/** The value of the one folder for all records beyond the limit of folders. */
const OVERFLOW = "__OTHERS__";
/** The longest value in a folder's name; file systems allow names of 255 bytes. */
const VALUE_CHARACTERS = 120;

/** @throws PlotPaletteError BadInput naming what is wrong */
export function checkPartitionBy(levels: readonly PartitionBy[], columns: readonly string[]): void {
  if (levels.length < 1 || levels.length > MAX_LEVELS)
    throwBadInput(`A dataset can be partitioned by 1 to ${MAX_LEVELS} columns, not ${levels.length}.`);
  for (const { column, transform } of levels) {
    if (!(PARTITION_TRANSFORMS as readonly string[]).includes(transform))
      throwBadInput(
        `A dataset can be partitioned by the value, day, month or year of a column, not by "${transform}".`,
      );
    if (column === "id") throwBadInput('A dataset cannot be partitioned by "id", which is unique to each record.');
    if (!columns.includes(column))
      throwBadInput(`The dataset has no column "${column}" to partition by; choose from ${columns.join(", ")}.`);
  }
  if (new Set(levels.map(folderOf)).size < levels.length)
    throwBadInput("A dataset can be partitioned by a column only once.");
}

/** Parses `category,date:month`; `undefined` for anything else. */
export function parsePartitionBy(text: string): PartitionBy[] | undefined {
  const levels = text.split(",").map((level) => {
    const [column = "", by = "identity", ...more] = level.split(":").map((part) => part.trim());
    const transform = PARTITION_TRANSFORMS.find((known) => known === by.toUpperCase());
    return column && transform && more.length === 0 ? { column, transform } : undefined;
  });
  return levels.every((level) => level !== undefined) ? levels : undefined;
}

/** `category, month of date`. */
export function formatPartitionBy(levels: readonly PartitionBy[]): string {
  return levels
    .map(({ column, transform }) => (transform === "IDENTITY" ? column : `${transform.toLowerCase()} of ${column}`))
    .join(", ");
}

/** The folder of a record, with a trailing slash. */
export function partitionOf(levels: readonly PartitionBy[], columns: Readonly<Record<string, unknown>>): string {
  return levels.map((level) => `${folderOf(level)}=${valueOf(level, columns[level.column])}/`).join("");
}

/** The folder of all records beyond the limit of folders. */
export function overflowPartition(levels: readonly PartitionBy[]): string {
  return levels.map((level) => `${folderOf(level)}=${OVERFLOW}/`).join("");
}

/** Assigns records to folders as they come: up to a limit, then one folder for all others. */
export class Partitions {
  readonly #folders = new Set<string>();
  /** Records in the folder for all others. */
  overflowRecords = 0;

  constructor(
    readonly levels: readonly PartitionBy[],
    readonly maxPartitions = MAX_PARTITIONS,
  ) {}

  folderFor(columns: Readonly<Record<string, unknown>>): string {
    const folder = partitionOf(this.levels, columns);
    if (this.#folders.has(folder)) return folder;
    // One folder is reserved for the others.
    if (this.#folders.size < this.maxPartitions - 1) {
      this.#folders.add(folder);
      return folder;
    }
    this.overflowRecords += 1;
    return overflowPartition(this.levels);
  }
}

function folderOf({ column, transform }: PartitionBy): string {
  return encode(transform === "IDENTITY" ? column : `${column}_${transform.toLowerCase()}`);
}

function valueOf({ transform }: PartitionBy, value: unknown): string {
  const text = transform === "IDENTITY" ? textOf(value) : timeOf(transform, textOf(value));
  return text ? encode(text) : NO_VALUE;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

const DATE = /^\s*(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?![\d-])/;

/** The day, month or year of an ISO 8601 date or time as written, in its own time zone; empty when it has none. */
function timeOf(transform: Exclude<PartitionTransform, "IDENTITY">, text: string): string {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (month !== undefined && !isDay(`${year}-${month}-${day ?? "01"}`)) return "";
  const parts = { YEAR: [year], MONTH: [year, month], DAY: [year, month, day] }[transform];
  return parts.every((part) => part !== undefined) ? parts.join("-") : "";
}

/** February 30 is none. */
function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** Percent-encoded; a value that is too long ends in a hash, which distinguishes it from others with the same start. */
function encode(text: string): string {
  const characters = Array.from(text, encodeCharacter);
  if (characters.join("").length <= VALUE_CHARACTERS) return characters.join("");
  const tail = `~${hashOf(text).toString(16).padStart(8, "0")}${hashOf("again", text).toString(16).padStart(8, "0")}`;
  let head = "";
  for (const character of characters) {
    if (head.length + character.length > VALUE_CHARACTERS - tail.length) break;
    head += character;
  }
  return head + tail;
}

/** Keeps only characters with no special meaning in file systems, URLs, Hive or globs. */
function encodeCharacter(character: string): string {
  if (/^[A-Za-z0-9_.~-]$/.test(character)) return character;
  // An unpaired surrogate.
  if (/^[\uD800-\uDFFF]$/.test(character)) return "%EF%BF%BD";
  return encodeURIComponent(character).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}

function throwBadInput(message: string): never {
  throw new PlotPaletteError("BadInput", message);
}
