/** Bytes buffered on disk, in regions of one unlinked file, which disappears with the process. */
import { randomUUID } from "node:crypto";
import { openSync, read, unlinkSync, write } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const readFrom = promisify(read);
const writeTo = promisify(write);

export class ScratchFile {
  #file: number | undefined;
  #regions = 0;
  readonly #free: Region[] = [];

  /** `regionBytes`: the capacity of a region. */
  constructor(readonly regionBytes: number) {}

  /** An empty region. */
  allocate(): Region {
    return this.#free.pop() ?? new Region(this, this.#regions++ * this.regionBytes);
  }

  free(region: Region): void {
    region.clear();
    this.#free.push(region);
  }

  /** The file descriptor; the file is created when first needed. */
  get descriptor(): number {
    return (this.#file ??= openUnlinked());
  }
}

export class Region {
  #bytes = 0;

  constructor(
    readonly scratch: ScratchFile,
    readonly offset: number,
  ) {}

  get remainingBytes(): number {
    return this.scratch.regionBytes - this.#bytes;
  }

  /** @param data at most `remainingBytes` */
  async add(data: Buffer): Promise<void> {
    for (let at = 0; at < data.length;) {
      const position = this.offset + this.#bytes;
      const { bytesWritten } = await writeTo(this.scratch.descriptor, data, at, data.length - at, position);
      at += bytesWritten;
      this.#bytes += bytesWritten;
    }
  }

  /** Reads all of it into a buffer as large as a region. @returns the filled part of the buffer */
  async read(into: Buffer): Promise<Buffer> {
    for (let at = 0; at < this.#bytes;) {
      const position = this.offset + at;
      const { bytesRead } = await readFrom(this.scratch.descriptor, into, at, this.#bytes - at, position);
      if (bytesRead === 0) throw new Error("The scratch file is shorter than what was written to it.");
      at += bytesRead;
    }
    return into.subarray(0, this.#bytes);
  }

  clear(): void {
    this.#bytes = 0;
  }
}

function openUnlinked(): number {
  const path = join(tmpdir(), `plot-palette-${randomUUID()}`);
  const file = openSync(path, "wx+", 0o600);
  unlinkSync(path);
  return file;
}
