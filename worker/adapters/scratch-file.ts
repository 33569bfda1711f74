/** Bytes put aside on disk for a while, in regions of one file that nobody else finds and that is gone with the process. */
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

  /** `regionBytes`: what a region holds. */
  constructor(readonly regionBytes: number) {}

  /** An empty region. */
  allocate(): Region {
    return this.#free.pop() ?? new Region(this, this.#regions++ * this.regionBytes);
  }

  free(region: Region): void {
    region.clear();
    this.#free.push(region);
  }

  /** Of the file, which is made when it is first needed. */
  get descriptor(): number {
    return (this.#file ??= openNameless());
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

  /** @param data no more than there is room for */
  async add(data: Buffer): Promise<void> {
    for (let at = 0; at < data.length;) {
      const place = this.offset + this.#bytes;
      const { bytesWritten } = await writeTo(this.scratch.descriptor, data, at, data.length - at, place);
      at += bytesWritten;
      this.#bytes += bytesWritten;
    }
  }

  /** All of it, in a buffer that holds a region. @returns the part of the buffer that is filled */
  async read(into: Buffer): Promise<Buffer> {
    for (let at = 0; at < this.#bytes;) {
      const place = this.offset + at;
      const { bytesRead } = await readFrom(this.scratch.descriptor, into, at, this.#bytes - at, place);
      if (bytesRead === 0) throw new Error("What was put aside on disk is not there any more.");
      at += bytesRead;
    }
    return into.subarray(0, this.#bytes);
  }

  clear(): void {
    this.#bytes = 0;
  }
}

function openNameless(): number {
  const path = join(tmpdir(), `plot-palette-${randomUUID()}`);
  const file = openSync(path, "wx+", 0o600);
  unlinkSync(path);
  return file;
}
