/** Keys in the order S3 lists them: by their UTF-8 bytes. */
export class SortedKeys {
  private keys: string[] = [];

  /** From keys in any order. */
  static of(keys: Iterable<string>): SortedKeys {
    const sorted = new SortedKeys();
    sorted.keys = [...keys].sort(compareKeys);
    return sorted;
  }

  add(key: string): void {
    const at = this.position(key);
    if (this.keys[at] !== key) this.keys.splice(at, 0, key);
  }

  remove(key: string): void {
    const at = this.position(key);
    if (this.keys[at] === key) this.keys.splice(at, 1);
  }

  /** The first key at or after `from`. */
  atOrAfter(from: string): string | undefined {
    return this.keys[this.position(from)];
  }

  private position(key: string): number {
    let low = 0;
    let high = this.keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareKeys(this.keys[middle]!, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** UTF-16 order differs from UTF-8 order only where a surrogate meets U+E000…U+FFFF. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit <= 0xdfff ? unit + 0x2000 : unit - 0x800;
}
