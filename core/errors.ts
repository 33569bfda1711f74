/** What went wrong in words for people. Everything else that is thrown is a bug of ours and is logged whole. */
export class PlotPaletteError extends Error {
  constructor(
    readonly code: ErrorCode,
    /** One sentence: what was expected, what came, what to do. */
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "PlotPaletteError";
  }
}

/** GraphQL carries it as `errorType`. `NotFound` is also the answer for what belongs to someone else. */
export type ErrorCode = "BadInput" | "NotFound" | "Conflict" | "Internal";

/** For what cannot happen. @throws Error when it happened all the same */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Invariant broken: ${message}`);
}
