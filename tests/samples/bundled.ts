/** The samples as they are deployed: bundled, their files as text. */
import { build } from "esbuild";
import { join } from "node:path";
import { readSeedFile } from "#core/seeds/files/reader";
import type { SeedItem } from "#core/seeds/seed-set";
import type { Sample } from "../../samples/samples.ts";
import type { SampleSeedSet } from "../../samples/seed-sets.ts";

const ROOT = join(import.meta.dirname, "..", "..");

export type { Sample };

export async function readSamples(): Promise<readonly Sample[]> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, "samples", "samples.ts")],
    bundle: true,
    write: false,
    format: "esm",
    loader: { ".yaml": "text", ".csv": "text", ".tsv": "text", ".jsonl": "text" },
  });
  const code = Buffer.from(outputFiles[0]?.contents ?? "").toString("base64");
  const bundle = (await import(`data:text/javascript;base64,${code}`)) as { SAMPLES_LIST: readonly Sample[] };
  return bundle.SAMPLES_LIST;
}

/** The items of a seed set by collection, read as uploaded files are. */
export async function itemsOf({ files }: SampleSeedSet): Promise<Record<string, SeedItem[]>> {
  const collections: Record<string, SeedItem[]> = {};
  for (const { collection, fileName, text } of files)
    for await (const batch of readSeedFile(fileName, { open: () => bytesOf(text) }))
      (collections[batch.collection ?? collection] ??= []).push(...batch.items);
  return collections;
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}
