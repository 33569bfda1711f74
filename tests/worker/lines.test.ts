/** Lines come as their bytes come, whatever the pieces. */
import fc from "fast-check";
import { linesOf } from "../../worker/lines.ts";

test("however a text is cut, its lines are the same", async () => {
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
