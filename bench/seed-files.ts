/** Large, reproducible seed files: sentences of common words, numbers, dates, some quotes. */
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { fileWriter, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";

const WORDS =
  "the of and to in is that for it as was with be by on not he his but at are this have from or had an they which one you were all her she there would their we him been has when who will no more if out so up said what its about than into them can only other time new some could these two may first then do".split(
    " ",
  );
const ROWS_AT_ONCE = 10_000;
const ROW_GROUP = 100_000;

interface Row {
  readonly id: number;
  readonly title: string;
  readonly text: string;
  readonly score: number;
  readonly public: boolean;
  readonly day: string;
}

/** The same row each time for the same id. */
function rowOf(id: number): Row {
  let state = (id + 1) * 2_654_435_761;
  const next = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % below;
  };
  const words = (count: number) => Array.from({ length: count }, () => WORDS[next(WORDS.length)]).join(" ");
  return {
    id,
    title: words(4),
    text: `${words(12)}, "${words(3)}" ${words(8 + next(30))}.`,
    score: next(10_000) / 100,
    public: next(2) === 0,
    day: `2026-${String(next(12) + 1).padStart(2, "0")}-${String(next(28) + 1).padStart(2, "0")}`,
  };
}

export const writeCsv = (file: string, bytes: number) =>
  writeText(file, bytes, csvLineOf, "id,title,text,score,public,day\n");
export const writeJsonl = (file: string, bytes: number) => writeText(file, bytes, (row) => `${JSON.stringify(row)}\n`);

function csvLineOf({ id, title, text, score, public: isPublic, day }: Row): string {
  return `${id},${title},"${text.replaceAll('"', '""')}",${score},${isPublic},${day}\n`;
}

async function writeText(file: string, bytes: number, lineOf: (row: Row) => string, header = ""): Promise<void> {
  const stream = createWriteStream(file);
  stream.write(header);
  for (let id = 0; stream.bytesWritten < bytes;) {
    let lines = "";
    for (const end = id + ROWS_AT_ONCE; id < end; id += 1) lines += lineOf(rowOf(id));
    if (!stream.write(lines)) await once(stream, "drain");
  }
  stream.end();
  await once(stream, "close");
}

/** Row groups of 100,000 rows, compressed with Snappy. */
export async function writeParquet(file: string, bytes: number): Promise<void> {
  const columnsOf = (rows: Row[]) =>
    (["id", "title", "text", "score", "public", "day"] as const).map((name) => ({
      name,
      data: rows.map((row) => row[name]),
    }));
  const writer = fileWriter(file);
  const schema = schemaFromColumnData({ columnData: columnsOf([rowOf(0), rowOf(1)]) });
  const parquet = new ParquetWriter({ writer, schema });
  for (let id = 0; writer.offset < bytes; id += ROW_GROUP)
    parquet.write({ columnData: columnsOf(Array.from({ length: ROW_GROUP }, (_, n) => rowOf(id + n))) });
  parquet.finish();
}
