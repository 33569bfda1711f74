/** Streams are read as they arrive, whatever the chunks, and never awaited forever. */
import fc from "fast-check";
import { PassThrough } from "node:stream";
import { chunksOf, linesOf } from "../../worker/streams.ts";

test("however a text is chunked, its lines are the same", async () => {
  const texts = fc.array(fc.string({ unit: "binary" }).map((line) => line.replaceAll("\n", "")));
  await fc.assert(
    fc.asyncProperty(
      texts,
      fc.boolean(),
      fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
      async (lines, ends, sizes) => {
        const text = lines.join("\n") + (ends && lines.length > 0 ? "\n" : "");
        const found: string[] = [];
        for await (const some of linesOf(pieces(Buffer.from(text), sizes))) found.push(...some);
        const wanted = text.split("\n");
        if (wanted.at(-1) === "") wanted.pop();
        expect(found).toEqual(wanted);
      },
    ),
  );
});

async function* pieces(bytes: Buffer, sizes: Iterator<number>): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length;) {
    const size = sizes.next().value as number;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

test("a slow reader may take longer than the idle timeout", async () => {
  const stream = new PassThrough();
  const chunks = chunksOf(stream, 40);
  stream.write("one");
  const found = [(await chunks.next()).value?.toString()];
  await new Promise((resolve) => setTimeout(resolve, 80));
  stream.end("two");
  for await (const chunk of chunks) found.push(chunk.toString());
  expect(found).toEqual(["one", "two"]);
});

test("an idle stream is destroyed", async () => {
  const stream = new PassThrough();
  stream.write("one");
  const chunks = chunksOf(stream, 40);
  await chunks.next();
  await expect(chunks.next()).rejects.toThrow("The stream was idle for 40 ms.");
  expect(stream.destroyed).toBe(true);
});
