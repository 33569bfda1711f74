import fc from "fast-check";
import { snappyUncompress } from "hyparquet";
import { SnappyCompressor } from "../../../worker/export/snappy.ts";

const snappy = new SnappyCompressor();

/** As another implementation reads it. */
function restored(compressed: Uint8Array, length: number): Buffer {
  const output = Buffer.alloc(length);
  snappyUncompress(compressed, output);
  return output;
}

/** Bytes that repeat at any distance: pieces of a few kinds, each some times. */
const REPETITIVE = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 90 }), fc.integer({ min: 1, max: 400 })), { maxLength: 40 })
  .chain((pieces) => fc.shuffledSubarray([...pieces, ...pieces], { minLength: pieces.length }))
  .map((pieces) => Buffer.concat(pieces.flatMap(([bytes, times]) => Array.from({ length: times }, () => bytes))));

test("what was compressed is restored, however it repeats", () => {
  fc.assert(
    fc.property(REPETITIVE, (bytes) => {
      expect(restored(snappy.compress(bytes), bytes.length).equals(bytes)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

/** Of bytes that do not repeat. */
function noise(length: number): Buffer {
  let state = 1;
  return Buffer.from(Uint8Array.from({ length }, () => (state = (Math.imul(state, 0x41c64e6d) + 12_345) | 0) >>> 16));
}

test.each([0, 1, 14, 15, 16, 60, 61, 62, 256, 257, 258, 65_535, 65_536, 65_537, 65_550, 200_000])(
  "%d bytes without repetition become little more",
  (length) => {
    const compressed = snappy.compress(noise(length));
    expect(restored(compressed, length).equals(noise(length))).toBe(true);
    expect(compressed.length).toBeLessThanOrEqual(length + 5 + Math.ceil(length / 1_000));
  },
);

test.each([4, 11, 12, 63, 64, 65, 66, 67, 68, 120, 124, 125, 60_000])(
  "a repetition of %d bytes is restored, near and far",
  (length) => {
    for (const distance of [length, 2_047, 2_048, 60_000]) {
      const piece = noise(distance + length);
      const bytes = Buffer.concat([piece, piece.subarray(0, length), Buffer.alloc(20, "end")]);
      expect(restored(snappy.compress(bytes), bytes.length).equals(bytes)).toBe(true);
    }
  },
);

test("text that repeats becomes much shorter", () => {
  const text = Buffer.from("to be or not to be, that is the question. ".repeat(2_000));
  expect(snappy.compress(text).length).toBeLessThan(text.length / 15);
});
