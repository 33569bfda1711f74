import fc from "fast-check";
import { LineBuffer, LineBufferPool } from "../../../worker/export/line-buffer.ts";

const texts = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("");

test("lines come out as they went in, after a header of any length, whatever the capacity", () => {
  const line = fc.string({ unit: "grapheme", maxLength: 60 });
  fc.assert(
    fc.property(fc.array(fc.array(line)), line, fc.nat(300), fc.nat(100), (parts, heading, bytes, room) => {
      const buffer = new LineBuffer(bytes, room);
      for (const lines of parts) {
        for (const one of lines) buffer.add(one);
        expect(buffer.bytes).toBe(Buffer.byteLength(texts(lines)));
        expect(buffer.withHeader(heading).toString()).toBe(texts([heading, ...lines]));
        buffer.clear();
      }
    }),
  );
});

test("a released buffer is reused, empty", () => {
  const buffers = new LineBufferPool(10);
  const [one, other] = [buffers.acquire(), buffers.acquire()];
  expect(other).not.toBe(one);
  one.add("something");
  buffers.release(one);
  expect(buffers.acquire()).toBe(one);
  expect(one.bytes).toBe(0);
});
