import { PlotPaletteError } from "../../errors.ts";

/** Decodes UTF-8, or UTF-16 as Excel writes it. @throws (its stream) PlotPaletteError BadInput for other bytes */
export async function* decodeText(fileName: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let start = new Uint8Array();
  let decoder: TextDecoder | undefined;
  const text = (chunk?: Uint8Array) => {
    try {
      // A byte order mark is left out by the decoder.
      return decoder?.decode(chunk, { stream: chunk !== undefined }) ?? "";
    } catch {
      throw new PlotPaletteError("BadInput", notText(fileName, start));
    }
  };
  for await (const chunk of bytes) {
    const held = decoder ? chunk : joined(start, chunk);
    if (!decoder) start = held.slice(0, MAGIC_BYTES);
    if (!decoder && held.length < MAGIC_BYTES) continue;
    decoder ??= new TextDecoder(encodingOf(start), { fatal: true });
    yield text(held);
  }
  if (!decoder) {
    decoder = new TextDecoder(encodingOf(start), { fatal: true });
    yield text(start);
  }
  yield text();
}

/** Enough to tell encodings and file types apart. */
const MAGIC_BYTES = 4;

/** By its byte order mark; without one, by the zero that every other byte of Latin letters is in UTF-16. */
function encodingOf(start: Uint8Array): string {
  const [first = 1, second = 1] = start;
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return "utf-16le";
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return "utf-16be";
  return "utf-8";
}

function notText(fileName: string, start: Uint8Array): string {
  if (start[0] === 0x1f && start[1] === 0x8b)
    return `The file "${fileName}" is compressed with gzip; add .gz to its name.`;
  if (start[0] === 0x50 && start[1] === 0x4b)
    return `The file "${fileName}" is an Excel workbook or a zip archive; export its table as CSV, or extract the file in it.`;
  return `The file "${fileName}" is not UTF-8 text; save it as UTF-8 (in Excel: "CSV UTF-8") and upload it again.`;
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  if (one.length === 0) return other;
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
