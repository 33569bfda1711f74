/**
 * The image of a position in the permutation of `count` positions chosen by `seed`: a Feistel network over the next power of
 * four, iterated until it lands in range (cycle walking). Uses constant memory; `count` may be up to 2^52.
 */
export function permute(position: number, count: number, seed: number): number {
  const halfBits = Math.max(1, Math.ceil(Math.log2(count) / 2));
  let at = position;
  do at = feistel(at, halfBits, seed);
  while (at >= count);
  return at;
}

const ROUNDS = 4;

function feistel(value: number, halfBits: number, seed: number): number {
  const half = 2 ** halfBits;
  let left = Math.floor(value / half);
  let right = value % half;
  for (let round = 0; round < ROUNDS; round++) [left, right] = [right, left ^ (mix(right, seed + round) & (half - 1))];
  return left * half + right;
}

function mix(value: number, key: number): number {
  let mixed = Math.imul(value ^ key, 0x9e3779b1) ^ Math.imul(key, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
