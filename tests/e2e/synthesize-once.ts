import { join } from "node:path";
import { bundleCommands } from "../../cli/bundle.mjs";
import { synthesize } from "../../cli/synthesize.ts";

/** One assembly for all suites that bring up the product. */
export const ASSEMBLY = join(import.meta.dirname, "..", "..", "dist", "test-assembly");

/** The folder of the bundled commands, for the suites' own processes. */
export const COMMANDS_VARIABLE = "PLOT_PALETTE_TEST_COMMANDS";

export default async function synthesizeOnce(): Promise<void> {
  const [folder] = await Promise.all([bundleCommands(["start", "generate"]), synthesize(ASSEMBLY)]);
  process.env[COMMANDS_VARIABLE] = folder;
}
