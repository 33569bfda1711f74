/** Files of seeds as tests write and read them. */
import { InvalidRows } from "../../../../core/seeds/files/invalid-rows.ts";
import { ReadingNotes } from "../../../../core/seeds/files/notes.ts";
import { readSeedFile } from "../../../../core/seeds/files/reader.ts";
import type { SeedBatch } from "../../../../core/seeds/files/source.ts";
import type { SeedItem } from "../../../../core/seeds/seed-set.ts";

/** The bytes in chunks of `size`: any boundary must do, also inside a character. */
export async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export async function batches(
  fileName: string,
  text: string | Uint8Array,
  size = 7,
  invalidRows = new InvalidRows(),
  notes = new ReadingNotes(),
): Promise<SeedBatch[]> {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const all: SeedBatch[] = [];
  for await (const batch of readSeedFile(fileName, { open: () => chunks(bytes, size) }, { invalidRows, notes }))
    if (batch.items.length > 0) all.push(batch);
  return all;
}

export async function read(
  fileName: string,
  text: string | Uint8Array,
  size = 7,
  faults = new InvalidRows(),
): Promise<SeedItem[]> {
  return (await batches(fileName, text, size, faults)).flatMap(({ items }) => items);
}

/** What is told about a file that is read. */
export async function notesOf(fileName: string, text: string | Uint8Array): Promise<readonly string[]> {
  const notes = new ReadingNotes();
  await batches(fileName, text, 7, new InvalidRows(), notes);
  return notes.sentences;
}
