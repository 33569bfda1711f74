/** Reading streams: chunk by chunk with an end to patience, and line by line without ever holding the whole. */
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** Chunks as they come. The stream is destroyed once it gives nothing for so long while it is waited for: its other end has died. */
export async function* chunksOf(stream: Readable, silentMs: number): AsyncGenerator<Buffer> {
  const wait = () =>
    setTimeout(() => stream.destroy(new Error(`Nothing more came of a stream for ${silentMs} ms.`)), silentMs);
  let timer = wait();
  try {
    for await (const chunk of stream) {
      clearTimeout(timer);
      yield chunk as Buffer;
      timer = wait();
    }
  } finally {
    clearTimeout(timer);
  }
}

/** The lines of a text as its bytes come, some at a time. */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  for await (const chunk of bytes) {
    const lines = (rest + decoder.write(chunk as Buffer)).split("\n");
    rest = lines.pop() ?? "";
    if (lines.length > 0) yield lines;
  }
  if (rest) yield [rest];
}
