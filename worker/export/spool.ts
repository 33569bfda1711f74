/** Lines spooled to disk by name, to be read back name by name: memory does not grow with the names. */
import { createReadStream } from "node:fs";
import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { linesOf } from "../streams.ts";

/** Fargate gives a task 20 GB; the rest is the image's. */
const SPOOL_BYTES = 15_000_000_000;
/** Buffered for all names together before they are written. */
const PENDING_CHARACTERS = 16_000_000;
const READ_BYTES = 256 * 1024;

/** The disk cannot hold all lines. */
export class SpoolFull extends Error {
  override readonly name = "SpoolFull";
}

export interface SpoolLimits {
  readonly bytes?: number;
  readonly pendingCharacters?: number;
}

export class Spool {
  readonly #files = new Map<string, string>();
  #pending = new Map<string, string[]>();
  #pendingCharacters = 0;
  #bytes = 0;

  private constructor(
    readonly folder: string,
    readonly limits: Required<SpoolLimits>,
  ) {}

  /** Uses a temporary directory, which `close` removes. */
  static async open({ bytes = SPOOL_BYTES, pendingCharacters = PENDING_CHARACTERS }: SpoolLimits = {}): Promise<Spool> {
    return new Spool(await mkdtemp(join(tmpdir(), "plot-palette-")), { bytes, pendingCharacters });
  }

  /** In order of first use. */
  get names(): string[] {
    return [...this.#files.keys()];
  }

  /** @param line without a line break @throws SpoolFull */
  async add(name: string, line: string): Promise<void> {
    if (!this.#files.has(name)) this.#files.set(name, join(this.folder, String(this.#files.size)));
    const lines = this.#pending.get(name);
    if (lines) lines.push(line);
    else this.#pending.set(name, [line]);
    this.#pendingCharacters += line.length + 1;
    if (this.#pendingCharacters >= this.limits.pendingCharacters) await this.#write();
  }

  /** The lines of a name in the order they were added, some at a time. No lines may be added meanwhile. @throws SpoolFull */
  async *read(name: string): AsyncGenerator<string[]> {
    await this.#write();
    const file = this.#files.get(name);
    if (!file) return;
    yield* linesOf(createReadStream(file, { highWaterMark: READ_BYTES }));
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  async #write(): Promise<void> {
    for (const [name, lines] of this.#pending) {
      const bytes = Buffer.from(`${lines.join("\n")}\n`);
      this.#bytes += bytes.length;
      if (this.#bytes > this.limits.bytes) throw new SpoolFull(`The spool would exceed ${this.limits.bytes} bytes.`);
      await appendFile(this.#files.get(name) ?? "", bytes).catch((error: NodeJS.ErrnoException) => {
        throw error.code === "ENOSPC" ? new SpoolFull("The disk is full.", { cause: error }) : error;
      });
    }
    this.#pending = new Map();
    this.#pendingCharacters = 0;
  }
}
