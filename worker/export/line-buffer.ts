/**
 * Lines as bytes, in reusable buffers: strings as large as a part are garbage that is collected late, and a dataset needs
 * hundreds.
 */

/** UTF-8 takes at most three bytes per UTF-16 unit; characters of four bytes have two units. */
const MAX_BYTES_PER_CHARACTER = 3;
const NEWLINE = "\n".charCodeAt(0);

export class LineBuffer {
  #buffer: Buffer;
  /** Where the lines end. They start after the space for a header. */
  #end: number;

  /** `bytes`: the capacity before it must grow. `headerBytes`: headers up to this size need no copy. */
  constructor(
    bytes: number,
    readonly headerBytes = 256,
  ) {
    // Not from Node's pool, and not zeroed.
    this.#buffer = Buffer.allocUnsafeSlow(headerBytes + bytes);
    this.#end = headerBytes;
  }

  /** The size of the lines, including line breaks. */
  get bytes(): number {
    return this.#end - this.headerBytes;
  }

  add(line: string): void {
    if (this.#end + MAX_BYTES_PER_CHARACTER * line.length >= this.#buffer.length)
      this.#grow(Buffer.byteLength(line) + 1);
    this.#end += this.#buffer.write(line, this.#end);
    this.#buffer[this.#end++] = NEWLINE;
  }

  /** The lines after a header. Valid until the next line is added. */
  withHeader(header: string): Buffer {
    const bytes = Buffer.from(`${header}\n`);
    if (bytes.length > this.headerBytes)
      return Buffer.concat([bytes, this.#buffer.subarray(this.headerBytes, this.#end)]);
    const start = this.headerBytes - bytes.length;
    bytes.copy(this.#buffer, start);
    return this.#buffer.subarray(start, this.#end);
  }

  clear(): void {
    this.#end = this.headerBytes;
  }

  #grow(more: number): void {
    if (this.#end + more <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#end + more, 2 * this.#buffer.length));
    this.#buffer.copy(larger, 0, 0, this.#end);
    this.#buffer = larger;
  }
}

/** Keeps buffers that are not in use. */
export class LineBufferPool {
  readonly #free: LineBuffer[] = [];

  /** `bytes`: the capacity of each. */
  constructor(readonly bytes: number) {}

  acquire(): LineBuffer {
    return this.#free.pop() ?? new LineBuffer(this.bytes);
  }

  release(buffer: LineBuffer): void {
    buffer.clear();
    this.#free.push(buffer);
  }
}
