/** JSON Lines: an object (or a text) on each line; empty lines are skipped. */
import { ItemReader, TOO_LONG } from "./item.ts";
import { readLines, type Line } from "./lines.ts";
import type { SeedBatch, TextFile } from "./source.ts";
import type { SeedItem } from "../seed-set.ts";

/** @throws PlotPaletteError BadInput for an invalid line, unless it is skipped */
export async function* readJsonl(file: TextFile): AsyncGenerator<SeedBatch> {
  const { fileName, open, invalidRows } = file;
  const reader = new ItemReader(file, "line");
  const read = ({ number, text }: Line): SeedItem[] => {
    const location = `Line ${number} of "${fileName}"`;
    if (text?.trim() === "") return [];
    if (text !== undefined) return reader.read(text, number, location);
    invalidRows.add({ fileName, row: number, reason: `${location} ${TOO_LONG}` });
    return [];
  };
  for await (const lines of readLines(await open())) yield { items: lines.flatMap(read) };
}
