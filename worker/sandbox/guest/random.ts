/** Randomness seeded for each run: mulberry32 replaces `Math.random`. */
let state = 0;

export function seedRandom(seed: number): void {
  state = seed | 0;
}

export function replaceRandom(): void {
  Math.random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
