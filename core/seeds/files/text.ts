import { PlotPaletteError } from "../../errors.ts";

/** Decodes UTF-8, with or without a byte order mark. @throws (its stream) PlotPaletteError BadInput for other bytes */
export async function* decodeText(fileName: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const text = (chunk?: Uint8Array) => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch {
      throw new PlotPaletteError(
        "BadInput",
        `The file "${fileName}" is not UTF-8 text; save it as UTF-8 and upload it again.`,
      );
    }
  };
  for await (const chunk of bytes) yield text(chunk);
  yield text();
}
