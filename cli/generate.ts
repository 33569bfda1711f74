/** `npm run generate`: runs one job from a template and seed files to a dataset, through the same API as the browser. */
import { rmdir } from "node:fs/promises";
import { EXIT, exitCodeOf } from "./exit-codes.ts";
import { STOPPED_EARLY } from "./generate/messages.ts";
import { parseOptions, type GenerateOptions } from "./generate/options.ts";
import { prepareOutputFolder } from "./generate/output-folder.ts";
import { planJob } from "./generate/plan.ts";
import { runOnInstance } from "./generate/run.ts";

const interrupted = new AbortController();
/** The second Ctrl-C: no more waiting for calls in flight. */
const forced = new AbortController();
process.on("SIGINT", () => (interrupted.signal.aborted ? forced : interrupted).abort());
process.on("SIGTERM", () => interrupted.abort());

let hasJob = false;

try {
  process.exitCode = await main(parseOptions());
} catch (error) {
  const stoppedEarly = interrupted.signal.aborted && !hasJob;
  process.exitCode = stoppedEarly ? EXIT.interrupted : exitCodeOf(error);
  if (stoppedEarly) console.error(STOPPED_EARLY);
}
process.exit();

/** Everything the user can fix is rejected before anything starts. */
async function main(options: GenerateOptions): Promise<number> {
  const plan = options.resume ? undefined : await planJob(options);
  const isNew = await prepareOutputFolder(options);
  try {
    return await runOnInstance({
      options,
      plan,
      interrupted: interrupted.signal,
      forced: forced.signal,
      onStarted: () => (hasJob = true),
    });
  } finally {
    // An empty folder is no use to anyone, and one with files in it stays.
    if (isNew) await rmdir(options.out).catch(() => undefined);
  }
}
