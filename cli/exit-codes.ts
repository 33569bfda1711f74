/** How commands end: a sentence for people and an exit code, never a stack trace for what a person can mend. */
import { PlotPaletteError } from "#core/errors";

export const EXIT = { complete: 0, budget: 2, failed: 3, cancelled: 4, usage: 64, interrupted: 130 } as const;

/** Something the person who typed the command can mend. */
export class UsageError extends Error {}

/** Prints what went wrong and answers the exit code for it. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError || (error instanceof PlotPaletteError && error.code !== "Internal")) {
    console.error(error.message);
    return EXIT.usage;
  }
  console.error(error instanceof Error ? error.message : String(error));
  if (process.env.DEBUG) console.error(error);
  return 1;
}
