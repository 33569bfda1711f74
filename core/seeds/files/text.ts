import { PlotPaletteError } from "../../errors.ts";

/** UTF-8, with or without byte order mark. @throws (its stream) PlotPaletteError BadInput for bytes that are something else */
export async function* decodeText(fileName: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const text = (chunk?: Uint8Array) => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch {
      throw new PlotPaletteError(
        "BadInput",
        `The file "${fileName}" is not text in UTF-8; save it as UTF-8 and upload it again.`,
      );
    }
  };
  for await (const chunk of bytes) yield text(chunk);
  yield text();
}
