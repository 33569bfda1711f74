/**
 * Lines as bytes, in buffers that are used again: of texts as large as a part, each would be garbage that the collector comes to
 * late, and a dataset is hundreds of them.
 */

/** A character of a text takes three bytes at most; those that take four count as two. */
const MAX_BYTES_PER_CHARACTER = 3;
const NEWLINE = "\n".charCodeAt(0);

export class LineBuffer {
  #buffer: Buffer;
  /** Where the lines end. They begin behind room for a heading. */
  #end: number;

  /** `bytes`: about so many are held without another buffer. `room`: for the bytes of a heading that is not copied for. */
  constructor(
    bytes: number,
    readonly headerBytes = 256,
  ) {
    // Not out of Node's pool, and not cleared.
    this.#buffer = Buffer.allocUnsafeSlow(headerBytes + bytes);
    this.#end = headerBytes;
  }

  /** Of the lines, their breaks included. */
  get bytes(): number {
    return this.#end - this.headerBytes;
  }

  add(line: string): void {
    if (this.#end + MAX_BYTES_PER_CHARACTER * line.length >= this.#buffer.length) this.#grow(Buffer.byteLength(line) + 1);
    this.#end += this.#buffer.write(line, this.#end);
    this.#buffer[this.#end++] = NEWLINE;
  }

  /** The lines behind a heading. Good until the next is added. */
  withHeader(heading: string): Buffer {
    const bytes = Buffer.from(`${heading}\n`);
    if (bytes.length > this.headerBytes)
      return Buffer.concat([bytes, this.#buffer.subarray(this.headerBytes, this.#end)]);
    const begin = this.headerBytes - bytes.length;
    bytes.copy(this.#buffer, begin);
    return this.#buffer.subarray(begin, this.#end);
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

/** Those not in use. */
export class LineBufferPool {
  readonly #free: LineBuffer[] = [];

  /** `bytes`: what each is to hold. */
  constructor(readonly bytes: number) {}

  acquire(): LineBuffer {
    return this.#free.pop() ?? new LineBuffer(this.bytes);
  }

  release(buffer: LineBuffer): void {
    buffer.clear();
    this.#free.push(buffer);
  }
}
