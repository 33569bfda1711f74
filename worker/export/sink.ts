/** A file on its way into the bucket, as a stream that makes its writer wait. */
import { once } from "node:events";
import { PassThrough } from "node:stream";
import type { Objects } from "../ports.ts";

/** Texts are gathered to chunks of this size: a stream of single lines costs more than the lines. */
const CHUNK_CHARACTERS = 64 * 1024;

export class Sink {
  bytes = 0;
  readonly #stream = new PassThrough();
  readonly #uploaded: Promise<void>;
  #pending: string[] = [];
  #pendingCharacters = 0;

  constructor(objects: Objects, name: string, contentType: string, signal: AbortSignal) {
    this.#uploaded = objects.upload(name, contentType, this.#stream, signal);
    // Heard by whoever writes or ends next.
    this.#uploaded.catch(() => {});
  }

  async text(text: string): Promise<void> {
    this.#pending.push(text);
    this.#pendingCharacters += text.length;
    if (this.#pendingCharacters >= CHUNK_CHARACTERS) await this.#flush();
  }

  async data(bytes: Uint8Array): Promise<void> {
    this.bytes += bytes.length;
    if (this.#stream.write(bytes)) return;
    // A failed upload reads no more: its error must end the wait.
    await Promise.race([once(this.#stream, "drain"), this.#uploaded]);
  }

  /** Resolves when the object stands. */
  async end(): Promise<void> {
    await this.#flush();
    this.#stream.end();
    await this.#uploaded;
  }

  /** Lets go of the upload. */
  destroy(): void {
    this.#stream.destroy();
  }

  async #flush(): Promise<void> {
    if (this.#pending.length === 0) return;
    const text = this.#pending.join("");
    this.#pending = [];
    this.#pendingCharacters = 0;
    await this.data(Buffer.from(text));
  }
}
