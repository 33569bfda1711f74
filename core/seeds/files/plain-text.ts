/** Plain text: each line is an item with the field `text`; empty lines are skipped. */
import { TEXT_FIELD } from "./item.ts";
import { readLines, type Line } from "./lines.ts";
import type { SeedBatch, TextFile } from "./source.ts";
import { formatNumber } from "../../numbers.ts";
import { MAX_ITEM_CHARACTERS, type SeedItem } from "../seed-set.ts";

/** @throws PlotPaletteError BadInput for a line that is too long, unless it is skipped */
export async function* readPlainText({ fileName, open, invalidRows, notes }: TextFile): AsyncGenerator<SeedBatch> {
  const read = ({ number, text }: Line): SeedItem[] => {
    if (text === undefined)
      invalidRows.add({ fileName, row: number, reason: `Line ${number} of "${fileName}" ${TOO_LONG}` });
    if (text === undefined || text.trim() === "") return [];
    if (number === 1 && text.includes("\t"))
      notes.add(`"${fileName}" looks like a table; name it .tsv to have its columns as fields instead of whole lines.`);
    return [{ [TEXT_FIELD]: text }];
  };
  for await (const lines of readLines(await open())) yield { items: lines.flatMap(read) };
}

const TOO_LONG = `has more than ${formatNumber(MAX_ITEM_CHARACTERS)} characters; break it into several lines.`;
