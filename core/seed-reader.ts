/**
 * From the bytes of an uploaded file to items, as a stream: memory is bounded by the longest item, not by the file.
 * Every fault becomes one sentence that names the file and the row.
 */
import { PlotPaletteError } from "./errors.ts";
import { readCsv } from "./seed-csv.ts";
import { splitJson } from "./seed-json.ts";
import { MAX_ITEM_CHARACTERS, seedFormatOf, type SeedItem } from "./seed.ts";

/** Opens the file from its beginning. Tables are read twice: once for the kinds of their columns, once for their rows. */
export type OpenFile = () => Promise<AsyncIterable<Uint8Array>> | AsyncIterable<Uint8Array>;

/** Some items in the order of the file. */
export interface SeedBatch {
  /** The name the file itself gives the collection: the key in a JSON object of lists. */
  readonly collection?: string;
  readonly items: readonly SeedItem[];
}

const MAX_FIELD_NAME_CHARACTERS = 200;

/** @throws PlotPaletteError BadInput for what cannot be read, and for an item that is not an object */
export async function* readSeedFile(fileName: string, open: OpenFile): AsyncGenerator<SeedBatch> {
  const format = seedFormatOf(fileName);
  const openText = async () => decode(fileName, await open());
  if (format === "csv") yield* readCsv(fileName, openText, ",");
  else if (format === "tsv") yield* readCsv(fileName, openText, "\t");
  else if (format === "jsonl") yield* readLines(fileName, await openText());
  else yield* readJson(fileName, await openText());
}

async function* readLines(fileName: string, text: AsyncIterable<string>): AsyncGenerator<SeedBatch> {
  let line = 0;
  let rest = "";
  const itemOf = (source: string) => {
    line += 1;
    return source.trim() === "" ? [] : [parseItem(source, `Line ${line} of "${fileName}"`)];
  };
  for await (const chunk of text) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MAX_ITEM_CHARACTERS) refuse(`Line ${line + lines.length + 1} of "${fileName}" ${TOO_LONG}`);
    yield { items: lines.flatMap(itemOf) };
  }
  yield { items: itemOf(rest) };
}

async function* readJson(fileName: string, text: AsyncIterable<string>): AsyncGenerator<SeedBatch> {
  const counts = new Map<string, number>();
  for await (const values of splitJson(fileName, text))
    for (const { collection, source } of values) {
      const n = (counts.get(collection ?? "") ?? 0) + 1;
      counts.set(collection ?? "", n);
      const place = collection === undefined ? `"${fileName}"` : `"${collection}" in "${fileName}"`;
      yield { collection, items: [parseItem(source, `Item ${n} of ${place}`)] };
    }
}

/** @param place what a message begins with: `Line 3 of "films.jsonl"` */
function parseItem(source: string, place: string): SeedItem {
  if (source.length > MAX_ITEM_CHARACTERS) refuse(`${place} ${TOO_LONG}`);
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (error) {
    refuse(`${place} is not valid JSON: ${(error as Error).message}.`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    refuse(`${place} must be an object with named fields, not ${kindOf(value)}.`);
  const name = Object.keys(value).find((field) => field.length > MAX_FIELD_NAME_CHARACTERS);
  if (name !== undefined)
    refuse(`${place} has a field whose name has more than ${MAX_FIELD_NAME_CHARACTERS} characters; shorten it.`);
  return value as SeedItem;
}

/** UTF-8, with or without byte order mark. */
async function* decode(fileName: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const text = (chunk?: Uint8Array) => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch {
      return refuse(`The file "${fileName}" is not text in UTF-8; save it as UTF-8 and upload it again.`);
    }
  };
  for await (const chunk of bytes) yield text(chunk);
  yield text();
}

const TOO_LONG = `has more than ${MAX_ITEM_CHARACTERS.toLocaleString("en-US")} characters; a closing quote or bracket may be missing.`;

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

function refuse(message: string): never {
  throw new PlotPaletteError("BadInput", message);
}
