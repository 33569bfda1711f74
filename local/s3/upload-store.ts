/** Unfinished multipart uploads of one bucket on disk: a record per upload and per part. They survive a restart. */
import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile } from "../files.ts";
import type { ChecksumAlgorithm, ChecksumType } from "./checksums.ts";
import type { Description } from "./object-headers.ts";
import type { ObjectStore, Segment } from "./object-store.ts";

export interface Upload {
  readonly id: string;
  readonly key: string;
  readonly initiatedMs: number;
  readonly description: Description;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType };
}

export interface Part {
  readonly number: number;
  /** MD5 in hexadecimal. */
  readonly etag: string;
  readonly segment: Segment;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
  readonly lastModifiedMs: number;
}

interface OpenUpload {
  readonly upload: Upload;
  readonly parts: Map<number, Part>;
}

const UPLOAD_RECORD = "upload.json";

export class UploadStore {
  private readonly uploads = new Map<string, OpenUpload>();

  private constructor(
    private readonly folder: string,
    private readonly objects: ObjectStore,
  ) {}

  static async open(bucketFolder: string, objects: ObjectStore): Promise<UploadStore> {
    const store = new UploadStore(join(bucketFolder, "uploads"), objects);
    await mkdir(store.folder, { recursive: true });
    for (const id of await readdir(store.folder)) await store.read(id);
    return store;
  }

  get(id: string): OpenUpload | undefined {
    return this.uploads.get(id);
  }

  all(): Upload[] {
    return [...this.uploads.values()].map(({ upload }) => upload);
  }

  *segments(): Generator<Segment> {
    for (const { parts } of this.uploads.values()) for (const part of parts.values()) yield part.segment;
  }

  begin(upload: Omit<Upload, "id">): Upload {
    const begun = { ...upload, id: randomUUID().replaceAll("-", "") };
    mkdirSync(join(this.folder, begun.id));
    this.write(begun.id, UPLOAD_RECORD, begun);
    this.uploads.set(begun.id, { upload: begun, parts: new Map() });
    return begun;
  }

  /** A part that is uploaded again replaces the earlier one. */
  putPart(id: string, part: Part): void {
    const { parts } = this.uploads.get(id)!;
    const previous = parts.get(part.number);
    this.write(id, `${part.number}.json`, part);
    parts.set(part.number, part);
    if (previous) this.objects.discard([previous.segment]);
  }

  abort(id: string): void {
    this.finish(id, []);
  }

  /** Removes an upload and drops the parts that its object does not use. */
  finish(id: string, used: readonly Segment[]): void {
    const open = this.uploads.get(id);
    if (!open) return;
    const kept = new Set(used.map((segment) => segment.file));
    this.uploads.delete(id);
    rmSync(join(this.folder, id), { recursive: true, force: true });
    this.objects.discard([...open.parts.values()].map((part) => part.segment).filter(({ file }) => !kept.has(file)));
  }

  private write(id: string, name: string, record: object): void {
    replaceFile(join(this.folder, id, name), JSON.stringify(record));
  }

  private async read(id: string): Promise<void> {
    const folder = join(this.folder, id);
    const names = (await readdir(folder)).filter((name) => name.endsWith(".json"));
    if (!names.includes(UPLOAD_RECORD)) {
      rmSync(folder, { recursive: true, force: true });
      return;
    }
    const record = async (name: string) => JSON.parse(await readFile(join(folder, name), "utf8")) as unknown;
    const parts = await Promise.all(names.filter((name) => name !== UPLOAD_RECORD).map(record));
    this.uploads.set(id, {
      upload: (await record(UPLOAD_RECORD)) as Upload,
      parts: new Map((parts as Part[]).map((part) => [part.number, part])),
    });
  }
}
