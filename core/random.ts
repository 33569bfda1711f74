/**
 * Deterministic randomness: a function of names, so the same job, slot and attempt always draw the same. Not for secrets.
 */

/** A number from 0 to 2^32 − 1 for a list of names; different lists give unrelated numbers. */
export function hashOf(...names: readonly (string | number)[]): number {
  return hashesOf(names)[0];
}

/** A generator of numbers in [0, 1), always the same for the same names. */
export function randomOf(...names: readonly (string | number)[]): () => number {
  let [a, b, c, d] = hashesOf(names);
  // sfc32 by Chris Doty-Humphrey: passes PractRand, period at least 2^32.
  return () => {
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
}

/** A fixed-length digest of a list of names: 28 characters of base 36. */
export function tokenOf(...names: readonly (string | number)[]): string {
  return hashesOf(names)
    .map((hash) => hash.toString(36).padStart(7, "0"))
    .join("");
}

/** A whole number from 0 (inclusive) to `end` (exclusive). */
export function randomBelow(end: number, random: () => number): number {
  return Math.floor(random() * end);
}

/** MurmurHash3's mixing over the names' characters, in four lanes. */
function hashesOf(names: readonly (string | number)[]): [number, number, number, number] {
  let a = 0x243f6a88;
  let b = 0x85a308d3;
  let c = 0x13198a2e;
  let d = 0x03707344;
  // The length prefix keeps ("ab", "c") apart from ("a", "bc").
  const text = names.map((name) => `${String(name).length}:${name}`).join("");
  for (let n = 0; n < text.length; n++) {
    const code = text.charCodeAt(n);
    a = Math.imul(a ^ code, 0x85ebca6b) ^ (b >>> 13);
    b = Math.imul(b ^ code, 0xc2b2ae35) ^ (c >>> 15);
    c = Math.imul(c ^ code, 0x27d4eb2f) ^ (d >>> 14);
    d = Math.imul(d ^ code, 0x165667b1) ^ (a >>> 16);
  }
  return [finish(a ^ b), finish(b ^ c), finish(c ^ d), finish(d ^ a)];
}

function finish(lane: number): number {
  let mixed = lane;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
