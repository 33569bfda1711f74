/** JSON Lines: an object on each line; empty lines are skipped. */
import type { InvalidRows } from "./invalid-rows.ts";
import { parseItem, TOO_LONG } from "./item.ts";
import type { OpenText, SeedBatch } from "./source.ts";
import { MAX_ITEM_CHARACTERS, type SeedItem } from "../seed-set.ts";

/** @throws PlotPaletteError BadInput for an invalid line, unless it is skipped */
export async function* readJsonl(
  fileName: string,
  open: OpenText,
  invalidRows: InvalidRows,
): AsyncGenerator<SeedBatch> {
  let line = 0;
  let rest = "";
  /** The rest belongs to a line that is already too long: everything up to its end is skipped. */
  let isTooLong = false;
  const read = (source: string): SeedItem[] => {
    line += 1;
    if (isTooLong) {
      isTooLong = false;
      return [];
    }
    if (source.trim() === "") return [];
    return parseItem(source, `Line ${line} of "${fileName}"`, { fileName, row: line }, invalidRows);
  };
  for await (const chunk of await open()) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    yield { items: lines.flatMap(read) };
    if (rest.length <= MAX_ITEM_CHARACTERS) continue;
    if (!isTooLong)
      invalidRows.add({ fileName, row: line + 1, reason: `Line ${line + 1} of "${fileName}" ${TOO_LONG}` });
    isTooLong = true;
    rest = "";
  }
  yield { items: read(rest) };
}
