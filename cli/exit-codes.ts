/** How commands end: one message and an exit code, and no stack trace for what the user can fix. */
import { PlotPaletteError } from "#core/errors";

export const EXIT = {
  complete: 0,
  budget: 2,
  failed: 3,
  canceled: 4,
  /** The job is complete, but a format omits records that it cannot hold. */
  incompleteFormat: 5,
  usage: 64,
  interrupted: 130,
} as const;

/** An error that the user can fix. */
export class UsageError extends Error {}

/** Prints what went wrong. @returns the exit code for it */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError || (error instanceof PlotPaletteError && error.code !== "Internal")) {
    console.error(error.message);
    return EXIT.usage;
  }
  console.error(error instanceof Error ? error.message : String(error));
  if (process.env.DEBUG) console.error(error);
  return 1;
}
