/**
 * A row group's texts of one column, as UTF-8 in a buffer that is reused. As strings they would live just long enough for the
 * garbage collector to copy each of them several times.
 */
export class TextColumn {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #end = 0;
  /** Where each text ends, or `NULL`. */
  #ends: number[] = [];

  /**
   * Half a character (a lone surrogate) becomes U+FFFD.
   * @returns its bytes
   */
  add(text: string | null): number {
    if (text === null) {
      this.#ends.push(NULL);
      return 0;
    }
    if (this.#end + MAX_BYTES_PER_CHARACTER * text.length > this.#bytes.length) this.#grow(Buffer.byteLength(text));
    const bytes = this.#bytes.write(text, this.#end);
    this.#end += bytes;
    this.#ends.push(this.#end);
    return bytes;
  }

  /** Of all texts; valid until the next one is added. */
  values(): (Uint8Array | null)[] {
    const { buffer, byteOffset } = this.#bytes;
    let from = 0;
    return this.#ends.map((end) => {
      if (end === NULL) return null;
      const value = new Uint8Array(buffer, byteOffset + from, end - from);
      from = end;
      return value;
    });
  }

  clear(): void {
    this.#end = 0;
    this.#ends = [];
  }

  #grow(more: number): void {
    if (this.#end + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#end + more, 2 * this.#bytes.length));
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
  }
}

const FIRST_BYTES = 4 * 1024;
/** UTF-8 takes at most three bytes per UTF-16 unit; characters of four bytes have two units. */
const MAX_BYTES_PER_CHARACTER = 3;
const NULL = -1;
