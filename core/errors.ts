/** An error whose message is meant for people. Anything else thrown is our bug and is logged in full. */
export class PlotPaletteError extends Error {
  constructor(
    readonly code: ErrorCode,
    /** One sentence: what was expected, what was received, what to do. */
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "PlotPaletteError";
  }
}

/** GraphQL returns it as `errorType`. What belongs to someone else is `NotFound` too. */
export type ErrorCode = "BadInput" | "NotFound" | "Conflict" | "Internal";

/** For what cannot happen. @throws Error when it does */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Invariant broken: ${message}`);
}
