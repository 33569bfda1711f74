/** Stores a seed set as numbered blocks with an index: the items of its files, or those of another seed set that fit a template. */
import { DeleteObjectsCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { ENVIRONMENT } from "../../core/environment.ts";
import { PlotPaletteError } from "../../core/errors.ts";
import { seedBlockObject, seedIndexObject } from "../../core/bucket.ts";
import { CollectionBlocks, type FullBlock, type SeedCollectionSummary } from "../../core/seeds/blocks.ts";
import { InvalidRows, type SkippedRows } from "../../core/seeds/files/invalid-rows.ts";
import { ReadingNotes } from "../../core/seeds/files/notes.ts";
import { readSeedFile } from "../../core/seeds/files/reader.ts";
import type { SeedFileSource } from "../../core/seeds/files/source.ts";
import type { ItemCheck } from "../../core/seeds/fit.ts";
import { formatNumber } from "../../core/numbers.ts";
import { fitRow } from "../../core/seeds/row-size.ts";
import {
  COLLECTION_NAME,
  MAX_SEED_FILES,
  type SeedFile,
  type SeedIndex,
  type SeedItem,
} from "../../core/seeds/seed-set.ts";
import { objectClient, setting } from "./clients.ts";

export interface FileToStore extends SeedFile, SeedFileSource {}

/** A stored collection, and which of its items to store again. */
export interface CollectionToFilter {
  readonly name: string;
  /** The names of the files its items came from. */
  readonly fileName: string;
  readonly items: AsyncIterable<SeedItem>;
  /** Keeps all items when absent. */
  readonly problemOf?: ItemCheck;
}

interface Collection {
  readonly fileNames: string[];
  readonly blocks: CollectionBlocks;
}

/** Stores one seed set, once. */
export class SeedStore {
  readonly #owner: string;
  readonly #seedSetId: string;
  readonly #written: string[] = [];
  readonly #collections = new Map<string, Collection>();
  readonly #invalid: InvalidRows;
  readonly #notes = new ReadingNotes();

  /** @param skipInvalid skips invalid rows instead of failing at the first one; false by default */
  constructor(owner: string, seedSetId: string, { skipInvalid = false } = {}) {
    this.#owner = owner;
    this.#seedSetId = seedSetId;
    this.#invalid = new InvalidRows(skipInvalid);
  }

  /** The rows skipped so far; undefined when every row was valid. */
  get skipped(): SkippedRows | undefined {
    return this.#invalid.skipped;
  }

  /** What was unusual about the files read so far, one sentence each. */
  get notes(): readonly string[] {
    return this.#notes.sentences;
  }

  /**
   * The items of a collection keep the order of its files.
   * @returns the collections for the seed set's row
   * @throws PlotPaletteError BadInput when a file cannot be used
   */
  async store(files: readonly FileToStore[]): Promise<SeedCollectionSummary[]> {
    for (const file of files) await this.#read(file);
    return this.#finish();
  }

  /**
   * The items that fit, in their order; the others are counted as skipped.
   * @throws PlotPaletteError BadInput when a collection is left without items
   */
  async storeFitting(collections: readonly CollectionToFilter[]): Promise<SeedCollectionSummary[]> {
    for (const collection of collections) await this.#filter(collection);
    return this.#finish();
  }

  async #finish(): Promise<SeedCollectionSummary[]> {
    for (const [name, { blocks }] of this.#collections) await this.#put(name, blocks.finish());
    const rows = fitRow([...this.#collections].map(([name, { fileNames, blocks }]) => blocks.row(name, fileNames)));
    await this.#putObject(seedIndexObject(this.#owner, this.#seedSetId), JSON.stringify(this.#index()));
    return rows;
  }

  /** Removes what was stored: a rejected seed set leaves nothing behind. */
  async rollback(): Promise<void> {
    for (let at = 0; at < this.#written.length; at += 1_000) {
      const Objects = this.#written.slice(at, at + 1_000).map((Key) => ({ Key }));
      await objectClient().send(
        new DeleteObjectsCommand({ Bucket: setting(ENVIRONMENT.bucket), Delete: { Objects, Quiet: true } }),
      );
    }
  }

  async #read(file: FileToStore): Promise<void> {
    let items = 0;
    for await (const batch of readSeedFile(file.fileName, file, { invalidRows: this.#invalid, notes: this.#notes })) {
      if (batch.items.length === 0) continue;
      items += batch.items.length;
      const name = batch.collection ?? file.collection;
      const { blocks } = this.#collectionFor(name, file.fileName);
      for (const item of batch.items) await this.#put(name, blocks.add(item));
    }
    if (items === 0)
      throw new PlotPaletteError("BadInput", `The file "${file.fileName}" has no items; it needs at least one.`);
  }

  async #filter({ name, fileName, items, problemOf }: CollectionToFilter): Promise<void> {
    const { blocks } = this.#collectionFor(name, fileName);
    let position = 0;
    let firstReason: string | undefined;
    for await (const item of items) {
      position += 1;
      const problem = problemOf?.(item);
      if (problem === undefined) {
        await this.#put(name, blocks.add(item));
        continue;
      }
      const reason = `Item ${formatNumber(position)} of "${name}" ${problem}.`;
      firstReason ??= reason;
      this.#invalid.add({ fileName, row: position, reason });
    }
    if (blocks.itemCount === 0)
      throw new PlotPaletteError(
        "BadInput",
        `No item of "${name}" fits the template, so nothing would be left. ${firstReason ?? ""}`.trim(),
      );
  }

  #collectionFor(name: string, fileName: string): Collection {
    const collection = this.#collections.get(name) ?? this.#open(name, fileName);
    if (!collection.fileNames.includes(fileName)) collection.fileNames.push(fileName);
    return collection;
  }

  #open(name: string, fileName: string): Collection {
    if (!COLLECTION_NAME.test(name))
      throw new PlotPaletteError(
        "BadInput",
        `The list "${name.slice(0, 60)}" in "${fileName}" needs a name of 1 to 40 letters, digits or underscores that starts with a letter.`,
      );
    if (this.#collections.size >= MAX_SEED_FILES)
      throw new PlotPaletteError(
        "BadInput",
        `A seed set may have at most ${MAX_SEED_FILES} collections; "${fileName}" exceeds that.`,
      );
    const collection = { fileNames: [], blocks: new CollectionBlocks() };
    this.#collections.set(name, collection);
    return collection;
  }

  #index(): SeedIndex {
    const entries = [...this.#collections].map(([name, { blocks }]) => [
      name,
      { itemCount: blocks.itemCount, blocks: blocks.blocks },
    ]);
    return { collections: Object.fromEntries(entries) };
  }

  async #put(collection: string, block: FullBlock | undefined): Promise<void> {
    if (block)
      await this.#putObject(seedBlockObject(this.#owner, this.#seedSetId, collection, block.number), block.bytes);
  }

  async #putObject(Key: string, Body: string | Uint8Array): Promise<void> {
    this.#written.push(Key);
    await objectClient().send(new PutObjectCommand({ Bucket: setting(ENVIRONMENT.bucket), Key, Body }));
  }
}
