/** Reading streams: chunk by chunk with an idle timeout, and line by line without ever holding the whole. */
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** Chunks as they arrive. The stream is destroyed if none arrives for `idleTimeoutMs` while one is awaited: its other end is dead. */
export async function* chunksOf(stream: Readable, idleTimeoutMs: number): AsyncGenerator<Buffer> {
  const startTimer = () =>
    setTimeout(() => stream.destroy(new Error(`The stream was idle for ${idleTimeoutMs} ms.`)), idleTimeoutMs);
  let timer = startTimer();
  try {
    for await (const chunk of stream) {
      clearTimeout(timer);
      yield chunk as Buffer;
      timer = startTimer();
    }
  } finally {
    clearTimeout(timer);
  }
}

/** The lines of a text as its bytes arrive, some at a time. */
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
