/** A file being uploaded to the bucket, as a stream with backpressure. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { Transform, type Duplex, type TransformCallback } from "node:stream";
import { createGzip } from "node:zlib";
import type { Objects } from "../ports.ts";

/** Texts are buffered into chunks of this size: streaming single lines costs more than the lines. */
const CHUNK_CHARACTERS = 64 * 1024;

export interface SinkOptions {
  readonly objects: Objects;
  /** The object's name. */
  readonly name: string;
  readonly contentType: string;
  readonly gzip?: boolean;
  readonly signal: AbortSignal;
}

export class Sink {
  readonly #tally = new Tally();
  /** Where bytes enter: the tally itself unless they are compressed first. */
  readonly #head: Duplex;
  readonly #uploaded: Promise<void>;
  #pending: string[] = [];
  #pendingCharacters = 0;

  constructor({ objects, name, contentType, gzip = false, signal }: SinkOptions) {
    this.#head = gzip ? createGzip() : this.#tally;
    if (gzip) this.#head.pipe(this.#tally);
    for (const stream of [this.#head, this.#tally]) stream.on("error", () => {});
    this.#uploaded = objects.upload(name, contentType, this.#tally, signal);
    // A failed upload stops reading: this ends the wait for the drain event.
    this.#uploaded.catch((error: Error) => this.#head.destroy(error));
  }

  /** The object's size, once it is written. */
  get bytes(): number {
    return this.#tally.bytes;
  }

  async text(text: string): Promise<void> {
    this.#pending.push(text);
    this.#pendingCharacters += text.length;
    if (this.#pendingCharacters >= CHUNK_CHARACTERS) await this.#flush();
  }

  async data(bytes: Uint8Array): Promise<void> {
    if (this.#head.destroyed) await this.#uploaded;
    if (this.#head.write(bytes)) return;
    // The stream may only know that reading stopped; the upload knows why.
    await once(this.#head, "drain").catch(() => this.#uploaded);
  }

  /**
   * Resolves when the object is written.
   * @returns the SHA-256 of its bytes, in hexadecimal
   */
  async end(): Promise<string> {
    await this.#flush();
    this.#head.end();
    await this.#uploaded;
    return this.#tally.sha256();
  }

  /** Aborts the upload. */
  destroy(): void {
    this.#head.destroy();
    this.#tally.destroy();
  }

  async #flush(): Promise<void> {
    if (this.#pending.length === 0) return;
    const text = this.#pending.join("");
    this.#pending = [];
    this.#pendingCharacters = 0;
    await this.data(Buffer.from(text));
  }
}

/** Counts the bytes that pass and computes their SHA-256. */
class Tally extends Transform {
  bytes = 0;
  readonly #hash = createHash("sha256");

  sha256(): string {
    return this.#hash.digest("hex");
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.bytes += chunk.length;
    this.#hash.update(chunk);
    done(null, chunk);
  }
}
