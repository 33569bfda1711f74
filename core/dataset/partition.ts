/** How a dataset is cut into folders, named as Hive does it: `category=comedy/date_year=2024/`. */
import { PlotPaletteError } from "../errors.ts";
import { hashOf } from "../random.ts";

const PARTITION_TRANSFORMS = ["IDENTITY", "DAY", "MONTH", "YEAR"] as const;
export type PartitionTransform = (typeof PARTITION_TRANSFORMS)[number];

/** A level of folders: one for each value of a column, or for each day, month or year it tells. */
export interface PartitionBy {
  readonly column: string;
  readonly transform: PartitionTransform;
}

const MAX_LEVELS = 3;
export const MAX_PARTITIONS = 1_000;
/** What Hive, Spark and DuckDB call the folder of records without a value. */
const NO_VALUE = "__HIVE_DEFAULT_PARTITION__";
/** The values of the one folder for all records that would need a folder beyond the limit. */
const OVERFLOW = "__OTHERS__";
/** Of a value in a folder's name; a file system takes names of 255 bytes. */
const VALUE_CHARACTERS = 120;

/** @throws PlotPaletteError BadInput naming what is wrong */
export function checkPartitionBy(levels: readonly PartitionBy[], columns: readonly string[]): void {
  if (levels.length < 1 || levels.length > MAX_LEVELS)
    refuse(`A dataset can be partitioned by 1 to ${MAX_LEVELS} columns, not ${levels.length}.`);
  for (const { column, transform } of levels) {
    if (!(PARTITION_TRANSFORMS as readonly string[]).includes(transform))
      refuse(`A dataset is partitioned by value, day, month or year of a column, not by "${transform}".`);
    if (column === "id") refuse('Every record has an "id" of its own; a dataset cannot be partitioned by it.');
    if (!columns.includes(column))
      refuse(`The dataset has no column "${column}" to be partitioned by; choose among ${columns.join(", ")}.`);
  }
  if (new Set(levels.map(folderOf)).size < levels.length) refuse("A dataset can be partitioned by a column once only.");
}

/** `category,date:month`. `undefined` for what is no such text. */
export function parsePartitionBy(text: string): PartitionBy[] | undefined {
  const levels = text.split(",").map((level) => {
    const [column = "", by = "identity", ...more] = level.split(":").map((word) => word.trim());
    const way = PARTITION_TRANSFORMS.find((known) => known === by.toUpperCase());
    return column && way && more.length === 0 ? { column, transform: way } : undefined;
  });
  return levels.every((level) => level !== undefined) ? levels : undefined;
}

/** `category, month of date`. */
export function formatPartitionBy(levels: readonly PartitionBy[]): string {
  return levels
    .map(({ column, transform }) => (transform === "IDENTITY" ? column : `${transform.toLowerCase()} of ${column}`))
    .join(", ");
}

/** The folder of a record, with a slash at its end. */
export function partitionOf(levels: readonly PartitionBy[], columns: Readonly<Record<string, unknown>>): string {
  return levels.map((level) => `${folderOf(level)}=${valueOf(level, columns[level.column])}/`).join("");
}

/** The folder of all records beyond the limit of partitions. */
export function overflowPartition(levels: readonly PartitionBy[]): string {
  return levels.map((level) => `${folderOf(level)}=${OVERFLOW}/`).join("");
}

/** The folders of a dataset as its records come: the first so many, then one for all others. */
export class Partitions {
  readonly #folders = new Set<string>();
  /** Records that went to the folder for all others. */
  overflowRecords = 0;

  constructor(
    readonly levels: readonly PartitionBy[],
    readonly maxPartitions = MAX_PARTITIONS,
  ) {}

  folderFor(columns: Readonly<Record<string, unknown>>): string {
    const folder = partitionOf(this.levels, columns);
    if (this.#folders.has(folder)) return folder;
    // One place is kept for the others.
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

/** The day, month or year of an ISO 8601 date or time as it is written, in its own time zone; empty when it tells none. */
function timeOf(transform: Exclude<PartitionTransform, "IDENTITY">, text: string): string {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (month !== undefined && !isDay(`${year}-${month}-${day ?? "01"}`)) return "";
  const parts = { YEAR: [year], MONTH: [year, month], DAY: [year, month, day] }[transform];
  return parts.every((part) => part !== undefined) ? parts.join("-") : "";
}

/** 30 February is none. */
function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** Percent-encoded; what is too long ends in a number that tells it from others that begin alike. */
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

/** What neither a file system, an address, Hive nor a pattern of file names gives a meaning stays. */
function encodeCharacter(character: string): string {
  if (/^[A-Za-z0-9_.~-]$/.test(character)) return character;
  // Half of a pair stands for nothing.
  if (/^[\uD800-\uDFFF]$/.test(character)) return "%EF%BF%BD";
  return encodeURIComponent(character).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}

function refuse(message: string): never {
  throw new PlotPaletteError("BadInput", message);
}
