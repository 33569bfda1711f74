import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Figure } from "./figure.ts";
import { startProduct } from "./started-product.ts";

/** From `npm start` to its "Ready" line, with an empty data folder and again with the same one. */
export async function startUp(): Promise<Figure[]> {
  const data = await mkdtemp(join(tmpdir(), "plot-palette-bench-"));
  try {
    const first = await secondsToReady(data);
    const again = await secondsToReady(data);
    return [
      { what: "npm start, empty data folder", value: first, unit: "s", aim: "≤ 15" },
      { what: "npm start, same folder again", value: again, unit: "s", aim: "≤ 15" },
      { what: "same folder again, relative to the first start", value: again / first, unit: "×", aim: "≤ 0.4" },
    ];
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

async function secondsToReady(data: string): Promise<number> {
  const product = await startProduct({ data });
  await product.stop();
  return product.secondsToReady;
}
