import { join } from "node:path";
import { synthesize } from "../../cli/synthesize.ts";

/** One assembly for all suites that bring up the product. */
export const ASSEMBLY = join(import.meta.dirname, "..", "..", "dist", "test-assembly");

export default async function synthesizeOnce(): Promise<void> {
  await synthesize(ASSEMBLY);
}
