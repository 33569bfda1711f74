import { parquetMetadata, parquetReadObjects } from "hyparquet";
import type { JobRow } from "#core/job/job-row";
import type { RecordMeta } from "#core/shard/record";
import type { DatasetSchema } from "../../../worker/export/dataset-schema.ts";
import { parquetFile } from "../../../worker/export/parquet.ts";
import { RecordTexts } from "../../../worker/export/record-texts.ts";
import { Sink } from "../../../worker/export/sink.ts";
import { MemoryObjects } from "../doubles.ts";

const META: RecordMeta = { models: {}, tokens: { input: 0, output: 0 }, costNanos: 0, seeds: {}, attempts: 1 };
const SCHEMA: DatasetSchema = {
  job: {} as JobRow,
  columns: [
    { name: "text", type: "string" },
    { name: "list", type: "json" },
    { name: "year", type: "integer" },
  ],
};

/** The file of these rows, whose ids are their numbers in five digits. */
async function written(rows: readonly Record<string, unknown>[]): Promise<ArrayBuffer> {
  const objects = new MemoryObjects();
  const { signal } = new AbortController();
  const sink = new Sink({ objects, name: "a.parquet", contentType: "application/vnd.apache.parquet", signal });
  const file = parquetFile(SCHEMA, "a.parquet", sink);
  for (const [slot, columns] of rows.entries()) {
    const record = { slot, columns, meta: META };
    await file.addRecord?.(record, idOf(slot), new RecordTexts(SCHEMA, record));
  }
  await file.end?.();
  await sink.end();
  const bytes = objects.files.get("a.parquet") ?? Buffer.alloc(0);
  return Uint8Array.from(Buffer.from(bytes)).buffer;
}

function idOf(slot: number): string {
  return String(slot).padStart(5, "0");
}

const ROWS = Array.from({ length: 12_000 }, (_, n) => ({
  text: n % 7 === 0 ? null : `${n % 2 ? "ümlaut" : "𝒳"} ${n} `.repeat(1 + (n % 60)),
  list: n % 5 === 0 ? null : [n, "a"],
  year: n % 3 === 0 ? null : n,
}));

test("every row of every row group comes back as it went in", async () => {
  const rows = await parquetReadObjects({ file: await written(ROWS) });
  expect(rows).toEqual(
    ROWS.map(({ text, list, year }, slot) => ({
      ...{ id: idOf(slot), text },
      list: list && JSON.stringify(list),
      year: year === null ? null : BigInt(year),
    })),
  );
});

test("each row group's lowest and highest values are its own", async () => {
  const { row_groups: groups } = parquetMetadata(await written(ROWS));
  expect(groups.length).toBeGreaterThan(2);
  let first = 0;
  for (const { num_rows, columns } of groups) {
    const end = first + Number(num_rows);
    const [ids, texts] = columns.map(({ meta_data }) => meta_data?.statistics);
    const present = ROWS.slice(first, end).flatMap(({ text }) => (text === null ? [] : [Buffer.from(text)]));
    const sorted = present.sort((one, other) => one.compare(other)).map((text) => text.toString());
    expect(ids).toMatchObject({ min_value: idOf(first), max_value: idOf(end - 1), null_count: 0n });
    expect(textOf(texts?.min_value)).toBe(sorted[0]?.slice(0, textOf(texts?.min_value).length || 1));
    // A maximum that is cut off ends with a higher character.
    const high = textOf(texts?.max_value);
    expect(high.slice(0, 6)).toBe(sorted.at(-1)?.slice(0, 6));
    expect(texts?.null_count).toBe(BigInt(end - first - present.length));
    first = end;
  }
  expect(first).toBe(ROWS.length);
});

test("half a character becomes a replacement character", async () => {
  const rows = await parquetReadObjects({
    file: await written([{ text: "a\ud800b" }, { text: "" }, { text: "\udc00" }]),
  });
  expect(rows.map(({ text }) => text)).toEqual(["a\ufffdb", "", "\ufffd"]);
});

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
