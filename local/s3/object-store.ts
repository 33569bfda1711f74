/**
 * The objects of one bucket on disk. Bytes are in segment files with random names; an object is a small JSON record that names
 * its segments. Records are written to a temporary file and renamed, so an object is stored completely or not at all. Segments
 * that no record names (after a killed upload) are removed at the next start. Memory holds the records, never the bytes.
 */
import { createHash, randomUUID } from "node:crypto";
import { createReadStream, mkdirSync, rmSync } from "node:fs";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { replaceFile } from "../files.ts";
import type { Checksum } from "./checksums.ts";
import { SortedKeys } from "./sorted-keys.ts";

const READ_CHUNK_BYTES = 256 * 1024;
const RECORDS_READ_AT_ONCE = 64;

export interface Segment {
  /** File name inside the data folder. */
  readonly file: string;
  readonly bytes: number;
}

export interface StoredObject {
  readonly key: string;
  /** Without quotes. */
  readonly etag: string;
  readonly bytes: number;
  readonly lastModifiedMs: number;
  /** One, or one for each part of a multipart upload. */
  readonly segments: readonly Segment[];
  /** `content-type`, `cache-control` … as returned. */
  readonly headers: Readonly<Record<string, string>>;
  /** `x-amz-meta-…` without the prefix. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly checksum?: Checksum;
  readonly storageClass: string;
  /** A readable copy of an archived object, present or being restored; `isAnnounced` once EventBridge has the completion event. */
  readonly restore?: { readonly readyAtMs: number; readonly untilMs: number; readonly isAnnounced?: boolean };
}

export class ObjectStore {
  private readonly objects = new Map<string, StoredObject>();
  private keys = new SortedKeys();
  /** Segments being read, and those of them to remove afterwards. */
  private readonly readers = new Map<string, number>();
  private readonly doomed = new Set<string>();

  private constructor(private readonly folder: string) {}

  static async open(folder: string): Promise<ObjectStore> {
    const store = new ObjectStore(folder);
    await mkdir(join(folder, "data"), { recursive: true });
    await mkdir(join(folder, "objects"), { recursive: true });
    await store.readRecords();
    return store;
  }

  get(key: string): StoredObject | undefined {
    return this.objects.get(key);
  }

  get size(): number {
    return this.objects.size;
  }

  all(): IterableIterator<StoredObject> {
    return this.objects.values();
  }

  firstKeyAtOrAfter(from: string): string | undefined {
    return this.keys.atOrAfter(from);
  }

  /** Names a new segment; the caller writes its file. */
  newSegment(): { file: string; path: string } {
    const file = randomUUID();
    return { file, path: this.segmentPath(file) };
  }

  /**
   * Stores an object atomically and drops the key's previous one. Synchronous on purpose: nothing can run between the check of a
   * condition and this.
   */
  commit(object: StoredObject): void {
    const previous = this.objects.get(object.key);
    const path = this.recordPath(object.key);
    const beside = `${path}.${randomUUID()}`;
    mkdirSync(join(path, ".."), { recursive: true });
    replaceFile(path, JSON.stringify(object), beside);
    this.objects.set(object.key, object);
    if (!previous) this.keys.add(object.key);
    const kept = new Set(object.segments.map((segment) => segment.file));
    this.discard((previous?.segments ?? []).filter((segment) => !kept.has(segment.file)));
  }

  /** @returns whether there was such an object */
  remove(key: string): boolean {
    const object = this.objects.get(key);
    if (!object) return false;
    rmSync(this.recordPath(key), { force: true });
    this.objects.delete(key);
    this.keys.remove(key);
    this.discard(object.segments);
    return true;
  }

  /** Removes segment files; those being read are removed afterwards. */
  discard(segments: readonly Segment[]): void {
    for (const { file } of segments) {
      if (this.readers.has(file)) this.doomed.add(file);
      else rmSync(this.segmentPath(file), { force: true });
    }
  }

  /** Writes the bytes from `start` to `end` inclusive. They stay readable even if the object is replaced meanwhile. */
  async send(segments: readonly Segment[], start: number, end: number, destination: Writable): Promise<void> {
    const release = this.hold(segments);
    try {
      await pipeline(this.read(segments, start, end), destination);
    } finally {
      release();
    }
  }

  /** Removes segment files that neither an object nor `others` (parts of unfinished uploads) name. */
  async sweepSegments(others: Iterable<Segment>): Promise<void> {
    const named = new Set<string>();
    for (const object of this.objects.values()) for (const { file } of object.segments) named.add(file);
    for (const { file } of others) named.add(file);
    for (const file of await readdir(join(this.folder, "data"))) {
      if (!named.has(file)) await rm(this.segmentPath(file), { force: true });
    }
  }

  private async *read(segments: readonly Segment[], start: number, end: number): AsyncGenerator<Buffer> {
    let offset = 0;
    for (const segment of segments) {
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, segment.bytes - 1);
      offset += segment.bytes;
      if (from > to) continue;
      const options = { start: from, end: to, highWaterMark: READ_CHUNK_BYTES };
      yield* createReadStream(this.segmentPath(segment.file), options) as AsyncIterable<Buffer>;
    }
  }

  private hold(segments: readonly Segment[]): () => void {
    for (const { file } of segments) this.readers.set(file, (this.readers.get(file) ?? 0) + 1);
    return () => {
      for (const segment of segments) {
        const count = (this.readers.get(segment.file) ?? 1) - 1;
        if (count > 0) {
          this.readers.set(segment.file, count);
          continue;
        }
        this.readers.delete(segment.file);
        if (this.doomed.delete(segment.file)) this.discard([segment]);
      }
    };
  }

  private async readRecords(): Promise<void> {
    const root = join(this.folder, "objects");
    const names = await readdir(root, { recursive: true });
    const isLeftOver = (name: string) => !name.endsWith(".json") && name.includes(".json.");
    for (const name of names.filter(isLeftOver)) await rm(join(root, name), { force: true });
    const records = names.filter((name) => name.endsWith(".json"));
    for (let first = 0; first < records.length; first += RECORDS_READ_AT_ONCE) {
      const texts = records
        .slice(first, first + RECORDS_READ_AT_ONCE)
        .map((name) => readFile(join(root, name), "utf8"));
      for (const text of await Promise.all(texts)) {
        const object = JSON.parse(text) as StoredObject;
        this.objects.set(object.key, object);
      }
    }
    this.keys = SortedKeys.of(this.objects.keys());
  }

  private recordPath(key: string): string {
    const digest = createHash("sha256").update(key).digest("hex");
    return join(this.folder, "objects", digest.slice(0, 2), `${digest.slice(2)}.json`);
  }

  private segmentPath(file: string): string {
    return join(this.folder, "data", file);
  }
}
