/**
 * JSON: a list of objects or texts, or an object with such lists beside other values. An object is read twice: once for the
 * lists it has, once for their items.
 */
import { PlotPaletteError } from "../../errors.ts";
import { isRecord, ItemReader } from "./item.ts";
import { parseJson } from "./json-text.ts";
import { JsonSplitter, type IsWanted, type JsonItems, type ListPath } from "./json-splitter.ts";
import { readJsonl } from "./jsonl.ts";
import type { SeedBatch, TextFile } from "./source.ts";

/**
 * The lists become collections by their names; if only one holds objects, its items are those of the file's own collection.
 * Lines of objects are read as JSON Lines.
 * @throws PlotPaletteError BadInput when there is no list, or the file is not valid JSON
 */
export async function* readJson(file: TextFile): AsyncGenerator<SeedBatch> {
  const toRead = await listsOf(file);
  if (toRead === "lines") return yield* readJsonl(file);
  const lists = new Map(toRead.map((list) => [keyOf(list.path), list]));
  const readers = new Map([...lists].map(([key, list]) => [key, readerOf(file, list)]));
  const isWanted: IsWanted = (path) => lists.has(keyOf(path));
  for await (const found of split(file, isWanted))
    for (const { path, first, sources } of found) {
      const reader = readers.get(keyOf(path)) as ItemReader; // only wanted lists are found
      const name = path.at(-1);
      const location = name === undefined ? `"${file.fileName}"` : `"${name}" in "${file.fileName}"`;
      const items = sources.flatMap((source, n) => reader.read(source, first + n, `Item ${first + n} of ${location}`));
      yield { collection: lists.get(keyOf(path))?.collection, items };
    }
}

/** A list of the file that has items. */
interface FoundList {
  readonly path: ListPath;
  /** Its first item; undefined when it is not valid JSON. */
  readonly first: unknown;
}

interface ListToRead extends FoundList {
  /** Absent for the file's own collection. */
  readonly collection?: string;
}

/** The lists with items. A file that is one list is not read to its end for that. */
async function listsOf(file: TextFile): Promise<ListToRead[] | "lines"> {
  const found: FoundList[] = [];
  const splitter = new JsonSplitter(file.fileName, (_, number) => number === 1);
  for await (const chunk of await file.open()) {
    for (const { path, sources } of splitter.push(chunk)) found.push({ path, first: valueOf(sources[0] ?? "") });
    if (splitter.holdsLines) return "lines";
    if (found.length > 0 && !splitter.isObject) break;
  }
  if (splitter.isObject || found.length === 0) splitter.end();
  return listsToRead(file, found, splitter.isObject);
}

function valueOf(source: string): unknown {
  try {
    return parseJson(source).value;
  } catch {
    return undefined;
  }
}

async function* split({ fileName, open }: TextFile, isWanted: IsWanted): AsyncGenerator<JsonItems[]> {
  const splitter = new JsonSplitter(fileName, isWanted);
  for await (const chunk of await open()) yield splitter.push(chunk);
  splitter.end();
}

/** Those of objects nearest to the top, and those of texts at the top. */
function listsToRead(file: TextFile, found: readonly FoundList[], isObject: boolean): ListToRead[] {
  if (!isObject) return [...found];
  const lists = found.filter(({ first }) => !isColumnOfHuggingFace(first));
  const objects = lists.filter(({ first }) => isRecord(first) || first === undefined);
  const depth = Math.min(...objects.map(({ path }) => path.length));
  const nearest = objects.filter(({ path }) => path.length === depth);
  const read = [...nearest, ...lists.filter(({ first, path }) => typeof first === "string" && path.length === 1)];
  if (read.length === 0) throwNoList(file.fileName);
  for (const list of lists)
    if (list.path.length === 1 && !read.includes(list))
      file.notes.add(
        `The list "${list.path[0]}" in "${file.fileName}" was left out: it holds neither objects nor texts.`,
      );
  const own = nearest.length === 1 ? nearest[0] : read.length === 1 ? read[0] : undefined;
  return read.map((list) => (list === own ? list : { ...list, collection: list.path.at(-1) }));
}

function readerOf(file: TextFile, { first, path }: FoundList): ItemReader {
  if (!isRowOfHuggingFace(first)) return new ItemReader(file, "item");
  file.notes.add(`Of the items of "${path.at(-1) ?? "the list"}" in "${file.fileName}", what is in "row" was read.`);
  return new ItemReader(file, "item", ({ row }) => row);
}

/** Its API lists rows as `{row_idx, row, truncated_cells}`, … */
function isRowOfHuggingFace(value: unknown): boolean {
  return isRecord(value) && Number.isInteger(value.row_idx) && isRecord(value.row);
}

/** … beside a description of their columns, which is no data. */
function isColumnOfHuggingFace(value: unknown): boolean {
  return isRecord(value) && Number.isInteger(value.feature_idx) && isRecord(value.type);
}

function keyOf(path: ListPath): string {
  return JSON.stringify(path);
}

function throwNoList(fileName: string): never {
  throw new PlotPaletteError(
    "BadInput",
    `The file "${fileName}" has no list of objects, such as [{"title": "…"}]; write its items as one (in pandas: orient="records").`,
  );
}
